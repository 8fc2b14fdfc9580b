"""The index behind the directory, and how it is asked: the same on SQLite and PostgreSQL (ADR 0012).

``headings`` says under what an organization is found, ``index`` writes that down, ``counts`` keeps the numbers,
``query`` turns what is asked for into one queryset, ``near`` finds the word that was meant.
"""

from organizations.search.counts import count_headings, keep_index
from organizations.search.index import deferred, reindex, reindex_all

__all__ = ["count_headings", "deferred", "keep_index", "reindex", "reindex_all"]
