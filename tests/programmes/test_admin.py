"""Reference data in the admin."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import StaffRole
from programmes.models import CountryOffice, StaffAssignment, Strategy
from tests.factories.accounts import UserFactory
from tests.factories.programmes import (
    CountryFactory,
    CountryOfficeFactory,
    PlaceFactory,
    StaffAssignmentFactory,
    StrategyFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db

MODELS = ["regionaloffice", "countryoffice", "location", "thematicarea", "strategy", "staffassignment"]


@pytest.fixture
def administrator(client):
    user = UserFactory(is_staff=True)
    client.force_login(user)
    return user


def address(model, page, *args):
    return reverse(f"admin:programmes_{model}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_lists_open_for_administrators(client, administrator, model):
    StaffAssignmentFactory()
    PlaceFactory()
    ThemeFactory()
    assert client.get(address(model, "changelist"), {"q": "a"}).status_code == 200
    assert client.get(address(model, "add")).status_code == 200
    assert "Thematic areas" in client.get(reverse("admin:index")).text


@pytest.mark.parametrize("model", MODELS)
def test_lists_are_closed_to_others(client, model):
    client.force_login(StaffAssignmentFactory(role=StaffRole.HEAD_OF_OFFICE).user)
    assert client.get(address(model, "changelist")).status_code == 302


def test_a_change_is_recorded(client, administrator):
    strategy = StrategyFactory(code="peace", name="Old")
    answer = client.post(
        address("strategy", "change", strategy.pk), {"name": "New", "names": "{}", "order": 3, "source": ""}
    )
    assert answer.status_code == 302
    assert (Strategy.objects.get().name, Strategy.objects.get().code) == ("New", "peace")
    event = AuditEvent.objects.get(action="changed")
    assert (event.actor, event.changes["name"]) == (administrator, ["Old", "New"])


def test_countries_of_an_office_are_recorded_by_name(client, administrator):
    office = CountryOfficeFactory(countries=[CountryFactory(name="Atlantis")])
    isles = CountryFactory(name="Isles")
    form = {"name": office.name, "names": "{}", "sign": office.sign, "region": office.region_id, "is_active": "on"}
    client.post(address("countryoffice", "change", office.pk), {**form, "countries": [isles.pk]})
    assert list(CountryOffice.objects.get(pk=office.pk).countries.all()) == [isles]
    assert AuditEvent.objects.get(action="changed").changes == {"countries": [["Atlantis"], ["Isles"]]}


def test_bad_names_are_a_message_not_an_error(client, administrator):
    answer = client.post(
        address("strategy", "add"), {"code": "peace", "name": "Peace", "names": '{"fr": 1}', "order": 1}
    )
    assert answer.status_code == 200
    assert "Give each language code one name." in answer.text


def test_search_folds(client, administrator):
    ThemeFactory(name="Education", synonyms={"fr": ["école"]})
    ThemeFactory(name="Water")
    answer = client.get(address("thematicarea", "changelist"), {"q": "ÉCOLE"})
    assert [row.name for row in answer.context["cl"].result_list] == ["Education"]


def test_what_is_used_cannot_be_deleted(client, administrator):
    used = ThemeFactory()
    unused = ThemeFactory(parent=used)
    assert client.post(address("thematicarea", "delete", used.pk), {"post": "yes"}).status_code == 403
    assert client.post(address("thematicarea", "delete", unused.pk), {"post": "yes"}).status_code == 302
    assert AuditEvent.objects.filter(action="deleted").count() == 1


def test_a_post_is_given_and_ended(client, administrator):
    person, office = UserFactory(), CountryOfficeFactory()
    client.post(address("staffassignment", "add"), {"user": person.pk, "role": "reviewer", "office": office.pk})
    post = StaffAssignment.objects.get()
    assert client.get(address("staffassignment", "change", post.pk)).status_code == 200
    assert client.post(address("staffassignment", "change", post.pk), {"role": "viewer"}).status_code == 403
    client.post(address("staffassignment", "delete", post.pk), {"post": "yes"})
    assert not StaffAssignment.objects.exists()
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "staff_assigned",
        "staff_removed",
    ]
