"""Every fault of the portals, for each source: it fails and says why, or survives and says what was odd."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from search import generations
from tests.conftest import Command, Simulator, environment

pytestmark = pytest.mark.shared

FAILS = {
    "http500": "HTTP 500",
    "http429-html": "HTTP 429",
    "timeout": "connection broke off",
    "connection-reset": "connection broke off",
    "truncated-json": "ends early",
    "short-body": "broke off before its end",
    "html-challenge-200": "challenge for browsers",
    "redirect-loop": "redirects without end",
    "redirect-to-private-address": "private address 169.254.169.254",
    "gzip-bomb-small": "larger than we read",
    "huge-page": "larger than we read",
    "robots-500": "robots.txt of",
    "robots-disallow": "robots.txt forbids",
    "empty-results": "",
    "schema-drift": "another shape",
    "half-run": "HTTP 500",
}
SURVIVES = ("slow", "duplicate-ids", "xss-payloads", "huge-text", "wrong-charset", "deadline-typo:eu_ftp", "http429-html:1", "empty-results:1")
SOURCES = ("eu_ftp", "ec_authorities")
TODAY = "2026-03-22"


@pytest.fixture(scope="module")
def crawled(simulator: Simulator, tmp_path_factory) -> dict[str, Path]:
    """Per source, a data folder after one good crawl."""
    folders = {}
    for source in SOURCES:
        data = tmp_path_factory.mktemp(source) / "data"
        simulator.at("2026-03-21")
        done = Command(data, environment(FUNDING_DELAY="0", FUNDING_TODAY="2026-03-21")).run("crawl", source, "--replay", simulator.url)
        assert done.returncode == 0, done.stderr
        folders[source] = data
    return folders


def entries(funding: Command) -> dict[str, dict]:
    """Every stored record by id, with the day since which it is no longer listed."""
    with closing(sqlite3.connect(funding.data / "funding.db")) as database, database:
        rows = database.execute("select id, record, no_longer_listed_since from entries").fetchall()
    return {entry_id: json.loads(record) | {"no_longer_listed_since": since} for entry_id, record, since in rows}


@pytest.fixture
def after(crawled, funding: Command):
    def start(source: str) -> Command:
        shutil.copytree(crawled[source], funding.data)
        funding.environment["FUNDING_TODAY"] = TODAY
        return funding

    return start


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("fault", FAILS)
def test_a_failing_source_says_why_and_keeps_what_it_had(simulator, after, source, fault):
    funding = after(source)
    before, generation = entries(funding), generations.current_name(funding.data / "index")
    simulator.faults(f"{fault}:{source}")
    done = funding.run("crawl", source, "--replay", simulator.url, "--json")
    simulator.faults()
    assert done.returncode == 3, done.stdout
    (state,) = [s for s in funding.json("sources", "--json") if s["source"] == source]
    assert state["health"] == "failing"
    assert FAILS[fault] in state["reason"]
    assert state["reason"]
    assert state["calls"] == len(before)
    assert entries(funding) == before, "nothing is changed, nothing marked gone"
    assert generations.current_name(funding.data / "index") == generation


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("fault", SURVIVES)
def test_an_odd_answer_is_survived_and_counted(simulator, after, source, fault):
    name, _, rest = fault.partition(":")
    if rest == "eu_ftp" and source != rest:
        rest = ""  # the directory has no deadlines: the fault has no effect there
    funding = after(source)
    before = entries(funding)
    simulator.faults(f"{name}:{source}" + (f":{rest}" if rest.isdigit() else ""))
    done = funding.run("crawl", source, "--replay", simulator.url, "--json", "--no-publish")
    simulator.faults()
    assert done.returncode == 0, done.stdout + done.stderr
    (outcome,) = json.loads(done.stdout)["sources"]
    if (name, source) != ("deadline-typo", "ec_authorities"):
        assert sum(outcome["warnings"].values()) > 0
    rows = entries(funding)
    assert rows.keys() == before.keys()
    assert not any(row["no_longer_listed_since"] for row in rows.values())
    for entry_id, row in rows.items():
        old = before[entry_id]
        assert row["deadlines"] == old["deadlines"]
        assert row["budget"] == old["budget"]
        if name == "xss-payloads":
            assert not any(mark in json.dumps(row).casefold() for mark in ("<script", "onerror=", "<svg", "<iframe", "onclick="))
        elif name != "wrong-charset":
            assert row["title"] == old["title"]
        assert len(row["title"]) <= 1000
        assert "\ufffd" not in json.dumps(row, ensure_ascii=False)


def test_others_are_published_when_one_source_fails(simulator, funding: Command):
    simulator.at("2026-03-21")
    simulator.faults("http500:eu_ftp")
    done = funding.run("crawl", "eu_ftp", "ec_authorities", "--replay", simulator.url)
    simulator.faults()
    assert done.returncode == 1
    assert funding.json("search", "--json", "--kind", "fund", "--status", "")["total"] > 300


def test_no_person_and_no_mail_address_anywhere(simulator, after):
    """The simulator plants contact persons; neither store, index, quarantine, export nor log may hold one."""
    funding = after("ec_authorities")
    simulator.faults("wrong-charset:ec_authorities")
    done = funding.run("crawl", "ec_authorities", "--replay", simulator.url)
    simulator.faults()
    with closing(sqlite3.connect(funding.data / "funding.db")) as database, database:
        quarantined = [zlib.decompress(row[0]) for row in database.execute("select payload from quarantine")]
    assert quarantined
    shown = [done.stdout.encode(), done.stderr.encode(), funding.run("export", "-").stdout.encode(), *quarantined]
    no_person_in(shown + on_disk(funding))


def on_disk(funding: Command) -> list[bytes]:
    """Every file of the data folder, unpacked: store, index, locks, pages kept for conditional requests."""
    found = [path.read_bytes() for path in funding.data.rglob("*") if path.is_file()]
    return [gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content for content in found]


def no_person_in(contents: list[bytes]) -> None:
    for content in contents:
        assert b"syn.canary" not in content.lower()
        assert b"canary person" not in content.lower()


def test_a_page_that_did_not_change_is_not_sent_again(simulator, after):
    """The second run asks for the programmes' pages conditionally; what it keeps of them on disk holds no person either."""
    funding = after("ec_authorities")
    last = max(entry["seq"] for entry in simulator.get("log"))
    simulator.at("2026-03-21")
    done = funding.run("crawl", "ec_authorities", "--replay", simulator.url, "--json")
    (outcome,) = json.loads(done.stdout)["sources"]
    assert (outcome["good"], outcome["counts"]["changed"], outcome["counts"]["new"]) == (True, 0, 0)
    pages = [entry for entry in simulator.get("log") if entry["seq"] > last and not entry["robots"]]
    conditional = [entry for entry in pages if entry["if_modified_since"] or entry["if_none_match"]]
    unchanged = [entry for entry in pages if entry["status"] == 304]
    print(f"{len(unchanged)} of {len(pages)} answers are 304 ({len(unchanged) / len(pages):.0%})")
    assert len(unchanged) == len(conditional) > 0.9 * len(pages)
    assert sum("httpcache" in path.parts for path in funding.data.rglob("response_body")) == len(conditional)
    no_person_in(on_disk(funding))
