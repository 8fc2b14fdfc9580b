"""Why an organization is found is said where its name does not show it."""

import pytest
from django.urls import reverse

from organizations.search import count_headings, reindex_all
from organizations.views.why import marked
from tests.factories.organizations import OrganizationNameFactory
from tests.organizations.world import make_organization, make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Éducation pour tous", ["education"], "<mark>Éducation</mark> pour tous"),
        ("l’Enfance & <b>", ["enfance"], "<mark>l’Enfance</mark> &amp; &lt;b&gt;"),
        ("Women’s Aid", ["women"], "<mark>Women’s</mark> Aid"),
        ("Santé/Éducation, ici", ["education"], "Santé/<mark>Éducation</mark>, ici"),
        ("جمعية الأمل", ["امل"], "جمعية <mark>الأمل</mark>"),
        ("Всё ещё", ["все"], "<mark>Всё</mark> ещё"),
        ("云南妇幼健康志愿者协会", ["健康", "志愿者"], "云南妇幼<mark>健康</mark><mark>志愿者</mark>协会"),
        ("<script>alert(1)</script> hope", ["hope", "script"], None),
        ("Nothing here", ["else"], "Nothing here"),
        ("", ["else"], ""),
        ("🎉 hope", ["hope"], "🎉 <mark>hope</mark>"),
    ],
)
def test_words_are_marked_as_they_are_written(text, words, shown):
    html = str(marked(text, words))
    assert html == shown if shown is not None else "<script" not in html


def make_rows():
    make_world()
    renamed = make_organization("Renamed", "education@ET05")
    OrganizationNameFactory(organization=renamed, name="Ancien Foyer")
    OrganizationNameFactory(organization=renamed, name="Foier", kind="misspelling")
    renamed.refresh_search_text()
    renamed.save()
    mission = "A word. " * 40 + "We plant <b>mangroves</b> with you. " + "More. " * 90
    make_organization("Trees", "health@ET05", mission=mission)
    make_organization("Foyer des Enfants", "education@ET0508")
    reindex_all()
    count_headings()


@pytest.fixture(scope="module", autouse=True)
def kept_rows(kept):
    kept(make_rows)


def told(client, text, user=None, **asked):
    if user:
        client.force_login(user)
    page = client.get(reverse("organizations:organization-list"), {"q": text, **asked})
    return {row.name: [(str(each.label), str(each.text)) for each in row.why] for row in page.context["object_list"]}


def test_each_row_says_why_it_is_found(client):
    assert told(client, "foyer") == {"Foyer des Enfants": [], "Renamed": [("Other name:", "Ancien <mark>Foyer</mark>")]}
    [[(label, text)]] = told(client, "mangroves").values()
    assert label == "In the mission:"
    assert text.startswith("… ") and text.endswith(" …") and len(text) < 300
    assert "&lt;b&gt;<mark>mangroves</mark>&lt;/b&gt;" in text
    assert told(client, "school Somali Ethiopia")["Renamed"] == [("Works on Education in Somali, Ethiopia", "")]
    assert told(client, "éducation")["Foyer des Enfants"] == [("Works on Education", "")]
    assert told(client, "Afder") == {"Foyer des Enfants": [("Works or is at home in Afder, Ethiopia", "")]}


def test_how_sources_misspell_a_name_is_told_to_staff_alone(client):
    assert told(client, "foier") == {"Renamed": []}
    assert told(client, "foier", make_staff()) == {"Renamed": [("Other name:", "<mark>Foier</mark>")]}


def test_a_page_that_says_why_costs_no_more_than_a_list_may(client, django_assert_max_num_queries):
    client.get(reverse("organizations:organization-list"), {"q": "anything"})
    for text in ("foyer", "mangroves", "fooyer", "ancien foyr"):
        with django_assert_max_num_queries(10):
            assert client.get(reverse("organizations:organization-list"), {"q": text}).status_code == 200
