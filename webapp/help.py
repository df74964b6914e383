"""Help for an empty answer, all of it computed: what each filter costs, what the words find alone, near spellings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from search import regions, spelling, wording
from search.facets import BY_NAME, FACETS
from search.generations import Generation
from search.i18n import gettext as _
from search.params import SearchParams
from search.query import Results
from search.sources import Health, SourceState
from search.vocabulary import Country
from webapp import filters, links

MOST_WORDS = 6


@dataclass(frozen=True)
class Without:
    """What the search would find without one filter."""

    label: str
    count: int
    href: str


@dataclass(frozen=True)
class Found:
    """What some words find alone, and near spellings where they find nothing: (word, address)."""

    text: str
    count: int
    href: str
    near: list[tuple[str, str]]


def costs(generation: Generation, results: Results, now: datetime) -> list[Without]:
    """One row per filter that is on, the one that helps most first; rows that change nothing stay, to be known."""
    params, rows = results.params, []
    for name, number in results.without.items():
        label, changes = _filter(name, params)
        rows.append(Without(label, number, links.search_address(params, **changes)))
    for label, changes in _switches(params):
        number = generation.search(replace(params, page=1, **changes), now).total
        rows.append(Without(label, number, links.search_address(params, **changes)))
    return sorted(rows, key=lambda row: -row.count)


def _filter(name: str, params: SearchParams) -> tuple[str, dict[str, Any]]:
    """A filter's words, and the changes that take it out of the search."""
    if name in BY_NAME:
        chosen, facet = params.values(name), BY_NAME[name]
        return f"{facet.label}: {', '.join(facet.label_of(v) for v in chosen)}", {"chosen": {**params.chosen, name: ()}}
    if name == "region":
        places = ", ".join(regions.display(code) for code in params.region)
        return _("Where: %(places)s", places=places), {"where": "", "where_means": None, "region": ()}
    if name == "deadline":
        return _("Deadline window"), {"deadline_from": None, "deadline_to": None}
    if name == "opening":
        return _("Opening window"), {"opening_from": None, "opening_to": None}
    if name == "budget":
        return _("Budget"), {"budget_min": None, "budget_max": None}
    if name == "changed_since":
        return _("Changed since"), {"changed_since": None}
    return _("Words: %(words)s", words=params.q), {"q": ""}


def _switches(params: SearchParams) -> list[tuple[str, dict[str, Any]]]:
    off = [f for f in FACETS if f.wide_switch and not getattr(params, f.wide_switch)]
    rows: list[tuple[str, dict[str, Any]]] = [(_("%(filter)s: left out", filter=f.wide_label), {str(f.wide_switch): True}) for f in off]
    return rows + ([(_("No date or amount stated: left out"), {"dated": False})] if params.dated else [])


def alone(generation: Generation, params: SearchParams, now: datetime) -> list[Found]:
    """What the words find without any filter: together, then one by one."""
    parts = [p for p in wording.read(params.q) if not p.excluded and (p.phrase or not wording.is_small(params.q, p))]
    texts = list(dict.fromkeys([params.q, *(f'"{" ".join(p.words)}"' if p.phrase else p.words[0] for p in parts[:MOST_WORDS])]))
    found = []
    for text in texts if len(parts) > 1 else texts[:1]:
        free = SearchParams(q=text, expand=params.expand, chosen={facet.name: () for facet in FACETS if facet.default})
        results = generation.search(free, now)
        number = results.whole
        found.append(Found(text, number, links.search_address(free), [] if number else _near(generation, params, text)))
    return found


def _near(generation: Generation, params: SearchParams, text: str) -> list[tuple[str, str]]:
    """The near spelling of the misspelt words of a text, and the search that uses it instead; none where words are corrected anyway."""
    read, corrections = spelling.corrected(text, generation)
    if params.expand or not corrections:
        return []
    whole, _ = spelling.corrected(params.q, generation)
    return [(read, links.search_address(params, q=whole))]


def look_yourself(params: SearchParams, states: dict[str, SourceState] | None) -> list[SourceState]:
    """Sources of the places asked for that could not be read: people can open them."""
    asked = {regions.country_of(code) for code in params.region} | set(params.values("country"))
    unread = [s for s in (states or {}).values() if not s.facts.crawlable or s.health in (Health.FAILING, Health.NEVER)]
    return [s for s in unread if asked & set(s.facts.countries) - {Country.EU_WIDE}]


def view(generation: Generation, results: Results, states: dict[str, SourceState] | None, now: datetime) -> dict[str, Any]:
    """What the template shows below an empty answer."""
    params = results.params
    return {
        "costs": costs(generation, results, now),
        "alone": alone(generation, params, now) if params.q else [],
        "look_yourself": look_yourself(params, states),
        "cleared": filters.cleared(params),
    }
