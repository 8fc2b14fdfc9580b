"""R-01: the integrity declaration, its "no", and its versions."""

import pytest

from accounts.models import AuditEvent, Notification
from organizations.actions import registration as actions
from organizations.actions.registration import ask_for_declarations, save_section
from organizations.lifecycle import RegistrationState
from organizations.models import Registration
from organizations.models.declaration import declaration_items, declaration_version
from organizations.models.registration import Section
from portal.kit.access import NotNow
from tests.factories.organizations import RegistrationFactory

pytestmark = pytest.mark.django_db

YES = {item["code"]: "yes" for item in declaration_items()}
R = RegistrationState


@pytest.fixture
def verified(house):
    return RegistrationFactory(
        organization=house.organization, office=house.office, state=R.VERIFIED, complete=True, declaration=YES
    )


@pytest.fixture
def new_wording(monkeypatch):
    """A new version of the declaration comes into force."""
    version = declaration_version() + 1
    for module in ("organizations.models.registration", "organizations.actions.registration"):
        monkeypatch.setattr(f"{module}.declaration_version", lambda: version)
    return version


def url(registration):
    return f"/registrations/{registration.pk}/sections/declaration/"


# --- No ---------------------------------------------------------------------------------------------------------------


def test_r01_a_no_says_which_sentence_what_it_means_whom_to_ask_and_how_to_correct_it(client, house, told):
    registration = RegistrationFactory(organization=house.organization, office=house.office, complete=True)
    client.force_login(house.editor)
    answer = client.post(url(registration), told["declaration"] | {"terrorism": "no", "version": "1"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/registrations/{registration.pk}/check/"
    for page in (answer, client.get(registration.get_absolute_url())):
        assert page.context["refused"] == ["Nothing that we have or receive goes to terrorism."]
        for words in ("so this form cannot be sent now", "ask UNICEF Homeland in a comment", "If it was a slip"):
            assert words in page.text
        assert f'href="{url(registration)}">Correct the answer' in page.text
    corrected = client.post(url(registration), told["declaration"] | {"version": "2"}, follow=True)
    assert corrected.context["refused"] == []


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_an_answer_keeps_the_version_it_answered(house):
    registration = RegistrationFactory(organization=house.organization, office=house.office, declaration_version=0)
    save_section(registration, "declaration", by=house.editor, data={}, declaration=YES)
    registration.refresh_from_db()
    assert registration.declaration_version == declaration_version()


def test_r02_a_draft_that_answered_an_older_wording_is_not_complete(house, new_wording):
    registration = RegistrationFactory(
        organization=house.organization, office=house.office, complete=True, declaration=YES
    )
    assert registration.missing_for(Section) == [Section.DECLARATION, Section.REACH, Section.CAPACITY]
    with pytest.raises(NotNow, match="Complete first: Integrity declaration"):
        registration.lifecycle.perform(registration, "submit", by=house.administrator)


def test_a_new_wording_is_told_once_to_those_whose_registration_stands(house, verified, new_wording):
    RegistrationFactory(declaration=YES)
    RegistrationFactory(state=R.WITHDRAWN, declaration=YES)
    assert (ask_for_declarations(), ask_for_declarations()) == (1, 0)
    told = Notification.objects.filter(path=url(verified))
    assert {message.recipient for message in told} == {house.administrator, house.editor}
    assert "the integrity declaration has changed" in told.first().subject


def test_a_job_that_stopped_half_way_goes_on_and_tells_nobody_twice(house, verified, new_wording, monkeypatch):
    RegistrationFactory(state=R.VERIFIED, declaration=YES)
    tell = actions.emails.declaration_asked

    def stop(registration, version):
        if registration.pk != verified.pk:
            raise RuntimeError
        tell(registration, version)

    monkeypatch.setattr(actions.emails, "declaration_asked", stop)
    with pytest.raises(RuntimeError):
        ask_for_declarations()
    monkeypatch.setattr(actions.emails, "declaration_asked", tell)
    assert ask_for_declarations() == 1
    assert Notification.objects.filter(path=url(verified), recipient=house.editor).count() == 1


def test_nobody_is_asked_while_the_wording_is_the_same(client, house, verified):
    assert ask_for_declarations() == 0
    client.force_login(house.administrator)
    assert "The integrity declaration has changed" not in client.get(verified.get_absolute_url()).text
    assert client.get(url(verified)).status_code == 409


def test_r01_an_administrator_accepts_the_new_wording_of_a_verified_organization(client, house, verified, new_wording):
    client.force_login(house.administrator)
    assert "The integrity declaration has changed" in client.get(verified.get_absolute_url()).text
    form = client.get(url(verified))
    assert "Your answers count as soon as you save them." in form.text
    assert 'value="yes" checked' not in form.text
    answer = client.post(url(verified), YES | {"version": form.context["version"], "then": "next"})
    assert answer.headers["Location"] == verified.get_absolute_url()
    accepted = Registration.objects.get(pk=verified.pk)
    assert (accepted.state, accepted.declaration_version) == (R.VERIFIED, new_wording)
    assert AuditEvent.objects.about(verified).filter(action="declared").exists()
    assert client.get(url(verified)).status_code == 409


def test_r01_an_editor_prepares_and_an_administrator_accepts(client, house, verified, new_wording):
    client.force_login(house.editor)
    assert "they count when an administrator" in client.get(url(verified)).text
    assert client.post(url(verified), YES | {"version": "1", "then": "next"}).status_code in (302, 422)
    verified.refresh_from_db()
    assert verified.declaration_is_outdated
    client.force_login(house.administrator)
    form = client.get(url(verified))
    assert form.text.count('value="yes"') == form.text.count("checked")
    client.post(url(verified), YES | {"version": form.context["version"]})
    verified.refresh_from_db()
    assert not verified.declaration_is_outdated


def test_r01_a_no_to_the_new_wording_is_told_to_the_office(client, house, verified, new_wording):
    client.force_login(house.administrator)
    client.post(url(verified), YES | {"truth": "no", "version": "1"})
    message = Notification.objects.get(recipient=house.officer)
    assert "“No” in the integrity declaration" in message.subject
    assert "If it was a slip" in client.get(verified.get_absolute_url()).text


@pytest.mark.parametrize(
    ("who", "status"), [("reader", 403), ("officer", 403), ("stranger", 404), ("other_officer", 404)]
)
def test_others_do_not_accept_it(client, house, verified, new_wording, who, status):
    client.force_login(getattr(house, who))
    assert client.post(url(verified), YES | {"version": "1"}).status_code == status
    assert "The integrity declaration has changed" not in client.get("/").text
    verified.refresh_from_db()
    assert verified.declaration_is_outdated
