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
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh import scoring

from search import analysis, fulltext, ranking
from search.arrays import mapped
from search.columns import Columns
from search.kept import DamagedError, Kept
from search.postings import Postings
from search.sources import SourceFacts
from search.store import Stored
from search.titles import TitleWords

FORMAT = 7  # raise when the files of a generation change
CURRENT = "CURRENT"
MANIFEST, SEAL, DIGESTS = "manifest.json", "manifest.sha256", "digests.json"
WITHDRAWN = "withdrawn"  # an empty file: the generation was taken back


class GenerationError(RuntimeError):
    """Nothing has been published, or nothing that this version can read; the message says what to do."""


class DamagedGenerationError(GenerationError):
    """A record of an open generation is not as it was written."""


@dataclass
class Generation:
    """One published state, open for reading. Safe to share between threads of one process.

    lock: an open file that tells publishers the generation is being read.
    """

    folder: Path
    manifest: dict[str, Any]
    columns: Columns
    postings: Postings
    kept: Kept
    lock: int
    closed: bool = False

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def languages(self) -> list[str]:
        """The languages of the texts."""
        return list(self.columns.values["lang"])

    @cached_property
    def sources(self) -> dict[str, SourceFacts]:
        """Facts of the sources at the time of publishing."""
        return {name: SourceFacts.model_validate(facts) for name, facts in self.manifest["sources"].items()}

    @cached_property
    def title_words(self) -> TitleWords:
        """The words of the titles."""
        return TitleWords(self.folder / "titles")

    @cached_property
    def digests(self) -> dict[str, str]:
        """id -> digest of every entry of the store at the time of publishing, copies of others too."""
        found: dict[str, str] = json.loads((self.folder / DIGESTS).read_text(encoding="utf-8"))
        return found

    @property
    def copies(self) -> dict[str, str]:
        """id of an entry that is shown under another -> that other's id."""
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

    def stored(self, row: int) -> Stored:
        """The entry of a row. Raises DamagedGenerationError."""
        try:
            return self.kept.stored(row)
        except DamagedError as error:
            raise DamagedGenerationError(f"{self.name} is damaged ({error}): run `funding publish`") from error

    def close(self) -> None:
        """Let go of the files."""
        if not self.closed:
            self.closed = True
            os.close(self.lock)
            if "searcher" in self.__dict__:
                self.searcher.close()


def current_name(folder: Path) -> str:
    """The name of the generation in use. Raises GenerationError."""
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise GenerationError(f"nothing is published in {folder}: run `funding crawl` or `funding demo` first") from error


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


def open_generation(folder: Path, name: str) -> Generation:
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
        return Generation(path, manifest, columns, Postings(path / "postings", len(columns)), Kept(path / "records"), lock)
    except (OSError, ValueError, KeyError, GenerationError) as error:
        if lock >= 0:
            os.close(lock)
        if isinstance(error, GenerationError):
            raise
        raise GenerationError(f"{name} is damaged ({error}): run `funding publish`") from error


def open_current(folder: Path) -> Generation:
    """Open the generation in use; when it cannot be read, the newest earlier one that can. Raises GenerationError."""
    while True:
        wanted = current_name(folder)
        try:
            return open_generation(folder, wanted)
        except GenerationError as error:
            if current_name(folder) == wanted:  # else another was published meanwhile, and this one removed
                return open_before(folder, wanted, error)


def open_before(folder: Path, wanted: str, problem: GenerationError) -> Generation:
    """The newest generation before one that cannot be read. Raises its problem where there is none."""
    for path in sorted(folder.glob("generation-*"), reverse=True):
        if path.name < wanted and not (path / WITHDRAWN).exists():
            try:
                return open_generation(folder, path.name)
            except GenerationError:
                continue
    raise problem
