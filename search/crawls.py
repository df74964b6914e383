"""The crawls of the sources as they stand in the store, one by one, with the records that each refused."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from search import timing
from search.store import Store
from search.tables import quarantine, runs, versions

PAYLOADS_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Crawl:
    """One crawl of one source. started, finished: ISO 8601 UTC; state: running, good, failed, interrupted; reason: why it was not
    good; counts: found, new, changed, closed, gone, back, quarantined, shares …; warnings: what was survived -> how often."""

    number: int
    source: str
    started: str
    finished: str | None
    state: str
    reason: str | None
    counts: Mapping[str, float]
    warnings: Mapping[str, int]

    @property
    def seconds(self) -> int | None:
        """How long it took."""
        if not self.finished:
            return None
        return int((datetime.fromisoformat(self.finished) - datetime.fromisoformat(self.started)).total_seconds())

    @property
    def differs(self) -> bool:
        """Whether it failed only by being too different from the last good one: a maintainer who has looked may accept that."""
        return self.state == "failed" and bool(self.counts.get("differs"))


@dataclass(frozen=True)
class RefusedRecord:
    """A record in quarantine. payload: what the source sent, persons left out; None when it is no longer kept."""

    number: int
    native_id: str | None
    reason: str
    payload: str | None
    seen: str


def of_source(store: Store, source: str, most: int = 24) -> list[Crawl]:
    """The last crawls of a source, newest first."""
    query = sa.select(runs).where(runs.c.source == source).order_by(runs.c.id.desc()).limit(most)
    with store.engine.connect() as connection:
        return [_crawl(row) for row in connection.execute(query)]


def of_all(store: Store, since: datetime) -> dict[str, list[Crawl]]:
    """Source -> its crawls since an instant, oldest first."""
    found: dict[str, list[Crawl]] = defaultdict(list)
    with store.engine.connect() as connection:
        for row in connection.execute(sa.select(runs).where(runs.c.started >= timing.utc(since)).order_by(runs.c.id)):
            found[row.source].append(_crawl(row))
    return found


def one(store: Store, number: int) -> Crawl | None:
    """A crawl by its number."""
    with store.engine.connect() as connection:
        row = connection.execute(sa.select(runs).where(runs.c.id == number)).first()
        return _crawl(row) if row else None


def _crawl(row: Any) -> Crawl:
    return Crawl(row.id, row.source, row.started, row.finished, row.state, row.reason, row.counts, row.warnings)


def refused(store: Store, number: int, most: int = 50, skip: int = 0) -> tuple[int, list[RefusedRecord]]:
    """How many records a crawl refused, and some of them."""
    own = quarantine.c.run_id == number
    with store.engine.connect() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(quarantine).where(own)).scalar_one()
        rows = connection.execute(sa.select(quarantine).where(own).order_by(quarantine.c.id).limit(most).offset(skip))
        return total, [RefusedRecord(r.id, r.native_id, r.reason, _text(r.payload), r.seen) for r in rows]


def _text(payload: bytes | None) -> str | None:
    return None if payload is None else zlib.decompress(payload).decode("utf-8", "replace")


def happened_since(store: Store, instant: str) -> dict[str, int]:
    """What crawls saw after an instant: event (new, changed, gone, closed, back) -> to how many entries."""
    query = sa.select(versions.c.event, sa.func.count().label("times")).where(versions.c.seen > instant).group_by(versions.c.event)
    with store.engine.connect() as connection:
        return {row.event: row.times for row in connection.execute(query.order_by(versions.c.event))}


def forget_payloads(store: Store, now: datetime) -> int:
    """Take away what sources sent of records refused more than 90 days ago; reasons and keys stay. How many there were."""
    old = sa.and_(quarantine.c.seen < timing.utc(now - PAYLOADS_KEPT), quarantine.c.payload.is_not(None))
    with store.engine.begin() as connection:
        return connection.execute(sa.update(quarantine).where(old).values(payload=None)).rowcount
