"""The crawl against the simulator's own account of the portals: nothing missing, twice or invented."""

from __future__ import annotations

import json
import urllib.request
from itertools import pairwise

import pytest

from search import generations
from tests.conftest import Command, Simulator
from tests.search import identifiers

pytestmark = pytest.mark.shared

MARCH, AUGUST = "2026-03-21", "2026-08-22"


def by_reference(rows):
    return {row["native_id"]: row for row in rows if row["source"] == "eu_ftp"}


def truth(simulator: Simulator):
    return {row["reference"]: row for row in simulator.get("expected/eu_ftp")}


def same_budget(row, expected):
    """The oracle knows no budget of hits it only has as recordings; those state one all the same."""
    return expected["recorded_hit_only"] or (row["budget"] and row["budget"]["total"]) == expected["budget_eur"]


def facts(row):
    return sorted(d["date"] for d in row["deadlines"]), row["opening_date"]


def planned(funds):
    """Planned amounts of the export: {(CCI, fund): {category: amount}}."""
    return {
        (row["details"]["cci"], row["details"]["fund"]): {p["category"]: p["amount"] for p in row["details"]["planned"]}
        for row in funds
        if row["details"]["planned"]
    }


def planned_by_the_dataset(simulator):
    found = {}
    with urllib.request.urlopen(f"{simulator.url}/https/cohesiondata.ec.europa.eu/resource/9qee-iv7c.json?$limit=5000", timeout=30) as answer:
        for row in json.load(answer):
            key = (row["cci"], {"ESF": "ESF+"}.get(row["fund"], row["fund"]))
            found.setdefault(key, {})[row.get("financial_allocation_category")] = float(row["total"])
    return found


def test_two_snapshots_and_what_changed_between_them(simulator: Simulator, funding: Command):
    simulator.at(MARCH)
    before = truth(simulator)
    done = funding.run("crawl", "eu_ftp", "ec_authorities", "--replay", simulator.url, FUNDING_TODAY=MARCH)
    assert done.returncode == 0, done.stderr
    rows = by_reference(funding.export())
    assert rows.keys() == before.keys()
    for reference, row in rows.items():
        expected = before[reference]
        assert facts(row) == (sorted(expected["deadlines"]), expected["start"]), reference
        assert same_budget(row, expected), reference
        assert row["title"].split() == expected["title"].split()

    funds = [row for row in funding.export() if row["source"] == "ec_authorities"]
    listed = {row["details"]["cci"] for row in funds if "ec-page" in row["details"]["known_from"]}
    assert listed == {row["cci"] for row in simulator.get("expected/ec_authorities")}
    others = [row for row in funds if "ec-page" not in row["details"]["known_from"]]
    assert others
    assert all("seed" in row["details"]["known_from"] for row in others)
    assert len({row["id"] for row in funds}) == len(funds)
    assert {c for row in funds for c in row["countries"]} == {c for row in funds for c in row["countries"] if len(c) == 2}
    assert len({c for row in funds for c in row["countries"]}) == 27
    assert planned(funds) == planned_by_the_dataset(simulator)

    simulator.at(AUGUST)
    after = truth(simulator)
    done = funding.run("crawl", "eu_ftp", "ec_authorities", "--replay", simulator.url, FUNDING_TODAY=AUGUST)
    assert done.returncode == 0, done.stderr
    funding.environment["FUNDING_TODAY"] = AUGUST
    rows = by_reference(funding.export())
    absent = before.keys() - after.keys()
    passed = {r for r in absent if before[r]["deadlines"] and max(before[r]["deadlines"]) < AUGUST}
    assert rows.keys() == before.keys() | after.keys(), "nothing is deleted"
    assert {r for r, row in rows.items() if row["no_longer_listed_since"]} == absent - passed
    assert {r for r in absent if rows[r]["status"] == "closed"} == passed
    first_day = min(row["first_seen"] for row in rows.values())
    assert {r for r, row in rows.items() if row["first_seen"] > first_day} == after.keys() - before.keys()
    changed = {
        r
        for r in before.keys() & after.keys()
        if (before[r]["deadlines"], before[r]["budget_eur"]) != (after[r]["deadlines"], after[r]["budget_eur"])
    }
    assert changed
    assert changed <= {r for r, row in rows.items() if row["last_changed"] > row["first_seen"]}
    for reference in after:
        assert facts(rows[reference]) == (sorted(after[reference]["deadlines"]), after[reference]["start"]), reference
        assert same_budget(rows[reference], after[reference]), reference
    assert funding.run("check").returncode == 0
    generation = generations.open_current(funding.data / "index")
    asked = identifiers.identifiers(generation)
    assert len(asked) > 100
    assert identifiers.not_first(generation, (text for identifier in asked for text in identifiers.typed(identifier))) == []
    generation.close()


def comparable(rows):
    times = ("first_seen", "last_seen", "last_changed")
    return [{k: v for k, v in row.items() if k not in times} for row in rows]


def test_order_page_size_and_an_empty_page_change_nothing(simulator: Simulator, funding: Command, tmp_path):
    simulator.at(MARCH)
    assert funding.run("crawl", "eu_ftp", "--replay", simulator.url).returncode == 0
    whole = comparable(funding.export())
    for name, faults in (("empty", ["empty-results:api.tech.ec.europa.eu:1"]), ("again", [])):
        other = Command(tmp_path / name, funding.environment)
        simulator.faults(*faults)
        assert other.run("crawl", "eu_ftp", "--replay", simulator.url).returncode == 0
        assert comparable(other.export()) == whole


def test_manners(simulator: Simulator, funding: Command):
    """robots.txt first, one request at a time per host, the pause kept, nothing sent to private addresses, an honest name."""
    simulator.at(MARCH)
    simulator.faults("http429-html:eu_ftp:1", "redirect-to-private-address:ec_authorities")
    request = simulator.get("log")
    last = request[-1]["seq"] if request else 0
    done = funding.run("crawl", "eu_ftp", "ec_authorities", "--replay", simulator.url, FUNDING_DELAY="0.3")
    assert done.returncode == 1
    log = [entry for entry in simulator.get("log") if entry["seq"] > last]
    assert {entry["host"] for entry in log} == {"api.tech.ec.europa.eu", "ec.europa.eu"}
    for host in {entry["host"] for entry in log}:
        asked = [entry for entry in log if entry["host"] == host]
        assert asked[0]["robots"]
        pages = [entry for entry in asked if not entry["robots"]]
        for earlier, later in pairwise(pages):
            assert later["time"] - earlier["time"] >= (3 if earlier["status"] == 429 else 0.3) - 0.05
        assert max(entry["parallel"] for entry in asked) == 1
    assert not any(entry["private_host"] for entry in log)
    assert {entry["user_agent"] for entry in log} == {"Mozilla/5.0 (compatible; SkillsFundingFinder/0.1.0; +replay)"}
