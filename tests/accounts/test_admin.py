"""The admin: who gets in, that changes pass through the actions, and that nothing people have seen is removed."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.messages import get_messages
from django.core import mail
from django.core.cache import caches
from django.template import engines
from django.urls import reverse
from django.utils import translation

from accounts.actions import send_due_notifications
from accounts.admin import RecordAdmin
from accounts.models import AuditEvent, Notification, User
from accounts.roles import MemberRole
from organizations.lifecycle import RegistrationState
from organizations.models import Membership
from partnerships.lifecycle import AgreementState
from tests.factories.accounts import PASSWORD, NotificationFactory, UserFactory
from tests.factories.organizations import OrganizationFactory, RegistrationFactory
from tests.factories.partnerships import AgreementFactory

pytestmark = pytest.mark.django_db

RECORDS = [model for model, page in admin.site._registry.items() if isinstance(page, RecordAdmin)]

OURS = [model for model, page in admin.site._registry.items() if not type(page).__module__.startswith("allauth")]


def page(instance, verb="change"):
    return reverse(f"admin:{instance._meta.app_label}_{instance._meta.model_name}_{verb}", args=[instance.pk])


def listing(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def form_of(response, **changes):
    """What the change form would send back, with ``changes``."""
    form = response.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    formsets = {}
    for inline in response.context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        formsets |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    told = sent | formsets | changes
    return {name: value for name, value in told.items() if value is not None and value is not False}


@pytest.fixture
def administrator(client):
    person = UserFactory(name="Portal Administrator", administrator=True)
    client.force_login(person)
    return person


def test_index_shows_every_app_to_an_administrator(client, administrator):
    shown = {app["app_label"] for app in client.get(reverse("admin:index")).context["app_list"]}
    assert {"accounts", "programmes", "organizations", "partnerships"} <= shown


def test_nobody_else_gets_in(client):
    client.force_login(UserFactory())
    assert client.get(reverse("admin:index")).headers["Location"].startswith(reverse("admin:login"))


def test_the_admin_has_no_door_of_its_own(client):
    """A password alone opens nothing here: second steps and limits on guessing are the portal's sign-in page's."""
    person = UserFactory(administrator=True)
    page = reverse("admin:login")
    response = client.post(page, {"username": person.email, "password": PASSWORD})
    assert response.headers["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    client.force_login(UserFactory())
    assert client.get(page).status_code == 403


def test_no_list_can_be_asked_about_a_password(client, administrator):
    assert client.get(listing(User), {"password__startswith": "a"}).status_code == 400


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.label)
def test_list_opens_and_offers_no_deletion(client, administrator, model):
    response = client.get(listing(model))
    assert response.status_code == 200
    assert "delete_selected" not in response.content.decode()


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.label)
def test_no_state_is_a_field_of_a_form(rf, administrator, model):
    request = rf.get("/")
    request.user = administrator
    fields = admin.site.get_model_admin(model).get_form(request, obj=None, change=True).base_fields
    assert {"state", "state_since", "version"} & set(fields) == set()


def test_nothing_that_people_have_seen_can_be_deleted(client, administrator):
    seen = [OrganizationFactory(), RegistrationFactory(), AgreementFactory(), UserFactory(), NotificationFactory()]
    assert {client.post(page(record, "delete"), {"post": "yes"}).status_code for record in seen} == {403}


def test_change_of_an_organization_passes_through_the_action(client, administrator):
    organization = OrganizationFactory(name="Bolalar")
    client.post(page(organization), form_of(client.get(page(organization)), name="Bolalar uchun"))
    organization.refresh_from_db()
    assert (organization.name, organization.version, organization.search_text) == ("Bolalar uchun", 2, "bolalar uchun")
    event = AuditEvent.objects.about(organization).get()
    assert (event.actor, event.changes) == (administrator, {"name": ["Bolalar", "Bolalar uchun"]})


def test_change_over_somebody_elses_is_refused(client, administrator):
    organization = OrganizationFactory(name="Bolalar")
    sent = form_of(client.get(page(organization)), acronym="B")
    type(organization).objects.filter(pk=organization.pk).update(version=2)
    response = client.post(page(organization), sent)
    assert list(response.context["adminform"].form.errors) == ["seen_version"]


def test_agreement_is_changed_while_its_state_leaves_it_open(client, administrator):
    agreement = AgreementFactory()
    response = client.post(page(agreement), form_of(client.get(page(agreement)), title="Clean water"))
    agreement.refresh_from_db()
    assert (response.status_code, agreement.title) == (302, "Clean water")
    type(agreement).objects.update(state=AgreementState.ACTIVE)
    shown = client.get(page(agreement))
    assert (shown.status_code, shown.context["has_change_permission"]) == (200, False)
    assert client.post(page(agreement), {"title": "Other"}).status_code == 403


def test_moves_lead_to_the_portals_own_pages(client, administrator):
    registration = RegistrationFactory(state=RegistrationState.SUBMITTED, complete=True)
    html = client.get(page(registration)).content.decode()
    assert re.findall(r'data-move="(\w+)"', html) == ["verify", "send_back", "decline", "withdraw"]
    assert f'href="{registration.transition_url("send_back")}"' in html


def test_member_is_added_by_the_action_and_told(client, administrator):
    person, organization = UserFactory(), OrganizationFactory()
    told = {"organization": organization.pk, "user": person.pk, "role": MemberRole.ADMINISTRATOR}
    client.post(reverse("admin:organizations_membership_add"), told)
    assert Membership.objects.get().user == person
    assert AuditEvent.objects.about(organization).get().action == "member_added"
    assert Notification.objects.get().recipient == person


def test_account_is_opened_without_a_password_and_later_closed(client, administrator):
    told = {"email": "amina@example.org", "name": "Amina Diallo", "language": "fr", "is_active": "on"}
    client.post(reverse("admin:accounts_user_add"), told)
    person = User.objects.get(email="amina@example.org")
    assert not person.has_usable_password()
    client.post(page(person), {"name": "Amina Diallo", "language": "fr"})
    person.refresh_from_db()
    assert not person.is_active
    changed = AuditEvent.objects.about(person).first()
    assert (changed.actor, changed.changes) == (administrator, {"is_active": [True, False]})


def test_lost_second_step_is_removed_without_showing_its_secret(client, administrator):
    lost = Authenticator.objects.create(user=UserFactory(), type="totp", data={"secret": "never shown"})
    assert "never shown" not in client.get(page(lost)).content.decode()
    client.post(page(lost, "delete"), {"post": "yes"})
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.about(lost.user).get().action == "second_step_removed"


def test_message_that_was_given_up_is_found_and_tried_again(client, administrator):
    given_up = NotificationFactory(attempts=Notification.TRIES, error="Connection refused")
    NotificationFactory(sent_at=given_up.created_at)
    shown = client.get(listing(Notification), {"given_up": "yes"})
    assert list(shown.context["cl"].queryset) == [given_up]
    response = client.post(listing(Notification), {"action": "try_again", "_selected_action": [given_up.pk]})
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["1 message will be tried again."]
    assert (send_due_notifications(), len(mail.outbox)) == (1, 1)


def test_trail_is_read_and_never_written(client, administrator):
    organization = OrganizationFactory(name="Bolalar")
    client.post(page(organization), form_of(client.get(page(organization)), name="Other"))
    event = AuditEvent.objects.about(organization).get()
    assert client.get(page(event)).status_code == 200
    assert client.post(page(event), {"reason": "It was not me."}).status_code == 403


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_lists_cost_few_queries_and_name_few_rows(client, administrator, model, django_assert_max_num_queries):
    client.get(listing(AuditEvent))  # what the filters of the trail offer is kept
    with django_assert_max_num_queries(6):
        shown = client.get(listing(model)).context["cl"]
    assert (shown.list_per_page, shown.show_full_result_count) == (20, False)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_places_beside_every_page_are_those_of_django(client, administrator, language):
    client.cookies["django_language"] = language
    page = client.get(listing(Notification))
    beside = re.search(r'<button class="sticky.*?</nav>', page.content.decode(), re.DOTALL)
    with translation.override(language):
        folder = Path(admin.__file__).parent / "templates" / "admin"
        stock = engines["django"].from_string((folder / "nav_sidebar.html").read_text())
        expected = stock.render({"available_apps": page.context["available_apps"]}, page.wsgi_request)
    drawn, theirs = (
        re.sub(r"\s*([<>])\s*", r"\1", re.sub(r"\s+", " ", html)).strip() for html in (beside[0], expected)
    )
    assert drawn == theirs
    assert drawn.count('aria-current="page"') == 1


def test_trail_is_narrowed_by_the_words_that_it_holds(client, administrator):
    organization = OrganizationFactory(name="Bolalar")
    client.post(page(organization), form_of(client.get(page(organization)), name="Other"))
    event = AuditEvent.objects.about(organization).get()
    caches["memory"].clear()
    shown = client.get(listing(AuditEvent), {"action": event.action, "subject_type": event.subject_type})
    assert list(shown.context["cl"].queryset) == [event]
    assert event.action in shown.content.decode()
