"""Records of the store that are as they were written: SQLite keeps no checksums, so each record's digest is its own.

A damaged record is never shown: publishing refuses it, and the next crawl that lists its entry writes it anew. The dates beside a
record have no digest, but each is the instant at which a good crawl ended: any other is damaged.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from search import records
from search.database import StoreError
from search.tables import entries, runs


@dataclass(frozen=True)
class Row:
    """A row of an entry as a crawl compares with it. record: None where it is damaged."""

    id: str
    digest: str
    last_seen: str
    no_longer_listed_since: str | None
    record: dict[str, Any] | None


def rows(connection: sa.Connection, *those: sa.ColumnElement[bool]) -> Iterator[Row]:
    """The rows of those entries."""
    text = sa.cast(entries.c.record, sa.Text).label("text")
    query = sa.select(entries.c.id, entries.c.digest, entries.c.last_seen, entries.c.no_longer_listed_since, text).where(*those)
    for r in connection.execute(query):
        yield Row(r.id, r.digest, r.last_seen, r.no_longer_listed_since, _parsed(r.text, r.digest, r.id))


def _parsed(text: str, digest: str, entry_id: str) -> dict[str, Any] | None:
    """A record from its JSON; None where it is not the one of that entry that had that digest."""
    try:
        record: dict[str, Any] = json.loads(text)
        return record if record["id"] == entry_id and records.digest(record) == digest else None
    except (ValueError, KeyError, TypeError):
        return None


def checked(text: str, digest: str, entry_id: str) -> dict[str, Any]:
    """The record from its JSON. Raises StoreError where it is not the one that had that digest."""
    record = _parsed(text, digest, entry_id)
    if record is not None:
        return record
    source = entry_id.split(":")[0]
    raise StoreError(f"the record of {entry_id} in the store is damaged: run `funding crawl {source}`, which writes it anew, or restore a backup")


def ends(connection: sa.Connection) -> frozenset[str]:
    """The instants at which good crawls ended, ISO 8601 UTC."""
    return frozenset(connection.execute(sa.select(runs.c.finished).where(runs.c.state == "good")).scalars())


def check_dates(dates: Collection[str | None], entry_id: str, ended: Collection[str]) -> None:
    """Raises StoreError where one of the dates beside a record is no end of a good crawl. None: it is still listed; ended: as from `ends`."""
    if any(date is not None and date not in ended for date in dates):
        raise StoreError(f"the dates of {entry_id} in the store are damaged: restore a backup")
