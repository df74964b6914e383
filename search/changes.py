"""What changed between two instants, as data: which calls are new, changed, open now, closed, gone or back.

Two sources of it. What a crawl saw stands in the store's versions (new, changed, gone, back), field by field with old and
new. What time did follows from the dates of the published entries: a call opens on its opening date and closes with its last
deadline, whether or not a crawl took place that day. Entries of a source's first good run are no news and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import sqlalchemy as sa

from search import timing
from search.clock import BRUSSELS
from search.columns import Columns
from search.generation import Generation
from search.store import IDS_AT_ONCE, Store, StoreError
from search.tables import entries, runs, versions
from search.vocabulary import Status


class Event(StrEnum):
    """What happened to an entry, in the order lists show it."""

    NEW = "new"
    CHANGED = "changed"
    OPENED = "opened"
    CLOSED = "closed"
    GONE = "gone"
    BACK = "back"


SEEN_BY_CRAWLS = (Event.NEW, Event.CHANGED, Event.GONE, Event.BACK)
# The fields whose change matters to who wants to apply; other changes are kept, but not told unless asked for.
TOLD = ("opening_date", "deadlines", "deadline_kind", "deadline_model", "source_status", "budget", "eligibility", "smallest_consortium", "status")


FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9999, 12, 30)
_AT_ONCE = 200  # rows of the store


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to one entry. at: ISO 8601 UTC; fields: {field of the record: [old, new]}, None = not stated;
    version: the row of the store that says so, of a change told in brief, whose fields `whole` adds."""

    entry_id: str
    event: Event
    at: str
    fields: Mapping[str, list[Any]] = field(default_factory=dict)
    version: int | None = None

    @property
    def source(self) -> str:
        return self.entry_id.split(":", 1)[0]

    @property
    def told(self) -> dict[str, list[Any]]:
        """The changed fields that matter to who wants to apply; the same date or amount in other words is no change."""
        return {name: self.fields[name] for name in TOLD if name in self.fields and _says(self.fields[name][0]) != _says(self.fields[name][1])}

    @property
    def worth_telling(self) -> bool:
        return self.event is not Event.CHANGED or bool(self.told)


def _says(value: Any) -> Any:
    """A value of a field without the source's own words beside it."""
    if isinstance(value, list):
        return [_says(item) for item in value]
    return {name: inner for name, inner in value.items() if name != "text"} if isinstance(value, dict) else value


def days(since: date, until: date) -> tuple[datetime, datetime]:
    """The instants between which something happened on the days since..until, both included, in Brussels.

    Days before the first or after the last that a clock can tell are taken for these.
    """
    since, until = max(since, FIRST_DAY), min(max(until, FIRST_DAY), LAST_DAY)
    start = timing.start_of(since, BRUSSELS), timing.start_of(until + timedelta(days=1), BRUSSELS)
    return datetime.fromtimestamp(start[0], UTC), datetime.fromtimestamp(start[1], UTC)


def month_days(month: str) -> tuple[date, date]:
    """First and last day of a month "2026-11"."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def between(
    store: Store, generation: Generation, start: datetime, end: datetime, now: datetime, minor: bool = False, brief: bool = False
) -> list[Change]:
    """What happened from `start` until before `end`, newest first, as far as the generation shows it.

    minor: also changes that are not worth telling; brief: without the fields, whose old and new texts may be megabytes.
    Raises StoreError when the store cannot be read.
    """
    shown = {*generation.columns.ids, *generation.copies}
    seen = (c for c in recorded(store, start, end, generation.manifest["published"], brief) if c.entry_id in shown)
    found = [_brief(c) if brief else c for c in seen if minor or c.worth_telling]
    found += turned(generation.columns, start, end, now, unlisted(store), first_listed(store, generation.copies))
    order = {event: n for n, event in enumerate(Event)}
    return sorted(found, key=lambda c: (_descending(c.at), order[c.event], c.entry_id))


def _descending(instant: str) -> float:
    return -datetime.fromisoformat(instant).timestamp()


def _brief(change: Change) -> Change:
    return change if change.version is None else replace(change, fields={})


def whole(store: Store, brief: Sequence[Change]) -> list[Change]:
    """Changes told in brief with their fields. Raises StoreError."""
    query = sa.select(versions.c.id, versions.c.changes).where(versions.c.id.in_([c.version for c in brief if c.version is not None]))
    found = {r.id: r.changes for r in _rows(store, query)}
    return [c if c.version is None else replace(c, fields=_fields(c.event, found.get(c.version, {})), version=None) for c in brief]


def recorded(store: Store, start: datetime, end: datetime, published: str, numbered: bool = False) -> Iterator[Change]:
    """What crawls saw, but not what was taken over after the instant `published`. numbered: with the rows of the store."""
    first_runs = sa.select(sa.func.min(runs.c.id)).where(runs.c.state == "good").group_by(runs.c.source)
    no_news = sa.and_(versions.c.event == Event.NEW, versions.c.run_id.in_(first_runs))
    query = (
        sa.select(versions.c.id, versions.c.entry_id, versions.c.event, versions.c.seen, versions.c.changes)
        .where(versions.c.seen >= timing.utc(start), versions.c.seen < timing.utc(end), versions.c.seen <= published)
        .where(versions.c.event.in_(SEEN_BY_CRAWLS), ~no_news)
        .order_by(versions.c.id)
    )
    for r in _rows(store, query):
        yield Change(r.entry_id, Event(r.event), r.seen, _fields(r.event, r.changes), r.id if numbered else None)


def _fields(event: str, changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return dict(changes) if event == Event.CHANGED else {}


def unlisted(store: Store) -> dict[str, str]:
    """id -> since when a complete crawl no longer finds it."""
    query = sa.select(entries.c.id, entries.c.no_longer_listed_since).where(entries.c.no_longer_listed_since.is_not(None))
    return {r.id: r.no_longer_listed_since for r in _rows(store, query)}


def first_listed(store: Store, copies: Mapping[str, str]) -> dict[str, str]:
    """id -> when the first of its copies was first seen. copies: id of a copy -> id of the entry it is shown under."""
    found: dict[str, str] = {}
    ids = sorted(copies)
    for first in range(0, len(ids), IDS_AT_ONCE):
        some = entries.c.id.in_(ids[first : first + IDS_AT_ONCE])
        for r in _rows(store, sa.select(entries.c.id, entries.c.first_seen).where(some)):
            shown = copies[r.id]
            found[shown] = min(r.first_seen, found.get(shown, r.first_seen))
    return found


def months(store: Store) -> list[str]:
    """The months (Brussels) in which a crawl was taken over, newest first: "2026-11"."""
    query = sa.select(runs.c.finished).where(runs.c.state == "good").distinct()
    found = {datetime.fromisoformat(r.finished).astimezone(BRUSSELS).strftime("%Y-%m") for r in _rows(store, query)}
    return sorted(found, reverse=True)


def first_readings(store: Store, start: datetime, end: datetime) -> dict[str, int]:
    """source -> how many entries its first good run brought, for sources first read in the window."""
    first_runs = sa.select(sa.func.min(runs.c.id)).where(runs.c.state == "good").group_by(runs.c.source)
    query = sa.select(runs).where(runs.c.id.in_(first_runs), runs.c.finished >= timing.utc(start), runs.c.finished < timing.utc(end))
    return {r.source: int(r.counts.get("found", 0)) for r in _rows(store, query.order_by(runs.c.source))}


def _rows(store: Store, query: sa.Select[Any]) -> Iterator[Any]:
    """The rows, some hundred at a time: together they may be large."""
    try:
        with store.engine.connect() as connection:
            yield from connection.execution_options(yield_per=_AT_ONCE).execute(query)
    except sa.exc.DatabaseError as error:
        raise StoreError(f"the store cannot be read: {error.__cause__ or error}") from error


def turned(columns: Columns, start: datetime, end: datetime, now: datetime, gone: Mapping[str, str], copies_seen: Mapping[str, str]) -> list[Change]:
    """What opened and closed by its dates from `start` until before `end`, of entries known and listed at the time.

    A call closes in the last second of its deadline's day or minute. gone: id -> since when it is no longer listed: what is not
    listed neither opens nor closes. copies_seen: id -> since when a copy of it is known: so long is the call known too.
    """
    known = columns.dates.first_seen.copy()
    for entry_id, seen in copies_seen.items():
        row = columns.row_of[entry_id]
        known[row] = min(known[row], datetime.fromisoformat(seen).timestamp())
    last = np.max(np.where(np.isnan(columns.dates.ends_at), -np.inf, columns.dates.ends_at), axis=1, initial=-np.inf)
    found: list[Change] = []
    for event, turns, happens in ((Event.OPENED, columns.dates.opens_at, columns.dates.opens_at), (Event.CLOSED, last, last - 1)):
        inside = (happens >= start.timestamp()) & (happens < end.timestamp()) & (turns <= now.timestamp()) & (known < turns)
        for row in map(int, np.flatnonzero(inside)):
            turn, entry_id = datetime.fromtimestamp(float(turns[row]), UTC), columns.ids[row]
            old, new = _status(columns, row, turn - timedelta(seconds=1)), _status(columns, row, turn)
            at = timing.utc(datetime.fromtimestamp(float(happens[row]), UTC))
            if old != new and not (entry_id in gone and gone[entry_id] <= at):
                found.append(Change(entry_id, event, at, {"status": [str(old), str(new)]}))
    return found


def _status(columns: Columns, row: int, at: datetime) -> Status:
    """By the dates alone: that the source now says it is over tells nothing of the time before."""
    one = slice(row, row + 1)
    ends_at = np.where(np.isneginf(columns.dates.ends_at[one]), np.nan, columns.dates.ends_at[one])
    codes = timing.statuses(columns.dates.opens_at[one], ends_at, columns.dates.continuous[one], columns.dates.dated[one], at)
    return timing.STATUSES[int(codes[0])]
