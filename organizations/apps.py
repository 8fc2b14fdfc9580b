from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    name = "organizations"
    verbose_name = _("Organizations and registrations")

    def ready(self):
        from accounts.actions import followed_by
        from organizations import actions  # noqa: F401 – signs the actions up with their lifecycles
        from organizations.counts import DirectoryCounts
        from organizations.search.index import follow
        from programmes.partners import counted_by

        counted_by(DirectoryCounts())
        followed_by(follow)
