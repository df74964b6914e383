"""Writes the columns of a generation (search.columns): entries are looked at one after the other, and only numbers of them are kept."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search import timing
from search.arrays import save_arrays
from search.columns import IDS, KEPT, NAMES, NEVER, Dates, kind_of
from search.facet_columns import Pairs
from search.facets import BY_NAME
from search.records import Entry
from search.store import Copy, Stored
from search.vocabulary import NOT_STATED, Kind

_REGIONS = "regions"


class _Lists:
    """Some numbers for each entry. kind: of the numbers, as of an `array`."""

    def __init__(self, kind: str) -> None:
        self._numbers = array(kind)
        self._ends = array("q", [0])

    def add(self, numbers: Iterable[Any]) -> None:
        """Those of the next entry."""
        self._numbers.extend(numbers)
        self._ends.append(len(self._numbers))

    def of(self, picked: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """Those of some entries, in their order: the place of the entry among them, and the number."""
        ends = np.array(self._ends)
        lengths = (ends[1:] - ends[:-1])[picked]
        rows = np.repeat(np.arange(len(picked), dtype=np.int32), lengths)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return rows, np.array(self._numbers)[ends[picked][rows] + within]

    def padded(self, picked: NDArray[np.int64], fill: float) -> NDArray[Any]:
        """The same as a row for each entry, filled up to the longest."""
        rows, numbers = self.of(picked)
        lengths = np.bincount(rows, minlength=len(picked))
        found = np.full((len(picked), max(1, int(lengths.max(initial=0)))), fill, dtype=numbers.dtype)
        found[np.arange(found.shape[1]) < lengths[:, None]] = numbers
        return found


class _Words:
    """Some words for each entry, each kept once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lists = _Lists("i")

    def number(self, word: str) -> int:
        """By which a word is known."""
        return self._numbers.setdefault(word, len(self._numbers))

    def add(self, words: Iterable[str]) -> None:
        """Those of the next entry."""
        self._lists.add(self.number(word) for word in words)

    def of(
        self, picked: NDArray[np.int64], more: Sequence[tuple[int, str]], legal: Sequence[str] | None
    ) -> tuple[list[str], NDArray[np.int32], NDArray[np.int32]]:
        """The words of some entries in their order (legal: those there may be), and by entry its place and that of each of its words.

        more: the places of entries that have further words, with these.
        """
        rows, codes = self._lists.of(picked)
        rows = np.append(rows, np.array([row for row, _ in more], dtype=np.int32))
        codes = np.append(codes, np.array([self.number(word) for _, word in more], dtype=np.int32))
        order = np.argsort(rows, kind="stable")
        rows, codes = rows[order], codes[order]
        once = np.sort(np.unique(rows * np.int64(len(self._numbers)) + codes, return_index=True)[1])
        used, written = np.unique(codes).tolist(), list(self._numbers)
        words = list(map(str, legal)) if legal else sorted(written[n] for n in used)
        place = {word: n for n, word in enumerate(words)}
        places = np.zeros(len(written), dtype=np.int32)
        places[used] = [place[written[n]] for n in used]
        return words, rows[once], places[codes[once]]


class Recorder:
    """The columns of entries, one after the other."""

    def __init__(self) -> None:
        self._facets = {name: _Words() for name in (*(facet.name for facet in KEPT), _REGIONS)}
        self._lists = {"ends_at": _Lists("d"), "apply_until": _Lists("d"), "deadline_days": _Lists("i")}
        self._numbers = {name: array("d") for name in ("opens_at", "budget", "changed", "first_seen")}
        self._small = {name: array("B") for name in ("continuous", "dated", "kind_block")}

    def add(self, item: Stored) -> None:
        """The next entry."""
        entry: Entry = item.entry
        for facet in KEPT:
            assert facet.values is not None
            self._facets[facet.name].add(map(str, facet.values(entry) or [NOT_STATED]))
        self._facets[_REGIONS].add(entry.regions)
        self._lists["ends_at"].add(timing.ends(entry))
        self._lists["apply_until"].add(timing.apply_until(entry))
        self._lists["deadline_days"].add(d.date.toordinal() for d in entry.deadlines)
        numbers = {"opens_at": timing.opens(entry), "budget": _euro(entry)}
        for name, number in (numbers | {"changed": _instant(item.last_changed), "first_seen": _instant(item.first_seen)}).items():
            self._numbers[name].append(number)
        small = {"continuous": timing.is_continuous(entry), "dated": bool(entry.deadlines), "kind_block": _KINDS.index(entry.kind)}  # type: ignore[attr-defined]
        for name, flag in small.items():
            self._small[name].append(flag)

    def save(self, folder: Path, picked: NDArray[np.int64], ids: Sequence[str], copies: Mapping[str, Sequence[Copy]]) -> None:
        """Write the columns of some of the entries, in this order, into a new folder.

        ids: of these; copies: of which others they stand for too: a call that two portals list is found under both sources.
        """
        folder.mkdir()
        names: dict[str, list[str]] = {}
        listed = [(row, copy.source) for row, entry_id in enumerate(ids) for copy in copies.get(entry_id, ())]
        for name, held in self._facets.items():
            more = listed if name == "source" else []
            names[name], rows, codes = held.of(picked, more, BY_NAME[name].legal() if name != _REGIONS else None)
            kind = kind_of(BY_NAME[name]) if name != _REGIONS else Pairs
            kind.of(names[name], rows, codes, len(ids)).save(folder, name)
        save_arrays(self._dates(picked), folder, "dates")
        (folder / NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        (folder / IDS).write_text(json.dumps(ids, ensure_ascii=False), encoding="utf-8")

    def _dates(self, picked: NDArray[np.int64]) -> Dates:
        lists = {"ends_at": np.nan, "apply_until": np.nan, "deadline_days": NEVER}
        found: dict[str, NDArray[Any]] = {name: self._lists[name].padded(picked, fill) for name, fill in lists.items()}
        found |= {name: np.array(held)[picked] for name, held in self._numbers.items()}
        found |= {name: np.array(held)[picked] for name, held in self._small.items()}
        found |= {name: found[name].astype(bool) for name in ("continuous", "dated")}
        instants = np.unique(np.concatenate([found["opens_at"], found["ends_at"].ravel(), found["apply_until"].ravel()]))
        found |= {"newest_first": _places(found["first_seen"]), "changed_first": _places(found["changed"])}
        return Dates(**found, events=instants[np.isfinite(instants)])


_KINDS = list(Kind)


@lru_cache(maxsize=4096)
def _instant(text: str) -> float:
    """Seconds since 1970 of an instant as stored: that of a crawl, which many entries share."""
    return datetime.fromisoformat(text).timestamp()


def _places(latest_first: NDArray[np.float64]) -> NDArray[np.uint32]:
    """The place of each number, the greatest first."""
    return np.unique(-latest_first, return_inverse=True)[1].astype(np.uint32)


def _euro(entry: Entry) -> float:
    """The total in euro. One in another currency is not reckoned into euro: the rate of which day would it be?"""
    budget = entry.budget
    return budget.total if budget and budget.total is not None and budget.currency == "EUR" else np.nan
