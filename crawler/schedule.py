"""When each source is crawled: pure functions over a clock and the runs that stand in the store.

A cron expression says when a month's crawl is due (`fired`). From then on every source is tried until it is read or until the
window is over, with growing pauses. Nothing is remembered beside the store: after a crash, a pause or a month that was missed the
same question gives the right answer, and a missed crawl is made up once, however many were missed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from apscheduler.triggers.cron import CronTrigger

from search import timing
from search.clock import BRUSSELS
from search.settings import SettingsError
from search.store import Store
from search.tables import runs

# After the first, second, third failure; after every further one the last.
PAUSES = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8), timedelta(hours=24))
# A clock that is put back meets 02:30 twice: what fires again so soon is the same month's crawl.
LEAST_APART = timedelta(hours=12)
_LOOK_BACK = [timedelta(days=days) for days in (1, 32, 400, 1500)]


@dataclass(frozen=True)
class Attempt:
    """One crawl of a source; finished is None while it runs; interrupted: its process ended before it did."""

    source: str
    started: datetime
    finished: datetime | None
    good: bool
    interrupted: bool = False


@dataclass(frozen=True)
class Plan:
    """What remains of a month's crawl. due: source -> when it is tried next; waiting: until another one leaves their host alone."""

    fired: datetime
    due: Mapping[str, datetime]
    waiting: frozenset[str]
    running: frozenset[str]
    given_up: frozenset[str]

    @property
    def over(self) -> bool:
        return not (self.due or self.waiting or self.running)


def trigger(cron: str) -> CronTrigger:
    """The cron expression of the settings, in Brussels time. Raises SettingsError."""
    try:
        found = CronTrigger.from_crontab(cron, timezone=BRUSSELS)
    except ValueError as error:
        raise SettingsError(f"FUNDING_SCHEDULE={cron!r} is no cron expression such as '0 3 1 * *': {error}") from error
    first = _after(found, datetime(2026, 1, 1, 12, tzinfo=BRUSSELS))
    second = _after(found, first) if first else None
    if first is None or second is None or second - first < LEAST_APART:
        raise SettingsError(f"FUNDING_SCHEDULE={cron!r} is due never, or more often than once a day")
    return found


def _after(cron: CronTrigger, instant: datetime) -> datetime | None:
    """The first time after an instant. Reckoned in UTC: a local time plus a second may be an hour off where the clock changes."""
    fire: datetime | None = cron.get_next_fire_time(None, instant.astimezone(UTC) + timedelta(microseconds=1))
    return fire.astimezone(UTC) if fire else None


def last_fire(cron: CronTrigger, now: datetime) -> datetime | None:
    """The last time a crawl was due, None when there was none in the last years."""
    for back in _LOOK_BACK:
        fires = []
        instant = _after(cron, now - back)
        while instant and instant <= now:
            fires.append(instant)
            instant = _after(cron, instant)
        if fires:
            return _first_of_a_pair(cron, fires[-1])
    return None


def _first_of_a_pair(cron: CronTrigger, fire: datetime) -> datetime:
    earlier = _after(cron, fire - LEAST_APART)
    return earlier if earlier and earlier < fire else fire


def plan(now: datetime, fired: datetime, hosts: Mapping[str, Sequence[str]], attempts: Sequence[Attempt], window: timedelta) -> Plan:
    """What is to be done at an instant for the crawl that was due at `fired`.

    hosts: source -> the hosts it asks, or their owners; two sources that share one are never crawled at the same time. attempts: all that are
    known, any order. The window begins with the first attempt, so that a crawl that was missed has its full time too; a source
    that was not tried at all is tried also after it.
    """
    own = sorted((a for a in attempts if a.started >= fired and a.source in hosts), key=lambda a: a.started)
    ends = min((a.started for a in own), default=now) + window
    wanted: dict[str, datetime] = {}
    running, given_up = set(), set()
    for source in hosts:
        tried = [a for a in own if a.source == source]
        if any(a.good for a in tried):
            continue
        if tried and tried[-1].finished is None:
            running.add(source)
            continue
        at = now if not tried else _again(tried)
        if tried and at > ends:
            given_up.add(source)
        else:
            wanted[source] = at
    busy = {host for source in running for host in hosts[source]}
    due, waiting = {}, set()
    for source, at in sorted(wanted.items(), key=lambda item: (item[1], list(hosts).index(item[0]))):
        if busy.isdisjoint(hosts[source]):
            due[source] = at
            busy |= set(hosts[source])
        else:
            waiting.add(source)
    return Plan(fired, due, frozenset(waiting), frozenset(running), frozenset(given_up))


def _again(tried: Sequence[Attempt]) -> datetime:
    """When a source that failed so often is tried again; a first crash of ours is not the source's fault, and needs no pause."""
    finished = tried[-1].finished
    assert finished is not None
    if tried[-1].interrupted and sum(a.interrupted for a in tried) == 1:
        return finished
    return finished + PAUSES[min(len(tried), len(PAUSES)) - 1]


def attempts(store: Store, since: datetime) -> list[Attempt]:
    """The crawls in the store that started at or after an instant."""
    with store.engine.connect() as connection:
        rows: Sequence[Any] = connection.execute(sa.select(runs).where(runs.c.started >= timing.utc(since)).order_by(runs.c.id)).all()
    return [
        Attempt(r.source, _instant(r.started), _instant(r.finished) if r.finished else None, r.state == "good", r.state == "interrupted")
        for r in rows
    ]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
