"""Names by which people ask for places and that are no unit's own: cities, short names of regions (data/places.csv, kept by hand).

They are read where somebody says where: calls are not labelled by them, as a city in a text is mostly an address.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from search import regions
from search.analysis import fold

TABLE = Path(__file__).with_name("data") / "places.csv"
MOST_NAME_WORDS = 2
ORDINARY = frozenset({"cork", "lille", "nice", "porto", "split"})  # words of some language: written small they are no places


@cache
def names() -> dict[str, str]:
    """Name as written -> the NUTS code of the unit that it is, or lies in."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: row["code"] for row in csv.DictReader(lines)}


@cache
def _folded() -> dict[str, str]:
    return {fold(name): code for name, code in names().items()}


def resolve(text: str) -> str | None:
    """The NUTS code that a name or code stands for as people ask for it, or None."""
    return _own(text) or regions.resolve(text)


def _own(text: str) -> str | None:
    return _folded().get(fold(" ".join(text.split())))


def named_in(text: str) -> Iterator[tuple[int, int, str]]:
    """The names of the table that a text holds and that begin with a capital or are no ordinary word, as (start, end, code)."""
    return regions.names_in(text, _spelled, MOST_NAME_WORDS)


def _spelled(name: str) -> str:
    return "" if name.islower() and fold(name) in ORDINARY else _own(name) or ""
