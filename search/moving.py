"""Moving the store to another database: every row of every table, then both compared row by row."""

from __future__ import annotations

import sqlalchemy as sa

from search.database import StoreError, open_engine, snapshot
from search.tables import metadata

AT_ONCE = 500  # rows a statement carries


def move(source_url: str, target_url: str) -> dict[str, int]:
    """Copy a store into an empty one, as it is at one instant; returns table -> rows. The source is only read.

    One transaction: the target holds everything or nothing. Raises StoreError when the target holds rows already, when the two
    differ afterwards, or when a database refuses; NoStoreError when there is no source.
    """
    source, target = open_engine(source_url, migrate=False), open_engine(target_url, migrate=True)
    try:
        with snapshot(source) as reader, target.begin() as writer:
            for table in metadata.sorted_tables:
                if writer.execute(sa.select(sa.func.count()).select_from(table)).scalar():
                    raise StoreError(f"the target already holds rows in {table.name}: it must be empty")
            moved = {table.name: _copy(reader, writer, table) for table in metadata.sorted_tables}
            for table in metadata.sorted_tables:
                _compare(reader, writer, table)
                continue_numbers(writer, table)
    except sa.exc.DatabaseError as error:
        raise StoreError(f"the store could not be moved: {error.__cause__ or error}") from error
    finally:
        source.dispose()
        target.dispose()
    return moved


def _rows(connection: sa.Connection, table: sa.Table) -> sa.CursorResult[tuple[object, ...]]:
    order = list(table.primary_key)
    return connection.execution_options(yield_per=AT_ONCE).execute(sa.select(table).order_by(*order))


def _copy(reader: sa.Connection, writer: sa.Connection, table: sa.Table) -> int:
    copied = 0
    for part in _rows(reader, table).mappings().partitions(AT_ONCE):
        writer.execute(sa.insert(table), [dict(row) for row in part])
        copied += len(part)
    return copied


def _compare(reader: sa.Connection, writer: sa.Connection, table: sa.Table) -> None:
    """Row for row; text keys may sort otherwise in another database, so rows are paired by key."""
    key = [column.name for column in table.primary_key]
    for part in _rows(reader, table).mappings().partitions(AT_ONCE):
        keys = [row[key[0]] for row in part]
        copies = {row[key[0]]: row for row in writer.execute(sa.select(table).where(table.c[key[0]].in_(keys))).mappings()}
        for row in part:
            if dict(row) != dict(copies.get(row[key[0]], {})):
                raise StoreError(f"{table.name} {row[key[0]]} came out different: nothing was moved")


def continue_numbers(writer: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL numbers rows from a sequence of its own: the next one follows the highest that was copied."""
    column = next(iter(table.primary_key))
    if writer.dialect.name == "postgresql" and isinstance(column.type, sa.Integer):
        highest = writer.execute(sa.select(sa.func.max(column))).scalar()
        if highest:
            writer.execute(sa.text("SELECT setval(pg_get_serial_sequence(:table, :column), :value)"),
                           {"table": table.name, "column": column.name, "value": highest})  # fmt: skip
