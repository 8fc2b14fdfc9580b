"""What is one organization, what may be, and what is not. The names are those of the three OCHA lists."""

import pytest

from organizations.imports.matching import WORLDWIDE, Matcher, Profile, Spelling, known_body
from organizations.twins.known import known_bodies

INGO, NNGO, UN = "international_ngo", "national_ngo", "un_agency"


def place(*spellings):
    matcher = Matcher()
    homes = matcher.place({Spelling(*spelling): 10 - number for number, spelling in enumerate(spellings)})
    return matcher, homes


def are_one(first, second):
    return len(set(map(id, place(first, second)[1].values()))) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Case, accents, spaces, legal form
        (("Deeg-Roor Medical Organization", "DMO", NNGO, "SOM"), ("Deegroor Medical Organisation", "DMO", NNGO, "SOM")),
        (
            ("Vétérinaires sans Frontières Germany", "VSF-G", INGO, "ETH"),
            ("VeterinairesSans Frontieres-Germany", "VSF-G", INGO, "ETH"),
        ),
        (("Jericho Hope and Peace ASBL", "JHP", NNGO, "COD"), ("Jericho Hope and Peace", "", NNGO, "COD")),
        # Slips of typing, with the same acronym
        (("Finish Refugee Council", "FRC", INGO, "ETH"), ("Finnish Refugee Council", "FRC", INGO, "ETH")),
        (("Imagine 1 Day", "I1D", INGO, "ETH"), ("Imagen 1 Day", "I1D", INGO, "ETH")),
        (("Samaritan's Purse", "SP", INGO, "ETH"), ("Samaritan Purse", "SP", INGO, "COD")),
        # International networks
        (("World Vision", "WV", INGO, "ETH"), ("World Vision International", "WVI", INGO, "SOM")),
        (("Islamic Relief", "IR", INGO, "ETH"), ("Islamic Relief Worldwide", "IRW", INGO, "SOM")),
        # Only an acronym
        (("Organization for Social Services Health and Development", "OSSHD", NNGO, "ETH"), ("", "OSSHD", NNGO, "ETH")),
        (("Oxfam Grande Bretagne", "OXFAM GB", INGO, "COD"), ("Oxfam GB", "Oxfam GB", INGO, "ETH")),
        # Known bodies in other languages
        (("World Food Programme", "wfp", UN, "SOM"), ("Programme Alimentaire Mondial", "PAM", UN, "COD")),
        (
            ("United Nations International Children's Emergency Fund", "UNICEF", UN, "ETH"),
            ("Fonds des Nations unies pour l’enfance", "UNICEF", UN, "COD"),
        ),
    ],
)
def test_spellings_of_one_organization(first, second):
    assert are_one(first, second)
    assert are_one(second, first)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (
            ("SOS children’s villages Somalia", "SOS CV SO", NNGO, "SOM"),
            ("SOS children’s villages Somaliland", "SOS CV SL", NNGO, "SOM"),
            "similar_name",
        ),
        (
            ("Mandher Relief and Development Organization", "MARDO", NNGO, "SOM"),
            ("Mandhere Relief and Development Organisation", "MRDO", NNGO, "SOM"),
            "similar_name",
        ),
        (
            ("Femme Congolaise pour le Développement", "FECONDE", NNGO, "COD"),
            ("FEMME CONGOLAISE POUR LE DÉVELOPPEMENT", "FCD", NNGO, "COD"),
            "similar_name",
        ),
        (
            ("African Relief and Development", "ARD", NNGO, "SOM"),
            ("Action for Relief and Development", "ARD", NNGO, "SOM"),
            "same_acronym",
        ),
        (("Caritas Bunia", "Caritas", NNGO, "COD"), ("CARITAS CONGO Asbl", "Caritas", NNGO, "COD"), "same_acronym"),
        (("SOS Ethiopia", "SOS CV", INGO, "ETH"), ("SOS Children's Villages", "SOS CV", INGO, "ETH"), "same_acronym"),
        (("Action Santé", "", NNGO, "COD"), ("Action Santé", "", NNGO, "SOM"), "same_name_elsewhere"),
    ],
)
def test_doubtful_pairs_are_for_a_person(first, second, reason):
    matcher, homes = place(first, second)
    assert len(set(map(id, homes.values()))) == 2
    assert [doubt.reason for doubt in matcher.doubts.values()] == [reason]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            ("Kaah Relief and Development Organization", "KAAH", NNGO, "SOM"),
            ("Hidig Relief and Development Organization", "HIDIG", NNGO, "SOM"),
        ),
        (
            ("Danish Refugee Council", "DRC", INGO, "SOM"),
            ("Congo Agency for International Development", "DRC AID", NNGO, "COD"),
        ),
        (
            ("Office of the United Nations High Commissioner for Human Rights", "OHCHR", UN, "ETH"),
            ("United Nations High Commissioner for Refugees", "UNHCR", UN, "ETH"),
        ),
    ],
)
def test_different_organizations(first, second):
    matcher, homes = place(first, second)
    assert len(set(map(id, homes.values()))) == 2
    assert matcher.doubts == {}


def test_a_bare_acronym_that_several_bear_is_nobodys():
    matcher, homes = place(
        ("Caritas Bunia", "Caritas", NNGO, "COD"),
        ("Caritas Développement Goma", "Caritas", NNGO, "COD"),
        ("Caritas", "Caritas", NNGO, "COD"),
    )
    assert len(set(map(id, homes.values()))) == 3
    assert len(matcher.doubts) == 3


def test_an_existing_record_is_found_and_keeps_its_name():
    profile = Profile(kind=NNGO, pk=7, own=("Hope for All", "HFA"))
    profile.spelled[Spelling("Hope for All", "HFA", NNGO, "QQQ")] = 1
    matcher = Matcher()
    matcher.add(profile)
    spelling = Spelling("HOPE FOR ALL", "", NNGO, "QQQ")
    assert matcher.place({spelling: 100})[spelling] is profile
    assert (profile.name, profile.acronym) == ("Hope for All", "HFA")


def test_a_new_record_gets_the_name_that_is_written_most():
    _matcher, homes = place(
        ("Welfare & Development in Action", "WDA", NNGO, "ETH"),
        ("Welfare and Developement in Action,", "WDA", NNGO, "ETH"),
    )
    profile = next(iter(homes.values()))
    assert (profile.name, profile.acronym) == ("Welfare & Development in Action", "WDA")


def test_a_known_body_gets_its_own_name():
    _matcher, homes = place(("Programme Alimentaire Mondial", "PAM", UN, "COD"))
    profile = next(iter(homes.values()))
    assert (profile.name, profile.acronym) == ("World Food Programme", "WFP")


def test_a_national_partner_with_the_letters_of_a_known_body_is_not_taken_for_it():
    assert known_body("Women's Forum of Puntland", "WFP", NNGO) is None
    assert known_body("Humanitarian Aid", "HI", INGO) is None


def test_known_bodies_are_told_apart():
    bodies = known_bodies()
    assert {body.kind for body in bodies} <= WORLDWIDE
    acronyms = [acronym for body in bodies for acronym in body.acronyms]
    assert len(acronyms) == len(set(acronyms))
    for body in bodies:
        assert [known_body(name, "", body.kind) for name in body.all_names] == [body] * len(body.all_names)
