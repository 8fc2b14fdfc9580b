from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "portal"


class AdministrationConfig(AdminConfig):
    default_site = "portal.administration.Site"
