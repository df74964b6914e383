"""Generations: each publish builds a whole new one beside the others and then switches to it.

`index/CURRENT` names the generation in use and is replaced in one step, after everything it names is on the disk:
a reader sees the old or the new, never half of one; a crash leaves the last good one. What did not change since the
generation in use is taken over from it.
"""

from __future__ import annotations

import gc
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search import analysing, analysis, fulltext, history, inverted, kept, opening, timing, titles
from search.generation import DIGESTS, Generation
from search.inverted import Inverted
from search.opening import Embedded, GenerationError, current_name, open_current, open_generation
from search.ranking import FIELDS
from search.store import Store
from search.taking import Taken
from search.tokens import FieldTokens, TokenFiles

__all__ = ["Embedded", "Generation", "GenerationError", "current_name", "differences", "open_current", "open_generation", "publish"]


def publish(store: Store, folder: Path, now: datetime, keep: int = 3, note: str = "", months: int = 24, behind: str = "") -> str:
    """Build a generation from the store and switch to it; returns its name.

    keep, months: what is kept of the earlier ones (search.history); note: a sentence that every page shows ("sample records");
    behind: a generation elsewhere, after which this one is numbered.
    Raises GenerationError where the store is empty or a process was ended, StoreError where it cannot be read; what was built
    until then is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with history.one_at_a_time(folder), _no_collector():
        number = 1 + max((int(name.split("-")[1]) for name in (behind, *(p.name for p in folder.glob("generation-*"))) if name), default=0)
        name = f"generation-{number:06d}"
        with _building(folder, number) as building:
            with TemporaryDirectory(prefix="building-", dir=folder) as aside, _earlier(folder) as earlier:
                taken = Taken(store, Path(aside) / "records")
                if not taken.ids:
                    raise GenerationError("the store holds no entry, so there is nothing to publish: run `funding crawl` first")
                _build(building, Path(aside) / "tokens", taken, _plan(taken, earlier))
            titles.save(building / "titles", taken.titles)
            (building / DIGESTS).write_text(json.dumps(taken.digests, ensure_ascii=False), encoding="utf-8")
            facts = {
                "format": opening.FORMAT,
                "analysis": analysis.VERSION,
                "recipe": _recipe(),
                "generation": name,
                "published": timing.utc(now),
                "entries": len(taken),
                "sources": {name: facts.model_dump(mode="json") for name, facts in store.source_facts().items()},
                "note": note,
            }
            _seal(building, facts)
            building.rename(folder / name)
        history.switch(folder, name)
        history.clear(folder, keep, months, now)
    return name


@contextmanager
def _building(folder: Path, number: int) -> Iterator[Path]:
    """A new folder in which a generation is built; where that fails it goes: the disk may be full. So does what a killed publish left."""
    for left_over in folder.glob("building-*"):
        shutil.rmtree(left_over)
    building = folder / f"building-{number:06d}"
    building.mkdir()
    try:
        yield building
    except BaseException:
        shutil.rmtree(building)
        raise


@dataclass(frozen=True)
class _Plan:
    """What to take over. rows: the new row of each row of the earlier generation, -1 where it changed or went; fresh: the
    rows of all others."""

    earlier: Embedded | None
    rows: NDArray[np.int32]
    fresh: NDArray[np.int32]


@contextmanager
def _no_collector() -> Iterator[None]:
    """The garbage collector would walk through all entries again and again, and find nothing: they hold no circles."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@contextmanager
def _earlier(folder: Path) -> Iterator[Embedded | None]:
    """The generation in use, where its tokens were made as they would be now, and every byte is still as it was published."""
    try:
        found = open_current(folder)
    except GenerationError:
        yield None
        return
    try:
        same = found.manifest["recipe"] == _recipe()
        yield found if same and not any(opening.damaged_files(found.folder, found.manifest, whole=True)) else None
    finally:
        found.close()


@cache
def _recipe() -> str:
    """A hash of everything that decides about tokens: this package with its tables."""
    package = Path(str(files("search")))
    digest = hashlib.sha256()
    for path in sorted(p for p in package.rglob("*") if p.suffix in (".py", ".csv", ".gz")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _plan(taken: Taken, earlier: Embedded | None) -> _Plan:
    if earlier is None:
        return _Plan(None, np.zeros(0, np.int32), np.arange(len(taken), dtype=np.int32))
    rows = np.full(len(earlier.columns), -1, dtype=np.int32)
    fresh = []
    for row, entry_id in enumerate(taken.ids):
        before = earlier.columns.row_of.get(entry_id)
        if before is None or earlier.digests[entry_id] != taken.digests[entry_id]:
            fresh.append(row)
        else:
            rows[before] = row
    return _Plan(earlier, rows, np.array(fresh, dtype=np.int32))


def _build(building: Path, aside: Path, taken: Taken, plan: _Plan) -> None:
    """Write everything of a generation but its titles and its manifest. aside: a new folder for what is needed only meanwhile."""
    tokens, fresh_rows = TokenFiles(aside), plan.fresh.tolist()
    taken.columns.save(building / "columns", taken.numbers, taken.ids, taken.copies)
    packed = _packed(len(taken), plan, _analysed(taken, fresh_rows, tokens))
    kept.save(building / "records", packed, taken.dates, taken.copies)
    (building / "postings").mkdir()
    fresh = {field: _inverted(building, aside, field, tokens.fields.pop(field), plan, len(taken)) for field in FIELDS}
    before = plan.earlier.folder / "whoosh" if plan.earlier else None
    if before and fulltext.worth_updating(before, plan.rows):
        fulltext.update(building / "whoosh", before, plan.rows, plan.fresh, [taken.ids[row] for row in fresh_rows], fresh)
    else:
        whole = {field: Inverted.load(building / "postings", field) for field in FIELDS}
        fulltext.create(building / "whoosh", taken.ids, whole)


def _inverted(building: Path, aside: Path, field: str, tokens: FieldTokens, plan: _Plan, count: int) -> Inverted:
    """Write the postings of a field; returns those of the fresh entries alone."""
    size = tokens.words()[0].itemsize
    folder = aside if plan.earlier else building / "postings"
    inverted.save(folder, field, size, inverted.invert(tokens))
    tokens.remove()
    fresh = Inverted.load(folder, field)
    if plan.earlier:
        earlier = plan.earlier.postings.fields[field]
        parts = inverted.merged(earlier, plan.rows, fresh, plan.fresh, count)
        inverted.save(building / "postings", field, max(size, earlier.terms.itemsize), parts)
    return fresh


def _analysed(taken: Taken, rows: Sequence[int], tokens: TokenFiles) -> Iterator[bytes]:
    """The packed records of the entries of some rows, in their order; their tokens are put aside."""
    for part in analysing.analyse_all(taken, rows):
        tokens.add(part.tokens)
        yield from part.records


def _packed(count: int, plan: _Plan, fresh: Iterator[bytes]) -> Iterator[bytes]:
    """The packed record of every row. fresh: those of the rows that are not taken over."""
    before = np.full(count, -1)
    before[plan.rows[plan.rows >= 0]] = np.flatnonzero(plan.rows >= 0)
    for earlier_row in before.tolist():
        yield next(fresh) if plan.earlier is None or earlier_row < 0 else plan.earlier.kept.packed(earlier_row)


# -- files -----------------------------------------------------------------------------------------------------------


def _seal(building: Path, facts: dict[str, Any]) -> None:
    """Write the manifest over all files, and everything to the disk."""
    paths = sorted(path for path in building.rglob("*") if path.is_file())
    stats = {path: path.stat() for path in paths}
    names = {str(path.relative_to(building)): [stats[path].st_size, stats[path].st_mtime_ns, opening.checksum(path)] for path in paths}
    text = json.dumps({**facts, "files": names}, ensure_ascii=False).encode()
    (building / opening.MANIFEST).write_bytes(text)
    (building / opening.SEAL).write_text(hashlib.sha256(text).hexdigest(), encoding="utf-8")
    for path in [*building.rglob("*"), building]:
        opening.sync(path)


def differences(store: Store, generation: Embedded) -> list[str]:
    """In what store, index and columns differ, and which files are damaged; an empty list when all agree."""
    problems = [f"{name} is damaged" for name in opening.damaged_files(generation.folder, generation.manifest, whole=True)]
    if problems:
        return problems
    problems = compared(store, generation)
    for number, row in enumerate(generation.document_rows.tolist()):
        if row >= 0 and generation.searcher.stored_fields(number)["id"] != generation.columns.ids[row]:
            problems.append(f"{generation.columns.ids[row]}: Whoosh's index holds another entry in its place")
    return problems


def compared(store: Store, generation: Generation) -> list[str]:
    """In what the store, and the digests, columns and records of a generation differ, whichever engine holds it."""
    held, published = store.digests(), generation.digests
    problems = [f"{i} is in the store but not in the index" for i in sorted(held.keys() - published.keys())]
    problems += [f"{i} is in the index but not in the store" for i in sorted(published.keys() - held.keys())]
    problems += [f"{i} differs between store and index" for i in sorted(held.keys() & published.keys()) if held[i] != published[i]]
    for row, (entry_id, stored) in enumerate(zip(generation.columns.ids, generation.all(), strict=True)):
        entry = stored.entry
        if entry.id != entry_id:
            problems.append(f"row {row}: the columns say {entry_id}, the index {entry.id}")
        elif entry.digest() != published.get(entry_id):
            problems.append(f"{entry_id}: the index holds another record than its manifest says")
    if {*generation.columns.ids, *generation.copies} != published.keys():
        problems.append("the columns and the manifest hold different entries")
    return problems
