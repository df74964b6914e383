"""Labels written into the store outside a crawl: a maintainer's corrections, and every record labelled anew."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from search import corrections, records, sound
from search.corrections import Correction
from search.records import Entry
from search.store import Store
from search.tables import corrections as made
from search.tables import entries


def correct(store: Store, correction: Correction) -> bool:
    """Keep a correction in place of an earlier one of the same facet; whether there is such an entry."""
    with store.engine.begin() as connection:
        known = connection.execute(sa.select(entries.c.id).where(entries.c.id == correction.entry_id)).first()
        if known:
            _drop(connection, correction.entry_id, correction.facet)
            row = {"entry_id": correction.entry_id, "facet": correction.facet, "chosen": list(correction.values)}
            connection.execute(sa.insert(made).values(**row, why=correction.why, made=correction.made))
    return known is not None


def undo(store: Store, entry_id: str, facet: str) -> bool:
    """Take a correction away; whether there was one."""
    with store.engine.begin() as connection:
        return _drop(connection, entry_id, facet)


def _drop(connection: sa.Connection, entry_id: str, facet: str) -> bool:
    return connection.execute(sa.delete(made).where(made.c.entry_id == entry_id, made.c.facet == facet)).rowcount > 0


def corrected(store: Store) -> dict[str, list[Correction]]:
    """Entry -> its corrections."""
    with store.engine.connect() as connection:
        return corrections.held(connection)


def relabel(store: Store, labelled: Callable[[Entry], Entry]) -> tuple[int, int]:
    """Label every record anew, all or none; how many there are, and how many differ. No change of the source's, so no version.

    What a crawl has written since it was read is left alone: its labels are new.
    Raises StoreError for a record that is not as it was written.
    """
    changed = 0
    with store.engine.begin() as connection:
        text = sa.cast(entries.c.record, sa.Text).label("text")
        rows = connection.execute(sa.select(entries.c.id, text, entries.c.digest)).all()
        for row in rows:
            entry = labelled(records.load(sound.checked(row.text, row.digest, row.id)))
            if (digest := entry.digest()) != row.digest:
                values = {"record": records.dump(entry), "digest": digest}
                as_read = sa.and_(entries.c.id == row.id, entries.c.digest == row.digest)
                changed += connection.execute(sa.update(entries).where(as_read).values(**values)).rowcount
    return len(rows), changed
