from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and records")

    def ready(self):
        from accounts import actions  # noqa: F401 – signs the actions up with their lifecycles
