"""Sources that a maintainer has paused: left out of the schedule and of a crawl of all, until somebody lets them go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from search import tables, timing
from search.clock import BRUSSELS
from search.tables import pauses as table


@dataclass(frozen=True)
class Pause:
    """Since when (ISO 8601 UTC), by whom, and why."""

    since: str
    who: str
    why: str

    def said(self) -> str:
        """Since which day in Brussels, and why, for people."""
        return said(self.since, self.why)


def said(since: str, why: str) -> str:
    """A pause for people: since which day in Brussels, and why."""
    return f"paused since {datetime.fromisoformat(since).astimezone(BRUSSELS).date()}: {why}"


def pause(connection: sa.Connection, source: str, who: str, why: str, now: datetime) -> bool:
    """Pause a source; False where it was paused before, which stays as it is."""
    if connection.execute(sa.select(table).where(table.c.source == source)).first():
        return False
    connection.execute(sa.insert(table).values(source=source, since=timing.utc(now), who=who, why=why))
    return True


def resume(connection: sa.Connection, source: str) -> bool:
    """Let a source go on; whether it was paused."""
    return connection.execute(sa.delete(table).where(table.c.source == source)).rowcount > 0


def held(connection: sa.Connection) -> dict[str, Pause]:
    """Source -> its pause; none in a store from before there were any, which a reader leaves as it is."""
    if not tables.has(connection, table):
        return {}
    return {r.source: Pause(r.since, r.who, r.why) for r in connection.execute(sa.select(table).order_by(table.c.source))}
