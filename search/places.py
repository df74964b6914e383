"""Names by which people ask for places and that are no unit's own: cities, short names of regions (data/places.csv, kept by hand).

They are read where somebody says where: calls are not labelled by them, as a city in a text is mostly an address.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from search import regions
from search.analysis import fold

TABLE = Path(__file__).with_name("data") / "places.csv"
MOST_NAME_WORDS = 2
_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")


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
    words = list(_WORD.finditer(text))
    position = 0
    while position < len(words):
        for length in range(min(MOST_NAME_WORDS, len(words) - position), 0, -1):
            start, end = words[position].start(), words[position + length - 1].end()
            code = _own(text[start:end])
            if code and not (text[start:end].islower() and fold(text[start:end]) in ORDINARY):
                yield start, end, code
                position += length - 1
                break
        position += 1


ORDINARY = frozenset({"cork", "nice", "porto", "split"})  # words of other languages: written small they are no places
