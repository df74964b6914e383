"""Who is logged in at the dashboard, and how often it was tried in vain: in the store, so that every worker knows the same.

The store holds digests only: who reads it can neither log in nor tell where somebody tried to.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from search import timing
from search.database import hasty
from search.store import Store
from search.tables import admin_attempts as attempts
from search.tables import admin_sessions as sessions

log = logging.getLogger("funding.web")
LIFE = timedelta(hours=8)  # of a session, whatever is done in it
EXACT = timedelta(minutes=1)  # how exactly it is written down when a session was last used: not every page writes to the store
WINDOW = timedelta(minutes=15)
MOST_OF_ONE, MOST_OF_ALL = 5, 50  # failed logins within the window: from one address, and from all


@dataclass(frozen=True)
class Session:
    """A session that goes on. digest: what the store holds of its token; began, used: ISO 8601 UTC, the latter to about a minute."""

    digest: str
    began: str
    used: str


class TooManyError(Exception):
    """Too many logins failed lately."""


def digest(token: str) -> str:
    """What the store holds of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(store: Store, name: str, account: str, now: datetime) -> str:
    """A new session; returns its token, which nobody can guess. account: digest of the account it depends on."""
    token = secrets.token_urlsafe(32)
    instant = timing.utc(now)
    with store.engine.begin() as connection:
        connection.execute(sa.delete(sessions).where(sessions.c.ends <= instant))
        row = {"digest": digest(token), "name": name, "account": account, "ends": timing.utc(now + LIFE), "began": instant, "used": instant}
        connection.execute(sa.insert(sessions).values(**row))
    return token


def find(store: Store, token: str, account: str, now: datetime, idle: timedelta) -> str | None:
    """The name of who is logged in with a token, which is used by this; None when the session is over or its account is another one by now.

    idle: after so long without use a session is over.
    """
    query = sa.select(sessions).where(sessions.c.digest == digest(token), *_going_on(account, now, idle))
    with store.engine.connect() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    if row.used <= timing.utc(now - EXACT):
        _note_use(store, row.digest, now)
    return str(row.name)


def _note_use(store: Store, held_digest: str, now: datetime) -> None:
    """Write down that a session was used, unless somebody else is writing: a page does not wait for that, and the next one writes it."""
    try:
        with hasty(store.engine) as connection:
            connection.execute(sa.update(sessions).where(sessions.c.digest == held_digest).values(used=timing.utc(now)))
    except sa.exc.OperationalError as error:
        log.debug("the use of a session was not written down: %s", error.orig)


def held(store: Store, account: str, now: datetime, idle: timedelta) -> list[Session]:
    """The sessions of an account that go on, the one used last first."""
    query = sa.select(sessions).where(*_going_on(account, now, idle)).order_by(sessions.c.used.desc(), sessions.c.began.desc(), sessions.c.digest)
    with store.engine.connect() as connection:
        return [Session(row.digest, row.began, row.used) for row in connection.execute(query)]


def _going_on(account: str, now: datetime, idle: timedelta) -> tuple[sa.ColumnElement[bool], ...]:
    return sessions.c.account == account, sessions.c.ends > timing.utc(now), sessions.c.used > timing.utc(now - idle)


def end(store: Store, held_digest: str) -> None:
    """Log out, by the digest of the token: whoever has a copy of the cookie is logged out too."""
    with store.engine.begin() as connection:
        connection.execute(sa.delete(sessions).where(sessions.c.digest == held_digest))


def attempt(store: Store, origin: str, now: datetime, alone: bool = False) -> int:
    """Note a login before its password is looked at; returns its number. origin: keyed digest of an address, or digest of a session.

    alone: what failed elsewhere does not count, so that nobody outside keeps those who are logged in from saying their password again.
    It counts as failed until it is `forgiven`. Raises TooManyError, and notes nothing, when too many failed lately. It is
    written first and counted then, so that several workers cannot each let one more pass.
    """
    since = timing.utc(now - WINDOW)
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's first write waits for every other one by itself
            connection.execute(sa.text(f"lock table {attempts.name} in exclusive mode"))
        connection.execute(sa.delete(attempts).where(attempts.c.at <= since))
        row = connection.execute(sa.insert(attempts).values(origin=origin, at=timing.utc(now)))
        count = sa.select(sa.func.count()).select_from(attempts)
        own = connection.execute(count.where(attempts.c.origin == origin)).scalar_one()
        if own > MOST_OF_ONE or (not alone and connection.execute(count).scalar_one() > MOST_OF_ALL):
            raise TooManyError  # the transaction with this attempt is taken back
        return int(row.inserted_primary_key[0])  # type: ignore[index]


def forgive(store: Store, number: int) -> None:
    """The login was right: it is no failed one."""
    with store.engine.begin() as connection:
        connection.execute(sa.delete(attempts).where(attempts.c.id == number))
