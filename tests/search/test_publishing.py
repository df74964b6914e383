"""Publishing again: what did not change is taken over, and the generation is the same as one made anew."""

from __future__ import annotations

import errno
import os
from dataclasses import fields
from datetime import timedelta

import numpy as np
import pytest
from whoosh import query as wq

from search import arrays, generations, history, inverted, kept, postings, records, titles
from search.inverted import Inverted
from search.ranking import FIELDS
from search.store import Harvest, Store
from tests.search import corpus


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """60 entries, then 6 of them changed and 5 added: published again, and published anew."""
    folder = tmp_path_factory.mktemp("again")
    store = Store(f"sqlite:///{folder}/funding.db")
    later = corpus.NOW + timedelta(days=1)
    store.finish_run(store.start_run("made", corpus.NOW), Harvest(corpus.entries(60)), corpus.NOW, {}, {})
    generations.publish(store, folder / "again", corpus.NOW)
    changed = [records.load(corpus.record(n, change=int(n % 10 == 0))) for n in range(60)]
    added = [records.load(corpus.record(n)) for n in range(1000, 1005)]
    store.finish_run(store.start_run("made", later), Harvest(added[:2] + changed + added[2:]), later, {}, {})
    generations.publish(store, folder / "again", later)
    generations.publish(store, folder / "anew", later)
    opened = generations.open_current(folder / "again"), generations.open_current(folder / "anew")
    yield store, *opened
    for generation in opened:
        generation.close()
    store.close()


def test_only_what_changed_is_written_to_whoosh(both):
    _, again, anew = both
    assert len(anew.document_rows) == 65
    assert len(again.document_rows) == 60 + 6 + 5, "six deleted, eleven in a segment of their own"
    assert sorted(again.document_rows[again.document_rows >= 0]) == list(range(65))


def test_the_postings_are_the_same(both):
    _, again, anew = both
    for name, held in again.postings.fields.items():
        for field in fields(Inverted):
            assert np.array_equal(getattr(held, field.name), getattr(anew.postings.fields[name], field.name)), (name, field.name)


def test_store_records_columns_and_whoosh_agree(both):
    store, again, anew = both
    assert generations.differences(store, again) == []
    assert [again.stored(row) for row in range(65)] == [anew.stored(row) for row in range(65)]


def test_records_read_of_late_are_not_read_again_and_only_so_many_are_kept(both, monkeypatch):
    monkeypatch.setattr(kept, "_MOST_READ", 3)
    held = kept.Kept(both[1].folder / "records")
    first = held.stored(0)
    assert held.stored(0) is first
    whole = [held.stored(row) for row in range(65)]
    assert len(held._read) <= 3
    assert held.stored(0) is not first
    assert held.stored(0) == first == whole[0]


def test_what_only_whoosh_can_do_finds_the_same(both):
    _, again, anew = both
    met = 0
    for text in corpus.tokens_of(anew, "body")[:40]:
        for start in range(0, min(len(text) - 2, 60), 7):
            query = wq.SpanNear2([wq.Term("body", text[start]), wq.Term("body", text[start + 2])], slop=3)
            rows = postings.matches(query, anew)[0].tolist()
            assert postings.matches(query, again)[0].tolist() == rows
            met += bool(rows)
    assert met > 30


def test_no_flipped_bit_of_current_names_another_generation(both, tmp_path):
    """Three are kept, the newest of them taken back: whatever bit of CURRENT flips, the one in use is named."""
    store, folder = both[0], tmp_path / "index"
    for day in range(3):
        generations.publish(store, folder, corpus.NOW + timedelta(days=day))
    history.roll_back(folder)
    whole = (folder / "CURRENT").read_bytes()
    for place in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        (folder / "CURRENT").write_bytes(flipped)
        assert generations.current_name(folder) == "generation-000002", bytes(flipped)
    for length in range(len(whole)):
        (folder / "CURRENT").write_bytes(whole[:length])
        assert generations.current_name(folder) == "generation-000002", whole[:length]
    (folder / "CURRENT").write_text("generation-000001\n", encoding="utf-8")
    assert generations.current_name(folder) == "generation-000001", "as earlier versions wrote it"


def test_no_flipped_bit_in_the_head_of_an_array_passes_for_something_else(tmp_path):
    path = tmp_path / "one.npy"
    np.save(path, np.arange(3, dtype=np.int32))
    whole = path.read_bytes()
    for place in range(128 * 8):  # the magic word, the version, and the shape as text
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        path.write_bytes(flipped)
        try:
            arrays.mapped(path)
        except (OSError, ValueError):
            continue


def test_a_generation_whose_arrays_decayed_gives_way(both, tmp_path):
    """Size and time of the file are as ever, only its head is not."""
    store, folder = both[0], tmp_path / "index"
    for day in range(2):
        generations.publish(store, folder, corpus.NOW + timedelta(days=day))
    path = folder / "generation-000002" / "postings" / "body.starts.npy"
    written = path.stat()
    path.write_bytes(path.read_bytes().replace(b"), }", b"(, }"))
    os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))
    opened = generations.open_current(folder)
    assert opened.name == "generation-000001"
    opened.close()


def test_a_publish_that_fails_leaves_nothing_on_a_full_disk(both, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    store = both[0]
    generations.publish(store, tmp_path, corpus.NOW)
    before = sorted(path.name for path in tmp_path.iterdir())
    monkeypatch.setattr(titles, "save", full)
    with pytest.raises(OSError, match="No space"):
        generations.publish(store, tmp_path, corpus.NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_words_of_a_field_wait_on_the_disk_only_until_its_postings_are_written(both, tmp_path, monkeypatch):
    waiting, save = [], inverted.save

    def saved(*args):
        waiting.append({path.name for path in tmp_path.glob("building-*/tokens/*")})
        save(*args)

    monkeypatch.setattr(inverted, "save", saved)
    generations.publish(both[0], tmp_path, corpus.NOW)
    assert waiting == [set(list(FIELDS)[done:]) for done in range(len(FIELDS))]


def test_an_empty_store_is_not_published(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    with pytest.raises(generations.GenerationError, match="nothing to publish"):
        generations.publish(store, tmp_path / "index", corpus.NOW)
    assert [path.name for path in (tmp_path / "index").iterdir()] == ["publish.lock"]
    store.close()
