"""What maintainers did, line by line: kept in the store, never changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from search.store import Store
from search.tables import audit as table


@dataclass(frozen=True)
class Line:
    """One thing done. at: ISO 8601 UTC; about: the source, entry or generation; before, after: its state in words."""

    at: str
    who: str
    what: str
    about: str | None = None
    before: str | None = None
    after: str | None = None
    why: str | None = None


def note(store: Store, line: Line) -> None:
    """Write a line."""
    with store.engine.begin() as connection:
        connection.execute(sa.insert(table).values(**asdict(line)))


def lines(store: Store, about: str | None = None, most: int = 100, skip: int = 0) -> list[Line]:
    """The last lines, newest first; about: those about one source, entry or generation."""
    query = sa.select(table).order_by(table.c.id.desc()).limit(most).offset(skip)
    with store.engine.connect() as connection:
        rows = connection.execute(query.where(table.c.about == about) if about else query)
        return [Line(r.at, r.who, r.what, r.about, r.before, r.after, r.why) for r in rows]
