"""Fields drawn in Python: the same HTML as Django's templates, and no template for each option or row."""

import re
from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.roles import StaffRole
from organizations.search import reindex_all
from portal.kit.filters import Choices
from portal.kit.views import DateInput
from portal.renderers import FormRenderer
from tests.factories.organizations import ObservationFactory
from tests.factories.partnerships import AgreementFactory, PartnerFactory, person_at
from tests.factories.programmes import CountryOfficeFactory

HOSTILE = '<b>"it\'s" & more</b>'
FEW = [("", "–"), ("a", _("Name")), ("b&", HOSTILE), (1234, mark_safe("<i>1</i>")), (None, "none")]
GROUPED = [("Group <1>", [("a", "A"), ("x", "X")]), ("b&", "alone"), ("Group 2", (("a", "A again"),))]

CONTROLS = {
    "text": forms.CharField(widget=forms.TextInput(attrs={"dir": "auto", "maxlength": 5000, "data-x": HOSTILE})),
    "number": forms.IntegerField(),
    "email": forms.EmailField(help_text="Hint"),
    "url": forms.URLField(assume_scheme="https"),
    "password": forms.CharField(widget=forms.PasswordInput),
    "search": forms.CharField(widget=forms.TextInput(attrs={"type": "search"})),
    "hidden": forms.CharField(widget=forms.HiddenInput),
    "area": forms.CharField(widget=forms.Textarea(attrs={"rows": 3})),
    "day": forms.DateField(widget=DateInput),
    "moment": forms.DateTimeField(),
    "file": forms.FileField(),
    "tick": forms.BooleanField(),
    "tick_off": forms.BooleanField(required=False, disabled=True),
    "yes_no": forms.NullBooleanField(),
    "one": forms.ChoiceField(choices=FEW),
    "one_required": forms.ChoiceField(choices=FEW[1:], required=True),
    "one_grouped": forms.ChoiceField(choices=GROUPED, widget=forms.Select(attrs={"class": "wide"})),
    "several": forms.MultipleChoiceField(choices=GROUPED),
    "shared": forms.ChoiceField(choices=Choices([("b&", HOSTILE), ("a", "A")]).after(("", _("Name")))),
    "boxes": forms.MultipleChoiceField(choices=FEW[1:], widget=forms.CheckboxSelectMultiple(attrs={"class": "c"})),
    "radios": forms.ChoiceField(choices=GROUPED, widget=forms.RadioSelect, disabled=True),
}
GIVEN = [
    None,
    {},
    {"text": HOSTILE, "number": "1,5", "area": f"\n{HOSTILE}", "day": "2026-11-25", "tick": "on", "hidden": "é"},
    {"one": "b&", "one_grouped": "a", "several": ["a", "b&"], "shared": "b&", "boxes": ["a", "1234"], "radios": "x"},
    {"one": "", "one_grouped": "unknown", "several": [HOSTILE], "yes_no": "true", "boxes": ["b&"]},
]
INITIAL = {"number": 12345, "day": date(2026, 11, 25), "tick": True, "one": 1234, "boxes": [1234], "radios": "a"}


class AsDjango(forms.BoundField):
    """The stock field, which asks a template for everything."""


def squeezed(html: str) -> str:
    """Without the space between tags, but for what a text area holds."""
    return html if html.startswith("<textarea") else re.sub(r"\s*([<>])\s*", r"\1", html)


def make_form(renderer, data, **kwargs):
    form = type("SampleForm", (forms.Form,), dict(CONTROLS))
    return form(data, renderer=renderer, initial=INITIAL, **kwargs)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("data", GIVEN, ids=["unbound", "empty", "typed", "chosen", "odd"])
def test_every_control_is_drawn_as_django_draws_it(data, language):
    with translation.override(language):
        ours = make_form(FormRenderer(), data)
        theirs = make_form(DjangoTemplates(), data, bound_field_class=AsDjango)
        drawn = {name: squeezed(str(ours[name])) for name in CONTROLS}
        assert drawn == {name: squeezed(str(theirs[name])) for name in CONTROLS}


def test_one_choice_of_a_group_is_drawn_alone_as_django_draws_it():
    ours, theirs = (make_form(renderer, GIVEN[3])["radios"] for renderer in (FormRenderer(), DjangoTemplates()))
    drawn, expected = ([squeezed(f"{one} {one.tag()}") for one in controls] for controls in (ours, theirs))
    assert drawn == expected


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("data", GIVEN, ids=["unbound", "empty", "typed", "chosen", "odd"])
def test_labels_and_lists_of_errors_are_drawn_as_django_draws_them(data, language):
    def drawn(renderer, **kwargs):
        form = make_form(renderer, data, **kwargs)
        form.is_valid()
        around = [[field.label_tag(), field.label_tag(attrs={"class": "a<b"}), field.errors] for field in form]
        return [squeezed(f"{each}") for field in around for each in (*field, form.non_field_errors())]

    with translation.override(language):
        assert drawn(FormRenderer()) == drawn(DjangoTemplates(), bound_field_class=AsDjango)


def test_words_that_are_html_and_the_same_words_as_text_are_not_mixed_up():
    """Both are equal as strings, and one list is kept for all that are equal."""
    labels = [HOSTILE, mark_safe(HOSTILE)]
    forms_ = [type("One", (forms.Form,), {"one": forms.ChoiceField(choices=[("a", label)])})() for label in labels]
    written = [re.findall("<option[^>]*>(.*)</option>", str(form["one"])) for form in (*forms_, *forms_)]
    escaped = "&lt;b&gt;&quot;it&#x27;s&quot; &amp; more&lt;/b&gt;"
    assert written == [[escaped], [HOSTILE], [escaped], [HOSTILE]]


@pytest.mark.parametrize("size", [2, 300])
def test_a_form_is_drawn_without_a_template_for_each_field_or_option(size):
    choices = [(str(number), f"Choice {number}") for number in range(size)]
    controls = {
        "one": forms.ChoiceField(choices=choices),
        "several": forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple),
    }
    form = type("Long", (forms.Form,), controls)()
    page = Template("{% load components %}{% fields form %}")
    asked = []

    def note(template, **kwargs):
        asked.append(template.name)

    template_rendered.connect(note)
    try:
        html = page.render(Context({"form": form}))
    finally:
        template_rendered.disconnect(note)
    assert (asked, html.count("Choice ")) == ([None], 2 * size)


# --- What is drawn once -----------------------------------------------------------------------------------------------


def test_what_is_fixed_knows_the_language_and_nobody():
    source = (
        '{% load components i18n %}{% fixed %}{% translate "Sign in" %}|{{ reader }}|{% url "home" %}{% endfixed %}'
    )
    page = Template(source)
    assert [page.render(Context({"reader": reader})) for reader in ("A", "B")] == ["Sign in||/"] * 2
    with translation.override("fr"):
        assert page.render(Context()) == "Se connecter||/"


def test_a_block_inside_what_is_fixed_is_an_error():
    with pytest.raises(TemplateSyntaxError, match="a block cannot stand inside 'fixed'"):
        Template("{% load components %}{% fixed %}{% block title %}{% endblock %}{% endfixed %}")


# --- Translation ------------------------------------------------------------------------------------------------------

SENTENCES = [
    '{% translate "Sign in" %}',
    '{% translate "Sign in" as words %}[{{ words }}]',
    "{% translate word %}|{% translate word|upper %}",
    '{% translate "for" context "results for these filters" %}',
    '{% translate "Sign in" noop %}|{% translate "100 % <b>" %}',
    "{% blocktranslate trimmed with page=word %}\n  Page {{ page }} of {{ count }}\n{% endblocktranslate %}",
    "{% blocktranslate count n=count %}{{ n }} field changed{% plural %}{{ n }} fields changed{% endblocktranslate %}",
    "{% blocktranslate asvar words %}{{ word }} & 100 %{% endblocktranslate %}[{{ words }}]",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_are_those_of_django_in_every_language_and_each_time(sentence):
    ours = Template("{% load i18n %}" + sentence)
    theirs = Engine(libraries={"i18n": "django.templatetags.i18n"}).from_string("{% load i18n %}" + sentence)
    for language, word, count in [("fr", "Sign in", 2), ("en", HOSTILE, 1), ("fr", "Pages", 0), ("ar", "Sign in", 3)]:
        with translation.override(language):
            context = {"word": word, "count": count}
            assert ours.render(Context(context)) == theirs.render(Context(context))


# --- Rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["organization-list", "agreement-list", "registration-list", "observation-list"])
def test_a_list_asks_as_many_templates_for_twenty_rows_as_for_one(client, address):
    office = CountryOfficeFactory()
    client.force_login(person_at(office, StaffRole.REGISTRATION_OFFICER))
    app = "partnerships" if address == "agreement-list" else "organizations"
    client.get(reverse(f"{app}:{address}"))  # what is drawn only once
    drawn = []
    for rows in (1, 20):
        for partner in PartnerFactory.create_batch(rows - len(drawn), verified_by=office):
            AgreementFactory(organization=partner, office=office)
            ObservationFactory(organization=partner, office=office)
        reindex_all()
        page = client.get(reverse(f"{app}:{address}"))
        drawn.append((len(page.context["object_list"]), len(page.templates)))
    assert drawn == [(1, drawn[0][1]), (20, drawn[0][1])]
