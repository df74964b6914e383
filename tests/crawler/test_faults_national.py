"""A portal of which every answer is odd in one way: its crawl fails, says why, and what it had stays as it was."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from functools import cache

import pytest

from search import records
from tests.conftest import Command, Simulator
from tests.crawler.portals import NOVEMBER, SOURCES, Months, settings

pytestmark = pytest.mark.shared

LATER = "2026-11-23"
# Lists of one page: only a shrink shows that the half is missing (test_guards.py).
ONE_PAGE = {"dk_tilskudspuljer", "ee_rtk", "fi_eura", "hr_eufondovi", "pt_prr", "sk_itms"}
SAYS = {
    "schema-drift": ("another shape", "have an address in data-href"),
    "html-challenge-200": ("a challenge for browsers instead of the page",),
    "empty-results": ("came empty", "came without"),
    "half-run": ("HTTP 500",),
}


def entries(data):
    with closing(sqlite3.connect(data / "funding.db")) as database, database:
        return database.execute("select * from entries order by id").fetchall()


@pytest.fixture(scope="module")
def failed(months: Months, portals: Simulator, tmp_path_factory):
    """All sources crawled under a fault, after the last good crawls: (their outcomes, what `funding sources` says of them)."""
    funding = Command(tmp_path_factory.mktemp("faults") / "data", settings(LATER))
    shutil.copytree(months.data, funding.data)
    before = entries(funding.data)

    @cache
    def crawl(fault: str):
        portals.at(NOVEMBER)
        portals.faults(fault)
        asked = [source for source in SOURCES if fault != "half-run" or source not in ONE_PAGE]
        done = funding.run("crawl", *asked, "--replay", portals.url, "--json")
        portals.faults()
        assert done.returncode == 3, done.stdout
        assert entries(funding.data) == before, "nothing is changed, nothing marked gone"
        states = {row["source"]: row for row in funding.json("sources", "--json")}
        return {outcome["source"]: outcome for outcome in json.loads(done.stdout)["sources"]}, states

    return crawl


@pytest.mark.parametrize(("fault", "source"), [(f, s) for f in SAYS for s in SOURCES if f != "half-run" or s not in ONE_PAGE])
def test_a_failing_portal_says_why_and_keeps_what_it_had(failed, months: Months, fault, source):
    outcomes, states = failed(fault)
    assert not outcomes[source]["good"]
    assert any(words in outcomes[source]["reason"] for words in SAYS[fault]), outcomes[source]["reason"]
    assert (states[source]["health"], states[source]["reason"]) == ("failing", outcomes[source]["reason"])
    assert states[source]["last_good"][:10] <= NOVEMBER
    assert states[source]["calls"] == len(months.rows[source])


def test_rounds_that_all_lead_to_the_same_pages_are_not_taken_over_under_their_keys(months: Months, portals: Simulator, tmp_path):
    """The keys of this source are made of addresses: half of its calls would be gone, and as many new."""
    funding = Command(tmp_path / "data", settings(LATER))
    shutil.copytree(months.data, funding.data)
    before = entries(funding.data)
    portals.at(NOVEMBER)
    portals.faults("duplicate-ids:ee_rtk")
    done = funding.run("crawl", "ee_rtk", "--replay", portals.url)
    portals.faults()
    assert done.returncode == 3
    assert "45 rounds lead to 23 addresses only" in done.stderr
    assert entries(funding.data) == before


def test_a_source_that_has_truly_changed_is_taken_over_once_a_maintainer_says_so(months: Months, portals: Simulator, tmp_path):
    """As if the portal had stated a hundredth of its amounts until now."""
    funding = Command(tmp_path / "data", settings(LATER))
    shutil.copytree(months.data, funding.data)
    with closing(sqlite3.connect(funding.data / "funding.db")) as database, database:
        for entry_id, text in database.execute("select id, record from entries where source = 'hr_eufondovi'").fetchall():
            record = json.loads(text)
            if record["budget"] and record["budget"]["total"] is not None:
                record["budget"]["total"] /= 100
                row = (json.dumps(record), records.digest(record), entry_id)
                database.execute("update entries set record = ?, digest = ? where id = ?", row)
    portals.at(NOVEMBER)
    done = funding.run("crawl", "hr_eufondovi", "--replay", portals.url)
    assert done.returncode == 3
    assert "57 of 57 budgets are 10 times as high or low since the last good run, at most 10% are plausible" in done.stderr
    assert "funding crawl hr_eufondovi --accept-change" in done.stderr
    assert funding.run("crawl", "--accept-change", "--replay", portals.url).returncode == 2, "only for sources that are named"
    done = funding.run("crawl", "hr_eufondovi", "--accept-change", "--replay", portals.url, "--json")
    (outcome,) = json.loads(done.stdout)["sources"]
    assert (outcome["good"], outcome["counts"]["changed"]) == (True, 57)
    assert [warning for warning in outcome["warnings"] if warning.startswith("accepted by a maintainer: 57 of 57 budgets")]
    assert funding.run("crawl", "hr_eufondovi", "--replay", portals.url).returncode == 0
