"""The searches that the portal was built for, on the three OCHA lists, against what the lists say row by row."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from organizations.imports.presence import commit_presence, plan_presence
from organizations.models import Organization, Presence
from portal.kit.text import fold
from programmes.imports.locations import load_locations
from programmes.imports.reference import load_reference
from tests.organizations.imports.test_real_data import FILES, PLACES
from tests.organizations.world import ask, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index_at_once")]

CLUSTER = "CLUSTER (Choisir dans la liste déroulante) Pour les projets humanitaires uniquement"
MOST_QUERIES = 4  # for all rows, once the words are read: seconds are for benchmarks, not for tests
SEARCHES = {
    "Education in Somali region, Ethiopia, national NGOs": (
        "ethiopia-4w",
        "Implementing Partner Name",
        lambda row: (
            row["Cluster"] == "Education"
            and row["WoredaPcod"].startswith("ET05")
            and row["Implementing Partner Type"] == "National NGO"
        ),
        {"theme": "education", "country": "ETH", "location": "ET05", "category": "national_ngo"},
    ),
    "éducation Ituri": (
        "drc-4w",
        "Nom organization",
        lambda row: (
            row[CLUSTER] == "Education"
            and row["Code Province"] == "CD54"
            and row["Type organisation"].startswith("ONG")
        ),
        {"theme": "education", "location": "CD54"},
    ),
}


def spelled(path: Path, heading: str, is_meant: Callable[[dict], bool]) -> set[str]:
    """The names, folded, in the rows that are meant."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {fold(row[heading]) for row in csv.DictReader(file) if is_meant(row)}


def spellings(organization: Organization) -> set[str]:
    return {fold(name) for name in (organization.name, *organization.names.values_list("name", flat=True))}


def test_the_two_sentences_find_exactly_whom_the_lists_name(real_data, django_assert_max_num_queries):
    load_reference()
    load_locations(real_data / PLACES, countries=["ETH", "SOM", "COD"], commit=True)
    for layout, name in FILES.items():
        commit_presence(plan_presence(real_data / name, layout))
    assert (Organization.objects.count(), Presence.objects.count()) > (500, 3500)
    staff = make_staff()
    ask(staff, q="anybody").qs.first()  # reads the words
    for sentence, (layout, heading, is_meant, chosen) in SEARCHES.items():
        expected = spelled(real_data / FILES[layout], heading, is_meant)
        with django_assert_max_num_queries(MOST_QUERIES):
            found = list(ask(staff, q=sentence).qs.order_by("match", "name"))
        assert expected, sentence
        assert expected <= set().union(*map(spellings, found)), sentence
        assert all(spellings(organization) & expected for organization in found), sentence
        assert set(found) == set(ask(staff, **chosen).qs), sentence
