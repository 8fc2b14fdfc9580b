"""Legal status, the numbers by which registers know the organization, and the papers that show it."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.actions.organization import Profile
from organizations.forms.section import Repeat, SectionForm
from organizations.models import Document, Identifier, Organization
from organizations.models.document import PAPERS, certificate_problem, papers_of
from organizations.models.organization import LegalStatus
from organizations.models.registration import Section
from organizations.models.scheme import Scheme, doubt, schemes
from portal.kit.text import fold
from programmes.models import Location

OTHER = "other"
PAPER = "paper-"  # what the buttons that add a document send, before its kind


class Papers(forms.Widget):
    """The documents that the section counts, and the buttons that lead to adding one. It sends nothing itself."""

    template_name = "organizations/papers.html"
    use_fieldset = True
    documents: Iterable[Document] = ()

    def get_context(self, name, value, attrs):
        buttons = [(f"{PAPER}{kind}", Document.Kind(kind)) for kind in PAPERS]
        return {**super().get_context(name, value, attrs), "documents": self.documents, "buttons": buttons}

    def id_for_label(self, id_):
        return id_


class PapersField(forms.Field):
    """Holds no value of its own; what is on record counts."""

    widget = Papers
    is_answered_elsewhere = True

    def clean(self, value):
        return None


class LegalForm(SectionForm):
    """S0-2: a group without a certificate may register too, if it says why and a referee writes for it.

    R-03: a number that another organization holds in the same register stops the section.
    """

    section = Section.LEGAL
    intro = _("Formal and informal groups are both welcome.")
    hint = _("registration number, certificate or letter of a referee, year founded; about 4 minutes")
    needed = ("legal_status", "founded")
    repeats = (
        Repeat(
            name="identifiers",
            title=_("Registration numbers"),
            hint=_(
                "As on your certificate. Add one row for each register that knows you, at home or in a host country."
            ),
            fields={
                "scheme": lambda: forms.ChoiceField(label=_("Register")),
                "value": lambda: forms.CharField(label=_("Number"), max_length=80),
                "register": lambda: forms.CharField(label=_("Its name, if it is another register"), max_length=40),
            },
            needed={"value": _("Write the number, or empty this row.")},
            after="legal_status",
            most=10,
        ),
    )

    legal_status = forms.ChoiceField(
        label=_("Are you registered with the authorities?"), choices=LegalStatus.choices, widget=forms.RadioSelect
    )
    documents = PapersField(
        label=_("Certificate or letters"),
        help_text=_(
            "Registered with the authorities: your registration certificate. Not registered: the letter of a referee "
            "who knows your work, such as a clinic, a school or another organization. What you typed is saved first."
        ),
    )

    field_order = ("legal_status", "documents", "no_certificate_reason", "founded")

    class Meta:
        model = Organization
        fields = ["founded", "legal_status", "no_certificate_reason"]
        labels = {
            "founded": _("Year founded"),
            "no_certificate_reason": _("If you are not registered: why there is no certificate"),
        }
        help_texts = {
            "founded": _("Four figures. Your best guess will do for an informal group."),
            "no_certificate_reason": _("For example: the law does not ask it of small groups, or it was refused."),
        }
        widgets = {"no_certificate_reason": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = registers(_countries_of(self.registration))
        for row in self.rows():
            row["scheme"].field.choices = offered
        self.papers = papers_of(self.registration.organization)
        self.fields["documents"].widget.documents = self.papers

    def rows_held(self, _repeat):
        known = schemes()
        return [
            {"scheme": row.scheme, "register": "", "value": row.value}
            if row.scheme in known
            else {"scheme": OTHER, "register": row.scheme, "value": row.value}
            for row in self.registration.organization.identifiers.all()
        ]

    def clean_founded(self):
        year = self.cleaned_data["founded"]
        if year and year > timezone.localdate().year:
            raise forms.ValidationError(_("This year is still to come."))
        return year

    def clean_row(self, row, values):
        if values["register"] and not values["scheme"]:
            values["scheme"] = OTHER
        if not values["scheme"] and row["scheme"].name not in self.errors:
            self.add_error(row["scheme"].name, _("Choose the register, or “Another register”."))
        if values["scheme"] == OTHER and not values["register"]:
            self.add_error(row["register"].name, _("Name the register, for example the Ministry of Justice."))
        values["scheme"] = values["register"] if values["scheme"] == OTHER else values["scheme"]
        if values["scheme"] and values["value"] and (other := self._held_by_another(values)):
            self.add_error(row["value"].name, _known_sentence(other))

    def _held_by_another(self, values):
        """R-03: the other organization that has this number in the same register."""
        same = Q(scheme__iexact=values["scheme"], value__iexact=values["value"])
        others = Identifier.objects.exclude(organization=self.registration.organization_id)
        held = others.filter(same).select_related("organization").first()
        return held and held.organization

    def clean(self):
        cleaned = super().clean()
        status = cleaned.get("legal_status")
        if status == LegalStatus.FORMAL and not self.filled:
            self.add_error("identifiers-0-value", _("Add the registration number from your certificate."))
        if status == LegalStatus.FORMAL and not self._has(Document.Kind.CERTIFICATE):
            self.add_error("documents", _("Add your registration certificate. A clear photo will do."))
        if status == LegalStatus.INFORMAL and not cleaned.get("no_certificate_reason"):
            self.add_error("no_certificate_reason", _("Say why there is no certificate. A sentence is enough."))
        if status == LegalStatus.INFORMAL and not self._has(Document.Kind.REFEREE_LETTER):
            self.add_error("documents", _("Add the letter of somebody who knows your work. A clear photo will do."))
        return cleaned

    def _has(self, kind):
        return any(document.kind == kind for document in self.papers)

    def to_profile(self):
        numbers = [(row["scheme"], row["value"]) for row in self.filled]
        return Profile(fields=self.columns(), identifiers=numbers)

    def remarks(self):
        found = [doubt(row["scheme"] or "", row["value"] or "") for row in self.filled]
        return [remark for remark in (*found, certificate_problem(self.instance)) if remark]

    def leads_to(self, then):
        """The page on which a document of the kind that the button names is added; it leads back here."""
        kind = then.removeprefix(PAPER)
        if not then.startswith(PAPER) or kind not in Document.Kind:
            return ""
        page = reverse("organizations:document-add", args=[self.registration.organization_id])
        return f"{page}?{urlencode({'kind': kind, 'registration': self.registration.pk})}"


def registers(nearest):
    """The registers to choose from: of the countries ``nearest`` (alpha-2) first, then the international ones."""
    known = {scheme.iso2 for scheme in schemes().values()}
    rows = Location.objects.countries().filter(iso2__in=known).defer("search_text", "aliases")
    places = {place.iso2: place.label for place in rows}
    groups: dict[str, list[Scheme]] = {}
    for scheme in schemes().values():
        groups.setdefault(scheme.iso2, []).append(scheme)
    own = [country for country in nearest if country and country in groups]
    others = sorted(set(groups) - {*own, ""}, key=lambda country: fold(str(places.get(country, country))))
    return [
        ("", _("Choose…")),
        *[_group(places.get(country, country), groups[country]) for country in own],
        (OTHER, _("Another register")),
        _group(_("International"), groups[""]),
        *[_group(places.get(country, country), groups[country]) for country in others],
    ]


def _group(title, members):
    return str(title), [(scheme.code, f"{scheme.name} ({scheme.example})") for scheme in members]


def _countries_of(registration):
    """The organization's own country, then those that the office serves, by their alpha-2 codes."""
    home = registration.organization.country
    served = registration.office.countries.values_list("iso2", flat=True)
    return list(dict.fromkeys([*([home.iso2] if home else []), *served]))


def _known_sentence(other):
    """Where to go on from a number that is taken. Only organizations of the public directory are named."""
    if Organization.objects.public().filter(pk=other.pk).exists():
        return _(
            "“%(name)s” is already registered with this number. Check the number. If this is your organization, do not "
            "register it again: ask one of its administrators to add you, or write to the country office."
        ) % {"name": other}
    return _(
        "Another organization is already registered with this number. Check the number. If it is yours, your "
        "organization has a record already: ask its administrator to add you, or write to the country office."
    )
