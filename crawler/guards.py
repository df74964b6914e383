"""What a complete crawl must look like before it may replace last month's: pure functions over its entries.

`problems` holds for any crawl. `differences` compares with last month's state of the same source; a maintainer who has looked may
take those over. Reasons name the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from search.records import Entry

MOST_REFUSED = 0.5  # of the records; the rest would no longer show what the source lists
MOST_MORE_REFUSED = 0.1  # of the records, more than last time: a field has changed its form
LETTERS_LOST = "letters were lost: the page says it is UTF-8 and is not"  # why a record is quarantined whose form is as ever
MOST_SHRINK = 0.25  # fewer entries, those apart that closed by their dates where a source lists no closed ones
MOST_LOST_SHARE = 0.25  # points that the share with a deadline, budget or country may fall
FEW_LOST = 2  # entries; of a short list so few are more than a quarter, and chance

# Against last month's state of the same entries, of which most stay as they are from month to month.
FEWEST = 8  # entries that can be compared; of fewer, chance decides
MOST_UNDATED = 0.15  # calls may turn into lasting ones, a few at a time
MOST_SWAPPED = 0.1  # no call does this; some correct a date
FACTOR = 10.0  # an amount that grows or falls more has another unit or a misread separator
MOST_REPRICED = 0.1
MOST_VANISHED = 0.5  # calls with a deadline ahead that are taken away; more, and the source has given its calls other keys
MOST_MOVED = 0.5  # deadlines that have not passed are put off for some calls, never for most


@dataclass(frozen=True)
class Before:
    """The last good run. counts: as stored with it; records: the entries listed then, by id, as stored; day: when it was."""

    counts: Mapping[str, float] = field(default_factory=dict)
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    day: date = date.max


def shares(entries: Sequence[Entry]) -> dict[str, float]:
    """The shares of entries with a deadline, a budget, a country, and the median budget (0 = none), kept with each run to compare with."""
    count = len(entries) or 1
    totals = [e.budget.total for e in entries if e.budget and e.budget.total]
    return {
        "share_deadline": sum(bool(e.deadlines) for e in entries) / count,
        "share_budget": len(totals) / count,
        "share_country": sum(bool(e.countries) for e in entries) / count,
        "median_budget": median(totals) if totals else 0.0,
    }


def labelled(entries: Sequence[Entry]) -> dict[str, float]:
    """The share of entries with an ecosystem, kept with each run for the report; our own labels refuse no crawl."""
    return {"share_ecosystem": sum(bool(e.ecosystems) for e in entries) / (len(entries) or 1)}


def problems(entries: Sequence[Entry], refused: Sequence[str], found: int, min_entries: int, min_dated: float) -> list[str]:
    """Why a crawl cannot be trusted; an empty list when it can.

    refused: why records were quarantined; found: entries listed, quarantined ones included.
    """
    wrong = []
    if found < min_entries:
        wrong.append(f"only {found} entries, at least {min_entries} are expected")
    if len(refused) > MOST_REFUSED * max(found, 1):
        wrong.append(f"{len(refused)} of {found} records had to be quarantined, such as: {refused[0]}")
    dated = shares(entries)["share_deadline"]
    if entries and dated < min_dated:
        wrong.append(f"only {dated:.0%} of the entries have a deadline, at least {min_dated:.0%} are expected")
    return wrong


def differences(entries: Sequence[Entry], refused: Sequence[str], found: int, before: Before, today: date) -> list[str]:
    """Where a crawl differs from the last good one more than a month's change explains."""
    closed = _closed_since(entries, before, today)
    return [*_fewer(entries, refused, found, before.counts, closed), *_other(entries, before.records, today)]


def _closed_since(entries: Sequence[Entry], before: Before, today: date) -> int:
    """How many entries closed by their dates since the last good run, of a source that lists none of them any more; else 0."""
    closed = {key for key, record in before.records.items() if before.day.isoformat() <= _last(record) < today.isoformat()}
    return len(closed) if closed.isdisjoint(entry.id for entry in entries) else 0


def _fewer(entries: Sequence[Entry], refused: Sequence[str], found: int, counts: Mapping[str, float], closed: int) -> list[str]:
    """Counts and shares against those of the last good run, of which so many have closed since and are not expected."""
    wrong = []
    expected = counts["found"] - closed
    if found < expected * (1 - MOST_SHRINK) and expected - found > FEW_LOST:
        those = f", of which {closed} have closed since" if closed else ""
        wrong.append(f"{found} entries, {counts['found']:.0f} in the last good run{those}: a shrink of more than {MOST_SHRINK:.0%} is refused")
    refused_before = counts.get("quarantined", 0.0) - counts.get("spoilt", 0.0)
    refused = [reason for reason in refused if reason != LETTERS_LOST]  # spoilt on the way: their last good state stays
    if found >= FEWEST and len(refused) / found > refused_before / max(counts["found"], 1) + MOST_MORE_REFUSED:
        wrong.append(f"{len(refused)} of {found} records had to be quarantined, {refused_before:.0f} in the last good run, such as: {refused[0]}")
    now = shares(entries)
    for name, share in now.items():
        lost = counts.get(name, 0.0) - share
        if name.startswith("share_") and lost > MOST_LOST_SHARE and lost * len(entries) > FEW_LOST:
            wrong.append(f"{share:.0%} of the entries have a {name.removeprefix('share_')}, {counts[name]:.0%} in the last good run")
    amount, amount_before = now["median_budget"], counts.get("median_budget", 0.0)
    if len(entries) * now["share_budget"] >= FEWEST and amount_before and _repriced(amount_before, amount):
        wrong.append(f"half of the budgets are below {amount:,.0f}, {amount_before:,.0f} in the last good run")
    return wrong


def _other(entries: Sequence[Entry], records: Mapping[str, Mapping[str, Any]], today: date) -> list[str]:
    """Dates and amounts against those of the same entries last time."""
    pairs = [(records[entry.id], entry) for entry in entries if entry.id in records]
    ahead = [(old, new) for old, new in pairs if _last(old) >= today.isoformat()]
    both = [(old, new) for old, new in pairs if old.get("opening_date") and _last(old) > old["opening_date"]]
    priced = [(old, new) for old, new in pairs if _same_money(old, new)]
    checks: list[tuple[str, list[tuple[Mapping[str, Any], Entry]], Callable[..., bool], float]] = [
        ("deadlines ahead are gone", ahead, lambda _, new: not new.deadlines, MOST_UNDATED),
        ("deadlines ahead are other ones", ahead, lambda old, new: bool(new.deadlines) and str(new.deadlines[-1].date) != _last(old), MOST_MOVED),
        ("calls have opening and closing swapped", both, _swapped, MOST_SWAPPED),
        (f"budgets are {FACTOR:.0f} times as high or low", priced, lambda old, new: _repriced(_total(old), new.budget.total), MOST_REPRICED),
    ]
    wrong = []
    known = {entry.id for entry in entries}
    expected = [entry_id for entry_id, record in records.items() if _last(record) >= today.isoformat()]
    lost = sum(entry_id not in known for entry_id in expected)
    if len(expected) >= FEWEST and lost > MOST_VANISHED * len(expected):
        wrong.append(f"{lost} of {len(expected)} entries with a deadline ahead are no longer listed, at most {MOST_VANISHED:.0%} are plausible")
    for what, compared, differs, most in checks:
        number = sum(differs(old, new) for old, new in compared)
        if len(compared) >= FEWEST and number > most * len(compared):
            wrong.append(f"{number} of {len(compared)} {what} since the last good run, at most {most:.0%} are plausible")
    return wrong


def _last(record: Mapping[str, Any]) -> str:
    """The last deadline of a stored record, "" without one."""
    return max((deadline["date"] for deadline in record.get("deadlines") or ()), default="")


def _total(record: Mapping[str, Any]) -> float:
    return float((record.get("budget") or {}).get("total") or 0.0)


def _same_money(old: Mapping[str, Any], new: Entry) -> bool:
    """Whether both state an amount, in one currency."""
    return bool(_total(old) and new.budget and new.budget.total and old["budget"]["currency"] == new.budget.currency)


def _repriced(old: float, new: float) -> bool:
    return new >= FACTOR * old or new <= old / FACTOR


def _swapped(old: Mapping[str, Any], new: Entry) -> bool:
    """Whether an entry opens when it closed before, or closes when it opened."""
    closes = str(new.deadlines[-1].date) if new.deadlines else ""
    return str(new.opening_date) == _last(old) or closes == old["opening_date"]
