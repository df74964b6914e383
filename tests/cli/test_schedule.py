"""funding schedule against the sample records: what is due is crawled, published, reported; a crash in between is made good."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing

import pytest

from crawler import fixture_server
from tests.conftest import Command

# Two that share a host and one beside them.
SOURCES = ("eu_ftp", "ec_authorities", "dk_tilskudspuljer")


@pytest.fixture(scope="module")
def samples():
    folders = [folder for folder in fixture_server.folders() if folder.name in SOURCES]
    with fixture_server.serving(folders) as server:
        yield server.url


def runs(funding: Command) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(funding.data / "funding.db")) as database, database:
        return database.execute("select source, state from runs order by id").fetchall()


def test_a_month_is_crawled_published_and_reported_also_when_the_scheduler_is_killed(samples, funding: Command):
    funding.environment |= {"FUNDING_TODAY": "2026-11-20", "FUNDING_SCHEDULE": "0 3 1 * *"}
    first = funding.start("schedule", *SOURCES, "--once", "--replay", samples)
    assert first.stderr is not None
    for line in first.stderr:
        if "ec_authorities is crawled now" in line:  # after the one whose host it shares
            break
    os.killpg(first.pid, signal.SIGSTOP)  # so that it does not end before the second one has begun
    second = funding.run("schedule", *SOURCES, "--once", "--replay", samples)
    assert (second.returncode, "another scheduler" in second.stderr) == (3, True)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=60)
    assert "is under way" in funding.run("schedule", "--show").stdout

    done = funding.run("schedule", *SOURCES, "--once", "--replay", samples, FUNDING_NOTIFY="jsons://127.0.0.1:9/", FUNDING_LOG="json")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    noted = [(row["level"], row["message"]) for row in lines if row["logger"] == "funding.schedule"]
    assert ("error", "the report could not be sent") in noted, "it was made, and is noted when it does not arrive"
    assert ("info", "publishing ended with code 0") in noted
    assert sorted(source for source, state in runs(funding) if state == "good") == sorted(SOURCES), "none is crawled twice"
    assert funding.run("check").returncode == 0
    assert json.loads((funding.data / "schedule.json").read_text(encoding="utf-8"))["finished"].startswith("2026-11-01")

    before = runs(funding)
    assert funding.run("schedule", *SOURCES, "--once", "--replay", samples).returncode == 0
    assert runs(funding) == before, "nothing is due before the next month"
    assert "nothing is due now" in funding.run("schedule", "--show").stdout


def test_what_could_not_be_published_is_published_by_the_next_start(samples, funding: Command):
    funding.environment |= {"FUNDING_TODAY": "2026-11-20", "FUNDING_SCHEDULE": "0 3 1 * *"}
    asked = ("schedule", "loan_products", "--once", "--replay", samples)
    funding.data.mkdir(exist_ok=True)
    (funding.data / "index").write_text("in the way", encoding="utf-8")
    done = funding.run(*asked)
    assert (done.returncode, "could not be published" in done.stderr) == (3, True), done.stderr
    assert not (funding.data / "schedule.json").exists()
    (funding.data / "index").unlink()
    before = runs(funding)
    assert funding.run(*asked).returncode == 0
    assert runs(funding) == before, "nothing is crawled again"
    assert funding.run("check").returncode == 0


def test_what_cannot_be_scheduled_is_said(funding: Command):
    assert "FUNDING_CONTACT" in funding.run("schedule", "--once").stderr
    assert funding.run("schedule", "--once", "atlantis", "--replay", "http://127.0.0.1:9").returncode == 2
    done = funding.run("schedule", "--show", "atlantis")
    assert (done.returncode, done.stderr) == (2, "funding: there is no source atlantis\n")
    done = funding.run("schedule", "--once", "--replay", "http://127.0.0.1:9", FUNDING_SCHEDULE="* * * * *")
    assert done.returncode == 2
    assert "more often than once a day" in done.stderr


def test_two_of_one_domain_are_never_crawled_at_the_same_time(funding: Command):
    """Either may be led to a host of the other."""
    pair = ("it_emilia_imprese", "it_emilia_sociale")
    shown = funding.run("schedule", "--show", *pair, "--replay", "http://127.0.0.1:9", FUNDING_NOW="2026-11-01T10:00:00+01:00").stdout
    assert "it_emilia_imprese: now\nit_emilia_sociale: waits for another source of its host\n" in shown
