"""Which records may be one organization: how alike two names are and why, and a finder that asks few questions."""

from organizations.twins.finder import Candidate, TwinFinder
from organizations.twins.likeness import THRESHOLD, Likeness, likeness

__all__ = ["THRESHOLD", "Candidate", "Likeness", "TwinFinder", "likeness"]
