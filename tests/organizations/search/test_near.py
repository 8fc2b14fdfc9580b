"""Slips of typing: the word that was meant, and the names that come nearest."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.search import count_headings, reindex_all
from organizations.search.near import slips_of
from tests.organizations.world import ask, make_organization, make_staff, make_world

pytestmark = pytest.mark.django_db

NAMES = [
    "Child Foundation", "Childlink Foundation", "Lanka Fundamental Rights Organization", "Viva Rio",
    "Organization Earth", "Promotion pour le développement", "Médecins pour l’Enfance",
    "جمعية الأمل للتنمية", "Общество Матерей Ферганы", "云南妇幼健康志愿者协会", "Action 237-Suisse",
    "11197240 Canada Association", "Plan A", "Education for All Foundation",
]  # fmt: skip


def make_names():
    make_world()
    for name in NAMES:
        make_organization(name)
    for name in ("Promotion pour enfants et développement", "Foundation for Children", "Rights Now"):
        make_organization(name, "education@ET05")
    reindex_all()
    count_headings()


@pytest.fixture(scope="module", autouse=True)
def kept_names(kept):
    kept(make_names)


def slips():
    """Each name without each of its letters in turn, two for each name to be quick."""
    for number, name in enumerate(NAMES):
        letters = [at for at, char in enumerate(name) if char.isalpha()]
        for at in {letters[number % len(letters)], letters[-1 - number % len(letters)], letters[0]}:
            yield name, name[:at] + name[at + 1 :]


def test_a_name_is_found_with_any_letter_missing():
    missed = [(name, typed) for name, typed in slips() if name not in [row.name for row in ask(q=typed).first(10)]]
    assert missed == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Child Fuondation", "child foundation"),
        ("fondation", ""),  # a word for a kind of organization
        ("eduction", "education"),
        ("eduacation helth", "education health"),
        ("foundation", ""),
        ("zzzzzz", ""),
        ("zz", ""),
        ("Матереи", ""),
        ("Матеией", "матереи"),
    ],
)
def test_a_word_that_nobody_uses_is_mended(typed, meant):
    assert ask(q=typed).did_you_mean == meant


def test_a_name_that_is_nearly_called_so_comes_before_what_has_the_words():
    found = ask(q="Promotion pour e développement")
    rows = list(found.found.rows)
    assert [row.name for row in rows] == ["Promotion pour enfants et développement"]
    assert [row.name for row in found.nearly_called(rows)] == ["Promotion pour le développement"]
    assert [row.name for row in found.first(10)][:1] == ["Promotion pour le développement"]


@pytest.mark.parametrize("typed", ["Viva Rio", "education", "education Somali", "foundation", ""])
def test_nobody_is_nearly_called_so_where_somebody_is_or_no_name_was_typed(typed):
    found = ask(q=typed)
    assert found.nearly_called(list(found.found.rows)) == []


def test_the_nearest_meet_the_other_filters():
    assert [row.name for row in ask(q="Rigths Now").nearest()][:1] == ["Rights Now"]
    assert ask(q="Rigths Now", country="JOR").nearest() == []


def test_a_near_search_costs_few_queries_however_many_words():
    staff = make_staff()
    ask(staff, q="x").qs.first()
    for text in ("Rigths Now", "Lanka undamental Rights Organisation for the World and all its Childern of tomorow"):
        with CaptureQueriesContext(connection) as queries:
            found = ask(staff, q=text)
            found.first(10)
            assert found.did_you_mean
        assert len(queries) <= 6, [query["sql"][:80] for query in queries]


@pytest.mark.parametrize("word", ["ab", "12345", "x" * 31, ""])
def test_numbers_and_words_too_short_or_long_have_no_slips(word):
    assert slips_of(word) == set()
