"""One's own pages: what I may do, my language, my tokens."""

import pytest
from django.urls import reverse

from accounts.models import ApiToken, AuditEvent
from accounts.models.user import PERSON
from accounts.roles import MemberRole, StaffRole
from organizations.actions.organization import join
from organizations.models import Membership, Organization
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.organizations import MembershipFactory, OrganizationFactory
from tests.factories.programmes import CountryOfficeFactory, StaffAssignmentFactory

pytestmark = pytest.mark.django_db

HEAD_DECIDES = ["approve", "send_back", "sign_unicef"]
ME, TOKENS = reverse("accounts:me"), reverse("accounts:token-list")


@pytest.fixture
def person(client):
    person = UserFactory(name="Nodira Rashidova")
    client.force_login(person)
    return person


def moves_shown(response):
    return [
        (held.role, held.place, {str(table.title): sorted(move.name for move in moves) for table, moves in held.moves})
        for held in response.context["held_roles"]
    ]


def test_me_asks_a_stranger_to_sign_in(client):
    assert client.get(ME).headers["Location"] == f"{reverse('account_login')}?next={ME}"


def test_me_without_a_role_says_how_to_get_one(client, person):
    response = client.get(ME)
    assert moves_shown(response) == []
    assert "You hold no role yet" in response.content.decode()


def test_me_shows_each_role_with_the_moves_it_allows(client, person):
    office = CountryOfficeFactory(name="Uzbekistan")
    StaffAssignmentFactory(user=person, office=office, role=StaffRole.HEAD_OF_OFFICE)
    organization = Organization.objects.create(name="Bolalar")
    Membership.objects.create(user=person, organization=organization, role=MemberRole.ADMINISTRATOR)
    [(post, office_name, decides), (membership, name, manages)] = moves_shown(client.get(ME))
    assert (post, office_name, decides["Agreement"]) == (StaffRole.HEAD_OF_OFFICE, "Uzbekistan", HEAD_DECIDES)
    assert (membership, name, manages["Invitation"]) == (MemberRole.ADMINISTRATOR, "Bolalar", ["resend", "withdraw"])
    assert "Agreement" not in manages


@pytest.mark.parametrize("place", ["region", "headquarters"])
def test_me_of_a_person_beyond_one_office_shows_the_same_moves(client, person, place):
    region = CountryOfficeFactory().region if place == "region" else None
    StaffAssignmentFactory(user=person, office=None, region=region, role=StaffRole.HEAD_OF_OFFICE)
    [(_role, _place, moves)] = moves_shown(client.get(ME))
    assert moves["Agreement"] == HEAD_DECIDES


def test_me_is_there_for_every_role_at_an_office(client):
    office = CountryOfficeFactory()
    holders = {role: StaffAssignmentFactory(role=role, office=office).user for role in StaffRole}
    statuses = {}
    for role, user in holders.items():
        client.force_login(user)
        statuses[role] = client.get(ME).status_code
    assert statuses == dict.fromkeys(StaffRole, 200)


def test_me_tells_a_superuser_what_that_means(client):
    client.force_login(UserFactory(administrator=True))
    assert "You may do everything" in client.get(ME).content.decode()


def test_language_is_kept_and_the_next_page_speaks_it(client, person):
    response = client.post(ME, {"name": "Nodira R.", "language": "fr"}, follow=True)
    person.refresh_from_db()
    assert (person.name, person.language) == ("Nodira R.", "fr")
    assert '<html lang="fr"' in response.content.decode()
    assert AuditEvent.objects.about(person).get().changes == {
        "name": ["Nodira Rashidova", "Nodira R."],
        "language": ["en", "fr"],
    }


def test_language_that_is_none_is_refused_with_what_was_typed(client, person):
    response = client.post(ME, {"name": "N.", "language": "tlh"})
    assert (response.status_code, response.context["form"]["name"].value()) == (422, "N.")


def test_language_of_the_menu_is_kept_for_whoever_is_signed_in(client, person):
    response = client.post(reverse("set_language"), {"language": "ar", "next": "/"})
    person.refresh_from_db()
    assert (response.cookies["django_language"].value, person.language) == ("ar", "ar")
    client.post(reverse("set_language"), {"language": "tlh"})
    person.refresh_from_db()
    assert person.language == "ar"


def test_language_of_the_menu_needs_no_account(client):
    response = client.post(reverse("set_language"), {"language": "fr", "next": "//elsewhere.example/"})
    assert (response.headers["Location"], response.cookies["django_language"].value) == ("/", "fr")


def test_new_token_is_shown_once_and_kept_as_digest_only(client, person):
    response = client.post(TOKENS, {"name": "Dashboard", "scope": "read", "days": "30"})
    secret, token = response.context["secret"], ApiToken.objects.get()
    assert (response.content.decode().count(secret), token.digest) == (2, ApiToken.digest_of(secret))
    assert "no-store" in response.headers["Cache-Control"]
    assert secret not in client.get(TOKENS).content.decode()


def test_token_that_would_never_end_is_refused(client, person):
    response = client.post(TOKENS, {"name": "Dashboard", "scope": "read", "days": "36500"})
    assert (response.status_code, ApiToken.objects.count()) == (422, 0)


def test_token_is_revoked_by_its_owner_alone(client, person):
    own, other = ApiTokenFactory(user=person), ApiTokenFactory()
    statuses = [client.post(reverse("accounts:token-revoke", args=[token.pk])).status_code for token in (own, other)]
    assert statuses == [302, 404]
    assert set(ApiToken.objects.valid()) == {other}


def test_token_is_not_revoked_by_following_a_link(client, person):
    assert client.get(reverse("accounts:token-revoke", args=[ApiTokenFactory(user=person).pk])).status_code == 405


def test_tokens_of_others_are_not_listed(client, person):
    ApiTokenFactory(name="Somebody else's")
    assert list(client.get(TOKENS).context["tokens"]) == []


# --- What is read of whoever is signed in -----------------------------------------------------------------------------


def test_posts_and_memberships_are_read_only_where_there_are_any(django_assert_num_queries):
    officer, member, nobody = (StaffAssignmentFactory().user, MembershipFactory().user, UserFactory())
    for person, queries in ((officer, 1), (member, 1), (nobody, 0)):
        [read] = PERSON(person.pk)
        with django_assert_num_queries(queries):
            held = (bool(read.posts), bool(read.roles_by_organization))
        assert held == (person == officer, person == member)


def test_a_membership_that_was_added_since_counts(django_assert_num_queries):
    [person] = PERSON(UserFactory().pk)
    assert person.roles_by_organization == {}
    membership = join(OrganizationFactory(), person, MemberRole.EDITOR, by=person)
    assert person.roles_by_organization == {membership.organization_id: {MemberRole.EDITOR}}
