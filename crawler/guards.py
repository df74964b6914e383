"""What a complete crawl must look like before it may replace last month's: pure functions over its entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search.records import Entry

MOST_SHRINK = 0.25
MOST_REFUSED = 0.5
MOST_LOST_SHARE = 0.25


def shares(entries: Sequence[Entry]) -> dict[str, float]:
    """The shares of entries with a deadline, a budget, a country, kept with each run to compare with."""
    count = len(entries) or 1
    return {
        "share_deadline": sum(bool(e.deadlines) for e in entries) / count,
        "share_budget": sum(bool(e.budget and e.budget.total) for e in entries) / count,
        "share_country": sum(bool(e.countries) for e in entries) / count,
    }


def labelled(entries: Sequence[Entry]) -> dict[str, float]:
    """The share of entries with an ecosystem, kept with each run for the report; our own labels refuse no crawl."""
    return {"share_ecosystem": sum(bool(e.ecosystems) for e in entries) / (len(entries) or 1)}


def problems(entries: Sequence[Entry], refused: int, found: int, before: Mapping[str, float] | None, min_entries: int, min_dated: float) -> list[str]:
    """Why a crawl cannot be trusted; an empty list when it can.

    refused: records quarantined; found: entries listed, quarantined ones included; before: the counts of the last good run.
    """
    wrong = []
    if found < min_entries:
        wrong.append(f"only {found} entries, at least {min_entries} are expected")
    if refused > MOST_REFUSED * max(found, 1):
        wrong.append(f"{refused} of {found} records had to be quarantined")
    now = shares(entries)
    if entries and now["share_deadline"] < min_dated:
        wrong.append(f"only {now['share_deadline']:.0%} of the entries have a deadline, at least {min_dated:.0%} are expected")
    if before:
        if found < before["found"] * (1 - MOST_SHRINK):
            wrong.append(f"{found} entries, {before['found']:.0f} in the last good run: a shrink of more than {MOST_SHRINK:.0%} is refused")
        for name, share in now.items():
            if entries and share < before.get(name, 0.0) - MOST_LOST_SHARE:
                wrong.append(f"{share:.0%} of the entries have a {name.removeprefix('share_')}, {before[name]:.0%} in the last good run")
    return wrong
