"""What changed between two months of the portals, against the difference of the simulator's own accounts."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from tests.conftest import Command, Simulator

pytestmark = pytest.mark.shared

MARCH, MAY, AUGUST = "2026-03-21", "2026-05-02", "2026-08-22"


def truth(simulator: Simulator):
    return {row["reference"]: row for row in simulator.get("expected/eu_ftp")}


def told(funding: Command):
    """{event: {reference: changed fields}} of everything after the first reading."""
    done = funding.run("changes", "--since", MARCH, "--until", AUGUST, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, set[str]]] = {}
    for row in map(json.loads, done.stdout.splitlines()):
        fields = {f["field"] for f in row["fields"] if f["told"]}
        assert found.setdefault(row["event"], {}).setdefault(row["id"].removeprefix("eu_ftp:"), fields) is fields, "told once"
    return found


def begun(funding: Command) -> bool:
    """Whether the store knows of a crawl that runs."""
    with closing(sqlite3.connect(funding.data / "funding.db")) as database, database:
        return bool(database.execute("select id from runs where state = 'running'").fetchall())


@pytest.fixture(scope="module")
def crawled(simulator: Simulator, tmp_path_factory):
    """March, then a half run and a killed one, then August; the accounts of both days."""
    from tests.conftest import environment

    funding = Command(tmp_path_factory.mktemp("months") / "data", environment(FUNDING_DELAY="0", FUNDING_TODAY=MARCH))
    simulator.at(MARCH)
    before = truth(simulator)
    assert funding.run("crawl", "eu_ftp", "--replay", simulator.url).returncode == 0
    simulator.at(AUGUST)
    simulator.faults("half-run:eu_ftp")
    assert funding.run("crawl", "eu_ftp", "--replay", simulator.url, FUNDING_TODAY=MAY).returncode == 3
    simulator.faults()
    process = funding.start("crawl", "eu_ftp", "--replay", simulator.url, FUNDING_TODAY=MAY)
    while not begun(funding):
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    funding.environment["FUNDING_TODAY"] = AUGUST
    assert funding.run("crawl", "eu_ftp", "--replay", simulator.url).returncode == 0
    return funding, before, truth(simulator)


@pytest.fixture(scope="module")
def found(crawled):
    return told(crawled[0])


def passed(row, day):
    return bool(row["deadlines"]) and max(row["deadlines"]) < day


def test_new_withdrawn_and_closed_calls_are_the_difference_of_the_accounts(crawled, found):
    _, before, after = crawled
    assert found["new"].keys() == after.keys() - before.keys()
    absent = before.keys() - after.keys()
    assert found["gone"].keys() == {r for r in absent if not passed(before[r], AUGUST)}
    latest = {**before, **after}
    assert found["closed"].keys() == {r for r in before if passed(latest[r], AUGUST) and not passed(latest[r], MARCH)}
    assert "back" not in found


def test_changed_calls_are_the_difference_of_the_accounts_field_by_field(crawled, found):
    _, before, after = crawled
    found = found["changed"]
    both = before.keys() & after.keys()
    for field, key in (("deadlines", "deadlines"), ("opening_date", "start"), ("source_status", "source_status")):
        expected = {r for r in both if before[r][key] != after[r][key]}
        assert {r for r, fields in found.items() if field in fields} == expected, field
    known = {r for r in both if not before[r]["recorded_hit_only"] and not after[r]["recorded_hit_only"]}
    budgets = {r for r in known if before[r]["budget_eur"] != after[r]["budget_eur"]}
    assert budgets == {r for r, fields in found.items() if "budget" in fields} & known


def test_the_report_names_the_same(crawled):
    funding = crawled[0]
    month = [json.loads(line) for line in funding.run("changes", "--since", "2026-08-01", "--until", "2026-08-31", "--json").stdout.splitlines()]
    made = funding.json("report", "--month", "2026-08", "--json")
    assert {(event, i) for event, ids in made["changes"].items() for i in ids} == {(row["event"], row["id"]) for row in month}
    eu = next(s for s in made["sources"] if s["source"] == "eu_ftp")
    seen = {event: sum(row["event"] == event for row in month) for event in ("new", "gone", "back")}
    assert seen == {event: eu["counts"][event] for event in seen}
    assert eu["guards"] == ["the crawl was interrupted before it ended"]
    may = funding.json("report", "--month", "2026-05", "--json")["sources"]
    assert [s["state"] for s in may if s["source"] == "eu_ftp"] == ["failed"]
