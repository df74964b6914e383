"""Sources kept by hand: tables of crawler/curated instead of pages, through the same pipeline as everything else.

Each row says who looked at it when and how its facts are known; `funding review` lists those nobody has looked at for a year.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

from crawler import curated
from crawler.source import Draft, Source
from search import clock
from search.vocabulary import Basis, Origin

RULE = "kept by hand"


class ByHand(Source):
    """A source without requests: `drafts` makes its entries from its tables."""

    tables: tuple[str, ...]

    async def start(self) -> AsyncIterator[Any]:
        if old := sum(row.table in self.tables for row in curated.due(clock.today())):
            self.warn("rows that nobody has looked at for a year: funding review", old)
        for draft in self.drafts():
            yield draft

    def drafts(self) -> Iterator[Draft]:
        """The entries."""
        raise NotImplementedError


def stated(values: list[str]) -> list[dict[str, Any]]:
    """Evidence for facet values that a table of ours states."""
    return [{"value": value, "origin": Origin.STATED, "rule": RULE} for value in values]


def known(basis: str, source: str, checked: str) -> str:
    """How the facts of a row are known, as a sentence for people."""
    doubt = "Not checked" if basis == Basis.RECALLED else "Seen"
    return f"{doubt}: {source}. Kept by hand, last looked at on {date.fromisoformat(checked):%Y-%m-%d}."
