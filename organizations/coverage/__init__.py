"""How partners cover themes and areas, and where nobody is at work: a table and a map of squares, from counts alone."""

from organizations.coverage.asked import chosen_coverage
from organizations.coverage.table import Coverage, Scope, cover
from organizations.coverage.tiles import draw

__all__ = ["Coverage", "Scope", "chosen_coverage", "cover", "draw"]
