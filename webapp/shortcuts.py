"""What is one press away above and below the results: the bands of this search, the place among its words, what is new of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from search import languages, places, regions, timing, wording, writing
from search.analysis import fold
from search.clock import BRUSSELS
from search.columns import Columns
from search.i18n import ngettext
from search.params import SearchParams, Sort
from search.query import Results, Tier
from webapp import links, results
from webapp.filters import LeftOut

RECENT = (7, 30)  # days


@dataclass(frozen=True)
class Jump:
    """A band of the results, on whichever page it begins."""

    line: str
    heading: str
    count: int
    href: str


@dataclass(frozen=True)
class Offer:
    """A place among the words of a search, and the same search with the place as a place. words: what is left; "" for nothing."""

    typed: str
    words: str
    place: str
    href: str


def view(found: Results, columns: Columns, now: datetime) -> dict[str, Any]:
    """What the template shows of it."""
    return {"jumps": jumps(found), "offer": place_offered(found.params), "recent": recent(found, columns, now)}


def jumps(found: Results) -> list[Jump]:
    """The bands in their order; [] when there is nothing to tell apart."""
    params, before, listed = found.params, 0, []
    for tier, count in found.tiers.items():
        href = f"{links.search_address(params, page=before // params.per_page + 1)}#tier-{tier}"
        listed.append(Jump(results.line(tier, params), results.tier_words(tier, params)[0], count, href))
        before += count
    return listed if set(found.tiers) - {Tier.DIRECT} and len(listed) > 1 else []


def place_offered(params: SearchParams) -> Offer | None:
    """The one place that the words name, where none is asked for: as a place it tells its own money, the country's and the Union's apart."""
    named = _named(params.q) if params.q and not params.region else []
    if len(named) != 1:
        return None
    start, end, code = named[0]
    typed, before = params.q[start:end], params.q[:start].split()
    if before and languages.is_small(params.q, fold(before[-1])):
        before = before[:-1]  # the "in" of "in Tyrol"
    rest = " ".join([*before, *params.q[end:].split()])
    where = typed if places.resolve(typed) == code else code
    href = links.search_address(params, q=rest, where=where, where_means=code, region=(code,))
    return Offer(typed, rest, regions.known_as(regions.units()[code]), href)


def _named(text: str) -> list[tuple[int, int, str]]:
    """The places that the words of a search name, as (start, end, code): outside of quotes, and not left out by a minus."""
    plain = [part for part in wording.read(text) if not part.phrase and not part.excluded and not part.prefix]
    found = [(min(p.start for p in g.parts), max(p.end for p in g.parts), g.places[0]) for g in wording.groups(text) if g.places]
    taken = {start for start, _, _ in found}
    known = {part.start for part in plain}
    return found + [place for place in places.named_in(text) if place[0] in known and place[0] not in taken]


def recent(found: Results, columns: Columns, now: datetime) -> list[LeftOut]:
    """How many of the results are new or changed in the last days, each with the search for them; [] when days are asked for."""
    if found.params.changed_since or not found.total:
        return []
    today, listed = now.astimezone(BRUSSELS).date(), []
    for days in RECENT:
        since = today - timedelta(days=days)
        count = int(np.count_nonzero(columns.dates.changed[found.rows] >= timing.start_of(since)))
        num = writing.number(count)
        words = ngettext(
            "%(num)s new or changed in the last %(days)s days", "%(num)s new or changed in the last %(days)s days", count, num=num, days=days
        )
        listed.append(LeftOut(words, count, links.search_address(found.params, changed_since=since, sort=Sort.CHANGED)))
    return listed
