from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    """Where and what: offices, places, thematic areas, strategies, and who works for which office."""

    name = "programmes"
    verbose_name = _("Programmes: where and what")
