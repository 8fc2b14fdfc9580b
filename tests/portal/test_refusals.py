"""How a refusal reaches a person: a page with reasons, and never an error page for what two people did at once."""

import pytest
from django.db import IntegrityError

from portal.kit.access import NotNow, Stale, as_refusal


@pytest.mark.parametrize("refusal", [NotNow(["Wait."]), Stale(["Look again."])])
def test_refusal_stays_as_it_is(refusal):
    assert as_refusal(refusal) is refusal


def test_database_refusal_becomes_not_now():
    assert as_refusal(IntegrityError("unique")).reasons == [
        "Somebody saved the same thing in the same moment. Look again, then repeat what you wanted."
    ]


def test_other_errors_are_none():
    assert as_refusal(ValueError("a bug")) is None


@pytest.mark.django_db
def test_database_refusal_is_a_page_with_409(client, monkeypatch):
    def too_late(*args, **kwargs):
        raise IntegrityError("unique")

    monkeypatch.setattr("portal.views.HomePage.get", too_late)
    response = client.get("/")
    assert response.status_code == 409
    assert "in the same moment" in response.text
