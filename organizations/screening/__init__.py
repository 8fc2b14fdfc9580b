"""Whether a name may be one on a list, however it is written. Nothing here touches the database.

``letters`` brings every script to Latin letters, ``names`` cuts a name into words and says how much each tells,
``matching`` finds the entries of a list that a name resembles.
"""

from organizations.screening.matching import Hit, Listed, Screener, likeness
from organizations.screening.names import Kind, read_as

__all__ = ["Hit", "Kind", "Listed", "Screener", "likeness", "read_as"]
