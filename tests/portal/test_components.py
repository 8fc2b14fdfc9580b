"""The components: what they say, what they refuse, and that no word of a person can become markup."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation

from portal.kit.paging import Page
from portal.styleguide import ARABIC_NAME, SampleForm, event, sample
from portal.templatetags.parts.frame import places_of

TOKENS = Path(__file__).resolve().parent.parent.parent / "static" / "css" / "tokens.css"
HOSTILE = '<script>alert("x")</script>'


def draw(source: str, **context) -> str:
    """Return the HTML of a template, spaces squeezed."""
    html = Template("{% load components %}" + source).render(Context(context))
    return re.sub(r">\s+|\s+<", lambda match: match.group(0).strip(), re.sub(r"\s+", " ", html)).strip()


# --- Properties -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        '{% badge "Verified" colour="green" %}',
        '{% card "Title" icon="x" %}{% endcard %}',
        '{% notice "good" "Title" size=2 %}{% endnotice %}',
        '{% table "Caption" zebra=True %}{% endtable %}',
        "{% fields form layout=2 %}",
        '{% icon "search" size=2 %}',
    ],
)
def test_unknown_property_is_an_error_when_the_template_is_read(source):
    with pytest.raises(TemplateSyntaxError):
        Template("{% load components %}" + source)


@pytest.mark.parametrize(
    "source",
    [
        '{% badge "Verified" "green" %}',
        '{% icon "no-such-icon" %}',
        '{% notice "loud" "Title" %}{% endnotice %}',
        '{% card "Title" level="h7" %}{% endcard %}',
        '{% task "People" "#" "nearly" %}',
        '{% when moment "hour" %}',
    ],
)
def test_unknown_value_is_an_error_when_the_page_is_drawn(source):
    with pytest.raises(ValueError, match=r"expected one of|is not in"):
        draw(source, moment=timezone.now())


@pytest.mark.parametrize(
    "source",
    [
        '{% badge text "good" title=text %}',
        "{% tag text %}",
        "{% foreign text text %}",
        "{% card text %}{{ text }}{% endcard %}",
        '{% notice "good" text %}{{ text }}{% endnotice %}',
        "{% empty text %}{{ text }}{% endempty %}",
        "{% facts %}{% fact text %}{{ text }}{% endfact %}{% endfacts %}",
        "{% stat text text text %}",
        "{% share_bar text 1 2 text %}",
        "{% table text %}{% endtable %}",
        '{% task text text "done" text %}',
        "{% crumb text text %}",
        "{% pills pills text %}",
        "{% timeline events %}",
        '{% icon "search" label=text %}',
    ],
)
def test_what_people_write_never_becomes_markup(source):
    told = event(2, HOSTILE, HOSTILE, reason=HOSTILE, changes={HOSTILE: [HOSTILE, None]})
    html = draw(source, text=HOSTILE, pills=[(HOSTILE, HOSTILE)], events=[told])
    assert "<script" not in html
    assert "&lt;script" in html


# --- Words ------------------------------------------------------------------------------------------------------------


def test_badge_says_its_tone_by_class_and_its_word_as_text():
    assert draw('{% badge "Declined" "stopped" %}') == '<span class="badge badge-stopped">Declined</span>'


def test_state_takes_word_tone_and_meaning_from_the_lifecycle():
    html = draw("{% state record %}", record=sample("suspended"))
    assert html.startswith('<span class="badge badge-stopped" title="Stopped for now')
    assert html.endswith(">Suspended</span>")


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        (ARABIC_NAME, "ar", f'<bdi lang="ar" dir="rtl">{ARABIC_NAME}</bdi>'),
        ("Общество", "ru", '<bdi lang="ru" dir="ltr">Общество</bdi>'),
        ("«עברית»", "", '<bdi dir="rtl">«עברית»</bdi>'),
        ("1998", "", '<bdi dir="auto">1998</bdi>'),
    ],
)
def test_foreign_text_carries_language_and_direction(text, lang, expected):
    assert draw("{% foreign text lang %}", text=text, lang=lang) == expected


@pytest.mark.parametrize(
    ("language", "amount", "currency", "expected"),
    [
        ("en", Decimal("412500"), "USD", "USD\u00a0412,500.00"),
        ("fr", Decimal("412500"), "XOF", "XOF\u00a0412\u202f500"),
        ("en", Decimal("412500"), "JPY", "JPY\u00a0412,500"),
    ],
)
def test_money_names_its_currency_and_follows_the_language(language, amount, currency, expected):
    with translation.override(language):
        html = Template("{% load components %}{% money amount currency %}").render(
            Context({"amount": amount, "currency": currency})
        )
    assert html == f'<bdi class="number">{expected}</bdi>'


@pytest.mark.parametrize(
    "source", ["{% money None %}", "{% when None %}", "{% since None %}", "{% due None %}", "{% number None %}"]
)
def test_nothing_is_shown_as_a_dash(source):
    assert draw(source) == '<span class="muted">–</span>'


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "18 Nov 2026, 09:12"), ("fr", "18 nov. 2026, 09:12"), ("ar", "18 نوفمبر 2026, 09:12")],
)
def test_when_is_written_in_the_language_and_carries_the_exact_moment(language, expected):
    with translation.override(language):
        html = draw("{% when moment %}", moment=datetime(2026, 11, 18, 9, 12, tzinfo=UTC))
    assert html == f'<time datetime="2026-11-18T09:12+00:00">{expected}</time>'


def test_when_shows_no_hour_for_a_day():
    assert draw("{% when day %}", day=date(2026, 11, 18)) == '<time datetime="2026-11-18">18 Nov 2026</time>'


@pytest.mark.parametrize(("days", "expected"), [(0, "0 minutes"), (3, "3 days"), (9, "9 days"), (400, "13 months")])
def test_since_counts_days_as_long_as_they_can_be_pictured(days, expected, time_machine_at_noon):
    html = draw("{% since moment %}", moment=timezone.now() - timedelta(days=days)).replace("\u00a0", " ")
    assert f">{expected}</time>" in html


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "<strong>today</strong>"),
        (1, "<strong>tomorrow</strong>"),
        (3, "<strong>in 3 days</strong>"),
        (9, "in 9 days"),
        (-4, "<strong>4 days ago</strong>"),
    ],
)
def test_due_is_bold_when_it_is_near(days, expected, time_machine_at_noon):
    assert f">{expected}</time>" in draw("{% due day %}", day=timezone.localdate() + timedelta(days=days))


def test_saved_names_the_day_when_it_was_not_today(time_machine_at_noon):
    assert ">09:12</time>" in draw("{% saved at %}", at=datetime(2026, 11, 22, 9, 12, tzinfo=UTC))
    assert ">18 Nov 2026, 09:12</time>" in draw("{% saved at %}", at=datetime(2026, 11, 18, 9, 12, tzinfo=UTC))
    assert "time" not in draw("{% saved None %}")


@pytest.fixture
def time_machine_at_noon(time_machine):
    time_machine.move_to(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False)


# --- Records ----------------------------------------------------------------------------------------------------------


def test_steps_mark_what_is_done_and_what_is_now():
    html = draw("{% steps record %}", record=sample("signing"))
    assert re.findall(r'<li class="step-(\w+)"', html) == ["done", "done", "now", "next", "next"]
    assert html.count('aria-current="step"') == 1
    assert "step 3 of 5" in html


def test_steps_say_a_state_off_the_path_in_a_sentence():
    html = draw("{% steps record %}", record=sample("suspended"))
    assert "<ol" not in html
    assert "nothing is paid" in html


def test_actions_link_what_may_be_done_and_explain_what_must_wait():
    html = draw("{% actions record None %}", record=sample("signing"))
    assert '<a class="button button-primary" href="#sign">Sign for the partner</a>' in html
    assert '<a class="button" role="link" aria-disabled="true" aria-describedby="why-activate">Activate</a>' in html
    assert html.index("Activate</a>") < html.index("Both signatures are needed.") < html.index("The start date is")


def test_actions_say_so_when_there_is_nothing_to_do():
    assert "nothing for you to do" in draw("{% actions record None %}", record=sample("active"))


def test_timeline_names_changed_fields_as_their_model_does():
    told = event(
        2,
        "N.",
        "Changed",
        subject_type="accounts.user",
        changes={"email": ["", "n@x.org"], "gone_field": [True, ["a", "b"]]},
    )
    html = draw("{% timeline events %}", events=[told])
    cells = re.findall(r'<t[hd](?: scope="row"| dir="auto")>(.*?)</t[hd]>', html)
    assert cells == ["e-mail address", "–", "n@x.org", "gone field", "yes", "a, b"]


def test_timeline_tells_who_may_read_a_comment():
    html = draw(
        "{% timeline events %}",
        events=[event(2, "N.", "Comment", reason="…", audience="office"), event(1, "N.", "Sent")],
    )
    assert html.count("Office only") == 1
    assert "Both sides" not in html


def test_share_bar_draws_the_share_without_a_style():
    assert '<rect width="25.0" height="4"/>' in draw('{% share_bar "Education" 1 4 %}')
    assert '<rect width="0" height="4"/>' in draw('{% share_bar "Education" 0 0 %}')


# --- Forms ------------------------------------------------------------------------------------------------------------


def test_field_puts_label_hint_and_control_together():
    html = draw("{% field form.name %}", form=SampleForm())
    assert html.index("</label>") < html.index('id="id_name_helptext"') < html.index("<input")
    assert 'aria-describedby="id_name_helptext"' in html
    assert "(optional)" not in html


def test_field_marks_optional_unless_everything_is():
    assert "(optional)" in draw("{% field form.email %}", form=SampleForm())
    assert "(optional)" not in draw("{% field form.email all_optional=True %}", form=SampleForm())


def test_field_says_its_error_in_words_beside_it():
    html = draw("{% field form.name %}", form=SampleForm({}))
    assert '<p class="field-error" id="id_name_error">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize("name", ["focus", "languages"])
def test_group_of_choices_is_a_fieldset_with_a_legend(name):
    html = draw("{% field field %}", field=SampleForm()[name])
    assert html.startswith('<fieldset class="field"')
    assert "<legend>" in html


def test_a_form_drawn_by_django_uses_the_same_field():
    assert 'class="field-hint"' in str(SampleForm()["name"].as_field_group())


def test_error_summary_links_to_the_control_that_takes_the_keyboard():
    html = draw("{% error_summary form %}", form=SampleForm({"email": "wrong"}))
    assert 'role="alert"' in html
    assert '<a href="#id_name">Name of the organization: This field is required.</a>' in html
    assert '<a href="#id_focus_0">Is your work only about children: This field is required.</a>' in html
    assert "<li>The two languages" in html


@pytest.mark.parametrize("form", [None, forms.Form(), forms.Form({})])
def test_error_summary_is_silent_when_all_is_well(form):
    assert draw("{% error_summary form %}", form=form) == ""


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_pager_keeps_the_filters(rf):
    page = Page([], previous="here", next="there")
    html = draw("{% pager page %}", page=page, request=rf.get("/", {"theme": "education", "after": "here"}))
    query = "?theme=education"
    assert re.findall(r'href="(.*?)"', html) == [query, f"{query}&amp;before=here", f"{query}&amp;after=there"]


def test_pager_is_silent_on_a_single_page(rf):
    assert draw("{% pager page %}", page=Page([]), request=rf.get("/")) == ""


def test_table_is_named_and_can_be_scrolled_with_the_keyboard():
    html = draw('{% table "Places" hide_caption=True %}<tbody></tbody>{% endtable %}')
    assert 'role="region" aria-label="Places" tabindex="0"' in html
    assert '<caption class="visually-hidden">Places</caption>' in html


# --- The frame ------------------------------------------------------------------------------------------------------


class Person(SimpleNamespace):
    is_authenticated = True
    works_for_unicef = False
    is_superuser = False
    roles_by_organization: ClassVar = {}


@pytest.mark.parametrize(
    ("user", "first"),
    [
        (AnonymousUser(), "Partners"),
        (Person(), "Partners"),
        (Person(works_for_unicef=True), "My work"),
        (Person(is_superuser=True), "My work"),
        (Person(roles_by_organization={7: {"editor"}}), "My organization"),
    ],
)
def test_navigation_begins_at_the_desk_of_the_person(user, first):
    assert str(places_of(user)[0].label) == first


def test_navigation_marks_the_place_of_the_page(rf):
    request = rf.get(reverse("organizations:organization-list") + "12/")
    request.user = AnonymousUser()
    html = draw("{% site_nav %}", request=request)
    assert re.findall(r'aria-current="true">(.*?)<', html) == ["Partners"]


def test_frame_stands_without_a_request():
    """The page of a server error is drawn with nothing to go by."""
    html = get_template("500.html").render()
    assert "<nav" not in html.split("<main")[0]
    assert "Something went wrong on our side" in html


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_style_guide_stands_in_every_language(client, language, direction):
    response = client.get(reverse("styleguide"), headers={"accept-language": language})
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="{direction}">' in response.text


# --- Colours ----------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def palettes() -> dict[str, dict[str, str]]:
    """Return the colours of tokens.css by mode; the dark mode keeps those that it does not change."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
        for part in TOKENS.read_text().split("prefers-color-scheme: dark")
    )
    return {"light": light, "dark": light | dark}


READABLE = [
    ("ink", "paper", 12),
    ("ink", "wash", 12),
    ("muted", "paper", 6),
    ("muted", "wash", 5.5),
    ("muted", "sea-wash", 4.5),
    ("sea", "paper", 7),
    ("sea", "sea-wash", 5.5),
    ("sea-deep", "sea-wash", 8),
    ("on-sea", "sea", 7),
    ("field-border", "paper", 3),
    ("field-border", "raised", 3),
    ("disabled", "disabled-wash", 4.5),
    *((tone, f"{tone}-wash", 6.4) for tone in ("good", "waiting", "underway", "stopped", "past")),
    *((tone, "paper", 6.4) for tone in ("good", "stopped")),
]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), READABLE)
def test_colours_can_be_told_apart(mode, text, ground, least):
    colours = palettes()[mode]
    assert contrast(colours[text], colours[ground]) >= least


@pytest.mark.parametrize(("language", "expected"), [("en", "Sign in"), ("fr", "Mon Compte")])
def test_sentence_case_is_for_english_headings_alone(language, expected):
    words = {"en": "\n  Sign In ", "fr": "\n  Mon Compte "}[language]
    with translation.override(language):
        assert draw("{% filter sentence_case %}{{ words }}{% endfilter %}", words=words) == expected
