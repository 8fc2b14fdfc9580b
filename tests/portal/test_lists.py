"""Every list page of the portal: in each of its orders, and as a file of each kind, it is the same rows."""

import csv
from io import BytesIO, StringIO

import pytest
from django.core.cache import caches
from django.db import transaction
from django.urls import get_resolver, reverse
from openpyxl import load_workbook

from organizations.search import reindex_all
from portal.kit.paging import order_of
from portal.kit.views import ListPage
from tests.access.world import World


def list_pages(resolver=None, names=()):
    """Yield (name, view class) of every list page that has an address."""
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from list_pages(entry, [*names, entry.namespace] if entry.namespace else names)
        elif issubclass(getattr(entry.callback, "view_class", object), ListPage):
            yield ":".join([*names, entry.name]), entry.callback.view_class


LISTS = dict(list_pages())
WITH_FILES = [name for name, view in LISTS.items() if view.csv_columns]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        reindex_all()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def address(world, db, client, monkeypatch):
    """The address of a list, by name, for an administrator who is shown two rows a page."""
    monkeypatch.setattr(ListPage, "paginate_by", 2)
    client.force_login(next(person.user for person in world.people if person.scope == "everywhere"))
    about = {"organizations:document-list": [world.organizations["here"].pk]}
    return lambda name: reverse(name, args=about.get(name, []))


def test_no_list_page_is_left_out():
    def below(view):
        return {view}.union(*map(below, view.__subclasses__()))

    assert below(ListPage) - {ListPage} == set(LISTS.values())


def rows_of(response):
    return [row.pk for row in response.context["object_list"]]


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_every_order_hold_the_whole_list_once(name, client, address):
    caches["memory"].clear()
    for sort in LISTS[name].sorts if isinstance(LISTS[name].sorts, dict) else ["name", "newest"]:
        response = client.get(address(name), {"sort": sort})
        view = response.context["view"]
        expected = list(order_of(view.get_queryset())[0].values_list("pk", flat=True))
        seen = rows_of(response)
        while response.context["page_obj"].next:
            response = client.get(address(name), {"sort": sort, "after": response.context["page_obj"].next})
            seen += rows_of(response)
        assert (sort, seen) == (sort, expected)


@pytest.mark.parametrize("name", WITH_FILES)
def test_files_of_every_kind_hold_what_the_pages_hold(name, client, address):
    rows = len(client.get(address(name)).context["view"].get_queryset())
    text = client.get(address(name), {"format": "csv"}).getvalue().decode("utf-8-sig")
    lines = list(csv.reader(StringIO(text)))
    sheet = load_workbook(BytesIO(client.get(address(name), {"format": "xlsx"}).getvalue())).active
    cells = [[_as_text(cell) for cell in row] for row in sheet.iter_rows()]
    assert rows and len(lines) == rows + 1
    assert cells == [[_same(text) for text in line] for line in lines]


def _as_text(cell):
    if cell.is_date:
        return cell.value.isoformat()[:10]
    return "" if cell.value is None else str(cell.value)


def _same(text):
    """A time of day is as exact in a sheet as its cell shows; the day is what is compared."""
    return text[:10] if text[4:5] == text[7:8] == "-" else text
