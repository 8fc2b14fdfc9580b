"""What happens to organizations and what belongs to them. One file for each subject."""

from organizations.actions import (
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
