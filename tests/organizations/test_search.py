"""What the words in the search box mean, in several scripts."""

import pytest

from organizations.filters.search import MOST_SOUGHT, MOST_WORDS, understand
from organizations.filters.vocabulary import stem, tokens, vocabulary
from programmes.models import Location
from tests.factories.organizations import OrganizationNameFactory
from tests.factories.programmes import CountryFactory, PlaceFactory
from tests.organizations.world import ask, found, make_organization, make_staff, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index_at_once")]


def make_this_world():
    """Places with unlucky names are among them, and somebody works in each district."""
    make_world()
    for code, name, country in [("BJ01", "Save", "BEN"), ("LA01", "La", "LAO")]:
        PlaceFactory(code=code, name=name, parent=CountryFactory(code=country, name=country))
    make_organization("Everywhere", "health@ET0508", "health@ML0901", listed=False)


@pytest.fixture(scope="module", autouse=True)
def kept_world(kept):
    kept(make_this_world)


def understood(text, **more):
    return understand(text, vocabulary(), **more).in_words(vocabulary())


# --- Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Éducation, Ituri", ["education", "ituri"]),
        ("l’école d'Abobo", ["l", "ecole", "d", "abobo"]),
        ("云南教育", ["云", "南", "教", "育"]),
        ("YMHV 云南", ["ymhv", "云", "南"]),
        ("🎉 % _ ‏", []),
    ],
)
def test_tokens_are_folded_words(text, words):
    assert tokens(text) == words


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("schools", "school"),
        ("التعليم", "تعليم"),
        ("بالتعليم", "تعليم"),
        ("украине", "украина"),
        ("образования", "образование"),
    ],
)
def test_stem_makes_forms_of_a_word_equal(word, other):
    [word], [other] = tokens(word), tokens(other)
    assert stem(word) == stem(other)


@pytest.mark.parametrize("word", ["aids", "ngos", "press", "children"])
def test_stem_leaves_short_words_and_double_s(word):
    assert stem(word) == word


# --- What is understood -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Education in Somali region, Ethiopia, national NGOs",
            ["theme Education", "place Somali, Ethiopia", "National NGO"],
        ),
        ("éducation Ituri", ["theme Education", "place Ituri, Democratic Republic of the Congo"]),
        ("schools in the DRC", ["theme Education", "place Democratic Republic of the Congo"]),
        ("التعليم في الأردن", ["theme Education", "place Jordan"]),
        ("тема образования в Украине", ["theme Education", "place Ukraine", "in the name “тема”"]),
        ("云南教育", ["theme Education", "place Yunnan Province, China"]),
        ("école, ONG nationales, Éthiopie", ["theme Education", "place Ethiopia", "National NGO"]),
        ("education, health", ["theme Education", "theme Health"]),
        ("inclusive education", ["theme Disability inclusion"]),
        ("women's groups in Afar", ["place Afar, Ethiopia", "Women’s groups"]),
        ("DPO", ["Led by persons with disabilities (OPD)"]),
        ("Somali", ["place Somali, Ethiopia or Somali, Mali"]),
        ("Somali Mali", ["place Somali, Mali"]),
        ("Bamako", ["place Bamako, Mali"]),
        ("ET0508", ["place Afder, Ethiopia"]),
        ("education education", ["theme Education"]),
        ("Save", ["place Save, BEN"]),
        ("Save the Children Ethiopia", ["place Ethiopia", "in the name “save”"]),
        ("Save the Children Afar Ethiopia", ["place Afar, Ethiopia", "in the name “save”"]),
        ("la", []),
        ("hope", []),
        ("in", []),
    ],
)
def test_understand_takes_the_longest_phrase_that_it_knows(text, parts):
    assert understood(text) == parts


def test_community_based_organizations_are_a_type_and_a_category():
    assert understood("community-based organizations") == [
        "Community-based organization or Community-based organizations"
    ]


def test_a_country_that_is_chosen_counts_like_one_that_is_named():
    assert understood("Save", country="ETH") == []
    assert understood("Somali", country="MLI") == ["place Somali, Ethiopia or Somali, Mali"]
    make_organization("In Mali", "health@ML77")
    make_organization("In Ethiopia", "health@ET05")
    assert found("Somali", country="MLI") == ["In Mali"]


def test_a_sensitive_theme_is_understood_for_staff_alone():
    assert understood("unsafe abortion", sensitive=True) == ["theme Unsafe abortion"]
    assert understood("unsafe abortion") == []


def test_no_more_than_a_few_themes_and_places_are_crossed():
    text = "education health nutrition protection water Ethiopia Mali Benin Laos Jordan China Ukraine"
    read = understand(text, vocabulary())
    assert max(len(read.themes), len(read.places)) <= MOST_SOUGHT
    assert ask(q=text).qs.count() == 0


def test_understand_reads_no_more_words_than_it_promises():
    text = "one two three four five six seven eight nine ten " * 50
    assert len(understand(text, vocabulary()).words) == MOST_WORDS


# --- What is found ----------------------------------------------------------------------------------------------------


def test_a_theme_and_a_place_have_to_meet_in_one_presence():
    make_organization("Both apart", "education@ET02", "health@ET05")
    make_organization("Together", "education@ET05")
    assert found("education, Somali region, Ethiopia") == ["Together"]


def test_the_sentence_finds_exactly_the_national_organizations():
    make_organization("National", "education@ET0508", organization_category="national_ngo")
    make_organization("International", "education@ET0508", organization_category="international_ngo")
    make_organization("Elsewhere", "education@ET02", organization_category="national_ngo")
    make_organization("Health only", "health@ET05", organization_category="national_ngo")
    make_organization("Other Somali", "education@ML77", organization_category="national_ngo")
    assert found("Education in Somali region, Ethiopia, national NGOs") == ["National"]


def test_several_themes_have_to_be_worked_on_in_the_place():
    make_organization("Both here", "education@CD54", "health@CD54")
    make_organization("One here", "education@CD54", "health@ET05")
    assert found("education health Ituri") == ["Both here"]


def test_a_parent_theme_and_a_larger_place_find_what_is_in_them():
    make_organization("Nursery", "early-learning@ET0508")
    assert found("education Ethiopia") == ["Nursery"]
    assert found("early learning Afder") == ["Nursery"]
    assert found("health Ethiopia") == []


@pytest.mark.parametrize(
    "text", ["التعليم في الأردن", "education Jordan", "école JORDAN", "Образование Jordan", "教育 Jordan"]
)
def test_any_language_finds_a_theme(text):
    make_organization("جمعية الأمل", "education@JOR")
    assert found(text) == ["جمعية الأمل"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Médecins pour l’Enfance", "medecins enfance"),
        ("Médecins pour l’Enfance", "ENFANCE médecins"),
        ("جمعية الأمل", "امل"),
        ("Общество Матерей Ферганы", "матереи общество"),
        ("云南妇幼健康志愿者协会", "志愿者"),
        ("Sociedad Ñandutí", "nanduti"),
    ],
)
def test_a_name_is_found_by_words_in_any_order_case_and_accent(name, text):
    make_organization(name)
    make_organization("Another")
    assert found(text) == [name]


def test_other_names_acronym_and_mission_are_searched():
    one = make_organization("One", acronym="XYZ", mission="We plant mangroves.")
    OrganizationNameFactory(organization=one, name="Первая")
    one.refresh_search_text()
    one.save()
    assert found("xyz") == found("mangroves") == found("первая") == ["One"]


def test_a_word_is_found_at_its_beginning_and_not_inside():
    make_organization("Circle of Friends")
    make_organization("International Relief", acronym="IRC")
    assert found("IRC") == ["International Relief"]
    assert found("fri") == ["Circle of Friends"]


def test_a_name_is_found_although_its_words_mean_something():
    make_organization("Education for All Foundation", "health@ET02")
    make_organization("Teachers", "education@ET02")
    assert found("education") == ["Education for All Foundation", "Teachers"]
    assert found("Education for All") == ["Education for All Foundation"]


def test_words_that_are_not_understood_have_to_stand_in_the_name():
    make_organization("Save the Children", "health@ET05")
    make_organization("Save the Forest", "health@CD54")
    assert found("Save the Children Ethiopia") == ["Save the Children"]
    assert found("save health DRC") == ["Save the Forest"]


def test_exact_takes_the_words_as_words():
    make_organization("Education for All", "health@ET02")
    make_organization("Teachers", "education@ET02")
    assert found("education", exact="1") == ["Education for All"]
    assert ask(q="education", exact="1").understood_as == []


def test_old_words_find_what_they_are_called_now():
    make_organization("Movement", is_opd=True)
    make_organization("Congregation", cso_type="faith")
    make_organization("Plain")
    assert found("DPOs") == ["Movement"]
    assert found("religious communities") == ["Congregation"]


def test_a_country_finds_those_who_are_at_home_there():
    make_organization("At home", country=Location.objects.get(code="JOR"))
    make_organization("At work", "education@JOR")
    assert found("Jordan") == ["At home", "At work"]
    assert found("education Jordan") == ["At work"]


def test_best_match_has_names_before_themes():
    make_organization("Alpha", "education@ET02")
    make_organization("Beta", "education@ET02", acronym="EDUCATION")
    make_organization("Education Now", "education@ET02")
    make_organization("Aid to Education", "health@ET02")
    rows = ask(q="education").qs.order_by("match", "name")
    assert [row.name for row in rows] == ["Beta", "Education Now", "Aid to Education", "Alpha"]


def test_best_match_looks_at_the_name_without_the_place():
    make_organization("Save Lives", "health@ET02", mission="children")
    make_organization("Save the Children", "health@ET02")
    rows = ask(q="Save the Children in Ethiopia").qs.order_by("match", "name")
    assert [row.name for row in rows] == ["Save the Children", "Save Lives"]


def test_the_public_does_not_find_by_a_sensitive_theme():
    make_organization("Clinic", "unsafe-abortion@ET02")
    assert found("health Ethiopia") == []
    assert found("health Ethiopia", make_staff()) == ["Clinic", "Everywhere"]


def test_what_was_perhaps_meant_is_no_sensitive_theme_for_the_public():
    staff = make_staff()
    # What was typed, what everybody is told and what staff are told
    told = {"abortoin": ("", "abortion"), "healht": ("health", "health")}
    assert {text: (ask(q=text).did_you_mean, ask(staff, q=text).did_you_mean) for text in told} == told


# --- Any text ---------------------------------------------------------------------------------------------------------

NASTY = [
    "", " ", "🎉", "\0", "a\0b", "%", "_", "100%", "'", '"', "';--", "\\", "*", "(", "[a-z]", "<script>", "{{ 7*7 }}",
    "\u202eabc\u202c", "\u200f", "null", "None", "𝔈𝔡𝔲𝔠𝔞𝔱𝔦𝔬𝔫",
    "é" * 300, "a b " * 75, "education " * 30, "教" * 300, "الله" * 70,
    "Somali Ethiopia Ituri Afar Jordan Ukraine Mali China education health school national NGO women's groups DPO",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_any_text_gives_an_answer(text):
    make_organization("Hope", "education@ET02")
    asked = ask(q=text)
    assert list(asked.qs) is not None
    assert asked.understood_as is not None


def test_text_without_letters_and_text_without_end_are_told_so():
    assert ask(q="🎉").errors == {"q": ["There is no letter or digit in this search."]}
    assert ask(q="x" * 10_000).errors == {"q": ["Search with fewer words: at most 300 characters are read."]}


def test_per_cent_and_underscore_are_not_wild():
    make_organization("Hope")
    assert found("h%e") == found("h_pe") == []
