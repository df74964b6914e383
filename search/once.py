"""One call once: the same call on two portals becomes one entry that links to both.

Precise before complete. Two calls of different sources are the same when both hold:
- they do not contradict each other: where both state a last deadline, a type, a total or places, these are the same or overlap;
- one of RULES joins them, and within neither source does it fit any other call (a general page, a serial title).
The fuller record stands for both, one corrected by hand before others, so that the correction shows; the other stays in the
store and in exports, and its address leads to the first.
A line in `data/apart.csv` (two ids and the reason) keeps two entries apart that a rule would join; so does an editor's decision
in the store, which may join two as well (search.pairs).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import combinations
from math import isclose
from urllib.parse import parse_qsl, urlencode, urlsplit

from search import regions
from search.analysis import words
from search.records import Call, dump
from search.store import Copy, Stored
from search.vocabulary import Country, Origin

SHORTEST_TITLE = 5  # words: shorter titles are often those of a whole series
SHORTEST_CODE = 8  # letters and digits of an identifier, some of them digits
SAME_TOTAL = 0.01  # budgets are rounded: a hundredth apart is the same
DECIDED = "the word of an editor"
_TRACKING = ("utm_", "fbclid", "gclid")

Keys = Callable[[Call], Iterable[str]]


def _addresses(call: Call) -> Iterable[str]:
    """The addresses of a call's own page, without what does not change the page; home pages say nothing."""
    for address in (call.url, *call.also_at):
        parts = urlsplit(str(address))
        asked = urlencode(sorted(pair for pair in parse_qsl(parts.query) if not pair[0].casefold().startswith(_TRACKING)))
        path = parts.path.rstrip("/")
        if path or asked:
            yield f"{(parts.hostname or '').removeprefix('www.')}{path}?{asked}"


def _identifier(call: Call) -> Iterable[str]:
    """The public code of a call; the source's running numbers are too short to mean the same elsewhere."""
    code = "".join(letter for letter in (call.identifier or "").casefold() if letter.isalnum())
    if len(code) >= SHORTEST_CODE and not code.isalpha() and not code.isdigit():
        yield code


def _title_and_day(call: Call) -> Iterable[str]:
    """The words of a long title with the last deadline; without a deadline, or with a short title, nothing."""
    spoken = [token.text for token in words(call.title)]
    if len(spoken) >= SHORTEST_TITLE and call.deadlines:
        yield f"{call.deadlines[-1].date} {' '.join(spoken)}"


RULES: Mapping[str, Keys] = {"the same address": _addresses, "the same identifier": _identifier, "the same title and last deadline": _title_and_day}


@cache
def apart() -> frozenset[frozenset[str]]:
    """The pairs of ids that a maintainer keeps apart."""
    rows = csv.DictReader((files("search.data") / "apart.csv").read_text("utf-8").splitlines())
    return frozenset(frozenset((row["id"], row["other_id"])) for row in rows)


def merge(
    entries: Sequence[Stored], kept_apart: frozenset[frozenset[str]] | None = None, same: frozenset[frozenset[str]] = frozenset()
) -> list[Stored]:
    """The entries, in their order, with copies of one call taken into the fullest of them (`Stored.copies`).

    kept_apart, same: pairs of ids that people hold for two calls, or for one, whatever the rules say.
    """
    by_id = {item.entry.id: item for item in entries}
    calls = {i: item.entry for i, item in by_id.items() if isinstance(item.entry, Call)}
    group_of: dict[str, list[str]] = {}
    why: dict[str, str] = {}
    kept_apart = apart() if kept_apart is None else kept_apart
    decided = [(DECIDED, *sorted(pair)) for pair in sorted(same, key=sorted) if pair <= calls.keys()]
    for rule, one, other in [*decided, *_pairs(entries)]:
        joined = list(dict.fromkeys([*group_of.get(one, [one]), *group_of.get(other, [other])]))
        agree = rule == DECIDED or _all_agree([calls[i] for i in joined])
        if not agree or any(pair <= {*joined} for pair in kept_apart):
            continue  # at least one pair of the group is wrong, and nobody knows which
        why.setdefault(other, rule)
        why.setdefault(one, rule)
        group_of |= dict.fromkeys(joined, joined)
    first = {i: max(group, key=lambda member: (_fullness(by_id[member]), member)) for i, group in group_of.items()}
    return [_with_copies(item, group_of, by_id, why) for item in entries if first.get(item.entry.id, item.entry.id) == item.entry.id]


def _with_copies(item: Stored, group_of: Mapping[str, list[str]], by_id: Mapping[str, Stored], why: Mapping[str, str]) -> Stored:
    others = [by_id[i].entry for i in sorted(group_of.get(item.entry.id, ())) if i != item.entry.id]
    return replace(item, copies=tuple(Copy(e.id, e.source, str(e.url), why[e.id]) for e in others)) if others else item


def _pairs(entries: Sequence[Stored]) -> Iterable[tuple[str, str, str]]:
    """(rule, id, id) of calls that are the same, the surest rule first."""
    for rule, keys in RULES.items():
        holders: dict[str, dict[str, list[Call]]] = defaultdict(lambda: defaultdict(list))
        for item in entries:
            if isinstance(item.entry, Call):
                for key in dict.fromkeys(keys(item.entry)):
                    holders[key][item.entry.source].append(item.entry)
        for sources in holders.values():
            if any(len(held) > 1 for held in sources.values()):
                continue
            for one, other in combinations([held[0] for held in sources.values()], 2):
                yield rule, one.id, other.id


def _all_agree(group: Sequence[Call]) -> bool:
    """Whether every two calls of a group agree, and no two are of one source."""
    return len({call.source for call in group}) == len(group) and all(_agree(one, other) for one, other in combinations(group, 2))


def _agree(one: Call, other: Call) -> bool:
    """Whether nothing that both state speaks against their being one call."""
    if one.deadlines and other.deadlines and one.deadlines[-1].date != other.deadlines[-1].date:
        return False
    if one.funding_type and other.funding_type and one.funding_type != other.funding_type:
        return False
    totals = [call.budget.total for call in (one, other) if call.budget and call.budget.total]
    if len(totals) == 2 and not isclose(*totals, rel_tol=SAME_TOTAL):
        return False
    here, there = set(one.countries), set(other.countries)
    if here and there and not here & there and Country.EU_WIDE not in here | there:
        return False
    near = any(regions.contains(a, b) or regions.contains(b, a) for a in one.regions for b in other.regions)
    return near or not one.regions or not other.regions


def _fullness(item: Stored) -> tuple[bool, bool, int]:
    """How much a record states; one that is still listed comes before one that is not, then one corrected by hand."""
    corrected = any(quote.origin is Origin.CORRECTED for quotes in item.entry.evidence.values() for quote in quotes)
    stated = sum(1 for name, value in dump(item.entry).items() if name != "evidence" and value not in (None, [], ""))
    return item.no_longer_listed_since is None, corrected, stated
