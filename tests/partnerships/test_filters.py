"""Finding agreements."""

import csv
import io
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from organizations.filters.vocabulary import forget_vocabulary
from organizations.search import reindex_all
from partnerships.filters import AgreementFilter
from partnerships.models import Agreement
from tests.factories.partnerships import AgreementFactory, Cast, PartnerFactory
from tests.factories.programmes import ThemeFactory

pytestmark = pytest.mark.django_db


def found(user=None, **asked):
    request = RequestFactory().get("/agreements/", asked)
    request.user = user or AnonymousUser()
    rows = Agreement.objects.all()
    return sorted(AgreementFilter(request.GET, queryset=rows, request=request).qs.values_list("title", flat=True))


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("école", True),
        ("ECOLE pour", True),
        ("pour tous amal", True),  # title and partner together
        ("الامل", True),  # another spelling of the same letters
        ("tst pca2026777", True),
        ("PCA2026777", True),
        ("hospital", False),
        ("école hospital", False),
        ("   ", True),
    ],
)
def test_words_are_found_however_they_are_written(words, is_found):
    partner = PartnerFactory(name="جمعية الأمل", acronym="AMAL")
    partner.refresh_search_text()
    partner.save()
    reindex_all()
    AgreementFactory(title="École pour tous", reference="TST/PCA2026777", organization=partner)
    assert bool(found(q=words)) is is_found


def test_a_theme_finds_what_is_in_it():
    sector = ThemeFactory(code="education")
    inner = ThemeFactory(code="early-learning", parent=sector)
    both = AgreementFactory(title="Both", themes=[sector, inner])
    AgreementFactory(title="Inner", themes=[inner], office=both.office)
    AgreementFactory(title="Neither", office=both.office)
    forget_vocabulary()
    assert found(theme="education") == ["Both", "Inner"]
    assert found(theme="early-learning") == ["Both", "Inner"]


def test_every_other_filter():
    one = AgreementFactory(title="One", state="active", kind="mou", start=date(2026, 1, 1), end=date(2026, 12, 31))
    AgreementFactory(title="Two", start=date(2027, 1, 1), end=None, source="Old list", external_id="7")
    AgreementFactory(title="Three", start=None, end=None)
    cast = Cast(one)
    forget_vocabulary()
    expected = {
        ("state", "active"): ["One"],
        ("kind", "mou"): ["One"],
        ("kind", "pca"): ["Three", "Two"],
        ("office", one.office.code): ["One"],
        ("organization", str(one.organization_id)): ["One"],
        ("running_on", "2026-12-31"): ["One"],
        ("running_on", "2027-01-01"): ["Two"],
        ("running_on", "2031-01-01"): ["Two"],
        ("origin", "imported"): ["Two"],
        ("origin", "portal"): ["One", "Three"],
    }
    for (name, value), titles in expected.items():
        assert (name, value, found(cast.superuser, **{name: value})) == (name, value, titles)


def test_waiting_for_me_is_only_for_those_who_signed_in():
    agreement = AgreementFactory(title="Mine", state="awaiting_signatures")
    AgreementFactory(title="Running", state="active", organization=agreement.organization)
    cast = Cast(agreement)
    assert found(cast.signer, waiting="on") == ["Mine"]
    assert found(cast.partner_viewer, waiting="on") == []
    assert found(cast.signer) == ["Mine", "Running"]
    assert found(waiting="on") == ["Mine", "Running"]  # signed out, the question has no meaning


@pytest.mark.parametrize(
    "asked", [{"state": "lost"}, {"theme": "x"}, {"office": "x"}, {"running_on": "soon"}, {"organization": "x"}]
)
def test_what_means_nothing_filters_nothing_and_is_said(client, asked):
    AgreementFactory(title="There", state="active")
    page = client.get("/agreements/", asked)
    assert page.status_code == 200
    assert "There is something to correct" in page.content.decode()


def test_the_export_holds_what_the_page_shows(client):
    shown = AgreementFactory(title="=SUM(A1)", state="active")
    AgreementFactory(title="Hidden")
    AgreementFactory(title="Other kind", state="active", kind="mou")
    page = client.get("/agreements/?kind=pca&format=csv")
    rows = list(csv.DictReader(io.StringIO(page.getvalue().decode("utf-8-sig"))))
    assert [(row["Title"], row["Partner"], row["State"]) for row in rows] == [
        ("'=SUM(A1)", shown.organization.name, "Active")
    ]
