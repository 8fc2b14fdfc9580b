"""The index finds what a look at every record finds, whichever plan is chosen, for every kind of reader."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from accounts.roles import MemberRole
from organizations.lifecycle import RegistrationState
from organizations.models import Heading, Listing, Organization, Word
from organizations.search import count_headings, keep_index, query, reindex_all
from organizations.views.summary import summaries
from programmes.models import Location, ThematicArea
from tests.factories.organizations import (
    MembershipFactory,
    OrganizationNameFactory,
    PresenceFactory,
    RegistrationFactory,
)
from tests.organizations.search.reference import expected, written
from tests.organizations.world import ask, make_organization, make_staff, make_world

pytestmark = pytest.mark.django_db

SEARCHES = [
    "education", "school", "École", "образование", "التعليم", "تعليم", "教育", "education Somali",
    "éducation Ituri", "Education in Somali region, Ethiopia, national NGOs", "health Ethiopia",
    "Santé Jordan", "Ethiopia", "الأردن", "Jordan", "women's groups", "DPO", "national NGOs",
    "national NGO health", "education health", "early learning Afder", "save the children",
    "Save the Children Ethiopia", "children", "child", "chil", "sav chil", "ldren",
    "RELIEF international", "IRC", "irc jordan", "امل", "الامل", "جمعيه الامل", "جمعية", "матерей",
    "общество матереи", "мате", "ферганы общество", "志愿者", "云南", "妇幼健康", "健康志愿", "愿志",
    "medecins enfance", "médecins sans", "nanduti", "mangroves", "plant mangrove",
    "unsafe abortion", "former name", "hidden", "Secret Clinic", "merged away", "lapsed", "100%",
    "h_pe", "a\\b", "🎉 hope", "hope", "hop", "zzz", "education zzz", "in", "the", "é" * 300,
    "education " * 30, "x y z " * 40,
]  # fmt: skip


def make_directory():
    make_world()
    make_organization("Save the Children", "health@ET05", "education@JOR", organization_category="international_ngo")
    make_organization("Save the Forest", "health@CD54", mission="We plant mangroves for children. 100% natural")
    make_organization("Education for All Foundation", "health@ET02", organization_category="national_ngo")
    make_organization("Teachers", "education@ET0508", organization_category="national_ngo")
    make_organization("Nursery", "early-learning@ET0508", cso_type="women")
    make_organization("Both", "education@CD54", "health@CD54", is_opd=True)
    make_organization("International Relief Committee", "health@JOR", acronym="IRC")
    make_organization("جمعية الأمل", "education@JOR", country=Location.objects.get(code="JOR"))
    make_organization("Общество Матерей Ферганы", "education@UKR")
    make_organization("云南妇幼健康志愿者协会", "health@CN053")
    make_organization("Médecins pour l’Enfance", "health@CD54")
    make_organization("Sociedad Ñandutí")
    make_organization("Hope", "unsafe-abortion@ET02")
    renamed = make_organization("Renamed", "health@ML09")
    OrganizationNameFactory(organization=renamed, name="Former Name of Hope")
    renamed.refresh_search_text()
    renamed.save()
    make_organization("Hidden Children", "education@ET05", listed=False)
    make_organization("Secret Clinic of Hope", "unsafe-abortion@ET02", listed=False)
    lapsed = make_organization("Lapsed School", "education@ET02", verified=False)
    RegistrationFactory(organization=lapsed, state=RegistrationState.VERIFIED, valid_until="2020-01-01")
    make_organization("Suspended Hope", "health@ET02", verified=False)
    make_organization("A Ministry of Education", "education@ET02", partner_type="government", cso_type="")
    gone = make_organization("Merged Away Children", "education@ET05")
    Organization.objects.filter(pk=gone.pk).update(merged_into=Organization.objects.get(name="Save the Children"))
    reindex_all()
    count_headings()


@pytest.fixture(scope="module", autouse=True)
def kept_directory(kept):
    kept(make_directory)


def reader_of(kind):
    if kind == "staff":
        return make_staff()
    if kind == "member":
        return MembershipFactory(organization=Organization.objects.get(name="Secret Clinic of Hope")).user
    return AnonymousUser()


@pytest.mark.parametrize("kind", ["public", "member", "staff"])
@pytest.mark.parametrize("few", [0, 2, 1000])
def test_the_index_finds_what_a_look_at_every_record_finds(monkeypatch, kind, few):
    monkeypatch.setattr(query, "FEW", few)
    reader = reader_of(kind)
    found = {text: {row.name for row in ask(reader, q=text).qs} for text in SEARCHES}
    assert found == {text: expected(text, reader) for text in SEARCHES}


@pytest.mark.parametrize("kind", ["public", "staff"])
@pytest.mark.parametrize("words", [{}, {"total_count": 1, "public_count": 1}])
def test_no_more_are_promised_than_are_found(monkeypatch, kind, words):
    """However old the counts of words are by which a search is planned."""
    monkeypatch.setattr(query, "FEW", 1)
    if words:
        Word.objects.update(**words)
    reader = reader_of(kind)
    for text in ("save mangrove", *SEARCHES):
        asked = ask(reader, q=text)
        assert asked.found.at_least <= asked.qs.count(), text


def test_the_rarest_part_leads_and_says_whether_few_are_found(monkeypatch):
    def leader(**asked):
        """The heading in whose order the rows are read."""
        return str(ask(**asked).found.rows.query).partition('"heading_id" = ')[2].split()[0].rstrip(")")

    def heading(code):
        return str(Heading.objects.get(code=code).pk)

    monkeypatch.setattr(query, "FEW", 1)
    plans = [({"q": "nanduti"}, True), ({"theme": "education"}, False), ({"q": "children"}, False), ({}, False)]
    for asked, few in plans:
        assert ask(**asked).found.few is few, asked
    assert leader(q="nanduti") == leader() == heading("body:cso")
    assert leader(theme="education") == heading("theme:education")
    assert leader(theme="education", country="JOR") == heading("theme:education place:JOR")
    assert leader(theme="health", type="women") == heading("type:women")


def test_who_is_not_verified_or_not_listed_is_neither_found_nor_near_for_the_public():
    for text in ("Hiden Children", "Secret Clinc of Hope", "Lapsd School", "Mergd Away Children", "Suspnded Hope"):
        names = {row.name for row in ask(q=text).first(10)}
        assert not names & {
            "Hidden Children", "Secret Clinic of Hope", "Lapsed School", "Suspended Hope", "Merged Away Children"
        }, text  # fmt: skip
    staff = make_staff()
    assert ask(staff, q="Secret Clinc of Hope").first(10)[0].name == "Secret Clinic of Hope"
    assert "Merged Away Children" not in {row.name for row in ask(staff, q="Mergd Away Children").first(10)}


@pytest.mark.parametrize("text", ["clnic", "secrt", "hiden", "lapsd"])
def test_no_word_that_only_the_hidden_use_is_proposed_to_the_public(text):
    assert ask(q=text).did_you_mean == ""
    assert ask(make_staff(), q=text).did_you_mean


def test_a_sensitive_theme_shows_neither_itself_nor_its_sector_to_the_public():
    assert "Hope" not in {row.name for row in ask(q="health Afar").qs}
    assert "Hope" not in {row.name for row in ask(theme="health").qs}
    assert "Hope" in {row.name for row in ask(make_staff(), theme="health").qs}
    assert ask(theme="unsafe-abortion").errors
    sensitive = ThematicArea.objects.get(code="unsafe-abortion")
    assert sensitive.pk not in ask(q="unsafe abortion").themes_asked


@pytest.mark.parametrize("asked", [{"location": "ET02"}, {"country": "ETH"}, {"q": "Afar"}])
def test_where_sensitive_work_is_done_is_for_those_who_may_know_it(asked):
    hope = Organization.objects.get(name="Hope")
    people = {
        "public": None,
        "stranger": MembershipFactory(role=MemberRole.EDITOR).user,
        "its own": MembershipFactory(organization=hope, role=MemberRole.VIEWER).user,
        "staff": make_staff(),
    }
    assert [who for who, user in people.items() if hope in ask(user, **asked).qs] == ["its own", "staff"]
    assert [summaries([hope], sensitive=sees)[hope.pk].places for sees in (False, True)] == ["", "Afar, Ethiopia"]


def test_the_migration_hides_where_sensitive_work_is_done():
    hope = Organization.objects.get(name="Hope")
    PresenceFactory(
        organization=hope, theme=ThematicArea.objects.get(code="education"), location=Location.objects.get(code="CD54")
    )
    reindex_all()
    count_headings()
    before = written()
    Listing.objects.filter(organization=hope, heading__code__in=["place:ETH", "place:ET02"]).update(
        public_until=date(2030, 1, 1)
    )
    import_module("organizations.migrations.0011_places_of_sensitive_work").hide(apps, connection.schema_editor())
    assert written() == before
    assert keep_index()  # the worker counts at once
