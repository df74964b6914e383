"""Which entries editors hold for the same call, or for two: laid over the rules of search.once when a generation is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from search import once, tables
from search.store import Copy, Store, Stored
from search.tables import pairs as table


@dataclass(frozen=True)
class Pair:
    """What an editor decided about two entries, one < other. at: ISO 8601 UTC."""

    one: str
    other: str
    same: bool
    why: str
    who: str
    at: str

    @property
    def ids(self) -> frozenset[str]:
        return frozenset((self.one, self.other))


def pair(one: str, other: str, same: bool, why: str, who: str, at: str) -> Pair:
    """A decision about two entries, named in any order. Raises ValueError for one entry twice."""
    first, second = sorted((one, other))
    if first == second:
        raise ValueError("an entry is always the same as itself")
    return Pair(first, second, same, why, who, at)


def decide(connection: sa.Connection, decided: Pair) -> None:
    """Keep a decision in place of an earlier one about the same two."""
    forget(connection, decided)
    connection.execute(sa.insert(table).values(**vars(decided)))


def forget(connection: sa.Connection, decided: Pair) -> bool:
    """Leave two entries to the rules again; whether there was a decision."""
    query = sa.delete(table).where(table.c.one == decided.one, table.c.other == decided.other)
    return connection.execute(query).rowcount > 0


def held(connection: sa.Connection) -> list[Pair]:
    """Every decision, the newest first; none in a store from before there were any, which a reader leaves as it is."""
    if not tables.has(connection, table):
        return []
    rows = connection.execute(sa.select(table).order_by(table.c.at.desc(), table.c.one, table.c.other))
    return [Pair(r.one, r.other, r.same, r.why, r.who, r.at) for r in rows]


def of(connection: sa.Connection, ids: frozenset[str]) -> Pair | None:
    """The decision about two entries; None when the rules decide."""
    return next((decided for decided in held(connection) if decided.ids == ids), None)


def merge(store: Store, entries: Sequence[Stored]) -> list[Stored]:
    """One call once (search.once.merge), as the rules and the editors say."""
    return once.merge(entries, *_decided(store))


def copies(store: Store, faces: Sequence[once.Face]) -> dict[str, tuple[Copy, ...]]:
    """Which entry stands for which others (search.once.copies), as the rules and the editors say."""
    return once.copies(faces, *_decided(store))


def _decided(store: Store) -> tuple[once.Pairs, once.Pairs]:
    """The pairs that are kept apart, and those that are the same."""
    with store.engine.connect() as connection:
        decided = held(connection)
    apart, same = (frozenset(pair.ids for pair in decided if pair.same is wanted) for wanted in (False, True))
    return once.apart() | apart, same
