"""What happens to organizations, registrations, imports and possible twins. One file for each subject."""

from organizations.actions import imports, organization, registration

__all__ = ["imports", "organization", "registration"]
