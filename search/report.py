"""The report of a month: how each source's crawl went, against the crawl before it. Pure data from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from search import changes, pauses, timing
from search.change_words import EVENT_WORDS
from search.generations import Generation
from search.store import Store, StoreError
from search.tables import quarantine, runs

COUNTED = ("found", "new", "changed", "closed", "gone", "back", "quarantined")
NOT_RUN = "not run"
SHARES = ("deadline", "budget", "ecosystem")


@dataclass(frozen=True)
class SourceReport:
    """One source in one month.

    state: of its last run that month: good, failed, interrupted; without one "not run", or "paused" where a maintainer wants it
    so; attempts: how many runs there were; guards: why
    runs were refused or failed, the latest last; counts, before: of the good run of the month and of the good one before it, None
    where there was none; refused: reason -> how many records were quarantined in that run; shares: name -> (now, before) between 0
    and 1; seconds: how long all runs of the month took; warnings: what the last run survived -> how often.
    """

    source: str
    title: str
    state: str
    finished: str | None
    attempts: int
    guards: tuple[str, ...]
    counts: Mapping[str, int] | None
    before: Mapping[str, int] | None
    refused: Mapping[str, int]
    shares: Mapping[str, tuple[float | None, float | None]]
    seconds: float
    warnings: Mapping[str, int]


@dataclass(frozen=True)
class Report:
    """A month ("2026-11").

    changes: event -> ids, as the page of the changes tells them (None while nothing is published); total: sums over the sources
    with a good run.
    """

    month: str
    sources: tuple[SourceReport, ...]
    changes: Mapping[str, list[str]] | None

    @property
    def total(self) -> dict[str, int]:
        good = [s.counts for s in self.sources if s.counts]
        return {name: sum(counts[name] for counts in good) for name in COUNTED}

    @property
    def in_trouble(self) -> list[SourceReport]:
        """The sources whose last run of the month was not good, or that did not run though nobody paused them."""
        return [s for s in self.sources if s.state not in ("good", "paused")]

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {"month": self.month, "total": self.total, "changes": self.changes, "sources": [asdict(s) for s in self.sources]}


def report(store: Store, month: str, generation: Generation | None, now: datetime) -> Report:
    """The report of a month in Brussels; generation: the published one, if any. Raises StoreError when the store cannot be read."""
    window = changes.days(*changes.month_days(month))
    start, end = (timing.utc(instant) for instant in window)
    try:
        with store.engine.connect() as connection:
            ended = connection.execute(sa.select(runs).where(runs.c.state != "running", runs.c.finished < end).order_by(runs.c.id)).all()
            counted = sa.select(quarantine.c.run_id, quarantine.c.reason, sa.func.count().label("times")).where(quarantine.c.seen >= start)
            refused = connection.execute(counted.group_by(quarantine.c.run_id, quarantine.c.reason)).all()
            paused = {name for name, pause in pauses.held(connection).items() if pause.since < end}
    except sa.exc.DatabaseError as error:
        raise StoreError(f"the store cannot be read: {error.__cause__ or error}") from error
    reasons: dict[int, Counter[str]] = {}
    for row in refused:
        reasons.setdefault(row.run_id, Counter())[row.reason] += row.times
    facts = {name: fact for name, fact in store.source_facts().items() if fact.crawlable}
    own = {name: [run for run in ended if run.source == name] for name in facts}
    told: dict[str, list[str]] | None = None
    if generation:
        happened = changes.between(store, generation, *window, now)
        told = {str(event): sorted(c.entry_id for c in happened if c.event is event) for event in changes.Event}
    made = [_one(name, fact.title, own[name], start, reasons) for name, fact in sorted(facts.items())]
    made = [replace(s, state="paused") if s.state == NOT_RUN and s.source in paused else s for s in made]
    return Report(month, tuple(made), told)


def _one(source: str, title: str, ended: Sequence[Any], start: str, reasons: Mapping[int, Counter[str]]) -> SourceReport:
    within = [run for run in ended if run.finished >= start]
    last = within[-1] if within else None
    good = next((run for run in reversed(within) if run.state == "good"), None)
    before = next((run for run in reversed(ended) if run.state == "good" and (run.id < good.id if good else run.finished < start)), None)
    shown = good or last
    return SourceReport(
        source=source,
        title=title,
        state=last.state if last else NOT_RUN,
        finished=last.finished if last else None,
        attempts=len(within),
        guards=tuple(run.reason for run in within if run.reason and run.state != "good"),
        counts=_counts(good),
        before=_counts(before),
        refused=dict(sorted(reasons.get(shown.id, Counter()).items())) if shown else {},
        shares={name: (_share(good, name), _share(before, name)) for name in SHARES},
        seconds=sum(_seconds(run) for run in within),
        warnings=last.warnings if last else {},
    )


def _counts(run: Any) -> dict[str, int] | None:
    return {name: int(run.counts.get(name, 0)) for name in COUNTED} if run else None


def _share(run: Any, name: str) -> float | None:
    value = run.counts.get(f"share_{name}") if run else None
    return None if value is None else round(value, 4)


def _seconds(run: Any) -> float:
    return (datetime.fromisoformat(run.finished) - datetime.fromisoformat(run.started)).total_seconds()


def text(made: Report) -> str:
    """The report for people: what needs a look first, then a line per source."""
    total = made.total
    good = len(made.sources) - len(made.in_trouble)
    lines = [
        f"Crawl of {made.month}: {good} of {len(made.sources)} sources read",
        f"{total['found']} entries found: {total['new']} new, {total['changed']} changed, {total['closed']} closed and taken off the list, "
        f"{total['gone']} no longer listed, {total['back']} back; {total['quarantined']} records refused",
    ]
    if made.changes is not None:
        words = (f"{len(ids)} {EVENT_WORDS[changes.Event(event)].casefold()}" for event, ids in made.changes.items())
        lines.append("On the page of the changes, first readings left out: " + ", ".join(words))
    if made.in_trouble:
        lines += ["", "Needs a look:"]
        lines += [f"- {s.source}: {s.state} after {s.attempts} attempts: {s.guards[-1] if s.guards else 'no reason noted'}" for s in made.in_trouble]
    lines += ["", "Sources:", *(line for s in made.sources for line in _lines(s))]
    return "\n".join(lines)


def _lines(s: SourceReport) -> list[str]:
    if s.counts is None:
        return [f"- {s.source}: {s.state}"]
    c, was = s.counts, f" ({s.before['found']} the time before)" if s.before else ""
    lines = [f"- {s.source}: {c['found']} found{was}, {c['new']} new, {c['changed']} changed, {c['closed']} closed and taken off the list, "
             f"{c['gone']} no longer listed, {c['back']} back, {c['quarantined']} refused; {s.seconds:.0f} s"]  # fmt: skip
    lines.append("  with a " + ", ".join(f"{name} {_percent(*values)}" for name, values in s.shares.items()))
    lines += [f"  refused, {times} x: {reason}" for reason, times in s.refused.items()]
    lines += [f"  an earlier attempt failed: {reason}" for reason in s.guards]
    return lines + [f"  {times} x {what}" for what, times in sorted(s.warnings.items())]


def _percent(now: float | None, before: float | None) -> str:
    if now is None:
        return "not counted"
    return f"{now:.0%}" + (f" ({before:.0%})" if before is not None else "")
