"""Generations: each publish builds a whole new one beside the others and then switches to it.

`index/CURRENT` names the generation in use and is replaced in one step, after everything it names is on the disk:
a reader sees the old or the new, never half of one; a crash leaves the last good one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import index as whoosh_index
from whoosh import scoring

from search import analysis, index, inverted, once, ranking, timing
from search.columns import Columns
from search.columns import build as build_columns
from search.postings import Postings
from search.sources import SourceFacts
from search.store import Store, Stored

FORMAT = 4  # raise when the files of a generation change
CURRENT = "CURRENT"


class GenerationError(RuntimeError):
    """Nothing has been published, or nothing that this version can read; the message says what to do."""


@dataclass(frozen=True)
class Generation:
    """One published state, open for reading. Safe to share between threads of one process."""

    folder: Path
    manifest: dict[str, Any]
    columns: Columns
    postings: Postings
    searcher: Any  # whoosh.searching.Searcher

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

    @property
    def copies(self) -> dict[str, str]:
        """id of an entry that is shown under another -> that other's id."""
        return dict(self.manifest["copies"])

    def stored(self, row: int) -> Stored:
        """The entry of a row."""
        return index.from_document(self.searcher.stored_fields(row)["record"])

    def close(self) -> None:
        self.searcher.close()


def _sync(path: Path) -> None:
    """Make a file or folder's content survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Only one publish at a time; the lock dies with its process."""
    with (folder / "publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def publish(store: Store, folder: Path, now: datetime, keep: int = 3, note: str = "") -> str:
    """Build a generation from the store and switch to it; returns its name. Older ones beyond `keep` are removed.

    note: a sentence that every page shows ("sample records").
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(folder):
        for left_over in folder.glob("building-*"):
            shutil.rmtree(left_over)
        number = 1 + max((int(p.name.split("-")[1]) for p in folder.glob("generation-*")), default=0)
        name = f"generation-{number:06d}"
        building = folder / f"building-{number:06d}"
        building.mkdir()
        held = list(store.all_entries())
        stored = once.merge(held)
        recorder = index.build(building / "whoosh", stored)
        inverted.build(building / "postings", [recorder.tokens()], [np.arange(len(stored), dtype=np.int32)], len(stored))
        build_columns(stored).save(building)
        manifest = {
            "format": FORMAT,
            "analysis": analysis.VERSION,
            "generation": name,
            "published": timing.utc(now),
            "entries": len(stored),
            "digests": {s.entry.id: s.entry.digest() for s in held},
            "copies": {copy.id: s.entry.id for s in stored for copy in s.copies},
            "sources": {name: facts.model_dump(mode="json") for name, facts in store.source_facts().items()},
            "note": note,
            "files": _checksums(building),
        }
        (building / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
        for path in [*building.rglob("*"), building]:
            _sync(path)
        building.rename(folder / name)
        _switch(folder, name)
        for old in sorted(folder.glob("generation-*"))[:-keep]:
            shutil.rmtree(old)
    return name


def _switch(folder: Path, name: str) -> None:
    fresh = folder / f"{CURRENT}.new"
    fresh.write_text(name + "\n", encoding="utf-8")
    _sync(fresh)
    fresh.replace(folder / CURRENT)
    _sync(folder)


def _checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a generation but its manifest, by relative path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def current_name(folder: Path) -> str:
    """The name of the generation in use. Raises GenerationError."""
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise GenerationError(f"nothing is published in {folder}: run `funding crawl` or `funding demo` first") from error


def open_generation(folder: Path, name: str) -> Generation:
    """Open one generation. Raises GenerationError when it is missing, damaged or of another version."""
    path = folder / name
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        if (manifest["format"], manifest["analysis"]) != (FORMAT, analysis.VERSION):
            raise GenerationError(f"{name} was made by another version: run `funding publish`")
        odd = {part for part, _ in manifest["files"].items() ^ _checksums(path).items()}
    except (OSError, ValueError, KeyError) as error:
        raise GenerationError(f"{name} is damaged ({error}): run `funding publish`") from error
    if odd:  # before Whoosh reads them: a cut or flipped file may do anything there
        raise GenerationError(f"{name} is damaged ({', '.join(sorted(odd))}): run `funding publish`")
    weighting = scoring.BM25F(B=ranking.B, K1=ranking.K1)
    searcher = whoosh_index.open_dir(str(path / "whoosh"), readonly=True).searcher(weighting=weighting)
    columns = Columns.load(path)
    return Generation(path, manifest, columns, Postings(path / "postings", len(columns)), searcher)


def open_current(folder: Path) -> Generation:
    """Open the generation in use; when it cannot be read, the newest earlier one that can. Raises GenerationError."""
    wanted = current_name(folder)
    try:
        return open_generation(folder, wanted)
    except GenerationError as problem:
        for path in sorted(folder.glob("generation-*"), reverse=True):
            if path.name < wanted:
                try:
                    return open_generation(folder, path.name)
                except GenerationError:
                    continue
        raise problem


def differences(store: Store, generation: Generation) -> list[str]:
    """In what store, index and columns differ; an empty list when they agree."""
    held, published = store.digests(), generation.manifest["digests"]
    problems = [f"{i} is in the store but not in the index" for i in sorted(held.keys() - published.keys())]
    problems += [f"{i} is in the index but not in the store" for i in sorted(published.keys() - held.keys())]
    problems += [f"{i} differs between store and index" for i in sorted(held.keys() & published.keys()) if held[i] != published[i]]
    for row, entry_id in enumerate(generation.columns.ids):
        entry = generation.stored(row).entry
        if entry.id != entry_id:
            problems.append(f"row {row}: the columns say {entry_id}, the index {entry.id}")
        elif entry.digest() != published.get(entry_id):
            problems.append(f"{entry_id}: the index holds another record than its manifest says")
    if {*generation.columns.ids, *generation.copies} != published.keys():
        problems.append("the columns and the manifest hold different entries")
    return problems
