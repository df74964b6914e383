"""A source that is paused: left out of a crawl of all and of the schedule, crawled when it is named; and the log of a crawl."""

from __future__ import annotations

import json

import pytest

from cli.schedule import Keeper
from crawler import fixture_server, registry
from search import pauses
from search.clock import now
from search.settings import load
from search.store import Store
from tests.conftest import Command

CRAWLED, PAUSED = "dk_tilskudspuljer", "loan_products"


@pytest.fixture(scope="module")
def samples():
    with fixture_server.serving([folder for folder in fixture_server.folders() if folder.name in (CRAWLED, PAUSED)]) as server:
        yield server.url


def test_a_paused_source_is_left_out_unless_it_is_named(samples, funding: Command, monkeypatch):
    funding.environment |= {"FUNDING_TODAY": "2026-11-20"}
    store = Store(f"sqlite:///{funding.data / 'funding.db'}")
    with store.engine.begin() as connection:
        for name in registry.spiders().keys() - {CRAWLED, PAUSED}:
            pauses.pause(connection, name, "a test", "not wanted here", now())
    assert funding.run("pause", PAUSED, "--why", "its providers are asked again").returncode == 0
    assert "paused already" in funding.run("pause", PAUSED, "--why", "once more").stderr
    assert "say why it is paused" in funding.run("pause", CRAWLED, "--why", " ").stderr
    assert funding.run("pause", "atlantis", "--why", "it sank").returncode == 2
    done = funding.run("crawl", "--replay", samples, "--json", "--no-publish", FUNDING_LOG="json")
    answer = json.loads(done.stdout)
    assert [outcome["source"] for outcome in answer["sources"]] == [CRAWLED]
    assert answer["not_crawled"][PAUSED] == "paused since 2026-11-20: its providers are asked again"
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert [(line["logger"], line["source"]) for line in lines if "source" in line] == [("funding.crawl", CRAWLED)]
    assert {line["logger"] for line in lines} == {"funding.crawl"}, "what Scrapy says of itself is for the log of the crawl"
    assert "paused since 2026-11-20: its providers are asked again" in funding.run("sources").stdout

    written = (funding.data / "logs" / "crawl-000001.log").read_text(encoding="utf-8")
    assert "Crawled (200) <GET https://www.statens-tilskudspuljer.dk/robots.txt>" in written
    assert "funding.crawl INFO good: " in written
    assert "Remote control" not in written

    monkeypatch.setenv("FUNDING_TODAY", "2026-11-20")
    keeper = Keeper(load(funding.data), [], None)
    assert not keeper.plan().due, "what is not paused was read this month"
    assert f"{PAUSED}: paused since 2026-11-20: its providers are asked again" in funding.run("schedule", "--show").stdout
    assert funding.run("resume", PAUSED).returncode == 0
    assert set(keeper.plan().due) == {PAUSED}
    assert funding.run("resume", PAUSED).returncode == 2
    assert funding.run("pause", PAUSED, "--why", "again").returncode == 0
    assert funding.json("crawl", PAUSED, "--replay", samples, "--json", "--no-publish")["sources"][0]["good"]
