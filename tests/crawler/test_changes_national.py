"""What changed between the simulator's October and November is told exactly as its two accounts of the national portals differ."""

from __future__ import annotations

import json

import pytest

from search import generations
from tests.conftest import Command
from tests.crawler.portals import NATIONAL, NOVEMBER, OCTOBER, Months, oracle, settings
from tests.crawler.test_oracle_national import AGREE, marker

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def told(months: Months):
    """source -> event -> {marker of the made-up call: fields worth telling}."""
    done = Command(months.data, settings(NOVEMBER)).run("changes", "--since", OCTOBER, "--until", NOVEMBER, "--json")
    assert done.returncode == 0, done.stderr
    generation = generations.open_current(months.data / "index")
    shown_under = dict(generation.copies)
    generation.close()
    names = {row["id"]: marker(row) for rows in months.rows.values() for row in rows}
    found: dict[str, dict[str, dict[str, set[str]]]] = {}
    for row in map(json.loads, done.stdout.splitlines()):
        same = [copy for copy, first in shown_under.items() if first == row["id"]] if row["event"] in ("opened", "closed") else []
        fields = {f["field"] for f in row["fields"] if f["told"]}
        for entry_id in [row["id"], *same]:  # what time did is told once of a call that two portals list
            if name := names[entry_id]:
                found.setdefault(entry_id.split(":")[0], {}).setdefault(row["event"], {})[name] = fields
    return found


def status(day: str, source: str, name: str) -> str | None:
    row = oracle(day)[source]["synthetic_truth"].get(name)
    return row["status"] if row else None


@pytest.mark.parametrize("source", NATIONAL)
def test_new_and_withdrawn_calls(told, source):
    before, now = (set(oracle(day)[source]["synthetic_truth"]) for day in (OCTOBER, NOVEMBER))
    assert told[source]["new"].keys() == now - before
    lost = told[source].get("gone", {}).keys() | told[source].get("closed", {}).keys()
    assert (before - now) <= lost
    assert told[source].get("gone", {}).keys() <= before - now
    assert "back" not in told[source]


# Where every made-up call shows the dates of the truth, what opened and closed in the month is known too.
DATED = [s for s in NATIONAL if {AGREE[s].get("opens"), AGREE[s].get("closes")} == {len(oracle(NOVEMBER)[s]["synthetic_truth"])}]


@pytest.mark.parametrize("source", DATED)
def test_calls_that_opened_and_closed(told, source):
    both = set(oracle(OCTOBER)[source]["synthetic_truth"]) & set(oracle(NOVEMBER)[source]["synthetic_truth"])
    turned = {name: (status(OCTOBER, source, name), status(NOVEMBER, source, name)) for name in both}
    closed = {name for name, (old, new) in turned.items() if new == "closed" and old != "closed"}
    opened = {name for name, (old, new) in turned.items() if old == "forthcoming" and new != "forthcoming"}
    assert closed | opened
    assert told[source].get("closed", {}).keys() & both == closed
    assert told[source].get("opened", {}).keys() & both == opened


@pytest.mark.parametrize("source", DATED)
def test_the_one_deadline_that_was_put_off(told, source):
    changed = {name for name, fields in told[source].get("changed", {}).items() if "deadlines" in fields}
    assert changed == {"002"}
