"""Entries to tokens and packed records, on several processes when there are many; what did not change is not analysed again."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from search import kept, records
from search.index import searched_texts
from search.opening import GenerationError
from search.processes import end_with_parent
from search.taking import Taken
from search.tokens import Recorder, Tokens

CHUNK = 500  # entries a process takes at a time
FEW = 2 * CHUNK  # so few are not worth another process
AHEAD = 3  # chunks begun for each process before the first is taken


@dataclass(frozen=True)
class Analysed:
    """The tokens of D entries per field, and their packed records."""

    tokens: dict[str, Tokens]
    records: list[bytes]


def analyse(path: Path, places: Sequence[tuple[int, int]]) -> Analysed:
    """The tokens and records of entries, in their order. places: where in a file their records begin and end."""
    recorder, packed = Recorder(), []
    with path.open("rb") as file:
        for start, end in places:
            file.seek(start)
            record = file.read(end - start)
            recorder.add(searched_texts(records.read(record)))
            packed.append(kept.pack(record))
    return Analysed(recorder.tokens(), packed)


def analyse_all(taken: Taken, rows: Sequence[int]) -> Iterator[Analysed]:
    """The same of the entries of some rows in parts, in their order, on every core of the machine when there are many; few parts are
    held at a time. Raises GenerationError where one of its processes is ended."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    parts = (taken.places(rows[first : first + CHUNK]) for first in range(0, len(rows), CHUNK))
    if len(rows) <= FEW or cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from (analyse(taken.path, places) for places in parts)
        return
    try:
        with ProcessPoolExecutor(cores, multiprocessing.get_context("fork"), end_with_parent) as pool:
            begun: deque[Future[Analysed]] = deque()
            for places in parts:
                begun.append(pool.submit(analyse, taken.path, places))
                if len(begun) > AHEAD * cores:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
    except BrokenProcessPool as error:
        raise GenerationError("a process of this publish was ended, by lack of memory perhaps: what was published before stays") from error
