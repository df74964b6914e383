"""Backup and restore: one zip file with every record of the store, the published generations, and a manifest with checksums.

Records are written one by one as JSON, not as a copy of the database's file, so that a backup of SQLite restores into PostgreSQL
and the other way round, and one of an older version into a newer. All of them are read in one transaction: the state of one
instant, while crawls go on. Generations never change once published; a publish waits while they are copied.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from search import history, timing
from search.database import StoreError, current_revision, open_engine, snapshot, upgrade
from search.moving import continue_numbers

MANIFEST, RECORDS, FILES = "manifest.json", "records/", "files/"
FORMAT = 1
AT_ONCE = 500
KEPT_FILES = ("index/CURRENT", "index/generation-*/**/*", "index/*.json", "schedule.json")

# What reading a damaged zip file raises: flags of ciphers and kinds of packing it never had, places before its beginning, torn streams.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, LookupError, ValueError, TypeError, EOFError, RuntimeError, OSError)


class BackupError(StoreError):
    """A backup that cannot be written or restored; the message says why."""


@dataclass(frozen=True)
class Summary:
    """What a backup holds: table -> records, how many files of generations, and the instant it shows."""

    records: Mapping[str, int]
    files: int
    made: str


class Tally:
    """Counts records and adds up their checksums: the same for the same records in any order."""

    def __init__(self) -> None:
        self.count, self.sum = 0, 0

    def add(self, line: bytes) -> bytes:
        self.count += 1
        self.sum = (self.sum + int.from_bytes(hashlib.sha256(line).digest(), "big")) % 2**256
        return line

    def row(self) -> dict[str, Any]:
        return {"count": self.count, "sum": f"{self.sum:064x}"}


def back_up(url: str, data: Path, file: Path, now: datetime) -> Summary:
    """Write a backup; `file` is replaced only by a whole one. Raises NoStoreError when there is no store, BackupError."""
    engine = open_engine(url, migrate=False)
    fresh = file.with_name(f"{file.name}.part")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive, snapshot(engine) as connection:
            manifest: dict[str, Any] = {"format": FORMAT, "made": timing.utc(now), "revision": current_revision(connection)}
            manifest["records"] = {table.name: _write(archive, connection, table) for table in _tables(connection)}
            manifest["files"] = _write_files(archive, data)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    except sa.exc.DatabaseError as error:
        raise BackupError(f"the store cannot be read: {error.__cause__ or error}") from error
    finally:
        engine.dispose()
    _sync(fresh)
    fresh.replace(file)
    return _summary(manifest)


def _summary(manifest: Mapping[str, Any]) -> Summary:
    return Summary({name: row["count"] for name, row in manifest["records"].items()}, len(manifest["files"]), manifest["made"])


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables as this database has them, in the order in which rows can be written."""
    known = sa.MetaData()
    known.reflect(connection)
    return [table for table in known.sorted_tables if table.name != "alembic_version"]


def _lines(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    query = sa.select(table).order_by(*table.primary_key).execution_options(yield_per=AT_ONCE)
    with connection.execute(query) as rows:
        for row in rows.mappings():
            values = {name: {"base64": base64.b64encode(v).decode()} if isinstance(v, bytes | memoryview) else v for name, v in row.items()}
            yield json.dumps(values, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _write(archive: zipfile.ZipFile, connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    tally = Tally()
    with archive.open(f"{RECORDS}{table.name}.jsonl", "w", force_zip64=True) as out:
        for line in _lines(connection, table):
            out.write(tally.add(line))
    return tally.row()


def _write_files(archive: zipfile.ZipFile, data: Path) -> dict[str, str]:
    """The published generations and what the schedule remembers: path -> SHA-256."""
    index, written = data / "index", {}
    with history.one_at_a_time(index) if index.is_dir() else nullcontext():
        for path in sorted({path for pattern in KEPT_FILES for path in data.glob(pattern) if path.is_file()}):
            name = path.relative_to(data).as_posix()
            archive.write(path, FILES + name)
            written[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return written


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def restore(file: Path, url: str, data: Path) -> Summary:
    """Restore a backup into an empty data folder and an empty database, compare every record, and bring it up to date.

    Checked before anything is written: a damaged backup changes nothing. Raises BackupError.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _checked(archive)
    except StoreError:
        raise
    except _UNREADABLE as error:
        raise BackupError(f"{file} is no backup, or it is damaged: {error}") from error
    if (data / "index").exists():
        raise BackupError(f"{data} already holds an index: restore into an empty data folder")
    with zipfile.ZipFile(file) as archive:
        _restore_records(archive, manifest, url)
        for name in manifest["files"]:
            target = data / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(FILES + name))
            _sync(target)
    return _summary(manifest)


def _checked(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, after everything it names has been read and found as it says."""
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise BackupError(f"the backup has format {manifest['format']}, this version reads {FORMAT}")
    for name, wanted in manifest["records"].items():
        with archive.open(f"{RECORDS}{name}.jsonl") as lines:
            if _tallied(lines) != wanted:
                raise BackupError(f"the backup is damaged: {name} differs from what its manifest says")
    for name, digest in manifest["files"].items():
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise BackupError(f"the backup names a file outside of the data folder: {name}")
        if hashlib.sha256(archive.read(FILES + name)).hexdigest() != digest:
            raise BackupError(f"the backup is damaged: {name} differs from what its manifest says")
    return manifest


def _tallied(lines: Iterable[bytes]) -> dict[str, Any]:
    tally = Tally()
    for line in lines:
        tally.add(line)
    return tally.row()


def _restore_records(archive: zipfile.ZipFile, manifest: Mapping[str, Any], url: str) -> None:
    """In the shape they were saved in and in one transaction, then compared, then brought to the present shape."""
    engine = open_engine(url, migrate=False, create=True)
    try:
        upgrade(engine, manifest["revision"])
        with engine.begin() as connection:
            for table in _tables(connection):
                if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar():
                    raise BackupError(f"the database already holds rows in {table.name}: it must be empty")
                with archive.open(f"{RECORDS}{table.name}.jsonl") as lines:
                    _insert(connection, table, lines)
            for table in _tables(connection):
                if _tallied(_lines(connection, table)) != manifest["records"][table.name]:
                    raise BackupError(f"{table.name} came out different: nothing was restored")
                continue_numbers(connection, table)
        upgrade(engine)
    except sa.exc.DatabaseError as error:
        raise BackupError(f"the records cannot be written: {error.__cause__ or error}") from error
    finally:
        engine.dispose()


def _insert(connection: sa.Connection, table: sa.Table, lines: IO[bytes]) -> None:
    part: list[dict[str, Any]] = []
    for line in lines:
        part.append({name: base64.b64decode(v["base64"]) if _is_bytes(table.c[name]) and v else v for name, v in json.loads(line).items()})
        if len(part) == AT_ONCE:
            connection.execute(sa.insert(table), part)
            part = []
    if part:
        connection.execute(sa.insert(table), part)


def _is_bytes(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.LargeBinary)
