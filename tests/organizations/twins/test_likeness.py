"""How alike two names are: each kind of difference that must be seen through, and near misses that must not."""

import pytest

from organizations.models import TwinReason
from organizations.twins import THRESHOLD, likeness
from organizations.twins.likeness import likeness_of
from organizations.twins.names import parse
from organizations.twins.numbers import same_number
from organizations.twins.script import skeleton, transliterated


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        # Case, accents, hyphens and spaces, the acronym beside it
        ("Vétérinaires Sans Frontières", "VETERINAIRES SANS-FRONTIERES", "same_name"),
        ("Concern Worldwide", "Concern World Wide", "same_name"),
        ("Horn Lifeline (HLL)", "HLL - Horn Lifeline", "same_name"),
        ("Horn Lifeline | HLL", "Horn Lifeline", "same_name"),
        # Legal forms in many languages
        ("Muungano ASBL", "ONG Muungano", "same_name"),
        ("Lichtblick e. V.", "Lichtblick", "same_name"),
        ("Rainbow School Ltd.", "Rainbow School", "same_name"),
        ("ООО Милосердие", "Милосердие", "same_name"),
        # Order of words
        ("Women for Peace Kivu", "Kivu Women for Peace", "word_order"),
        # Slips of typing, words together and apart, words cut short
        ("Internation Rescue Commettee", "International Rescue Committee", "similar_name"),
        ("Deeg-Roor Medical Organization", "Deegroor Medical Organisation", "similar_name"),
        ("Kulmis Dev. Assoc.", "Kulmis Development Association", "similar_name"),
        ("Save the Children Intl", "Save the Children International", "similar_name"),
        # Other languages
        ("World Health Organization", "Organisation mondiale de la Santé", "translation"),
        ("Norwegian Refugee Council", "Conseil norvégien pour les réfugiés", "translation"),
        ("Fondo de las Naciones Unidas para la Infancia", "United Nations Children's Fund", "translation"),
        ("Mali Red Cross", "Croix-Rouge malienne", "translation"),
        ("Welthungerhilfe", "German Agro Action", "translation"),
        # Other scripts
        ("Фонд Надежда", "Fond Nadezhda", "other_script"),
        ("محمد الخير", "Mohamed Al Khair", "other_script"),
        ("Ελπίδα", "Elpida", "other_script"),
        ("ሰላም", "Salam", "other_script"),
        ("주안", "Juan", "other_script"),
        ("Иттифок бунёдкорон", "Ittifoq bunyodkoron", "other_script"),
        # Acronyms
        ("MSF", "Médecins sans frontières", "translation"),
        ("JHP", "Jericho Hope and Peace", "acronym_of"),
        ("HLL", "Horn Lifeline (HLL)", "acronym_of"),
        # One name within the other
        ("World Vision", "World Vision International", "shorter_name"),
        # Chinese: the same signs, whatever their form
        ("儿童希望基金会", "儿童希望 基金会", "same_name"),
    ],
)
def test_one_organization_in_two_spellings(first, second, reason):
    for one, other in ((first, second), (second, first)):
        found = likeness(one, other)
        assert (found.score >= THRESHOLD, str(found.reason)) == (True, reason)
        assert (found.first, found.second) == (one, other) or reason in ("translation", "acronym_of")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Kaah Relief and Development Organization", "Hidig Relief and Development Organization"),
        ("Danish Refugee Council", "Norwegian Refugee Council"),
        ("Caritas Bunia", "Caritas Goma"),
        ("Action Santé", "Action Éducation"),
        ("Marie Stopes International", "Marie Stopes International Ethiopia"),
        ("Somali Relief Society", "Sudanese Relief Society"),
        ("United Nations Population Fund", "United Nations Children's Fund"),
        ("Association des femmes pour la paix", "Association des jeunes pour la paix"),
        ("IRC", "ICRC"),
        ("PUI", "PI"),
        ("Hope Foundation", "Health Foundation"),
        ("أمل للأطفال", "نور للأطفال"),
        ("Фонд Надежда", "Фонд Милосердие"),
        ("希望", "光明"),
        ("", "Hope"),
        ("...", "Hope"),
    ],
)
def test_two_organizations_stay_two(first, second):
    assert likeness(first, second).score < THRESHOLD
    assert likeness(second, first).score < THRESHOLD


def test_an_acronym_beside_a_name_speaks_for_and_against():
    alone = likeness("Mandher Relief", "Mandhere Relief").score
    assert likeness_of(["Mandher Relief", "MARE"], ["Mandhere Relief", "MDRE"]).score < alone
    shared = likeness_of(["Help for Kivu", "HFK"], ["Hands of Friendship", "HFK"])
    assert (shared.score < THRESHOLD, shared.reason) == (True, TwinReason.SAME_ACRONYM)
    other = likeness_of(["Femme Congolaise", "FECONDE"], ["FEMME CONGOLAISE", "FCD"])
    assert other.reason == TwinReason.OTHER_ACRONYM


def test_initials_do_not_speak_for_whoever_has_another_acronym():
    assert likeness_of(["AFD"], ["Action des Femmes pour le Développement"]).score >= THRESHOLD
    assert likeness_of(["AFD"], ["Action des Femmes pour le Développement", "AFEDEV"]).score < THRESHOLD


def test_every_way_of_writing_the_acronym_beside_the_name_is_taken_apart():
    for text in (
        "Horn Lifeline (HLL)",
        "HLL - Horn Lifeline",
        "HLL | Horn Lifeline",
        "Horn Lifeline, HLL",
        "HLL: Horn Lifeline",
    ):
        assert (parse(text).compact, set(parse(text).acronyms)) == ("hornlifeline", {"hll"})


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("надежда", "nadezhda"),
        ("αγαπη", "agapi"),
        ("שלום", "shlvm"),
        ("ሰላም", "salaame"),
        ("안녕", "annyeong"),
        ("かな", "kana"),
    ],
)
def test_scripts_in_latin_letters(written, latin):
    assert transliterated(written) == latin


def test_skeletons_meet_across_spellings():
    assert skeleton("mohamed") == skeleton("muhammad") == skeleton("محمد")
    assert skeleton("khadija") == skeleton("خديجه")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("UZ-MOJ", "0012-345"), ("uz moj", "12345"), True),
        (("MOJ", "12345"), ("UZ-MOJ", "12345"), True),
        (("UZ-MOJ", "12345"), ("KE-NGO", "12345"), False),
        (("MOJ", "12"), ("UZ-MOJ", "12"), False),
        (("UZ-MOJ", "12345"), ("UZ-MOJ", "12346"), False),
        (("UZ-MOJ", ""), ("UZ-MOJ", ""), False),
    ],
)
def test_numbers(one, other, same):
    assert same_number(one, other) is same
    assert same_number(other, one) is same
