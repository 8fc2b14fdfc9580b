"""What happens to organizations and to all that is kept about them. One file for each subject."""

from organizations.actions import (
    assessment,
    document,
    imports,
    merge,
    observation,
    organization,
    registration,
    sanctions,
    screening,
    twin,
)

__all__ = [
    "assessment",
    "document",
    "imports",
    "merge",
    "observation",
    "organization",
    "registration",
    "sanctions",
    "screening",
    "twin",
]
