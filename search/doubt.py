"""How sure a label is that was read from words: what an editor should look at first.

A label that the source stated or a table mapped is not doubted here, nor one that an editor set. The others are as sure as the
words behind them are many and stand in telling places.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from search.records import Entry, Quote
from search.tables import reviews
from search.vocabulary import Origin

FACETS = ("ecosystem", "area", "beneficiary", "type", "skills", "level", "region")
# What a wording is worth by the field it stands in; in any other field it is worth 1.
WORTH = {**dict.fromkeys(("title", "title_en", "programme_title", "programme_title_original"), 2.0), "call_title": 0.5, "final_recipients": 0.5}
# Rules that conclude from another label, or from words that say little, under the names that visitors read too.
NO_SECTOR = "skills without a sector"
TENDERS = "a tender is open to companies"
GENERAL = "firms, jobs or learning, and no sector"
MANY_SECTORS = "many sectors named together"
A_PART = "training people, as a part"
WEAK_RULES = {NO_SECTOR: 1.0, TENDERS: 1.0, GENERAL: 1.0, MANY_SECTORS: 1.0, A_PART: 0.5}


@dataclass(frozen=True)
class Label:
    """One value of a facet of an entry, read from words. certainty: the higher the surer; words: digest of the words quoted."""

    entry_id: str
    facet: str
    value: str
    quotes: tuple[Quote, ...]
    certainty: float
    words: str


def labels(entry: Entry) -> list[Label]:
    """The labels of an entry that only words speak for."""
    found = []
    for facet in FACETS:
        quotes = entry.evidence.get(facet, [])
        for value in dict.fromkeys(quote.value for quote in quotes):
            own = tuple(quote for quote in quotes if quote.value == value)
            if all(quote.origin is Origin.INFERRED for quote in own):
                found.append(Label(entry.id, facet, value, own, certainty(own), _digest(own)))
    return found


def certainty(quotes: Sequence[Quote]) -> float:
    """The worth of the different wordings, less what a weak rule costs."""
    worth: dict[str, float] = {}
    for quote in quotes:
        wording = (quote.quote or "").casefold()
        worth[wording] = max(worth.get(wording, 0.0), WORTH.get(quote.field or "", 1.0))
    return sum(worth.values()) - max((WEAK_RULES.get(quote.rule, 0.0) for quote in quotes), default=0.0)


def _digest(quotes: Iterable[Quote]) -> str:
    told = sorted(f"{quote.rule}\n{quote.field}\n{(quote.quote or '').casefold()}" for quote in quotes)
    return hashlib.sha256("\n\n".join(told).encode()).hexdigest()


def least_certain_first(entries: Iterable[Entry]) -> list[Label]:
    """The labels of all entries, least certain first."""
    found = [label for entry in entries for label in labels(entry)]
    return sorted(found, key=lambda label: (label.certainty, label.entry_id, label.facet, label.value))


def found_right(connection: sa.Connection) -> set[tuple[str, str, str, str]]:
    """(entry, facet, value, words) of the labels that an editor found right."""
    return {(r.entry_id, r.facet, r.value, r.words) for r in connection.execute(sa.select(reviews))}


def note_right(connection: sa.Connection, label: Label, who: str, at: str) -> None:
    """Keep that an editor found a label right, in place of an earlier look at other words."""
    key = {"entry_id": label.entry_id, "facet": label.facet, "value": label.value}
    connection.execute(sa.delete(reviews).where(*(reviews.c[name] == value for name, value in key.items())))
    connection.execute(sa.insert(reviews).values(**key, words=label.words, who=who, at=at))
