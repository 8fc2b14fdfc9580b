"""Merging two records and taking it back: what moves, what gives way, what stands against it."""

import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.actions import changing
from accounts.models import AuditEvent, Notification
from accounts.roles import MemberRole, StaffRole
from organizations.actions.merge import close_merges, merge_organizations, merge_twin, undo_merge
from organizations.actions.twin import refresh_keys
from organizations.lifecycle import MergeState, RegistrationState, TwinState
from organizations.models import (
    Membership,
    Merge,
    OfficeHolder,
    Organization,
    OrganizationName,
    PossibleTwin,
    Presence,
    Registration,
    SanctionsMatch,
)
from organizations.models.relations import relations_to
from organizations.search import reindex_all
from portal.kit.access import NotAllowed, NotNow, Stale
from tests.factories.accounts import UserFactory
from tests.factories.organizations import (
    IdentifierFactory,
    MembershipFactory,
    OrganizationFactory,
    OrganizationNameFactory,
    PresenceFactory,
    RegistrationFactory,
)
from tests.factories.partnerships import AgreementFactory
from tests.factories.programmes import CountryOfficeFactory, StaffAssignmentFactory, StrategyFactory
from tests.factories.sanctions import SanctionsEntryFactory, SanctionsMatchFactory

pytestmark = pytest.mark.django_db

# What a merge adds or counts up, and what history keeps for ever.
NOT_RESTORED = {"accounts.auditevent", "accounts.notification", "organizations.merge"}
NOT_COMPARED = {
    "organizations.organization": {"version", "twins_due"},
    "organizations.possibletwin": {"version", "state_since"},
}


@pytest.fixture
def officer():
    return StaffAssignmentFactory(role=StaffRole.HQ_EDITOR, office=None).user


@pytest.fixture
def pair():
    """Two records of one organization, in two scripts, with everything that can belong to an organization."""
    kept = OrganizationFactory(name="Hope for Children", acronym="HFC", phone="1", is_opd=True)
    merged = OrganizationFactory(
        name="أمل للأطفال",
        name_language="ar",
        acronym="AMAL",
        phone="2",
        website="https://amal.example/",
        is_women_led=True,
    )
    shared = PresenceFactory(organization=kept)
    PresenceFactory(organization=merged, theme=shared.theme, location=shared.location, since=2001)
    PresenceFactory(organization=merged)
    member = MembershipFactory(organization=kept)
    MembershipFactory(organization=merged, user=member.user)
    MembershipFactory(organization=merged)
    MembershipFactory(organization=merged, user=member.user, role=MemberRole.EDITOR)
    OrganizationNameFactory(organization=kept, name="Espoir")
    OrganizationNameFactory(organization=merged, name="Espoir")
    OrganizationNameFactory(organization=merged, name="Umid")
    IdentifierFactory(organization=merged)
    RegistrationFactory(organization=kept)
    RegistrationFactory(organization=merged, complete=True)
    AgreementFactory(organization=merged)
    kept.strategies.set([first := StrategyFactory()])
    merged.strategies.set([first, StrategyFactory()])
    for one, name in ((kept, "Almaz"), (merged, "Amal")):
        OfficeHolder.objects.create(organization=one, role="head", name=name, since=date(2020, 1, 1))
    OrganizationFactory(name="Branch", headquarters=merged)
    others = [OrganizationFactory(name=f"Other {number}") for number in range(2)]
    for one, other in ((kept, others[0]), (merged, others[0]), (merged, others[1]), (kept, merged)):
        PossibleTwin.objects.create(
            first=min(one, other, key=pk), second=max(one, other, key=pk), score=90, reason="similar_name"
        )
    for one in (kept, merged):
        one.refresh_search_text()
        one.save()
    refresh_keys([kept.pk, merged.pk])
    return kept, merged


def pk(record):
    return record.pk


def everything():
    """Every row of every table, apart from versions and history."""
    told = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if label in NOT_RESTORED or model._meta.app_label not in (
            "organizations",
            "partnerships",
            "programmes",
            "accounts",
        ):
            continue
        for row in json.loads(serializers.serialize("json", model._base_manager.order_by("pk"))):
            fields = {name: value for name, value in row["fields"].items() if name not in NOT_COMPARED.get(label, ())}
            # Keys are derived from the names anew, under numbers of their own.
            number = tuple(fields.values()) if label == "organizations.namekey" else str(row["pk"])
            told[label, number] = fields
    return told


def merge(pair, by, **told):
    return merge_organizations(*pair, by=by, reason="The same people.", **told)


# --- What a merge does ------------------------------------------------------------------------------------------------


def test_everything_moves_to_the_record_that_stays(pair, officer):
    kept, merged = pair
    done = merge(pair, officer)
    left = {one.key: one.rows(merged).count() for one in relations_to(Organization) if one.rows(merged).exists()}
    assert left == {"organizations.merge.merged": 1, "organizations.possibletwin.second": 1}
    kept.refresh_from_db()
    assert (kept.registrations.count(), kept.agreements.count(), kept.branches.count()) == (2, 1, 1)
    assert kept.presences.count() == 2  # the one that both had is there once
    assert kept.memberships.count() == 3
    assert kept.strategies.count() == 2
    assert done.counts["organizations.presence.organization"] == 2
    assert (done.state, done.kept, done.merged) == (MergeState.DONE, kept, merged)


def test_the_names_of_both_are_kept_and_found(pair, officer):
    kept, _merged = pair
    merge(pair, officer, name_kind=OrganizationName.Kind.FORMER)
    kept.refresh_from_db()
    assert {(one.name, one.kind, one.language) for one in kept.names.all()} == {
        ("أمل للأطفال", "former", "ar"),
        ("AMAL", "acronym", ""),
        ("Espoir", "other", ""),
        ("Umid", "other", ""),
    }
    assert "امل للاطفال" in kept.search_text
    assert "umid" in kept.search_text


def test_the_facts_are_those_that_were_chosen_else_of_the_one_that_says_something(pair, officer):
    kept, merged = pair
    merge(pair, officer, facts={"name": merged.pk, "phone": merged.pk, "acronym": kept.pk})
    kept.refresh_from_db()
    assert (kept.name, kept.name_language, kept.phone, kept.acronym) == ("أمل للأطفال", "ar", "2", "HFC")
    assert (kept.website, kept.is_opd, kept.is_women_led) == ("https://amal.example/", True, True)
    assert set(kept.names.values_list("name", flat=True)) == {"Hope for Children", "AMAL", "Espoir", "Umid"}


def test_of_two_heads_the_one_who_gives_way_has_left_office(pair, officer):
    kept, _merged = pair
    merge(pair, officer)
    heads = kept.office_holders.order_by("name").values_list("name", "until")
    assert list(heads) == [("Almaz", None), ("Amal", timezone.localdate())]


def test_consent_to_be_listed_is_not_taken_over(pair, officer):
    kept, merged = pair
    Organization.objects.filter(pk=merged.pk).update(listed=True)
    merge(pair, officer)
    kept.refresh_from_db()
    assert not kept.listed


def test_the_pair_is_decided_and_pairs_with_others_follow(pair, officer):
    kept, merged = pair
    merge(pair, officer)
    assert PossibleTwin.objects.get(first=kept, second=merged).state == TwinState.MERGED
    others = PossibleTwin.objects.filter(state=TwinState.OPEN)
    assert [(twin.first, twin.second.name) for twin in others.order_by("pk")] == [(kept, "Other 0"), (kept, "Other 1")]


def test_both_trails_and_the_administrators_of_both_tell_of_it(pair, officer):
    kept, merged = pair
    administrators = {row.user for row in Membership.objects.filter(role=MemberRole.ADMINISTRATOR)}
    done = merge(pair, officer)
    events = {event.action: event for event in AuditEvent.objects.filter(subject_type="organizations.organization")}
    assert events["merged"].subject_id == kept.pk
    assert events["merged"].changes["website"] == ["", "https://amal.example/"]
    assert events["merged_away"].subject_id == merged.pk
    assert {event.action for event in AuditEvent.objects.about(done)} == {"created"}
    told = Notification.objects.filter(key__startswith="merge:")
    assert {message.recipient for message in told} == administrators
    assert "أمل للأطفال" in told[0].body


def test_the_stub_is_out_of_every_list(pair, officer):
    kept, merged = pair
    merge(pair, officer)
    assert merged not in Organization.objects.visible_to(officer)
    assert merged not in Organization.objects.public()
    assert Organization.objects.successor_of(merged.pk, officer) == kept


def test_a_merge_of_many_rows_costs_the_queries_of_a_merge_of_few(officer, django_assert_max_num_queries):
    # What the index has met: new headings are written too, on SQLite 166 a query (it takes 999 values at once).
    known = [(work.theme, work.location) for work in PresenceFactory.create_batch(40)]
    OrganizationNameFactory()
    reindex_all()
    assert officer.posts  # asked once
    counts = []
    for rows in (1, 40):
        kept, merged = OrganizationFactory(), OrganizationFactory()
        for theme, location in known[:rows]:
            PresenceFactory(organization=merged, theme=theme, location=location)
            OrganizationNameFactory(organization=merged)
        with django_assert_max_num_queries(90) as captured:
            merge((kept, merged), officer)
        counts.append(len(captured))
    assert counts[1] == counts[0]


# --- What stands against it -------------------------------------------------------------------------------------------


def test_two_open_registrations_with_one_office_have_to_be_settled_first(officer):
    """R-03: one organization, one open registration with an office."""
    office = CountryOfficeFactory(name="Ruritania")
    pair = [RegistrationFactory(office=office).organization for _ in range(2)]
    with pytest.raises(NotNow) as refused:
        merge(pair, officer)
    assert refused.value.reasons == [
        f"Both have a registration with {office} that is not over. End one of the two first."
    ]
    Registration.objects.filter(organization=pair[1]).update(state=RegistrationState.WITHDRAWN)
    assert merge(pair, officer).counts == {"organizations.registration.organization": 1}


@pytest.mark.parametrize(("theirs", "is_in_the_way"), [("cleared", False), ("confirmed", True)])
def test_two_sanctions_matches_on_one_name_become_one_only_where_they_were_decided_alike(
    officer, theirs, is_in_the_way
):
    entry = SanctionsEntryFactory()
    pair = OrganizationFactory(name="Hope"), OrganizationFactory(name="HOPE")
    matches = [
        SanctionsMatchFactory(organization=one, entry=entry, name=one.name, folded="hope", state=state)
        for one, state in zip(pair, ("cleared", theirs), strict=True)
    ]
    if is_in_the_way:
        with pytest.raises(NotNow, match="Both have this, and there can be only one"):
            merge(pair, officer)
    else:
        done = merge(pair, officer)
        assert list(SanctionsMatch.objects.all()) == matches[:1]
        undo_merge(done, by=officer, reason="No.")
        assert list(SanctionsMatch.objects.order_by("pk")) == matches


def test_a_branch_is_not_its_headquarters(officer):
    headquarters = OrganizationFactory()
    branch = OrganizationFactory(headquarters=headquarters)
    for pair in ((headquarters, branch), (branch, headquarters)):
        with pytest.raises(NotNow, match="headquarters of the other"):
            merge(pair, officer)


def test_what_was_merged_is_not_merged_again(pair, officer):
    kept, merged = pair
    merge(pair, officer)
    for again in (pair, (merged, kept), (OrganizationFactory(), merged)):
        with pytest.raises(NotNow, match="merged into another record already"):
            merge(again, officer)


def test_nobody_merges_what_somebody_has_changed_meanwhile(pair, officer):
    with pytest.raises(Stale):
        merge(pair, officer, expected_versions={pair[1].pk: 7})
    with pytest.raises(ValidationError, match="Say how you know"):
        merge_organizations(*pair, by=officer, reason=" ")
    with pytest.raises(ValidationError, match="Not known: 99999"):
        merge(pair, officer, facts={"phone": 99999})
    assert not Merge.objects.exists()


def test_whoever_looks_after_partners_merges_what_no_other_office_relies_on():
    office, elsewhere = CountryOfficeFactory(), CountryOfficeFactory()
    officer = StaffAssignmentFactory(role=StaffRole.PROGRAMME_OFFICER, office=office).user
    viewer = StaffAssignmentFactory(role=StaffRole.VIEWER, office=office).user
    pair = RegistrationFactory(office=office).organization, OrganizationFactory()
    with pytest.raises(NotAllowed):
        merge(pair, viewer)
    RegistrationFactory(organization=pair[1], office=elsewhere, state=RegistrationState.DECLINED)
    assert merge(pair, officer)
    registered = OrganizationFactory(), RegistrationFactory(office=elsewhere).organization
    with pytest.raises(NotAllowed):
        merge(registered, officer)
    StaffAssignmentFactory(role=StaffRole.VIEWER, office=elsewhere, user=officer)
    with pytest.raises(NotAllowed):
        merge(registered, type(officer).objects.get(pk=officer.pk))


def test_a_possible_twin_is_merged_by_naming_the_one_that_stays(pair, officer):
    kept, merged = pair
    twin = PossibleTwin.objects.get(first=kept, second=merged)
    with pytest.raises(ValidationError, match="Choose one of the two"):
        merge_twin(twin, by=officer, kept="0", reason="Same.")
    with pytest.raises(Stale):
        merge_twin(twin, by=officer, kept=str(kept.pk), reason="Same.", expected_version=9)
    done = merge_twin(twin, by=officer, kept=str(merged.pk), reason="Same.", expected_version=twin.version)
    assert (done.kept, done.merged) == (merged, kept)
    with pytest.raises(NotNow, match="is not possible while it is “Merged”"):
        merge_twin(twin, by=officer, kept=str(kept.pk), reason="Same.")


# --- Taking it back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("swapped", [False, True])
def test_undoing_restores_every_row_of_every_table(pair, officer, swapped):
    reindex_all()
    before = everything()
    chosen = dict.fromkeys(("name", "phone", "country", "acronym"), pair[1].pk)
    done = merge(pair[::-1] if swapped else pair, officer, facts=chosen)
    assert everything() != before
    undone = undo_merge(done, by=officer, reason="Two chapters after all.")
    after = everything()
    assert {key: after.get(key) for key in before.keys() | after.keys() if after.get(key) != before.get(key)} == {}
    assert (undone.state, undone.rows) == (MergeState.UNDONE, {})
    assert PossibleTwin.objects.get(first=pair[0], second=pair[1]).state == TwinState.OPEN
    assert merge(pair, officer).state == MergeState.DONE  # and it can be done again


def test_what_was_added_since_stays_with_the_record_that_stayed(pair, officer):
    kept, _merged = pair
    done = merge(pair, officer)
    added = PresenceFactory(organization=kept)
    undo_merge(done, by=officer, reason="No.")
    added.refresh_from_db()
    assert added.organization == kept


def test_undoing_says_what_has_happened_since(pair, officer):
    kept, _merged = pair
    done = merge(pair, officer)
    with changing(Organization.objects.get(pk=kept.pk), "organizations.view_organization", by=officer) as changed:
        changed.website = "https://other.example/"
    Presence.objects.filter(organization=kept, since=None).last().delete()
    with pytest.raises(NotNow) as refused:
        undo_merge(done, by=officer, reason="No.")
    assert refused.value.reasons == [
        "“website” of Hope for Children was changed since. 1 of the rows that moved (presences) is no longer with"
        " Hope for Children."
    ]


def test_merges_are_undone_in_the_order_of_a_stack(pair, officer):
    kept, merged = pair
    first = merge(pair, officer)
    second = merge((OrganizationFactory(name="Third"), kept), officer)
    assert Organization.objects.successor_of(merged.pk, officer).name == "Third"
    with pytest.raises(NotNow, match="was itself merged into Third"):
        undo_merge(first, by=officer, reason="No.")
    undo_merge(second, by=officer, reason="No.")
    undo_merge(Merge.objects.get(pk=first.pk), by=officer, reason="No.")
    assert Organization.objects.successor_of(merged.pk, officer) is None


def test_after_thirty_days_a_merge_is_final(pair, officer, settings):
    done = merge(pair, officer)
    assert close_merges() == 0
    Merge.objects.update(created_at=timezone.now() - timedelta(days=settings.MERGE_UNDO_DAYS, seconds=1))
    with pytest.raises(NotNow, match="A merge can be undone for 30 days"):
        undo_merge(Merge.objects.get(), by=officer, reason="No.")
    assert (close_merges(), close_merges()) == (1, 0)
    done.refresh_from_db()
    assert (done.state, done.rows) == (MergeState.FINAL, {})
    assert done.counts
    with pytest.raises(NotNow, match="is not possible while it is “Final”"):
        undo_merge(done, by=officer, reason="No.")


def test_undoing_needs_a_reason_and_the_right_person(pair, officer):
    done = merge(pair, officer)
    with pytest.raises(ValidationError, match="Say why"):
        undo_merge(done, by=officer, reason="")
    with pytest.raises(NotAllowed):
        undo_merge(done, by=UserFactory(), reason="No.")
