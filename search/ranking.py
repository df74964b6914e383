"""The numbers of the ranking, and how they were found: `docs/search.md` holds the table."""

from __future__ import annotations

# How much a word counts by where it stands. Codes come first: who types one wants that call.
BOOSTS = {"codes": 6.0, "title": 4.0, "place": 3.0, "summary": 2.0, "body": 1.0}
# BM25F: how soon more of a word stops counting, and how much a long text is held against an entry.
K1 = 1.2
B = 0.75
