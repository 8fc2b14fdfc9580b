"""What happens to organizations, registrations, observations, imports and possible twins. One file for each subject."""

from organizations.actions import imports, observation, organization, registration

__all__ = ["imports", "observation", "organization", "registration"]
