"""Entries to tokens and packed records, on several processes when there are many; what did not change is not analysed again."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass

from search import kept
from search.index import searched_texts
from search.records import Entry
from search.tokens import Recorder, Tokens

CHUNK = 500  # entries a process takes at a time
FEW = 2 * CHUNK  # so few are not worth another process
AHEAD = 3  # chunks begun for each process before the first is taken


@dataclass(frozen=True)
class Analysed:
    """The tokens of D entries per field, and their packed records."""

    tokens: dict[str, Tokens]
    records: list[bytes]


def analyse(entries: Iterable[Entry]) -> Analysed:
    """The tokens and records of entries, in their order."""
    recorder, packed = Recorder(), []
    for entry in entries:
        recorder.add(searched_texts(entry))
        packed.append(kept.pack(entry))
    return Analysed(recorder.tokens(), packed)


_entries: Sequence[Entry] = ()  # what the processes of a pool share with the one that forked them


def _analyse_part(first: int) -> Analysed:
    return analyse(_entries[first : first + CHUNK])


def analyse_all(entries: Sequence[Entry]) -> Iterator[Analysed]:
    """The same in parts, in their order, on every core of the machine when there are many entries; few parts are held at a time."""
    global _entries
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    firsts = range(0, len(entries), CHUNK)
    if len(entries) <= FEW or cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from (analyse(entries[first : first + CHUNK]) for first in firsts)
        return
    _entries = entries
    try:
        with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("fork")) as pool:
            begun: deque[Future[Analysed]] = deque()
            for first in firsts:
                begun.append(pool.submit(_analyse_part, first))
                if len(begun) > AHEAD * cores:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
    finally:
        _entries = ()
