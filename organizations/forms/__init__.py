from organizations.forms.capacity import CapacityForm
from organizations.forms.declaration import DeclarationForm
from organizations.forms.identity import IdentityForm
from organizations.forms.legal import LegalForm
from organizations.forms.mandate import MandateForm
from organizations.forms.people import PeopleForm
from organizations.forms.places import PlacesForm
from organizations.forms.reach import ReachForm
from organizations.forms.section import SectionForm

SECTION_FORMS: dict[str, type[SectionForm]] = {
    form.section.value: form
    for form in (
        *(IdentityForm, LegalForm, PeopleForm, MandateForm, PlacesForm, DeclarationForm),
        *(ReachForm, CapacityForm),
    )
}
"""The form of each section, in the order of the task list: the core, then the extra ones."""
