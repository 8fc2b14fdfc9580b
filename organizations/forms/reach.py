"""Experience and reach: what stands behind the organization. Asked when a call needs it."""

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.actions.organization import Profile
from organizations.forms.choices import RecordField, themes
from organizations.forms.section import Repeat, SectionForm
from organizations.models import Organization, TrackRecord
from organizations.models.facts import Years
from organizations.models.registration import Section

Kind = TrackRecord.Kind


def _records(kind, hint, what, who, year, after):
    """The rows of one kind of track record."""
    return Repeat(
        name=kind.value,
        title=kind.label,
        hint=hint,
        fields={
            "what": lambda: forms.CharField(
                label=what, max_length=500, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
            ),
            "who": lambda: forms.CharField(label=who, max_length=200),
            "year": lambda: forms.IntegerField(
                label=year, validators=[MinValueValidator(1850)], widget=forms.NumberInput
            ),
        },
        needed={"what": _("Fill this in, or empty this row.")},
        after=after,
        most=20,
    )


class ReachForm(SectionForm):
    """S0-5: themes with years of experience; S1-8: arenas, networks, access; S4-35: the track record."""

    section = Section.REACH
    intro = _("How long you have done what you do, whom you reach, and who speaks for you.")
    hint = _("years on each theme, policy arenas, networks, results; about 8 minutes")
    needed = ("policy_arenas",)
    repeats = (
        Repeat(
            name="experience",
            title=_("Years of experience"),
            hint=_("The themes you named under “Where we work” are here already. Add others if you know them well."),
            fields={
                "theme": lambda: RecordField(label=_("Theme")),
                "years": lambda: forms.ChoiceField(label=_("Years"), choices=[("", _("Choose…")), *Years.choices]),
            },
            needed={
                "theme": _("Choose the theme, or empty this row."),
                "years": _("Choose for how long, or empty this row."),
            },
            after="",
            most=30,
        ),
        _records(
            Kind.NETWORK,
            _("Coalitions and platforms in which you take part."),
            _("Network"),
            _("Your part in it"),
            _("Since (year)"),
            after="communities",
        ),
        _records(
            Kind.RESULT,
            _("What changed for children through your work, in a sentence each."),
            _("What changed"),
            _("With whom"),
            _("Year"),
            after="communities",
        ),
        _records(
            Kind.ENDORSEMENT,
            _("What people you work for say of you: a committee, a school, a council. Name no child."),
            _("What they say"),
            _("Who says it"),
            _("Year"),
            after="communities",
        ),
    )

    class Meta:
        model = Organization
        fields = ["policy_arenas", "communities"]
        labels = {
            "policy_arenas": _("Where do you know how decisions are made?"),
            "communities": _("Communities that you reach directly"),
        }
        help_texts = {
            "communities": _(
                "Which ones, and how you are in touch with them: people, languages, places where you meet."
            ),
        }
        widgets = {"communities": forms.Textarea(attrs={"rows": 4, "dir": "auto"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer = themes()
        for row in self.groups["experience"].fields:
            row["theme"].field.offer(offer)

    def rows_held(self, repeat):
        organization = self.registration.organization
        if repeat.name != "experience":
            return list(organization.track_records.filter(kind=repeat.name).values("what", "who", "year"))
        held = list(organization.experiences.values("theme", "years"))
        known = {row["theme"] for row in held}
        at_work = organization.presences.filter(source="").order_by("theme__path").values_list("theme", flat=True)
        return held + [{"theme": theme, "years": ""} for theme in dict.fromkeys(at_work) if theme not in known]

    def clean_row(self, row, values):
        if values.get("year") and values["year"] > timezone.localdate().year:
            self.add_error(row["year"].name, _("This year is still to come."))

    def clean(self):
        cleaned = super().clean()
        experience = self.groups["experience"]
        if not experience.filled:
            self.add_error("experience-0-theme", _("Choose at least one theme, and for how long you work on it."))
        named = [values["theme"] for values in experience.filled if values["theme"]]
        for row in experience.fields:
            theme = self.cleaned_data.get(row["theme"].name)
            if theme and named.count(theme) > 1:
                self.add_error(row["theme"].name, _("This theme is here twice."))
        return cleaned

    def to_profile(self):
        records = [
            (kind.value, values["what"], values["who"], values["year"])
            for kind in Kind
            for values in self.groups[kind.value].filled
        ]
        experiences = [(values["theme"], values["years"]) for values in self.groups["experience"].filled]
        return Profile(fields=self.columns(), experiences=experiences, track_records=records)
