"""Signing up, in and out, with django-allauth in the portal's own frame."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

# What a browser would run or apply and the policy refuses; blocks of data are neither.
INLINE = re.compile(r"""<[^>]+\s(?:style|on[a-z]+)\s*=|<style\b|<script(?![^>]*(?:\ssrc=|\snonce=|application/json))""")
LOGIN = reverse("account_login")


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()


def code_in(message):
    """The code that stands alone on a line of an e-mail."""
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", message.body, re.MULTILINE).group(1)


def test_new_person_signs_up_confirms_the_address_and_is_welcomed(client):
    told = {"email": "amina@example.org", "name": "Amina Diallo", "password1": "a long enough secret"}
    response = client.post(reverse("account_signup"), told, headers={"Accept-Language": "fr"}, follow=True)
    person = User.objects.get()
    assert (person.name, person.language, person.is_staff) == ("Amina Diallo", "fr", False)
    assert response.redirect_chain[-1][0] == reverse("account_email_verification_sent")
    assert "testserver" not in mail.outbox[0].subject
    response = client.post(response.redirect_chain[-1][0], {"code": code_in(mail.outbox[0])})
    assert response.headers["Location"] == reverse("landing")
    assert client.get(reverse("accounts:me")).context["request"].user == person


def test_code_comes_from_the_portal_and_not_from_a_machine(client):
    told = {"email": "amina@example.org", "name": "Amina Diallo", "password1": "a long enough secret"}
    client.post(reverse("account_signup"), told)
    assert mail.outbox[0].body.startswith("Hello from Partnership Portal!")


def test_person_lands_in_their_own_language(client):
    UserFactory(email="amina@example.org", language="ar")
    response = client.post(LOGIN, {"login": "Amina@Example.org", "password": PASSWORD}, follow=True)
    assert '<html lang="ar" dir="rtl"' in response.content.decode()


def test_signing_up_needs_a_name_and_a_good_password(client):
    told = {"email": "amina@example.org", "name": "", "password1": "short"}
    errors = client.post(reverse("account_signup"), told).context["form"].errors
    assert set(errors) == {"name", "password1"}


def test_signing_up_twice_tells_the_address_and_not_the_page(client):
    """Nobody learns from the page who has an account."""
    UserFactory(email="amina@example.org")
    told = {"email": "amina@example.org", "name": "Amina", "password1": "a long enough secret"}
    response = client.post(reverse("account_signup"), told)
    assert response.headers["Location"] == reverse("account_email_verification_sent")
    assert (User.objects.count(), [message.to for message in mail.outbox]) == (1, [["amina@example.org"]])


def test_forgotten_password_is_set_anew_by_mail(client):
    person = UserFactory(email="amina@example.org")
    client.post(reverse("account_reset_password"), {"email": person.email})
    path = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body).group(1)
    page = client.get(path, follow=True)
    new = {"password1": "quite another secret", "password2": "quite another secret"}
    client.post(page.request["PATH_INFO"], new)
    assert client.login(email=person.email, password="quite another secret")


def test_account_that_a_colleague_opened_gets_its_password_the_same_way(client):
    person = UserFactory(password=None, confirmed=False)
    client.post(reverse("account_reset_password"), {"email": person.email})
    assert [message.to for message in mail.outbox] == [[person.email]]


def test_guessing_passwords_is_stopped(client):
    person = UserFactory()
    for _guess in range(12):
        response = client.post(LOGIN, {"login": person.email, "password": "wrong"})
    assert "Too many failed login attempts" in response.content.decode()
    assert "_auth_user_id" not in client.session
    response = client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


ENTRANCE = ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"]
MANAGEMENT = [
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "usersessions_list",
]


@pytest.mark.parametrize("name", [*ENTRANCE, *MANAGEMENT])
def test_page_stands_in_the_portals_frame_and_keeps_the_content_policy(client, name):
    if name in MANAGEMENT:
        client.post(LOGIN, {"login": UserFactory().email, "password": PASSWORD})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})  # changing keys asks again
    response = client.get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200
    assert (html.count("<h1"), '<main id="main"' in html, '<html lang="en"' in html) == (1, True, True)
    assert INLINE.findall(html) == []
    assert "'unsafe" not in response.headers["Content-Security-Policy"]
