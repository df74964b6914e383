"""The numbers of the ranking, and how they were found: see `docs/search.md`."""

from __future__ import annotations

# How much a word counts by where it stands. Codes come first: who types one wants that call. Inside: parts of compounds.
BOOSTS = {"codes": 6.0, "title": 3.0, "place": 3.0, "summary": 2.0, "body": 1.0, "inside": 0.7}
# Concepts (search.expansion) have fields of their own: what title and summary speak of, and what the other texts do.
CONCEPT_BOOSTS = {"about": 4.0, "mentions": 1.0}
# The NUTS units an entry is for, and all they lie in.
AREA_BOOSTS = {"area": 3.0}
OWN = "="  # in the field `area` before a unit: the entry is for this very unit
UNION = "EU"  # there: every country
FIELDS = BOOSTS | CONCEPT_BOOSTS | AREA_BOOSTS
# What another wording counts beside the typed word, which counts 1.
CONCEPT = 0.6
TRANSLATION = 0.5
# Several words that mean one thing, found one by one.
INNER = 0.35
# A concept that means more than the typed words, one that means a part of what they do, and a larger area that a place lies in: they
# answer a part of a search PARTLY.
BROADER = 0.15
NARROWER = 0.3
WIDER = 0.5
PARTLY = 0.3
# The beginning of an identifier.
CODE = 20.0
# Entries with every part of a search are shown alone where there are so many; else those with this share of its parts follow,
# each part weighing as much as it is rare. A score is multiplied by the share to this power.
ENOUGH = 20
LEAST_COVERAGE = 0.6
COVERAGE = 2.0
# BM25F: how soon more of a word stops counting, and how much a long text is held against an entry.
K1 = 1.2
B = 0.75
