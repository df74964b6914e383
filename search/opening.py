"""A published generation, open for reading; and which one to open.

Opening must not read gigabytes, yet a damaged file must not answer. Each generation's manifest holds the size, the time of
writing and the SHA-256 of every file. At opening, size and time are compared: whatever cut or overwrote a file changed one of
them. Where the time differs, as in a restored copy, the whole file is read and its SHA-256 decides. What decays on the disk
without being written to is found by `funding check`, which reads everything, and by the checksum each record carries.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh import scoring

from search import analysis, fulltext, query, ranking
from search.arrays import mapped
from search.columns import Columns
from search.facet_columns import Mask
from search.generation import Generation
from search.kept import DamagedError, Kept
from search.params import SearchParams
from search.postings import Postings
from search.query import Hit, Results
from search.store import Stored

FORMAT = 7  # raise when the files of a generation change
CURRENT = "CURRENT"
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
WITHDRAWN = "withdrawn"  # an empty file: the generation was taken back

_NAME = re.compile(r"generation-\d{6,}", re.ASCII)


class GenerationError(RuntimeError):
    """Nothing has been published, or nothing that this version can read; the message says what to do."""


class DamagedGenerationError(GenerationError):
    """A record of an open generation is not as it was written."""


class Embedded(Generation):
    """A generation that this process reads from its files.

    lock: an open file that tells publishers the generation is being read.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any], columns: Columns, postings: Postings, kept: Kept, lock: int) -> None:
        super().__init__(folder, manifest, columns, postings)
        self.postings = postings
        self.kept = kept
        self.lock = lock
        self.closed = False

    @property
    def copies(self) -> dict[str, str]:
        return self.kept.stands_for

    @cached_property
    def searcher(self) -> Any:
        """Whoosh's searcher, for what the postings leave to it."""
        weighting = scoring.BM25F(B=ranking.B, K1=ranking.K1)
        return whoosh_index.open_dir(str(self.folder / "whoosh"), readonly=True).searcher(weighting=weighting)

    @cached_property
    def document_rows(self) -> NDArray[np.int32]:
        """The row of each Whoosh document, -1 for a deleted one."""
        rows: NDArray[np.int32] = mapped(self.folder / "whoosh" / fulltext.DOCUMENTS)
        return rows

    def search(self, params: SearchParams, now: datetime, among: Mask | None = None) -> Results:
        return query.search(self, params, now, among)

    def each(self, params: SearchParams, now: datetime) -> Iterator[Hit]:
        return query.each(self, params, now)

    def stored(self, row: int) -> Stored:
        try:
            return self.kept.stored(row)
        except DamagedError as error:
            raise DamagedGenerationError(f"{self.name} is damaged ({error}): run `funding publish`") from error

    def all(self) -> Iterator[Stored]:
        return (self.stored(row) for row in range(len(self.columns)))

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            os.close(self.lock)
            if "searcher" in self.__dict__:
                self.searcher.close()


def current_name(folder: Path) -> str:
    """The name of the generation in use; where CURRENT is damaged, what it named: the newest that was not taken back. Raises GenerationError."""
    try:
        written = (folder / CURRENT).read_bytes()
    except OSError as error:
        raise GenerationError(f"nothing is published in {folder}: run `funding crawl` or `funding demo` first") from error
    name = written.decode("ascii", "replace").split(" ")[0].strip()
    if written in (naming(name), f"{name}\n".encode()) and _NAME.fullmatch(name):  # the second form is that of earlier versions
        return name
    kept = sorted(path.name for path in folder.glob("generation-*") if not (path / WITHDRAWN).exists())
    if not kept:
        raise GenerationError(f"{folder / CURRENT} is damaged: run `funding publish`")
    return kept[-1]


def naming(name: str) -> bytes:
    """What CURRENT says: the name of a generation and a checksum, so that no flipped bit names another one."""
    return f"{name} {hashlib.sha256(name.encode()).hexdigest()[:16]}\n".encode()


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Make a file or folder's content survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a generation. Raises OSError or ValueError when it is not as it was written."""
    text = (path / MANIFEST).read_bytes()
    if hashlib.sha256(text).hexdigest() != (path / SEAL).read_text(encoding="utf-8").strip():
        raise ValueError(MANIFEST)
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def damaged_files(path: Path, manifest: dict[str, Any], whole: bool = False) -> Iterator[str]:
    """The files that are not as they were published. whole: read all of them, whatever their size and time say."""
    for name, (size, written, digest) in manifest["files"].items():
        try:
            found = (path / name).stat()
        except OSError:
            yield name
            continue
        if found.st_size != size or ((whole or found.st_mtime_ns != written) and checksum(path / name) != digest):
            yield name


def open_generation(folder: Path, name: str) -> Embedded:
    """Open one generation. Raises GenerationError when it is missing, damaged or of another version."""
    path, lock = folder / name, -1
    try:
        lock = os.open(path / MANIFEST, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        manifest = read_manifest(path)
        if (manifest["format"], manifest["analysis"]) != (FORMAT, analysis.VERSION):
            raise GenerationError(f"{name} was made by another version: run `funding publish`")
        if odd := sorted(damaged_files(path, manifest)):
            raise ValueError(", ".join(odd))
        columns = Columns.load(path / "columns")
        return Embedded(path, manifest, columns, Postings(path / "postings", len(columns)), Kept(path / "records"), lock)
    except (OSError, ValueError, LookupError, TypeError, GenerationError) as error:
        if lock >= 0:
            os.close(lock)
        if isinstance(error, GenerationError):
            raise
        raise GenerationError(f"{name} is damaged ({error}): run `funding publish`") from error


def open_current(folder: Path) -> Embedded:
    """Open the generation in use; when it cannot be read, the newest earlier one that can. Raises GenerationError."""
    while True:
        wanted = current_name(folder)
        try:
            return open_generation(folder, wanted)
        except GenerationError as error:
            if current_name(folder) == wanted:  # else another was published meanwhile, and this one removed
                return open_before(folder, wanted, error)


def open_before(folder: Path, wanted: str, problem: GenerationError) -> Embedded:
    """The newest generation before one that cannot be read. Raises its problem where there is none."""
    for path in sorted(folder.glob("generation-*"), reverse=True):
        if path.name < wanted and not (path / WITHDRAWN).exists():
            try:
                return open_generation(folder, path.name)
            except GenerationError:
                continue
    raise problem
