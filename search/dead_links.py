"""Published links that lead nowhere, as the last checks found them: a check asks for some of all links, others each day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from search import tables, timing
from search.tables import dead_links as table


@dataclass(frozen=True)
class DeadLink:
    """An address that was gone. entries: ids of those that show it; since, checked: when it was first and last found gone, ISO 8601 UTC."""

    url: str
    reason: str
    entries: tuple[str, ...]
    since: str
    checked: str

    @property
    def sources(self) -> set[str]:
        """The sources of these entries."""
        return {entry_id.split(":", 1)[0] for entry_id in self.entries}


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def note(connection: sa.Connection, gone: Mapping[str, str], fine: Iterable[str], shown: Mapping[str, list[str]], now: datetime) -> None:
    """Keep what a check found. gone: address -> reason; fine: addresses that are there; shown: every published address -> the entries
    that show it: what is no longer published is forgotten, what could not be told stays as it was."""
    known = {r.url: r for r in connection.execute(sa.select(table))}
    over = {_digest(url) for url in known if url not in shown} | {_digest(url) for url in fine if url in known} | {_digest(url) for url in gone}
    for digest in over:
        connection.execute(sa.delete(table).where(table.c.digest == digest))
    instant = timing.utc(now)
    for url, reason in gone.items():
        since = known[url].since if url in known else instant
        row = {"digest": _digest(url), "url": url, "reason": reason, "entries": shown[url], "since": since, "checked": instant}
        connection.execute(sa.insert(table).values(**row))


def held(connection: sa.Connection) -> list[DeadLink]:
    """All that are known, by address; none in a store from before there were any, which a reader leaves as it is."""
    if not tables.has(connection, table):
        return []
    rows = connection.execute(sa.select(table).order_by(table.c.url))
    return [DeadLink(r.url, r.reason, tuple(r.entries), r.since, r.checked) for r in rows]
