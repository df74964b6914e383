"""The page of results: the sentence above it, bands and blocks of results, pages, and the state of the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from search import regions, wording, writing
from search.i18n import gettext as _
from search.i18n import ngettext
from search.params import SearchParams
from search.query import Hit, Results, Tier
from search.sources import Health, SourceFacts, SourceState
from search.vocabulary import Country, Kind, label
from webapp import also, cards, filters, hints, links, text
from webapp.cards import Card


@dataclass(frozen=True)
class Block:
    """Results of one kind."""

    kind: Kind
    heading: str
    cards: list[Card]


@dataclass(frozen=True)
class Band:
    """Results of one tier. heading is empty when there is nothing to tell apart; hide: the search without this band."""

    tier: Tier
    heading: str
    line: str
    note: str
    hide: str | None
    blocks: list[Block]


@dataclass(frozen=True)
class Pages:
    """Which results are shown. first, last count from 1; previous and next are addresses."""

    first: int
    last: int
    total: int
    number: int
    of: int
    previous: str | None
    next: str | None
    end: str


@dataclass(frozen=True)
class Place:
    """How the free-text place was read."""

    typed: str
    code: str
    name: str
    country: str | None
    only: str | None


def view(
    results: Results,
    facts: Mapping[str, SourceFacts],
    states: Mapping[str, SourceState] | None,
    now: datetime,
) -> dict[str, Any]:
    """Everything the template of the search page shows."""
    params = results.params
    return {
        "params": params,
        "results": results,
        "sentence": sentence(results),
        "place": read_place(params),
        "words_read": read_words(params.q),
        "also": also.searched(results),
        "boxes": filters.boxes(results),
        "switches": filters.further_switches(params),
        "hidden": filters.hidden(params),
        "sorts": filters.sorts(params),
        "chips": filters.chips(params),
        "left_out": filters.left_out(results),
        "cleared": filters.cleared(params),
        "bands": bands(results, facts, now),
        "counted": counted,
        "pages": pages(results),
        "troubles": troubles(results, states),
        "health_unknown": states is None,
        "tally": tally(results),
    }


def sentence(results: Results) -> str:
    """The heading: "34 results for “vocational training” in Piedmont"."""
    params = results.params
    where = place_words(params)
    if not params.q and not filters.chips(params):
        nothing = _("Nothing to find yet")
        several = ngettext("%(count)s call, fund or loan", "%(count)s calls, funds and loans", results.total, count=writing.number(results.total))
        return several if results.total else nothing
    found = counted(results.total) if results.total else _("No results")
    if params.q and where:
        # Translators: “34 results for “training” in Italy”; where the name would have to change, write “… (%(place)s)” or “… – %(place)s”
        return _("%(results)s for “%(words)s” in %(place)s", results=found, words=params.q, place=where)
    if params.q:
        return _("%(results)s for “%(words)s”", results=found, words=params.q)
    return _("%(results)s in %(place)s", results=found, place=where) if where else found


def counted(number: int) -> str:
    """ "1 result", "34 results"."""
    return ngettext("%(num)s result", "%(num)s results", number, num=writing.number(number))


def place_words(params: SearchParams) -> str:
    """The places a search is limited to; "" when there are none, or too many to name."""
    names = [regions.known_as(regions.units()[code]) for code in params.region]
    names += [label(c) for c in params.values("country") if c in set(Country) - {Country.EU_WIDE}]
    if len(names) > 2:
        return ngettext("%(count)s place", "%(count)s places", len(names), count=writing.number(len(names)))
    return writing.listed(list(dict.fromkeys(names)))


def read_place(params: SearchParams) -> Place | None:
    """How the free-text place was read, None when none was typed or understood."""
    if not params.where_means:
        return None
    unit = regions.units()[params.where_means]
    country = label(regions.country_of(unit.code)) if unit.level else None
    only = links.search_address(params, eu_wide=False) if params.eu_wide else None
    return Place(params.where, unit.code, regions.display(unit.code), country, only)


def read_words(typed: str) -> list[str]:
    """How the words were read, where that is not plain: phrases, words left out, beginnings of words, small words."""
    parts = wording.read(typed)
    asked = [p for p in parts if not p.excluded]
    small = [p.words[0] for p in asked if not p.phrase and not p.prefix and wording.is_small(typed, p)]
    read = [_("the exact words “%(words)s”", words=" ".join(p.words)) for p in asked if p.phrase]
    read += [_("words that begin with “%(word)s”", word=p.words[0]) for p in asked if p.prefix]
    read += [_("without “%(words)s”", words=" ".join(p.words)) for p in parts if p.excluded]
    return read + ([_("small words not required: %(words)s", words=", ".join(small))] if small and len(small) < len(asked) else [])


def bands(results: Results, facts: Mapping[str, SourceFacts], now: datetime) -> list[Band]:
    """The results of this page by tier, and in each by kind."""
    told_apart = set(results.tiers) != {Tier.DIRECT}
    asked = text.Words(results.read_as, results.params.expand)
    found = []
    for tier, hits in groupby(results.hits, key=lambda hit: hit.tier):
        blocks = [
            Block(kind, _(hints.BLOCKS[kind]), [cards.card(hit, facts, now, asked) for hit in block]) for kind, block in groupby(hits, key=_kind)
        ]
        heading, note = tier_words(tier, results.params) if told_apart else ("", "")
        found.append(Band(tier, heading, line(tier, results.params), note, _hide(tier, results.params), blocks))
    return found


def _kind(hit: Hit) -> Kind:
    return Kind(hit.stored.entry.kind)


def line(tier: Tier, params: SearchParams) -> str:
    """The line a band runs on."""
    if tier is Tier.DIRECT and (params.region or params.values("country")):
        return "reg" if any(len(code) > 2 for code in params.region) else "nat"
    return hints.BAND_LINES.get(tier, "none")


def _hide(tier: Tier, params: SearchParams) -> str | None:
    switch = hints.BAND_SWITCHES.get(tier)
    return links.search_address(params, **{switch: False}) if switch else None


def tier_words(tier: Tier, params: SearchParams) -> tuple[str, str]:
    """Heading of a band and a sentence on what it holds."""
    place = place_words(params)
    sectors = [label(v) for v in params.values("ecosystem")]
    if tier is Tier.DIRECT:
        asked = place or (sectors[0] if len(sectors) == 1 else "")
        # Translators: heading over the results of a place or sector; where the name would have to change, write it as “%(asked)s:”
        return (_("For %(asked)s", asked=asked) if asked else _("What you asked for")), _("These name it themselves.")
    if tier is Tier.EVERY_SECTOR:
        return _("Open to every sector"), _("These are limited to no sector, so they count for yours too.")
    if tier is Tier.WIDER_REGION:
        countries = list(dict.fromkeys(label(regions.country_of(code)) for code in params.region))
        heading = _("All of %(countries)s", countries=writing.listed(countries))
        return heading, _("Money for the whole country, or for a larger area that %(place)s lies in.", place=place)
    if tier is Tier.EU_WIDE:
        if place:
            return _("EU-wide"), _("Open to applicants in %(place)s as in every country of the Union.", place=place)
        return _("EU-wide"), _("Open in every country of the Union.")
    return _("Does not say"), _("These do not state what you filtered by. Nothing is guessed: ask the source.")


def pages(results: Results) -> Pages:
    """Which results of how many this page shows."""
    params, size = results.params, results.params.per_page
    first = (params.page - 1) * size + 1
    return Pages(
        first=first,
        last=min(first + size - 1, results.total),
        total=results.total,
        number=params.page,
        of=results.pages,
        previous=links.search_address(params, page=min(params.page - 1, results.pages)) if params.page > 1 else None,
        next=links.search_address(params, page=params.page + 1) if params.page < results.pages else None,
        end=links.search_address(params, page=results.pages),
    )


def troubles(results: Results, states: Mapping[str, SourceState] | None) -> list[SourceState]:
    """The sources of these results that are failing or behind."""
    among = {count.value for count in results.facets["source"] if count.count}
    bad = (Health.FAILING, Health.STALE)
    return [state for name, state in (states or {}).items() if name in among and state.health in bad]


def tally(results: Results) -> list[tuple[str, str, int, str]]:
    """(line, words, count, address) of the large figures on the first page."""
    counts = {c.value: c.count for c in results.facets[hints.TALLY]}
    return [
        (
            line,
            hints.level(level),
            counts[level],
            links.choosing(results.params, hints.TALLY, (level,)),
        )
        for level, line in hints.LINES.items()
    ]
