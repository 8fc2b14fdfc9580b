"""What the organization does, how, and for whom."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.actions.organization import Profile
from organizations.forms.choices import languages
from organizations.forms.section import SectionForm
from organizations.models import Organization
from organizations.models.names import LANGUAGE_CHOICES
from organizations.models.organization import TRAITS, Focus
from organizations.models.registration import Section

EVIDENCE = (
    ("is_opd", "opd_evidence", _("Say who leads and governs you: a sentence is enough.")),
    ("has_disability_expertise", "disability_expertise", _("Say what your expertise is: a sentence is enough.")),
)
"""What two of the traits ask for (S1-7, S1-16): trait, column, what is said when it is missing."""


def missing_evidence(cleaned):
    """Yield (field, what to say) where a trait is claimed and nothing stands behind it."""
    for trait, name, sentence in EVIDENCE:
        if trait in cleaned.get("traits", ()) and not cleaned.get(name):
            yield name, sentence


class MandateForm(SectionForm):
    """S0-13 to S0-19, S1-7. Themes are asked with the places: what is done differs from place to place."""

    section = Section.MANDATE
    intro = _("Your mission and the way you work. Programme officers read this first when they look for a partner.")
    hint = _("mission, people you serve, strategies, languages; about 5 minutes")
    needed = ("mission", "focus", "populations", "strategies")

    focus = forms.ChoiceField(label=_("Whom do you work for?"), choices=Focus.choices, widget=forms.RadioSelect)
    mission_language = forms.ChoiceField(label=_("Language of the mission"), required=False)
    traits = forms.MultipleChoiceField(
        label=_("What is true of your organization?"),
        choices=list(TRAITS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Led by means: more than half of the board or of the managers."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you work in"), choices=LANGUAGE_CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Organization
        fields = [
            *("mission", "mission_language", "focus", "populations", "strategies"),
            *("traits", "opd_evidence", "disability_expertise", "languages", "listed"),
        ]
        labels = {
            "populations": _("Whom do you serve most?"),
            "strategies": _("How do you work?"),
            "opd_evidence": _("If you are an OPD: who leads and governs you?"),
            "disability_expertise": _("If you are expert in disability inclusion: in what?"),
            "listed": _("Show us in the public directory"),
        }
        help_texts = {
            "opd_evidence": _("For example: how many of the board and of the managers are persons with disabilities."),
            "disability_expertise": _("For example: sign language, accessible schools, early childhood intervention."),
            "mission": _("What you want to change and for whom, in a few sentences and any language."),
            "listed": _("Once a country office has verified you. You can change your mind at any time."),
        }
        widgets = {
            "mission": forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
            "strategies": forms.CheckboxSelectMultiple,
            "opd_evidence": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            "disability_expertise": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        organization = self.registration.organization
        self.fields["mission_language"].choices = languages(organization.mission_language)
        known = dict(LANGUAGE_CHOICES)
        self.fields["languages"].choices += [(code, code) for code in organization.languages if code not in known]

    def initial_from(self, registration):
        return {"traits": [name for name in TRAITS if getattr(registration.organization, name)]}

    def clean(self):
        cleaned = super().clean()
        for name, sentence in missing_evidence(cleaned):
            self.add_error(name, sentence)
        return cleaned

    def to_profile(self):
        held = self.cleaned_data["traits"]
        traits = {name: name in held for name in TRAITS}
        return Profile(fields=self.columns() | traits, strategies=self.cleaned_data["strategies"])
