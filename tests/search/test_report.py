"""The report of a month: what each source brought, against the good crawl before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from search import pauses, report
from search.sources import FormatSeen, SourceFacts
from search.store import Harvest, Refused, Store
from tests.search.test_changes import call

SHARES = {"share_deadline": 1.0, "share_budget": 0.5}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def facts(name: str, **more) -> SourceFacts:
    data = {"source": name, "title": f"Portal {name}", "homepage": "https://example.org", "countries": ["IT"], "level": ["national"],
            "kinds": ["call"], "format_seen": FormatSeen.RECORDED, "licence": "x", "attribution": "x", "text_use": "full"}  # fmt: skip
    return SourceFacts.model_validate(data | more)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """s: good in October, refused and then good in November; down: failed twice; never: no run; link: not crawled."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('report')}/funding.db")
    store.register([facts("s"), facts("down"), facts("never"), facts("link", crawlable=False, why_not="refuses programs")])
    october, november = at("2026-10-22T04:00:00+02:00"), at("2026-11-22T04:00:00+01:00")
    for source in ("s", "down"):
        entries = [call(name, source=source, id=f"{source}:{name}") for name in ("a", "b", "c")]
        store.finish_run(store.start_run(source, october), Harvest(entries), october + timedelta(minutes=2), {}, SHARES)
    store.fail_run(store.start_run("s", november), "1 entries, 3 in the last good run: a shrink", november + timedelta(minutes=1), {})
    run = store.start_run("s", november + timedelta(hours=1))
    entries = [call("a", "2027-05-01"), call("b"), call("new")]
    refused = [Refused(str(n), "the date 2121-01-01 cannot be true", b"{}") for n in range(2)]
    ended = november + timedelta(hours=1, minutes=3)
    store.finish_run(run, Harvest(entries), ended, {"titles cleaned": 2}, {**SHARES, "share_ecosystem": 0.25}, refused)
    for hour in (0, 2):
        store.fail_run(store.start_run("down", november + timedelta(hours=hour)), "the list answered 503", november + timedelta(hours=hour), {})
    yield store
    store.close()


def test_a_month_against_the_one_before(store):
    made = {s.source: s for s in report.report(store, "2026-11", None, at("2026-12-01T00:00:00+01:00")).sources}
    assert made.keys() == {"s", "down", "never"}
    s = made["s"]
    assert (s.state, s.attempts, s.seconds) == ("good", 2, 240.0)
    assert s.counts == {"found": 3, "new": 1, "changed": 1, "closed": 0, "gone": 1, "back": 0, "quarantined": 2}
    assert s.before["found"] == 3
    assert s.shares == {"deadline": (1.0, 1.0), "budget": (0.5, 0.5), "ecosystem": (0.25, None)}
    assert s.refused == {"the date 2121-01-01 cannot be true": 2}
    assert s.guards == ("1 entries, 3 in the last good run: a shrink",)
    assert (made["down"].state, made["down"].attempts, made["down"].counts) == ("failed", 2, None)
    assert made["down"].before["found"] == 3
    assert made["never"].state == "not run"


def test_a_source_that_was_paused_needs_no_look(store):
    with store.engine.begin() as connection:
        pauses.pause(connection, "never", "anna", "its portal moves", at("2026-11-10T00:00:00+01:00"))
    states = [
        {s.source: s.state for s in report.report(store, month, None, at("2026-12-01T00:00:00+01:00")).sources} for month in ("2026-10", "2026-11")
    ]
    assert [state["never"] for state in states] == ["not run", "paused"]
    made = report.report(store, "2026-11", None, at("2026-12-01T00:00:00+01:00"))
    assert [s.source for s in made.in_trouble] == ["down"]
    with store.engine.begin() as connection:
        pauses.resume(connection, "never")


def test_the_first_month_has_nothing_to_compare_with(store):
    made = report.report(store, "2026-10", None, at("2026-12-01T00:00:00+01:00"))
    assert {s.source: s.before for s in made.sources} == {"s": None, "down": None, "never": None}
    assert made.total["new"] == 6


def test_for_people_what_needs_a_look_comes_first(store):
    lines = report.text(report.report(store, "2026-11", None, at("2026-12-01T00:00:00+01:00"))).splitlines()
    assert lines[0] == "Crawl of 2026-11: 1 of 3 sources read"
    assert "- down: failed after 2 attempts: the list answered 503" in lines[: lines.index("Sources:")]
    assert "- never: not run after 0 attempts: no reason noted" in lines
    assert "  with a deadline 100% (100%), budget 50% (50%), ecosystem 25%" in lines
    assert "  refused, 2 x: the date 2121-01-01 cannot be true" in lines
