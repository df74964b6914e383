"""What happened to an entry, in words, for its page and for feeds: a line per event, old and new values, the licence applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from search import change_words
from search.changes import Change, Event
from search.i18n import inside
from search.vocabulary import TextUse
from webapp import words


@dataclass(frozen=True)
class Happened:
    """Something that happened. seen: ISO 8601 UTC; what: "Changed"; changes: "deadline: 3 Dec 2026 → 24 Dec 2026".

    first: whether it was the first time the entry was seen.
    """

    seen: str
    first: bool
    what: str
    changes: list[str]

    @property
    def day(self) -> str:
        return words.day_of(self.seen)

    @property
    def text(self) -> str:
        """All of it in a line."""
        return f"{self.day}: {inside(self.what)}" + (f" ({'; '.join(self.changes)})" if self.changes else "")


def events(history: Iterable[Mapping[str, Any]], use: TextUse) -> list[Happened]:
    """The versions of an entry (search.store) in words, in the order given."""
    return [_happened(Change("", Event(row["event"]), row["seen"], row["changes"]), use) for row in history]


def _happened(change: Change, use: TextUse) -> Happened:
    told = change_words.words(change, use) if change.event is Event.CHANGED else []
    return Happened(change.at, change.event is Event.NEW, change_words.event(change), told)
