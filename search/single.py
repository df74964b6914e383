"""One entry as the store holds it: its record as crawled, what editors corrected, and its earlier versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from search import corrections, records, sound
from search.corrections import Correction
from search.records import Call, Entry, Fund, Product
from search.store import Store
from search.tables import entries


@dataclass(frozen=True)
class Held:
    """entry: as its source and the words say; made: the corrections laid over it; instants: ISO 8601 UTC."""

    entry: Call | Fund | Product
    record: Mapping[str, Any]
    made: Sequence[Correction]
    first_seen: str
    last_seen: str
    no_longer_listed_since: str | None

    @property
    def shown(self) -> Entry:
        """The entry as it is published."""
        return corrections.over(self.entry, self.made)


@dataclass(frozen=True)
class Version:
    """The record of an entry as it was from an instant on. event: what happened then."""

    seen: str
    event: str
    record: Mapping[str, Any]


def find(store: Store, entry_id: str) -> Held | None:
    """An entry by its id. Raises StoreError for a record or dates that are not as they were written."""
    text = sa.cast(entries.c.record, sa.Text).label("text")
    dates = (entries.c.first_seen, entries.c.last_seen, entries.c.last_changed, entries.c.no_longer_listed_since)
    with store.engine.connect() as connection:
        row = connection.execute(sa.select(text, entries.c.digest, *dates).where(entries.c.id == entry_id)).first()
        if row is None:
            return None
        made = corrections.held(connection).get(entry_id, [])
        sound.check_dates(row[-len(dates) :], entry_id, sound.ends(connection))
    record = sound.checked(row.text, row.digest, entry_id)
    return Held(records.load(record), record, made, row.first_seen, row.last_seen, row.no_longer_listed_since)


def versions(record: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> list[Version]:
    """The record after each thing that happened, newest first; history: as Store.histories gives it.

    Evidence is not part of a history: labels explain themselves anew with every crawl.
    """
    found, state = [], {name: value for name, value in record.items() if name != "evidence"}
    for row in history:
        found.append(Version(row["seen"], row["event"], state))
        if row["event"] == "changed":
            state = state | {name: old for name, (old, _) in row["changes"].items()}
    return found


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The fields in which two records differ, by name."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
