"""A change in words and as a row for programs: the same for page, API, feed, report and terminal, the licence applied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from search import gist, licence
from search.changes import Change, Event
from search.records import Budget, Entry
from search.sources import SourceFacts
from search.vocabulary import TextUse

EVENT_WORDS = {
    Event.NEW: "New",
    Event.CHANGED: "Changed",
    Event.OPENED: "Open now",
    Event.CLOSED: "Closed",
    Event.GONE: "No longer listed",
    Event.BACK: "Listed again",
}
FIELD_WORDS = {
    "deadlines": "deadline",
    "deadline_kind": "sort of deadline",
    "deadline_model": "deadline model",
    "source_status": "status at the source",
    "smallest_consortium": "smallest consortium",
    "funding_type": "type of funding",
    "lang": "language",
    "title_en": "English title",
    "url": "address",
    "apply_url": "where one applies",
}
NOT_STATED = "not stated"
LONGEST_VALUE = 80  # characters: a longer value is a text, and only said to have changed


def words(change: Change, use: TextUse) -> list[str]:
    """What changed, a line per field: "deadline: 3 Dec 2026 → 24 Dec 2026"; what matters to who wants to apply comes first.

    Values the licence (`use`) keeps back, and long texts, are only said to have changed.
    """
    lines = []
    for name, (old, new) in {**change.told, **change.fields}.items():
        label = FIELD_WORDS.get(name, name.replace("_", " "))
        before, after = _value(name, old), _value(name, new)
        shown = licence.shows(name, use) and before is not None and after is not None and before != after
        lines.append(f"{label}: {before} → {after}" if shown else f"{label}: changed")
    return lines


def _value(name: str, value: Any) -> str | None:
    """A value of a record's field in words; None when it is too long or too deep for a line."""
    if value in (None, [], "", "not-stated"):
        return NOT_STATED
    if name == "deadlines":
        return ", ".join(_deadline(row) for row in value)
    if name == "budget":
        return gist.budget_words(Budget.model_validate(value)) or NOT_STATED
    if name == "opening_date":
        return gist.day(date.fromisoformat(value))
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    return str(value) if isinstance(value, str) and len(value) <= LONGEST_VALUE else None


def _deadline(row: Mapping[str, Any]) -> str:
    day = gist.day(date.fromisoformat(row["date"]))
    return f"{day}, {row['time']}" if row.get("time") else day


def row(change: Change, entry: Entry, facts: SourceFacts | None, now: datetime) -> dict[str, Any]:
    """A change as programs get it; `entry` is the entry as it is today."""
    use = facts.text_use if facts else TextUse.FACTS
    return {
        "id": change.entry_id,
        "event": str(change.event),
        "at": change.at,
        "source": change.source,
        "title": entry.title,
        "lang": entry.lang,
        "gist": gist.gist(entry, now),
        "url": str(entry.url),
        "fields": [
            {"field": name, "told": name in change.told, **({"old": old, "new": new} if licence.shows(name, use) else {"held_back": True})}
            for name, (old, new) in sorted(change.fields.items())
        ],
        "words": words(change, use),
        "licence": facts.licence if facts else None,
        "attribution": facts.attribution if facts else None,
    }
