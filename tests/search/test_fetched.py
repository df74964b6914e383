"""What a machine that reads a cluster keeps of a generation: fetched once, looked at when it is opened, fetched again where it is damaged."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta

import pytest

from search import generations
from search.engines.opensearch import remote, tables
from search.engines.opensearch.engine import OpenSearchEngine
from search.opening import DamagedGenerationError, GenerationError
from search.reading import parse
from search.settings import Settings
from tests.search.corpus import entries, filled
from tests.search.test_postings import Forgetful
from tests.search.test_query import NOW
from webapp import create_app


def test_of_what_is_kept_of_a_generation_only_the_files_that_are_sent_are_checked(tmp_path):
    folder = tmp_path / "index" / generations.publish(filled(tmp_path, entries(3)), tmp_path / "index", NOW)
    assert tables.damaged(folder, whole=True) == []
    shutil.rmtree(folder / "whoosh")
    (folder / "records" / "records.bin").unlink()
    assert tables.damaged(folder) == []
    flip(folder / "columns" / "ids.json")
    (folder / "postings" / "title.terms.npy").unlink()
    assert tables.damaged(folder) == ["postings/title.terms.npy"], "size and time are as before: that is found where all is read"
    assert tables.damaged(folder, whole=True) == ["columns/ids.json", "postings/title.terms.npy"]
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    assert tables.damaged(folder) == ["manifest.json"]


def flip(path):
    """Another bit in a file, which keeps its size and time, as when it decays on the disk."""
    content, times = bytearray(path.read_bytes()), path.stat()
    content[-3] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.scale
def test_an_index_that_lost_entries_is_not_opened_and_the_one_before_answers(url, tmp_path):
    store, engine = filled(tmp_path, entries(3)), OpenSearchEngine(url, tmp_path / "index")
    first, second = engine.publish(store, NOW), engine.publish(store, NOW + timedelta(days=1))
    engine.client.ask("DELETE", f"/{engine.client.prefix}-{second}/_doc/1?refresh=true")
    with pytest.raises(GenerationError, match="holds 2 of 3"):
        engine.open_generation(second)
    assert engine.open_current().name == first


@pytest.mark.scale
def test_a_record_is_given_although_another_thread_forgets_what_was_read(url, tmp_path):
    store, engine = filled(tmp_path, entries(3)), OpenSearchEngine(url, tmp_path / "index")
    engine.publish(store, NOW)
    held = engine.open_current()
    held._read = Forgetful()
    assert [held.stored(row).entry.id for row in range(3)] == held.columns.ids
    assert [hit.stored.entry.id for hit in held.each(parse([], held.columns.values), NOW)]


@pytest.mark.scale
def test_what_was_fetched_is_fetched_again_only_where_it_is_damaged(url, tmp_path, monkeypatch):
    store, engine = filled(tmp_path, entries(3)), OpenSearchEngine(url, tmp_path / "index")
    engine.publish(store, NOW)
    ids, asked, real = engine.open_current().folder / "columns" / "ids.json", [], engine.client.ask
    whole = ids.read_bytes()
    monkeypatch.setattr(engine.client, "ask", lambda method, path, *rest, **more: asked.append(path) or real(method, path, *rest, **more))
    flip(ids)
    held = engine.open_current()
    assert not any("-files-" in path for path in asked)
    assert engine.differences(store, held) == ["columns/ids.json is damaged"]
    ids.write_bytes(b"[]")
    held = engine.open_current()
    assert ids.read_bytes() == whole
    assert any("-files-" in path for path in asked)
    assert engine.differences(store, held) == []
    asked.clear()
    engine.open_current()
    assert not any("-files-" in path for path in asked)


@pytest.mark.scale
def test_what_another_process_has_fetched_since_the_cluster_was_asked_is_kept(url, tmp_path, monkeypatch):
    store, publisher = filled(tmp_path, entries(3)), OpenSearchEngine(url, tmp_path / "index")
    first = publisher.publish(store, NOW)
    slow, quick = (OpenSearchEngine(url, tmp_path / "shared") for _ in range(2))
    opened, ask = [], slow.client.ask

    def asked_long_ago(method, path, *rest, **more):
        answer = ask(method, path, *rest, **more)
        if not opened:
            publisher.publish(store, NOW + timedelta(days=1))
            opened.append(quick.open_current())
        return answer

    monkeypatch.setattr(slow.client, "ask", asked_long_ago)
    assert slow.open_generation(first).name == first
    assert tables.damaged(opened[0].folder, whole=True) == []


@pytest.mark.scale
def test_what_is_sent_and_fetched_goes_part_by_part_through_the_folder_of_the_generations(url, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "PART", 1000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))  # what the system has for temporary files, often memory
    store, engine = filled(tmp_path, entries(3)), OpenSearchEngine(url, tmp_path / "index")
    engine.publish(store, NOW)
    asked, ask = [], engine.client.ask
    monkeypatch.setattr(engine.client, "ask", lambda method, path, *rest, **more: asked.append(path) or ask(method, path, *rest, **more))
    assert engine.differences(store, engine.open_current()) == []
    assert len([path for path in asked if "-files-" in path]) > 3
    assert not [path for path in (tmp_path / "index" / "fetched").iterdir() if path.is_file() and path.name != "publish.lock"]


@pytest.mark.scale
def test_all_records_are_read_in_blocks_and_one_that_is_missing_is_named(url, tmp_path, monkeypatch):
    store, engine = filled(tmp_path, entries(5)), OpenSearchEngine(url, tmp_path / "index")
    engine.publish(store, NOW)
    held, asked, real = engine.open_current(), [], engine.client.ask
    monkeypatch.setattr(remote, "AT_ONCE", 2)
    monkeypatch.setattr(held.client, "ask", lambda *args, **more: asked.append(args) or real(*args, **more))
    assert [stored.entry.id for stored in held.all()] == held.columns.ids
    assert len(asked) == 3
    assert engine.differences(store, held) == []
    assert len(asked) == 6
    real("DELETE", f"/{held.index}/_doc/3?refresh=true")
    for read in (lambda: list(held.all()), lambda: held.stored(3)):
        with pytest.raises(DamagedGenerationError, match="record 3 is missing"):
            read()


def health(client):
    return client.get("/healthz").get_json()


@pytest.mark.scale
def test_web_nodes_answer_from_one_generation_and_one_that_lags_says_so(url, tmp_path):
    store = filled(tmp_path, entries(3))
    shared = Settings(tmp_path / "a", 0, False, None, f"sqlite:///{tmp_path}/funding.db", 3, search_url=url)
    publisher = OpenSearchEngine(url, tmp_path / "index")
    first = publisher.publish(store, NOW)
    apps = [create_app(replace(shared, data=tmp_path / name)) for name in "ab"]
    ahead, behind = (app.test_client() for app in apps)
    answers = [node.get("/api/v1/calls?status=&skills=").get_json() for node in (ahead, behind)]
    assert answers[0] | {"took_ms": 0} == answers[1] | {"took_ms": 0}
    assert answers[0]["total"] == 3
    (tmp_path / "b" / "index" / "fetched" / "publish.lock").unlink()
    (tmp_path / "b" / "index" / "fetched" / "publish.lock").mkdir()  # the second node can fetch nothing more
    second = publisher.publish(store, NOW + timedelta(days=1))
    for app in apps:
        app.extensions["funding"].engine._current = (-10.0, "")  # as after the second in which it is remembered
    assert health(ahead)["generation"] == second
    lagging = health(behind)
    assert lagging["generation"] == first
    assert any(first in problem and second in problem for problem in lagging["problems"])
    assert behind.get("/api/v1/calls?status=&skills=").get_json()["generation"] == first
