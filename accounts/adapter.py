"""What the portal asks of django-allauth beyond its settings."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def populate_username(self, request, user):
        """People have no user name here; the e-mail address is what they sign in with."""
