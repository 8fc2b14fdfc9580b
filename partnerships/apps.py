from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnershipsConfig(AppConfig):
    name = "partnerships"
    verbose_name = _("Partnerships")

    def ready(self):
        from organizations.imports.queue import IMPORTERS, Importer
        from partnerships import actions  # noqa: F401 – signs the actions up with their lifecycles
        from partnerships.imports import agreement_layouts, commit_agreements, plan_agreements

        IMPORTERS["agreements"] = Importer(agreement_layouts, plan_agreements, commit_agreements)
