"""For monitors: alive, well, and in figures."""

from __future__ import annotations

import json
import logging
import shutil
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from search import logs
from search.store import Harvest, Store
from tests.search.test_changes import call
from tests.webapp import samples
from tests.webapp.conftest import settings
from webapp import create_app


@pytest.fixture
def copy(folder, tmp_path):
    """A data folder of its own with the sample records."""
    shutil.copytree(folder, tmp_path / "data")
    return tmp_path / "data"


def figures(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    found = {}
    for family in text_string_to_metric_families(answer.get_data(as_text=True)):
        for sample in family.samples:
            found[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return found


def test_a_source_that_fails_is_a_problem(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    body = answer.get_json()
    assert body["status"] == "degraded"
    assert body["problems"] == ["1 source is failing: it_sample"]
    assert body["ahead"] == 0
    assert client.get("/healthz/live").status_code == 200


def test_all_is_well_when_every_source_is_read(copy):
    store = Store(f"sqlite:///{copy}/funding.db")
    held = [item.entry for item in store.all_entries() if item.entry.source == "it_sample"]
    store.finish_run(store.start_run("it_sample", samples.NOW), Harvest(held), samples.NOW, {}, {})
    client = create_app(settings(copy)).test_client()
    assert client.get("/healthz").get_json()["problems"] == []
    assert client.get("/healthz").status_code == 200
    store.finish_run(store.start_run("s", samples.NOW), Harvest([call("unpublished")]), samples.NOW, {}, {})
    store.close()
    fresh = create_app(settings(copy)).test_client().get("/healthz").get_json()
    assert (fresh["ahead"], fresh["problems"]) == (1, ["store and index differ in 1 entries: run `funding publish`"])


def test_what_is_published_grows_old(copy, monkeypatch):
    monkeypatch.setenv("FUNDING_NOW", (samples.NOW + timedelta(days=36)).isoformat())
    body = create_app(settings(copy)).test_client().get("/healthz").get_json()
    assert "what is published is 36 days old" in body["problems"]


def test_who_answers_from_another_generation_than_the_one_in_use_says_so(copy):
    (published,) = (copy / "index").glob("generation-*")
    shutil.copytree(published, copy / "index" / "generation-000009")
    (copy / "index" / "generation-000009" / "manifest.json").write_text("{}", encoding="utf-8")
    (copy / "index" / "CURRENT").write_text("generation-000009\n", encoding="utf-8")
    body = create_app(settings(copy)).test_client().get("/healthz").get_json()
    assert body["generation"] == published.name
    assert f"this machine answers from {published.name} although generation-000009 is in use: look into its log" in body["problems"]


def test_one_that_can_open_no_other_generation_goes_on_with_the_one_it_has(copy):
    client = create_app(settings(copy)).test_client()
    (published,) = (copy / "index").glob("generation-*")
    assert client.get("/healthz/live").get_json()["generation"] == published.name
    (copy / "index" / "CURRENT").write_text("generation-000000\n", encoding="utf-8")
    assert client.get("/healthz/live").get_json() == {"status": "ok", "generation": published.name}


def test_figures_say_the_same(client):
    found = figures(client)
    body = client.get("/healthz").get_json()
    assert found[("funding_entries",)] == body["entries"]
    assert found[("funding_problems",)] == len(body["problems"])
    assert found[("funding_source_health", "failing", "it_sample")] == 1
    assert found[("funding_source_health", "it_sample", "ok")] == 0
    assert found[("funding_disk_bytes", "index")] == body["disk"]["index"] > 0
    assert ("funding_source_last_good_timestamp_seconds", "it_sample") in found


def test_without_anything_published_it_is_alive_to_nobody(tmp_path):
    client = create_app(settings(tmp_path / "none")).test_client()
    for address in ("/healthz", "/healthz/live"):
        answer = client.get(address)
        assert (answer.status_code, answer.get_json()["status"]) == (503, "failing")


def test_log_lines_hold_no_question_and_no_visitor(client, caplog):
    with caplog.at_level(logging.INFO, logger="funding.web"):
        client.get("/?q=secret-words", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    record = next(r for r in caplog.records if r.name == "funding.web")
    row = json.loads(logs.JsonLines().format(record))
    assert (row["method"], row["path"], row["status"], row["logger"]) == ("GET", "/", 200, "funding.web")
    assert row["ms"] > 0
    assert "secret" not in str(row)
    assert "192.0.2.7" not in str(row)
