"""What happens to organizations and to all that is kept about them. One file for each subject."""

from organizations.actions import (
    assessment,
    branch,
    desk,
    document,
    imports,
    invitation,
    merge,
    observation,
    organization,
    registration,
    sanctions,
    saved,
    screening,
    twin,
)

__all__ = [
    "assessment",
    "branch",
    "desk",
    "document",
    "imports",
    "invitation",
    "merge",
    "observation",
    "organization",
    "registration",
    "sanctions",
    "saved",
    "screening",
    "twin",
]
