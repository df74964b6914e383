"""The store: the truth about every entry, its history, the crawl runs and the sources.

SQLite in WAL mode by default, any SQLAlchemy URL otherwise. A crawl writes once, in one transaction, when it is
over and its guards have passed: a crash before leaves the store as it was, a commit is on the disk.
"""

from __future__ import annotations

import os
import weakref
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from search import corrections, pauses, records, sound, timing
from search.database import NoStoreError, StoreError, open_engine, snapshot
from search.harvest import Harvest, Refused
from search.records import Entry
from search.sources import SourceFacts, SourceState, health
from search.tables import entries, quarantine, runs, sources, versions

__all__ = ["Copy", "Harvest", "NoStoreError", "Refused", "Store", "StoreError", "Stored", "changed_fields"]
PAYLOAD_LIMIT = 1_000_000
IDS_AT_ONCE = 500  # how many ids one question names: databases allow a limited number of values


@dataclass(frozen=True)
class Copy:
    """The same call as another source lists it. rule: why we hold it for the same (search.once)."""

    id: str
    source: str
    url: str
    rule: str


@dataclass(frozen=True)
class Stored:
    """An entry with its history's key dates (ISO 8601 UTC). copies: the same call elsewhere, known once it is published."""

    entry: records.Call | records.Fund | records.Product
    first_seen: str
    last_seen: str
    last_changed: str
    no_longer_listed_since: str | None
    copies: tuple[Copy, ...] = ()


class Store:
    """Open with `Store(url)`; the shape is brought up to date unless `migrate` is False (readers)."""

    def __init__(self, url: str, migrate: bool = True) -> None:
        self.engine = open_engine(url, migrate)
        weakref.finalize(self, self.engine.dispose)  # whoever holds it to its own end need not close it

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _begin(self, at_one_instant: bool = False) -> Iterator[sa.Connection]:
        """A transaction. at_one_instant: for reading only, and for more than one question whose answers belong together."""
        try:
            with snapshot(self.engine) if at_one_instant else self.engine.begin() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            raise StoreError(f"the store {self.engine.url.render_as_string()}: {error.__cause__ or error}") from error

    # -- sources -------------------------------------------------------------------------------------------------

    def register(self, facts: Iterable[SourceFacts]) -> None:
        """Write the facts of the known sources; sources that are no longer known are left, with their calls."""
        with self._begin() as connection:
            for fact in facts:
                row = fact.model_dump(mode="json")
                if connection.execute(sa.update(sources).where(sources.c.name == fact.source).values(facts=row)).rowcount == 0:
                    connection.execute(sa.insert(sources).values(name=fact.source, facts=row))

    def source_facts(self) -> dict[str, SourceFacts]:
        """The facts of every registered source by name."""
        with self._begin() as connection:
            return {r.name: SourceFacts.model_validate(r.facts) for r in connection.execute(sa.select(sources).order_by(sources.c.name))}

    def source_states(self, now: datetime, known: Mapping[str, SourceFacts] | None = None) -> list[SourceState]:
        """Facts and health of every registered source, by name; known: facts that win over the registered ones."""
        with self._begin() as connection:
            counted = connection.execute(sa.select(entries.c.source, sa.func.count().label("held")).group_by(entries.c.source))
            held = {row.source: int(row.held) for row in counted}
            paused = pauses.held(connection)
            last: dict[str, Any] = {}
            good: dict[str, str] = {}
            for row in connection.execute(sa.select(runs).where(runs.c.state != "running").order_by(runs.c.id)):
                last[row.source] = row
                if row.state == "good":
                    good[row.source] = row.finished
        states = []
        for name, facts in sorted((self.source_facts() | dict(known or {})).items()):
            run = last.get(name)
            states.append(
                SourceState(
                    facts=facts,
                    last_run=run.finished if run else None,
                    last_good=good.get(name),
                    calls=held.get(name, 0),
                    health=health(run.state if run else None, good.get(name), now),
                    reason=(run.reason if run else None) or facts.why_not,
                    warnings=run.warnings if run else {},
                    counts=run.counts if run else {},
                    paused_since=paused[name].since if name in paused else None,
                    paused_why=paused[name].why if name in paused else None,
                )
            )
        return states

    # -- runs ----------------------------------------------------------------------------------------------------

    def interrupt(self, source: str, now: datetime) -> bool:
        """Mark runs of a source that never ended as interrupted; whether there were any. The caller holds the source's lock."""
        values = {"state": "interrupted", "finished": timing.utc(now), "reason": "the crawl was interrupted before it ended", "pid": None}
        with self._begin() as connection:
            query = sa.update(runs).where(runs.c.source == source, runs.c.state == "running").values(**values)
            return connection.execute(query).rowcount > 0

    def start_run(self, source: str, now: datetime) -> int:
        """Note that a crawl begins; returns the run's number."""
        self.interrupt(source, now)
        with self._begin() as connection:
            row = {"source": source, "started": timing.utc(now), "state": "running", "counts": {}, "warnings": {}, "pid": os.getpid()}
            return int(connection.execute(sa.insert(runs).values(**row)).inserted_primary_key[0])  # type: ignore[index]

    def fail_run(
        self,
        run_id: int,
        reason: str,
        now: datetime,
        warnings: Mapping[str, int],
        refused: Iterable[Refused] = (),
        counts: Mapping[str, float] | None = None,
    ) -> None:
        """End a run that failed: nothing of its source's entries is touched. counts: what it would have brought."""
        with self._begin() as connection:
            self._quarantine(connection, run_id, refused, now)
            how = {"reason": reason, "warnings": dict(warnings), "counts": dict(counts or {})}
            values = {"state": "failed", "finished": timing.utc(now), "pid": None, **how}
            connection.execute(sa.update(runs).where(runs.c.id == run_id).values(**values))

    def last_good(self, source: str) -> tuple[datetime, dict[str, float]] | None:
        """When the last good run of a source began, and its counts; None when there was none."""
        query = sa.select(runs.c.started, runs.c.counts).where(runs.c.source == source, runs.c.state == "good").order_by(runs.c.id.desc()).limit(1)
        with self._begin() as connection:
            row = connection.execute(query).first()
            return (datetime.fromisoformat(row.started), row.counts) if row else None

    def listed(self, source: str) -> dict[str, dict[str, Any]]:
        """What a source lists since its last good run, those included that left its list by closing: id -> record as stored."""
        with self._begin() as connection:
            rows = sound.rows(connection, entries.c.source == source, entries.c.no_longer_listed_since.is_(None))
            return {row.id: row.record for row in rows if row.record is not None}

    def finish_run(
        self, run_id: int, harvest: Harvest, now: datetime, warnings: Mapping[str, int], extra: Mapping[str, float], refused: Iterable[Refused] = ()
    ) -> dict[str, float]:
        """Take over a complete, guarded crawl in one transaction; returns the run's counts.

        An entry of the source that the crawl did not list is closed when its last deadline has passed, else marked as
        no longer listed since this run; one that is listed again loses the mark.
        """
        instant = timing.utc(now)
        with self._begin() as connection:
            source = connection.execute(sa.select(runs.c.source).where(runs.c.id == run_id)).scalar_one()
            known = {row.id: row for row in sound.rows(connection, entries.c.source == source)}
            counts = dict.fromkeys(("new", "changed", "back", "closed", "gone"), 0)
            listed = {*harvest.held}
            for entry in harvest.entries:
                listed.add(entry.id)
                for what in self._take(connection, run_id, entry, known.get(entry.id), instant):
                    counts[what] += 1
            for held in harvest.held & known.keys():
                connection.execute(sa.update(entries).where(entries.c.id == held).values(last_seen=instant, no_longer_listed_since=None))
            for row in known.values() if harvest.complete else ():
                if row.id not in listed and (what := self._miss(connection, run_id, row, now)):
                    counts[what] += 1
            refused = list(refused)
            self._quarantine(connection, run_id, refused, now)
            found = len(listed)
            total = {**counts, "found": found, "quarantined": len(refused), **extra}
            values = {"state": "good", "finished": instant, "counts": total, "warnings": dict(warnings), "pid": None}
            connection.execute(sa.update(runs).where(runs.c.id == run_id).values(**values))
        return total

    def _take(self, connection: sa.Connection, run_id: int, entry: Entry, known: Any, instant: str) -> list[str]:
        """Insert or update one entry; what happened to it."""
        record = records.dump(entry)
        digest = records.digest(record)
        if known is None:
            row = {"id": entry.id, "source": entry.source, "kind": record["kind"], "record": record, "digest": digest}
            dates = {"first_seen": instant, "last_seen": instant, "last_changed": instant}
            connection.execute(sa.insert(entries).values(**row, **dates))
            self._version(connection, run_id, entry.id, "new", {}, instant)
            return ["new"]
        happened = []
        values: dict[str, Any] = {"last_seen": instant, "no_longer_listed_since": None}
        if known.no_longer_listed_since:
            happened.append("back")
            self._version(connection, run_id, entry.id, "back", {"listed": [known.no_longer_listed_since, None]}, instant)
        if known.digest != digest or known.record is None:
            values |= {"record": record, "digest": digest, "kind": record["kind"]}
            if known.record is not None and (changes := changed_fields(known.record, record)):
                values["last_changed"] = instant
                happened.append("changed")
                self._version(connection, run_id, entry.id, "changed", changes, instant)
        connection.execute(sa.update(entries).where(entries.c.id == entry.id).values(**values))
        return happened

    def _miss(self, connection: sa.Connection, run_id: int, row: Any, now: datetime) -> str:
        """Judge an entry that a complete run did not list; "closed", "gone", or "" when it was judged before."""
        if row.no_longer_listed_since or row.record is None:
            return ""
        instant = timing.utc(now)
        if timing.last_deadline_passed(records.load(row.record), now):
            known = sa.select(versions.c.id).where(versions.c.entry_id == row.id, versions.c.event == "closed", versions.c.seen > row.last_seen)
            if connection.execute(known).first():
                return ""
            self._version(connection, run_id, row.id, "closed", {"listed": [None, instant]}, instant)
            return "closed"
        connection.execute(sa.update(entries).where(entries.c.id == row.id).values(no_longer_listed_since=instant))
        self._version(connection, run_id, row.id, "gone", {"listed": [None, instant]}, instant)
        return "gone"

    @staticmethod
    def _version(connection: sa.Connection, run_id: int, entry_id: str, what: str, changes: Mapping[str, Any], instant: str) -> None:
        row = {"entry_id": entry_id, "run_id": run_id, "seen": instant, "event": what, "changes": dict(changes)}
        connection.execute(sa.insert(versions).values(**row))

    @staticmethod
    def _quarantine(connection: sa.Connection, run_id: int, refused: Iterable[Refused], now: datetime) -> None:
        source = connection.execute(sa.select(runs.c.source).where(runs.c.id == run_id)).scalar_one()
        for item in refused:
            payload = zlib.compress(item.payload[:PAYLOAD_LIMIT])
            row = {"native_id": (item.native_id or "")[:200] or None, "reason": item.reason, "payload": payload, "seen": timing.utc(now)}
            connection.execute(sa.insert(quarantine).values(run_id=run_id, source=source, **row))

    # -- reading -------------------------------------------------------------------------------------------------

    def all_entries(self) -> Iterator[Stored]:
        """Every entry, by id."""
        return (stored for stored, _ in self.all_with_digests())

    def all_with_digests(self) -> Iterator[tuple[Stored, str]]:
        """Every entry with its digest, by id, corrected. Raises StoreError for one whose record or dates are not as they were written."""
        text = sa.cast(entries.c.record, sa.Text).label("text")
        dates = (entries.c.first_seen, entries.c.last_seen, entries.c.last_changed, entries.c.no_longer_listed_since)
        with self._begin(at_one_instant=True) as connection:
            made, ended = corrections.held(connection), sound.ends(connection)
            query = sa.select(entries.c.id, text, entries.c.digest, *dates).order_by(entries.c.id).execution_options(yield_per=500)
            with connection.execute(query) as found:  # a server's cursor is to be closed, also where a record is damaged
                for r in found:
                    entry, digest = records.load(sound.checked(r.text, r.digest, r.id)), r.digest
                    sound.check_dates(r[-len(dates) :], r.id, ended)
                    if entry.id in made:
                        entry = corrections.over(entry, made[entry.id])
                        digest = entry.digest()
                    yield Stored(entry, r.first_seen, r.last_seen, r.last_changed, r.no_longer_listed_since), digest

    def digests(self) -> dict[str, str]:
        """id -> digest of every entry, corrected."""
        with self._begin(at_one_instant=True) as connection:
            found = {r.id: r.digest for r in connection.execute(sa.select(entries.c.id, entries.c.digest))}
            for entry_id, made in corrections.held(connection).items():
                text = connection.execute(sa.select(sa.cast(entries.c.record, sa.Text)).where(entries.c.id == entry_id)).scalar_one()
                found[entry_id] = corrections.over(records.load(sound.checked(text, found[entry_id], entry_id)), made).digest()
            return found

    def histories(self, ids: Sequence[str], until: str) -> dict[str, list[dict[str, Any]]]:
        """id -> what happened to these entries up to an instant, newest first: seen, event, changes; without any they are left out."""
        found: dict[str, list[dict[str, Any]]] = {}
        with self._begin() as connection:
            for first in range(0, len(ids), IDS_AT_ONCE):
                some = versions.c.entry_id.in_(ids[first : first + IDS_AT_ONCE])
                for r in connection.execute(sa.select(versions).where(some, versions.c.seen <= until).order_by(versions.c.id.desc())):
                    found.setdefault(r.entry_id, []).append({"seen": r.seen, "event": r.event, "changes": r.changes})
        return found

    def last_events(self, until: str) -> dict[str, str]:
        """id -> the instant of the last thing that happened to an entry up to an instant."""
        query = sa.select(versions.c.entry_id, sa.func.max(versions.c.seen)).where(versions.c.seen <= until).group_by(versions.c.entry_id)
        with self._begin() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}


def changed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [old, new]} of what the source changed; evidence only explains labels and is left out."""
    names = (old.keys() | new.keys()) - {"evidence"}
    return {name: [old.get(name), new.get(name)] for name in sorted(names) if old.get(name) != new.get(name)}
