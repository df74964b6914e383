"""Opening the database of the store: SQLite in WAL mode, or any other that SQLAlchemy knows, brought to the present shape."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event

from search.settings import SettingsError

PATIENCE, HASTE = 30_000, 100  # milliseconds to wait for another writer: for a commit that counts; for one that can be left out


class StoreError(RuntimeError):
    """The store cannot be opened, read or written; the message says which and why."""


class NoStoreError(StoreError):
    """There is no store yet."""


def open_engine(url: str, migrate: bool, create: bool = False) -> sa.Engine:
    """The engine for a database address; its tables are brought up to date unless `migrate` is False (readers).

    create: make a SQLite file that is not there, also without bringing it up to date.

    Raises SettingsError for an address that cannot be used, NoStoreError for a reader's SQLite file that is not there,
    StoreError for a database that cannot be opened.
    """
    try:
        engine = sa.create_engine(sa.make_url(url))
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:  # their words may hold the password
        raise SettingsError(f"DATABASE_URL cannot be used: {type(error).__name__}, {_what(error)}") from None
    if engine.url.get_backend_name() == "sqlite":
        if engine.url.database:
            path = Path(engine.url.database)
            if not migrate and not create and not path.exists():
                raise NoStoreError(f"there is no store at {path}: run `funding crawl` or `funding demo` first")
            path.parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _sqlite_pragmas)
    if migrate:
        upgrade(engine)
    return engine


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that sees the state of one instant, that of its first question, whatever is committed meanwhile. For reading only.

    Not for who writes as well: SQLite refuses a write that begins in a state which is no longer the present one.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        elif engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")  # its driver begins a transaction for writing only: each question would see an instant of its own
        yield connection


@contextmanager
def hasty(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction for what is not worth waiting for: where another writer is in its way, sqlalchemy.exc.OperationalError soon."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {HASTE}")
        elif engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA busy_timeout={HASTE}")
        try:
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            if engine.dialect.name == "sqlite":  # the connection goes back to the others
                connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")


def current_revision(connection: sa.Connection) -> str | None:
    """The shape a database has: the name of its last migration."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring a database to a shape, by default the present one. Raises StoreError."""
    config = Config()
    config.set_main_option("script_location", "search:migrations")
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    except sa.exc.DatabaseError as error:
        raise StoreError(f"the store {engine.url.render_as_string()} cannot be opened: {error.__cause__ or error}") from error


def _what(error: Exception) -> str:
    """What is wrong with a database address, without the address."""
    if isinstance(error, ModuleNotFoundError):
        return f"its driver {error.name} is not installed"
    return "it is no database address, or of a kind that is not known"


def _sqlite_pragmas(connection: sqlite3.Connection, _: Any) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE}")
    except UnicodeDecodeError as error:  # SQLite quotes what is damaged, and Python cannot read the quote
        raise sqlite3.DatabaseError(error.object.decode("utf-8", "replace")) from error
    finally:
        cursor.close()
