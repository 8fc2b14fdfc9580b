"""Pages that a browser keeps: 304 while nothing changed, a new page after anything that it shows has."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from organizations.models import Organization
from tests.factories.accounts import UserFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.partnerships import PartnerFactory
from tests.factories.programmes import CountryFactory, CountryOfficeFactory, PlaceFactory, ThemeFactory

pytestmark = pytest.mark.django_db

HOME = "/"
DIRECTORY = "/organizations/"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False):
        yield


@pytest.fixture
def reader(client):
    """A browser that was here before: it has its cookie for forms, and keeps what it read."""
    client.kept = {}
    client.get(HOME)
    return client


def read(client, path, **headers):
    """Read ``path`` as a browser does, that sends along the tag of the copy it keeps."""
    if path in client.kept:
        headers["If-None-Match"] = client.kept[path]
    response = client.get(path, headers=headers)
    if response.status_code == 200:
        client.kept[path] = response.get("ETag", "")
    return response.status_code


def happened():
    AuditEvent.objects.create(actor_label="x", subject_type="x", subject_id=1, subject_label="x", action="changed")


def test_every_public_page_is_kept(reader, django_assert_num_queries):
    organization = PartnerFactory(verified_by=CountryOfficeFactory())
    paths = [
        HOME,
        DIRECTORY,
        organization.get_absolute_url(),
        reverse("organizations:coverage"),
        *(reverse(f"programmes:{kind}-list") for kind in ("theme", "country", "office")),
        ThemeFactory().get_absolute_url(),
        CountryFactory().get_absolute_url(),
        PlaceFactory().get_absolute_url(),
        CountryOfficeFactory().get_absolute_url(),
        *(reverse(f"{kind}-list") for kind in ("organization", "theme", "country", "location", "strategy", "office")),
    ]
    assert [(path, read(reader, path)) for path in paths] == [(path, 200) for path in paths]
    for path in paths:
        with django_assert_num_queries(1):
            assert (path, read(reader, path)) == (path, 304)


def test_another_reader_gets_the_same_page_with_a_token_and_a_nonce_of_their_own(django_assert_num_queries):
    first, second = Client(), Client(enforce_csrf_checks=True)
    page = first.get(DIRECTORY)
    with django_assert_num_queries(1):
        other = second.get(DIRECTORY)
    assert (other.status_code, b"\0" in other.content, other["Content-Language"]) == (200, False, "en")
    assert blank(other) == blank(page)
    assert other.text != page.text
    [nonce] = set(re.findall(r'nonce="([^"]+)"', other.text))
    assert f"'nonce-{nonce}'" in other["Content-Security-Policy"]
    token = re.search(r'name="csrfmiddlewaretoken" value="(.{64})"', other.text)[1]
    chosen = {"language": "fr", "next": DIRECTORY, "csrfmiddlewaretoken": token}
    assert second.post(reverse("set_language"), chosen).status_code == 302
    assert 'lang="fr"' in second.get(DIRECTORY).text


@pytest.mark.parametrize("name", ["token", "nonce"])
def test_a_blank_that_somebody_typed_is_not_filled_in_for_the_next_reader(name):
    path = f"{DIRECTORY}?q=%00{name}%00"
    assert [Client().get(path).text.count(f"<bdi>\0{name}\0</bdi>") for _reader in range(2)] == [1, 1]


def blank(response):
    """A page without what is one reader's alone."""
    return re.sub(r'(?<=value=").{64}(?=")|(?<=nonce=")[^"]+', "", response.text)


def test_a_page_that_was_kept_for_others_is_made_anew_after_a_change():
    organization = PartnerFactory(name="Before", verified_by=CountryOfficeFactory())
    path = organization.get_absolute_url()
    assert "Before" in Client().get(path).text
    organization.name = "After"
    organization.save()
    assert "Before" in Client().get(path).text  # nobody told
    happened()
    assert "After" in Client().get(path).text


def test_a_change_is_seen_at_once(reader):
    assert [read(reader, DIRECTORY), read(reader, DIRECTORY)] == [200, 304]
    happened()
    assert [read(reader, DIRECTORY), read(reader, DIRECTORY)] == [200, 304]


def test_another_language_address_or_way_of_asking_is_another_page(reader):
    assert read(reader, DIRECTORY) == 200
    assert read(reader, DIRECTORY, **{"HX-Request": "true"}) == 200
    assert read(reader, DIRECTORY) == 200
    reader.cookies["django_language"] = "fr"
    assert [read(reader, DIRECTORY), read(reader, DIRECTORY)] == [200, 304]
    reader.kept[f"{DIRECTORY}?q=water"] = reader.kept[DIRECTORY]
    assert read(reader, f"{DIRECTORY}?q=water") == 200


def test_a_copy_whose_forms_would_be_refused_is_not_used(reader):
    """The page holds a token; without the cookie that it was made from, its forms would be 403."""
    assert [read(reader, HOME), read(reader, HOME)] == [200, 304]
    del reader.cookies["csrftoken"]
    assert [read(reader, HOME), read(reader, HOME)] == [200, 304]


def test_the_language_can_be_chosen_from_a_kept_page():
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(HOME)
    assert browser.get(HOME, headers={"If-None-Match": page["ETag"]}).status_code == 304
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].partition('"')[0]
    chosen = browser.post("/language/", {"language": "fr", "next": "/", "csrfmiddlewaretoken": token})
    assert (chosen.status_code, browser.cookies["django_language"].value) == (302, "fr")


def test_answer_without_a_page_changes_nothing_of_the_one_that_is_kept(reader):
    page = reader.get(DIRECTORY)
    unchanged = reader.get(DIRECTORY, headers={"If-None-Match": page["ETag"]})
    assert "nonce" in page["Content-Security-Policy"]
    assert [name for name in ("Content-Security-Policy", "Content-Length", "Content-Type") if name in unchanged] == []
    assert [unchanged[name] for name in ("ETag", "Cache-Control")] == [page[name] for name in ("ETag", "Cache-Control")]
    assert set(unchanged["Vary"].split(", ")) == set(page["Vary"].split(", "))


def test_whoever_signs_in_gets_a_page_of_their_own_and_leaves_it_behind(reader):
    read(reader, HOME)
    reader.force_login(UserFactory(name="Amina Yusuf"))
    own = reader.get(HOME, headers={"If-None-Match": reader.kept[HOME]})
    assert (own.status_code, "Amina Yusuf" in own.text, own.get("ETag")) == (200, True, None)
    assert (own["Cache-Control"], "Cookie" in own["Vary"]) == ("private, no-cache", True)
    reader.logout()
    assert "Amina Yusuf" not in reader.get(HOME).text


def test_message_after_an_action_is_shown_and_then_the_page_is_kept_again(reader):
    reader.force_login(UserFactory())
    reader.post(reverse("account_logout"))
    said = [reader.get(HOME) for _time in range(2)]
    assert [("You have signed out" in page.text, page.has_header("ETag")) for page in said] == [
        (True, False),
        (False, True),
    ]


def test_a_token_of_the_api_is_not_nobody(reader):
    path = reverse("organization-list")
    read(reader, path)
    assert read(reader, path, Authorization="Bearer nobody-knows-it") == 401


def test_what_is_no_page_has_no_tag(reader):
    OrganizationFactory()
    for path in (f"{DIRECTORY}?format=csv", "/organizations/999999/", reverse("account_login")):
        assert (path, reader.get(path).get("ETag")) == (path, None)
    assert Organization.objects.count() == 1
