"""The history of a source as a picture: per crawl what it found, what of it was new or changed, and below what was gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search.crawls import Crawl
from webapp import words
from webapp.pictures import Bar

STEP = 22  # of a crawl, in units of the picture
HEIGHT, DEPTH = 70, 26  # above and below the line
KEY = (("f-same", "as before"), ("f-changed", "changed"), ("f-new", "new"), ("f-gone", "gone or closed, below the line"))


@dataclass(frozen=True)
class Mark:
    """A crawl in the picture. x: its place; failed: whether it is crossed out; words: the same in words."""

    x: int
    bars: tuple[Bar, ...]
    failed: bool
    words: str


@dataclass(frozen=True)
class Picture:
    """Crawls from left to right, oldest first. most: the largest number found; words: all of them in words."""

    marks: tuple[Mark, ...]
    most: int

    @property
    def width(self) -> int:
        return max(len(self.marks), 1) * STEP

    @property
    def words(self) -> str:
        return "; ".join(mark.words for mark in self.marks) or "no crawl yet"


def history(crawls: Sequence[Crawl]) -> Picture:
    """The picture of crawls, given oldest first; those that still run are not in it."""
    ended = [crawl for crawl in crawls if crawl.state != "running"]
    most = max((count(crawl, "found") for crawl in ended), default=0)
    unit = HEIGHT / most if most else 0.0
    return Picture(tuple(_mark(crawl, place * STEP, unit) for place, crawl in enumerate(ended)), most)


def count(crawl: Crawl, name: str) -> int:
    """A count of a crawl, 0 where it is not stated."""
    return int(crawl.counts.get(name, 0))


def _mark(crawl: Crawl, x: int, unit: float) -> Mark:
    found, day = count(crawl, "found"), words.day_of(crawl.finished or crawl.started)
    if crawl.state != "good":
        hollow = (Bar("hollow", round(HEIGHT - found * unit, 1), round(found * unit, 1)),) if found else ()
        return Mark(x, hollow, True, f"{day}: {crawl.state}" + (f", {found} found" if found else ""))
    new, changed = count(crawl, "new"), count(crawl, "changed")
    gone = count(crawl, "gone") + count(crawl, "closed")
    bars, y = [], float(HEIGHT)
    for css, number in (("f-same", max(found - new - changed, 0)), ("f-changed", changed), ("f-new", new)):
        if number:
            y -= number * unit
            bars.append(Bar(css, round(y, 1), round(number * unit, 1)))
    if gone:
        bars.append(Bar("f-gone", HEIGHT + 1, round(min(gone * unit, DEPTH), 1)))
    return Mark(x, tuple(bars), False, f"{day}: {found} found, {new} new, {changed} changed, {gone} gone")
