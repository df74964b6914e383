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
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from math import isclose
from urllib.parse import parse_qsl, urlencode, urlsplit

from search import regions
from search.analysis import words
from search.records import Call
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


@dataclass(frozen=True, slots=True)
class Face:
    """What of an entry decides whether it is the same call as another.

    keys: those of each rule, none for what is no call; last_day: its last deadline; total: in its currency; full: how much it states,
    one that is still listed before one that is not, then one corrected by hand.
    """

    id: str
    source: str
    url: str
    keys: tuple[tuple[str, ...], ...]
    last_day: date | None
    funding_type: str | None
    total: float | None
    countries: tuple[str, ...]
    regions: tuple[str, ...]
    full: tuple[bool, bool, int]

    @classmethod
    def of(cls, item: Stored) -> Face:
        """From an entry as stored."""
        e = item.entry
        keys = tuple(tuple(dict.fromkeys(found(e))) for found in RULES.values()) if isinstance(e, Call) else ()
        last_day = e.deadlines[-1].date if e.deadlines else None
        total = e.budget.total if e.budget else None
        return cls(e.id, e.source, str(e.url), keys, last_day, e.funding_type, total, tuple(e.countries), tuple(e.regions), _fullness(item))


Pairs = frozenset[frozenset[str]]


def merge(entries: Sequence[Stored], kept_apart: Pairs | None = None, same: Pairs = frozenset()) -> list[Stored]:
    """The entries, in their order, with copies of one call taken into the fullest of them (`Stored.copies`); see `copies`."""
    found = copies([Face.of(item) for item in entries], kept_apart, same)
    hidden = {copy.id for held in found.values() for copy in held}
    shown = (item for item in entries if item.entry.id not in hidden)
    return [replace(item, copies=found[item.entry.id]) if item.entry.id in found else item for item in shown]


def copies(faces: Sequence[Face], kept_apart: Pairs | None = None, same: Pairs = frozenset()) -> dict[str, tuple[Copy, ...]]:
    """id of an entry that stands for others too -> these others, which are not shown.

    kept_apart, same: pairs of ids that people hold for two calls, or for one, whatever the rules say.
    """
    calls = {face.id: face for face in faces if face.keys}
    group_of: dict[str, list[str]] = {}
    why: dict[str, str] = {}
    kept_apart = apart() if kept_apart is None else kept_apart
    decided = [(DECIDED, *sorted(pair)) for pair in sorted(same, key=sorted) if pair <= calls.keys()]
    for rule, one, other in [*decided, *_pairs(calls.values())]:
        joined = list(dict.fromkeys([*group_of.get(one, [one]), *group_of.get(other, [other])]))
        agree = rule == DECIDED or _all_agree([calls[i] for i in joined])
        if not agree or any(pair <= {*joined} for pair in kept_apart):
            continue  # at least one pair of the group is wrong, and nobody knows which
        why.setdefault(other, rule)
        why.setdefault(one, rule)
        group_of |= dict.fromkeys(joined, joined)
    found = {}
    for group in group_of.values():
        first = max(group, key=lambda member: (calls[member].full, member))
        others = [calls[i] for i in sorted(group) if i != first]
        found[first] = tuple(Copy(face.id, face.source, face.url, why[face.id]) for face in others)
    return found


def _pairs(faces: Collection[Face]) -> Iterable[tuple[str, str, str]]:
    """(rule, id, id) of calls that are the same, the surest rule first."""
    for number, rule in enumerate(RULES):
        holders: dict[str, list[Face]] = {}
        for face in faces:
            for key in face.keys[number]:
                holders.setdefault(key, []).append(face)
        for held in holders.values():
            if len({face.source for face in held}) == len(held):
                for one, other in combinations(held, 2):
                    yield rule, one.id, other.id


def _all_agree(group: Sequence[Face]) -> bool:
    """Whether every two calls of a group agree, and no two are of one source."""
    return len({face.source for face in group}) == len(group) and all(_agree(one, other) for one, other in combinations(group, 2))


def _agree(one: Face, other: Face) -> bool:
    """Whether nothing that both state speaks against their being one call."""
    if one.last_day and other.last_day and one.last_day != other.last_day:
        return False
    if one.funding_type and other.funding_type and one.funding_type != other.funding_type:
        return False
    if one.total and other.total and not isclose(one.total, other.total, rel_tol=SAME_TOTAL):
        return False
    here, there = set(one.countries), set(other.countries)
    if here and there and not here & there and Country.EU_WIDE not in here | there:
        return False
    near = any(regions.contains(a, b) or regions.contains(b, a) for a in one.regions for b in other.regions)
    return near or not one.regions or not other.regions


def _fullness(item: Stored) -> tuple[bool, bool, int]:
    """How much a record states; one that is still listed comes before one that is not, then one corrected by hand."""
    corrected = any(quote.origin is Origin.CORRECTED for quotes in item.entry.evidence.values() for quote in quotes)
    stated = sum(1 for name, value in item.entry if name != "evidence" and value not in (None, [], ""))
    return item.no_longer_listed_since is None, corrected, stated
