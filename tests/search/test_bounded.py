"""A publish holds few entries and few tokens at a time, however many there are, and writes the same."""

from __future__ import annotations

import os
import weakref
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from search import analysing, arrays, generations, index, inverted, records, tokens
from search.arrays import ArrayFile
from search.engines.opensearch import documents
from search.ranking import FIELDS
from search.store import Harvest, Store
from search.vocabulary import NOT_STATED, Ecosystem
from tests.search import corpus

COUNT = 60


class Watched:
    """How many of the things that were met are held at most at the same time."""

    def __init__(self) -> None:
        self.met: list[weakref.ref] = []
        self.most = 0

    def meet(self, thing: object) -> None:
        self.met.append(weakref.ref(thing))
        self.most = max(self.most, sum(met() is not None for met in self.met))


class WatchedStore(Store):
    """A store that tells how many of its entries are held."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.watched = Watched()

    def all_with_digests(self):
        for item, digest in super().all_with_digests():
            self.watched.meet(item.entry)
            yield item, digest


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """60 entries; a test changes 6 of them."""
    opened = WatchedStore(f"sqlite:///{tmp_path_factory.mktemp('bounded')}/funding.db")
    opened.finish_run(opened.start_run("made", corpus.NOW), Harvest(corpus.entries(COUNT)), corpus.NOW, {}, {})
    yield opened
    opened.close()


def postings(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "postings").iterdir())}


def test_few_entries_are_held_at_a_time(store, tmp_path, monkeypatch):
    analysed = Watched()

    def searched_texts(entry):
        analysed.meet(entry)
        return index.searched_texts(entry)

    monkeypatch.setattr(analysing, "searched_texts", searched_texts)
    generations.publish(store, tmp_path, corpus.NOW)
    assert (len(store.watched.met), len(analysed.met)) == (COUNT, COUNT)
    assert store.watched.most <= 2, "the one looked at, and the one read next"
    assert analysed.most <= 2


def test_few_tokens_are_held_at_a_time_and_the_postings_are_the_same(store, tmp_path, monkeypatch):
    """Also where some entries changed, and those of the others are taken over."""
    later = corpus.NOW + timedelta(days=1)
    changed = [records.load(corpus.record(n, change=int(n % 10 == 0))) for n in range(COUNT)]
    generations.publish(store, tmp_path / "small", corpus.NOW)
    generations.publish(store, tmp_path / "whole", corpus.NOW)
    store.finish_run(store.start_run("made", later), Harvest(changed), later, {}, {})
    generations.publish(store, tmp_path / "whole", later)
    parts: list[inverted.Inverted] = []
    here: list[str] = []
    save = inverted.save

    def saved(folder, field, size, made):
        save(folder, field, size, (parts.append(part) or part for part in made))

    monkeypatch.setattr(inverted, "save", saved)
    monkeypatch.setattr(inverted, "AT_ONCE", 1000)
    monkeypatch.setattr(tokens, "_BLOCK", 700)
    monkeypatch.setattr(analysing, "CHUNK", 7)
    monkeypatch.setattr(analysing, "FEW", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(analysing, "searched_texts", lambda entry: here.append(entry.id) or index.searched_texts(entry))
    generations.publish(store, tmp_path / "small", later)
    generations.publish(store, tmp_path / "anew", later)
    assert here == [], "processes of their own analyse them"
    assert len(parts) > 3 * len(FIELDS)
    assert all(len(part.positions) <= 1000 or len(part.terms) == 1 for part in parts)
    again, small, anew = (postings(tmp_path / name) for name in ("whole/generation-000002", "small/generation-000002", "anew/generation-000001"))
    assert again.keys() == small.keys() == anew.keys()
    assert [name for name in again if again[name] != small[name]] == []
    assert [name for name in again if again[name] != anew[name] and "terms" not in name] == []


def test_a_cluster_is_sent_a_block_of_entries_at_a_time_and_the_same(store, tmp_path, monkeypatch):
    generations.publish(store, tmp_path, corpus.NOW)
    opened = generations.open_current(tmp_path)
    whole = list(documents.documents(opened))
    by_row, asked = documents.by_row, []

    def of_some(column, first, last):
        asked.append(last - first)
        return by_row(column, first, last)

    monkeypatch.setattr(documents, "by_row", of_some)
    monkeypatch.setattr(documents, "BLOCK", 7)
    monkeypatch.setattr(documents, "AT_ONCE", 100)
    assert list(documents.documents(opened)) == whole
    assert max(asked) == 7
    for row, document in enumerate(whole):
        entry = opened.stored(row).entry
        assert document["facet"]["ecosystem"] == [e for e in Ecosystem if e in entry.ecosystems] or document["facet"]["ecosystem"] == [NOT_STATED]
        assert (document["facet"]["programme"], document["regions"]) == ([entry.programme], entry.regions)
    opened.close()


def test_what_is_let_go_is_no_longer_in_memory_and_can_still_be_read(tmp_path):
    np.save(tmp_path / "long.npy", np.arange(1_000_000))
    held = arrays.mapped(tmp_path / "long.npy")

    def kilobytes() -> int:
        """Of the file in the memory of this process."""
        lines = iter(Path("/proc/self/smaps").read_text().splitlines())
        next(line for line in lines if line.endswith("long.npy"))
        return int(next(line for line in lines if line.startswith("Rss:")).split()[1])

    assert held.sum() == 499_999_500_000
    assert kilobytes() > 7000
    arrays.let_go(held[10:])
    assert kilobytes() == 0
    assert held[999_999] == 999_999


@pytest.mark.parametrize("kind", ["i4", "f4", "i8", "S7"])
def test_an_array_written_as_it_comes_is_the_file_that_numpy_writes(tmp_path, kind):
    whole = np.arange(12_345).astype(kind)
    np.save(tmp_path / "whole.npy", whole)
    with ArrayFile(tmp_path / "parts.npy", whole.dtype) as out:
        for part in (whole[:0], whole[:1], whole[1:12_000], whole[12_000:]):
            out.add(part)
    assert (tmp_path / "parts.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
