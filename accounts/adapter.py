"""What the portal asks of django-allauth beyond its settings."""

from types import SimpleNamespace

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import gettext


class AccountAdapter(DefaultAccountAdapter):
    def populate_username(self, request, user):
        """People have no user name here; the e-mail address is what they sign in with."""

    def send_mail(self, template_prefix, email, context):
        """Without a site of its own allauth signs with the machine's address, which says nothing to the reader."""
        site = SimpleNamespace(name=gettext("Partnership Portal"), domain=self.request.get_host())
        super().send_mail(template_prefix, email, {**context, "current_site": site})
