"""The page that shows every component in every state. Its records are made up here and never stored."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Offer, State, Tone, Transition
from portal.kit.paging import Page
from portal.templatetags.parts.words import icon_names

LONG_NAME = (
    "Association for the Promotion of the Rights, Participation and Early Learning of Children and Young People with "
    "Disabilities in the Mountain and Border Districts of the Eastern Provinces"
)
ARABIC_NAME = "جمعية الأمل لذوي الإعاقة"
NAMES = [
    ("Association to Support Children and Families", "en", "ASCF"),
    (ARABIC_NAME, "ar", "AMAL"),
    ("Общество Матерей Ферганы", "ru", ""),
    ("云南妇幼健康志愿者协会", "zh", "YMHV"),
    ("Association pour la Jeunesse et le Développement du Mali", "fr", "AJDM"),
    (LONG_NAME, "en", "APRPELCYPD"),
]
STATES = {
    state.value: state
    for state in (
        State("draft", _("Draft"), _("Being written; the other side does not see it yet."), Tone.PAST),
        State("review", _("In review"), _("The office reads it."), Tone.UNDERWAY),
        State("signing", _("Awaiting signatures"), _("Both sides have to sign."), Tone.WAITING),
        State("active", _("Active"), _("Signed by both; the work goes on."), Tone.GOOD),
        State("ended", _("Ended"), _("Its last day has passed."), Tone.PAST),
        State(
            "suspended",
            _("Suspended"),
            _("Stopped for now: nothing is paid or started until it is resumed."),
            Tone.STOPPED,
        ),
    )
}


class SampleLifecycle:
    """Answers what the components ask of a lifecycle, without entering the portal's own register of them."""

    path = ("draft", "review", "signing", "active", "ended")

    def state(self, value: str) -> State:
        return STATES[value]

    def offers(self, instance, user) -> list[Offer]:
        def move(name, label, style="secondary", help=""):
            return Transition(name, label, ("signing",), None, "", _("done"), style=style, help=help)

        if instance.state != "signing":
            return []
        return [
            Offer(
                move("sign", _("Sign for the partner"), "primary", _("You are an authorised officer of this partner."))
            ),
            Offer(move("send_back", _("Send back with a reason"))),
            Offer(
                move("activate", _("Activate")),
                (_("Both signatures are needed."), _("The start date is 1 January 2027.")),
            ),
            Offer(move("cancel", _("Cancel the agreement"), "danger")),
        ]


def sample(state: str) -> SimpleNamespace:
    """Return a made-up record in ``state``."""
    lifecycle = SampleLifecycle()
    return SimpleNamespace(
        lifecycle=lifecycle, state=state, state_now=lifecycle.state(state), transition_url=lambda name: f"#{name}"
    )


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label=_("Name of the organization"), help_text=_("As on the certificate, in its own script.")
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)
    founded = forms.DateField(label=_("Founded on"), widget=forms.DateInput(attrs={"type": "date"}))
    country = forms.ChoiceField(label=_("Country"), choices=[("", "–"), ("UZB", _("Uzbekistan")), ("JOR", _("Jordan"))])
    mission = forms.CharField(
        label=_("What do you do, and for whom?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A few plain sentences."),
    )
    focus = forms.ChoiceField(
        label=_("Is your work only about children?"),
        choices=[("only", _("Yes, children only")), ("broader", _("No, broader"))],
        widget=forms.RadioSelect,
        help_text=_("Under 18 years."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Working languages"),
        choices=[("uz", "Oʻzbekcha"), ("ru", "Русский"), ("ar", "العربية")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    certificate = forms.FileField(label=_("Certificate"), required=False, help_text=_("PDF or picture, at most 10 MB."))
    agree = forms.BooleanField(label=_("We agree to be shown in the public directory."))

    def clean(self):
        self.add_error(None, _("The two languages of the name contradict each other."))


def events() -> list[SimpleNamespace]:
    """Return a made-up history with a comment for both sides, one for the office, and a change of fields."""
    comment = "Annex 2 now carries the training centre’s premises as a government contribution."
    arabic_comment = "نرجو إرسال الملحق الموقّع قبل نهاية الشهر."
    changes = {"amount": ["400000.00", "412500.00"], "themes": [[], ["Education", "WASH"]]}
    return [
        event(18, "R. Ahmadov", _("UNICEF signed")),
        event(14, "N. Karimova", _("Comment"), reason=comment),
        event(12, "ليلى الأحمد", _("Comment"), reason=arabic_comment, audience="office"),
        event(2, "N. Karimova", _("Sent to review"), changes=changes),
    ]


def event(day: int, who: str, title: str, **told) -> SimpleNamespace:
    """Return one made-up event of November 2026, with what the audit trail tells of each."""
    blank = {"audience": "both", "reason": "", "changes": {}, "subject_type": "", "from_state": "", "to_state": ""}
    at = datetime(2026, 11, day, 9, 12, tzinfo=UTC)
    return SimpleNamespace(at=at, actor_label=who, title=title, **(blank | told))


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    now = timezone.now()
    wrong = SampleForm({"name": "", "email": "not an address", "founded": "31.2.2020", "languages": ["uz"]})
    return render(
        request,
        "styleguide.html",
        {
            "tones": list(Tone),
            "names": NAMES,
            "long_name": LONG_NAME,
            "samples": [sample(state) for state in STATES],
            "signing": sample("signing"),
            "active": sample("active"),
            "suspended": sample("suspended"),
            "events": events(),
            "form": SampleForm(),
            "wrong_form": wrong,
            "icons": sorted(icon_names()),
            "pills": [(_("Education"), "#"), (_("5 countries"), "#"), (ARABIC_NAME, "#")],
            "sorts": [(_("best match"), "#", True), (_("name"), "#", False), (_("newest"), "#", False)],
            "shares": [
                (_("Child protection"), 1204),
                (_("Education"), 1117),
                (_("Disability inclusion"), 401),
                (_("Social policy"), 0),
            ],
            "page_obj": Page([], previous="…", next="…"),
            "amount": Decimal("412500"),
            "today": date(2026, 11, 22),
            "moment": datetime(2026, 11, 18, 9, 12, tzinfo=UTC),
            "three_days_ago": now - timedelta(days=3),
            "in_two_days": now + timedelta(days=2, hours=1),
            "in_nine_days": now + timedelta(days=9, hours=1),
            "swatches": ["ink", "muted", "line", "wash", "sea", "sea-deep", "sea-wash", "sun", *Tone],
        },
    )
