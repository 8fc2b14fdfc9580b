"""Names and identity."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.actions.organization import Profile
from organizations.forms.choices import RecordField, countries, languages, scripts
from organizations.forms.section import Repeat, SectionForm
from organizations.models import Organization, OrganizationName
from organizations.models.organization import CSOType, OrganizationCategory
from organizations.models.registration import Section


class IdentityForm(SectionForm):
    section = Section.IDENTITY
    intro = _("Who you are, in your own words and script. One record is used with every country office.")
    hint = _("names, type, country; about 3 minutes")
    needed = ("name", "cso_type", "country")
    alike_after = "acronym"
    repeats = (
        Repeat(
            name="names",
            title=_("Other names"),
            hint=_(
                "Former names, translations and other acronyms, each as it is written, so that everybody finds you."
            ),
            fields={
                "name": lambda: forms.CharField(label=_("Name"), max_length=300),
                "kind": lambda: forms.ChoiceField(
                    label=_("Kind"), choices=OrganizationName.Kind.choices, initial=OrganizationName.Kind.OTHER
                ),
                "language": lambda: forms.ChoiceField(label=_("Language"), choices=languages),
                "script": lambda: forms.ChoiceField(label=_("Script"), choices=scripts),
            },
            needed={"name": _("Write the name, or empty this row.")},
            after="acronym",
            most=12,
        ),
    )

    name_language = forms.ChoiceField(label=_("Language of the name"), required=False)
    name_script = forms.ChoiceField(label=_("Script of the name"), choices=scripts, required=False)
    cso_type = forms.ChoiceField(
        label=_("Type of organization"),
        choices=CSOType.choices,
        widget=forms.RadioSelect,
        help_text=_("Choose the one that fits best."),
    )
    organization_category = forms.ChoiceField(
        label=_("UN category"),
        choices=[("", _("None of these")), *OrganizationCategory.choices],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("The United Nations also sort partners into these five groups."),
    )
    country = RecordField(label=_("Country"), help_text=_("Where your organization, or its headquarters, is at home."))

    class Meta:
        model = Organization
        fields = ["name", "name_language", "name_script", "acronym", "cso_type", "organization_category", "country"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name_language"].choices = languages(self.registration.organization.name_language)
        self.fields["country"].offer(countries())

    def rows_held(self, _repeat):
        return list(self.registration.organization.names.filter(source="").values("name", "kind", "language", "script"))

    def names_typed(self):
        names = [self[name].value() for name in self.fields if name in ("name", "acronym") or name.endswith("-name")]
        return [name for name in names if name]

    def to_profile(self):
        names = [(row["name"], row["kind"], row["language"], row["script"]) for row in self.filled]
        return Profile(fields=self.columns(), names=names)
