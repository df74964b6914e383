"""The tables of the store. Portable types only: instants are ISO 8601 strings in UTC, records are JSON.

`search/migrations` holds the same shape as steps; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Connection, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, inspect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

# What each source says of itself (search.sources.SourceFacts), as last registered.
sources = Table("sources", metadata, Column("name", String(64), primary_key=True), Column("facts", JSON, nullable=False))

# One row per crawl of one source. state: running, good, failed, interrupted.
runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(64), nullable=False, index=True),
    Column("started", String(32), nullable=False),
    Column("finished", String(32)),
    Column("state", String(16), nullable=False),
    Column("reason", String, doc="why it failed, in words"),
    Column("counts", JSON, nullable=False, doc="found, new, changed, back, closed, gone, quarantined, of these spoilt on the way, requests, seconds"),
    Column("warnings", JSON, nullable=False, doc="what was survived -> how often"),
    Column("pid", Integer, doc="the process that runs it"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("source", String(64), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("record", JSON, nullable=False, doc="search.records.dump of the entry"),
    Column("digest", String(64), nullable=False),
    Column("first_seen", String(32), nullable=False),
    Column("last_seen", String(32), nullable=False),
    Column("last_changed", String(32), nullable=False),
    Column("no_longer_listed_since", String(32)),
)

# What each run changed: changes is {field: [old, new]}, or {"listed": [...]} for new, gone and back.
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", String(200), ForeignKey("entries.id"), nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("seen", String(32), nullable=False),
    Column("event", String(16), nullable=False, doc="new, changed, closed, gone, back"),
    Column("changes", JSON, nullable=False),
    Index("ix_versions_entry_id", "entry_id"),
)

# Labels that a maintainer set by hand: they win over those of the record.
corrections = Table(
    "corrections",
    metadata,
    Column("entry_id", String(200), ForeignKey("entries.id"), primary_key=True),
    Column("facet", String(16), primary_key=True),
    Column("chosen", JSON, nullable=False, doc="the values; none = not stated"),
    Column("why", String, nullable=False),
    Column("made", String(32), nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("source", String(64), nullable=False, index=True),
    Column("native_id", String(200)),
    Column("reason", String, nullable=False),
    Column("payload", LargeBinary, doc="what the source sent, zlib, persons scrubbed"),
    Column("seen", String(32), nullable=False),
)

# Sources that a maintainer has paused: left out of the schedule and of a crawl of all.
pauses = Table(
    "pauses",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("since", String(32), nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", String, nullable=False),
)

# What maintainers did: who, when, what, about which source, entry or generation, from what to what, and why.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("who", String(200), nullable=False),
    Column("what", String(64), nullable=False),
    Column("about", String(400)),
    Column("before", String),
    Column("after", String),
    Column("why", String),
)

# Who is logged in at the dashboard: only the digest of what the cookie holds.
admin_sessions = Table(
    "admin_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("account", String(64), nullable=False, doc="digest of the account as it was: another password ends the session"),
    Column("ends", String(32), nullable=False),
    Column("began", String(32), nullable=False),
    Column("used", String(32), nullable=False, doc="last seen, to about a minute"),
)

# Logins that were tried lately and failed, by a keyed digest of the address they came from.
admin_attempts = Table(
    "admin_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", String(64), nullable=False),
    Column("at", String(32), nullable=False),
)

# Labels read from words that an editor found right. words: digest of the words quoted; other words are asked about anew.
reviews = Table(
    "reviews",
    metadata,
    Column("entry_id", String(200), ForeignKey("entries.id"), primary_key=True),
    Column("facet", String(16), primary_key=True),
    Column("value", String(64), primary_key=True),
    Column("words", String(64), nullable=False),
    Column("who", String(200), nullable=False),
    Column("at", String(32), nullable=False),
)

# Two entries that an editor holds for the same call, or for two; one < other.
pairs = Table(
    "pairs",
    metadata,
    Column("one", String(200), ForeignKey("entries.id"), primary_key=True),
    Column("other", String(200), ForeignKey("entries.id"), primary_key=True),
    Column("same", Boolean, nullable=False),
    Column("why", String, nullable=False),
    Column("who", String(200), nullable=False),
    Column("at", String(32), nullable=False),
)

# Published links that led nowhere when they were last asked for; one that is there again is taken out.
dead_links = Table(
    "dead_links",
    metadata,
    Column("digest", String(64), primary_key=True, doc="of the address: addresses may be longer than a key"),
    Column("url", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("entries", JSON, nullable=False, doc="ids of the entries that show it"),
    Column("since", String(32), nullable=False),
    Column("checked", String(32), nullable=False),
)


def has(connection: Connection, table: Table) -> bool:
    """Whether a store has a table: one that a reader opens as it is may be from before there was any."""
    return inspect(connection).has_table(table.name)
