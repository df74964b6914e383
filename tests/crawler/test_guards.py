"""What a crawl must look like before it replaces last month's: thresholds on made-up entries, and drift of every portal's own."""

from __future__ import annotations

import json
from datetime import date

import pytest

from crawler import guards, run
from crawler.source import Account, Source
from search import clock, records
from search.store import Refused, Store
from tests.crawler.portals import NATIONAL, NOVEMBER, Months

TODAY = date.fromisoformat(NOVEMBER)
BASE = {"kind": "call", "source": "s", "title": "x", "lang": "en", "url": "https://example.org", "level": "eu", "countries": ["IT"]}


def entries(count, first=0, **fields):
    given = {"deadlines": [{"date": "2026-12-01"}], **fields}
    return [records.load(BASE | {"id": f"s:{n}", "native_id": str(n)} | given) for n in range(first, first + count)]


@pytest.mark.parametrize(
    ("now", "refused", "says"),
    [
        (entries(100), 0, None),
        (entries(9), 0, "only 9 entries"),
        (entries(100, deadlines=[]), 0, "only 0% of the entries have a deadline"),
        (entries(40), 60, "60 of 100 records had to be quarantined, such as: no title"),
    ],
)
def test_what_no_crawl_may_look_like(now, refused, says):
    wrong = guards.problems(now, ["no title"] * refused, len(now) + refused, 10, 0.5)
    assert bool(wrong) is (says is not None)
    assert says is None or says in "; ".join(wrong)


LATER, OPENING = [{"date": "2026-12-15"}], {"opening_date": "2026-10-01"}
MONEY, CENTS = {"budget": {"total": 5e6}}, {"budget": {"total": 5e8}}


@pytest.mark.parametrize(
    ("before", "now", "refused", "says"),
    [
        (entries(100), entries(100), 0, None),
        (entries(100), entries(75), 0, None),
        (entries(100), entries(74), 0, "74 entries, 100 in the last good run: a shrink of more than 25% is refused"),
        (entries(100), entries(90), 10, None),
        (entries(100), entries(89), 11, "11 of 100 records had to be quarantined, 0 in the last good run"),
        (entries(100), entries(80) + entries(40, 100, deadlines=[]), 0, "67% of the entries have a deadline, 100% in the last good run"),
        (entries(100), entries(85) + entries(15, 85, deadlines=[]), 0, None),
        (entries(100), entries(84) + entries(16, 84, deadlines=[]), 0, "16 of 100 deadlines ahead are gone since the last good run"),
        (entries(100), entries(50) + entries(50, 50, deadlines=LATER), 0, None),
        (entries(100), entries(49) + entries(51, 49, deadlines=LATER), 0, "51 of 100 deadlines ahead are other ones"),
        (entries(100), entries(100, 50), 0, None),
        (entries(100), entries(100, 51), 0, "51 of 100 entries with a deadline ahead are no longer listed"),
        (entries(100, **OPENING), entries(89, **OPENING) + entries(11, 89, deadlines=[{"date": "2026-10-01"}]), 0, "11 of 100 calls have opening"),
        (entries(100, **MONEY), entries(90, **MONEY) + entries(10, 90, **CENTS), 0, None),
        (entries(100, **MONEY), entries(89, **MONEY) + entries(11, 89, **CENTS), 0, "11 of 100 budgets are 10 times as high or low"),
        (entries(100, **MONEY), entries(50, **MONEY) + entries(51, 100, **CENTS), 0, "half of the budgets are below 500,000,000, 5,000,000 in"),
        (entries(7), entries(7, deadlines=LATER), 0, None),
        (entries(6), entries(4), 0, None),
        (entries(6), entries(3), 0, "3 entries, 6 in the last good run"),
        (entries(6), entries(4) + entries(2, 4, deadlines=[]), 0, None),
        (entries(6), entries(3) + entries(3, 3, deadlines=[]), 0, "50% of the entries have a deadline, 100% in the last good run"),
    ],
)
def test_what_differs_too_much_from_last_time(before, now, refused, says):
    counts = {"found": len(before), "quarantined": 0, **guards.shares(before)}
    last = guards.Before(counts, {entry.id: records.dump(entry) for entry in before})
    different = guards.differences(now, ["no title"] * refused, len(now) + refused, last, TODAY)
    assert bool(different) is (says is not None), different
    assert says is None or says in "; ".join(different)


def test_a_run_notes_how_many_of_its_records_were_spoilt(tmp_path):
    class Small(Source):
        name, min_entries = "s", 1

    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    account = Account({entry.id: entry for entry in entries(8)}, [Refused(None, reason, b"") for reason in (guards.LETTERS_LOST, "no title")])
    assert run._judge(store, store.start_run("s", clock.now()), Small, account, {}, accept=False).good
    _, counts = store.last_good("s")
    store.close()
    assert (counts["quarantined"], counts["spoilt"]) == (2, 1)


def test_letters_lost_last_time_excuse_no_other_form_now():
    before = entries(100)
    counts = {"found": 100, "quarantined": 30, **guards.shares(before)}
    kept = {entry.id: records.dump(entry) for entry in before}
    assert not guards.differences(before[:70], ["no title"] * 30, 100, guards.Before(counts, kept), TODAY)
    (said,) = guards.differences(before[:70], ["no title"] * 30, 100, guards.Before({**counts, "spoilt": 30}, kept), TODAY)
    assert "30 of 100 records had to be quarantined, 0 in the last good run" in said


@pytest.mark.parametrize(("reason", "differs"), [("no title", True), (guards.LETTERS_LOST, False)])
def test_letters_lost_on_the_way_are_no_other_form_of_the_records(reason, differs):
    before = entries(100)
    last = guards.Before({"found": 100, "quarantined": 0, **guards.shares(before)}, {entry.id: records.dump(entry) for entry in before})
    assert bool(guards.differences(before[:70], [reason] * 30, 100, last, TODAY)) is differs


CLOSED = [{"date": "2026-11-10"}]


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (entries(20), None),
        (entries(14), "14 entries, 100 in the last good run, of which 80 have closed since: a shrink of more than 25% is refused"),
        (entries(20) + entries(1, 20, deadlines=CLOSED), "21 entries, 100 in the last good run: a shrink of more than 25% is refused"),
    ],
)
def test_a_list_of_open_calls_loses_those_that_closed(now, says):
    """Where closed calls stay listed, their absence is no month's end."""
    before = entries(20) + entries(80, 20, deadlines=CLOSED)
    counts = {"found": len(before), "quarantined": 0, **guards.shares(before)}
    last = guards.Before(counts, {entry.id: records.dump(entry) for entry in before}, date(2026, 10, 22))
    different = guards.differences(now, [], len(now), last, TODAY)
    assert bool(different) is (says is not None), different
    assert says is None or says in "; ".join(different)


WITHOUT_DATES = {"de_foerderdatenbank", "ie_enterprise_hub"}
WITHOUT_AMOUNTS = {"bg_isun", "de_foerderdatenbank", "dk_tilskudspuljer", "fr_aides_territoires"}


def swapped(record):
    dates = [deadline["date"] for deadline in record["deadlines"]]
    record["deadlines"] = [{"date": record["opening_date"]}] if record["opening_date"] else []
    record["opening_date"] = dates[-1] if dates else None


def hundredfold(record):
    for name in ("total", "per_project_min", "per_project_max"):
        if record["budget"] and record["budget"][name]:
            record["budget"][name] *= 100


def undated(record):
    record["deadlines"] = []


# What happens to how many of its records: every one, every third that has a deadline; where it cannot; what the guards say.
DRIFT = {
    "swapped": (swapped, 1, WITHOUT_DATES, ("had to be quarantined", "deadlines ahead are gone", "have a deadline")),
    "hundredfold": (hundredfold, 1, WITHOUT_AMOUNTS, ("budgets are 10 times as high or low",)),
    "undated": (undated, 3, WITHOUT_DATES, ("deadlines ahead are gone",)),
}


@pytest.mark.shared
@pytest.mark.parametrize(("drift", "source"), [(name, source) for name, (_, _, out, _) in DRIFT.items() for source in NATIONAL if source not in out])
def test_drift_that_keeps_the_counts(months: Months, drift, source):
    """Every portal's own entries, misread as a change of its format would have them."""
    change, every, _, says = DRIFT[drift]
    last = guards.Before(months.november[source]["counts"], {row["id"]: months.record(row) for row in months.listed(source)})
    now, refused = [], []
    records_now = json.loads(json.dumps(list(last.records.values())))
    dated = [record for record in records_now if record["deadlines"]]
    for record in dated[::every] if every > 1 else records_now:
        change(record)
    for record in records_now:
        try:
            now.append(records.load(record))
        except ValueError as error:
            refused.append(str(error))
    wrong = guards.problems(now, refused, len(last.records), 0, 0) + guards.differences(now, refused, len(last.records), last, TODAY)
    assert any(words in reason for words in says for reason in wrong), wrong


@pytest.mark.shared
@pytest.mark.parametrize("source", NATIONAL)
def test_half_a_list(months: Months, source):
    last = guards.Before(months.november[source]["counts"], {row["id"]: months.record(row) for row in months.listed(source)})
    now = [records.load(record) for record in list(last.records.values())[: len(last.records) // 2]]
    assert "a shrink of more than 25% is refused" in guards.differences(now, [], len(now), last, TODAY)[0]
