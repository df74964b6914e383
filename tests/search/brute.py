"""search() again, the slow and obvious way, over the records themselves: what the columns and the index must agree with."""

from __future__ import annotations

from datetime import datetime

from search import regions, timing
from search.analysis import fold, stem
from search.facets import FACETS, Facet
from search.index import searched_texts
from search.params import SearchParams
from search.ranking import BOOSTS
from search.records import Entry
from search.store import Stored
from search.vocabulary import NOT_STATED, Country
from search.wording import Asked, Group, groups, read


def values(entry: Entry, facet: Facet, now: datetime) -> list[str]:
    if facet.values is None:
        return [str(timing.status(entry, now))]
    return [str(v) for v in facet.values(entry)] or [NOT_STATED]


def passes_facet(entry: Entry, facet: Facet, params: SearchParams, now: datetime) -> bool:
    chosen, own = params.values(facet.name), values(entry, facet, now)
    if not chosen or set(own) & set(chosen):
        return True
    if facet.wide and getattr(params, facet.wide_switch or "") and facet.wide in own:
        return True
    return params.include_silent and own == [NOT_STATED]


def passes_region(entry: Entry, params: SearchParams) -> bool:
    for asked in params.region:
        country = regions.country_of(asked) in entry.countries
        if country and (len(asked) == 2 or not entry.regions):
            return True
        if any(regions.contains(asked, code) or regions.contains(code, asked) for code in entry.regions):
            return True
    return params.eu_wide and Country.EU_WIDE in entry.countries


def passes_windows(stored: Stored, params: SearchParams) -> bool:
    entry = stored.entry
    if params.deadline_from or params.deadline_to:
        days = [d.date for d in entry.deadlines]
        inside = [d for d in days if (not params.deadline_from or d >= params.deadline_from) and (not params.deadline_to or d <= params.deadline_to)]
        if not inside and (days or params.dated):
            return False
    if params.budget_min is not None or params.budget_max is not None:
        total = entry.budget.total if entry.budget else None
        if total is None:
            return not params.dated
        return (params.budget_min or 0) <= total <= (params.budget_max if params.budget_max is not None else float("inf"))
    return True


def has(tokens: dict[str, list[str]], part: Asked, languages: list[str]) -> bool:
    """Whether one part of a search stands in any field."""
    typed = [tokens[field] for field in BOOSTS]
    if part.prefix:
        return any(token.startswith(part.words[0]) for field in typed for token in field)
    sequences = [part.words] + ([part.parts] if part.parts else [])
    wanted = {tuple(stem(w, language) for w in words) for words in sequences for language in ["", *languages]}
    return any(tuple(field[n : n + len(s)]) == s for field in typed for s in wanted for n in range(len(field)))


def answers(tokens: dict[str, list[str]], group: Group, languages: list[str]) -> bool:
    """Whether an entry has a part of a search: the words, a concept or place they name, or a translation."""
    if all(has(tokens, part, languages) for part in group.parts):
        return True
    if set(group.concepts) & {*tokens["about"], *tokens["mentions"]} or set(group.places) & set(tokens["area"]):
        return True
    wordings = {stem(fold(t.word), t.language) for t in group.translations}
    return any(wordings & set(tokens[field]) for field in ("title", "summary", "body"))


_seen: dict[int, dict[str, list[str]]] = {}


def _tokens(stored: Stored) -> dict[str, list[str]]:
    """An entry's tokens, made once."""
    if id(stored) not in _seen:
        _seen[id(stored)] = searched_texts(stored.entry)
    return _seen[id(stored)]


def matching(all_stored: list[Stored], params: SearchParams) -> set[str]:
    """ids of the entries that match the words; of those with any of them when none has all."""
    languages = sorted({s.entry.lang for s in all_stored})
    wanted = groups(params.q, params.expand)
    unwanted = [p for p in read(params.q) if p.excluded]
    tokens = {s.entry.id: _tokens(s) for s in all_stored}
    kept = {i: t for i, t in tokens.items() if not any(has(t, p, languages) for p in unwanted)}
    found = {i for i, t in kept.items() if all(answers(t, g, languages) for g in wanted)}
    return found or ({i for i, t in kept.items() if any(answers(t, g, languages) for g in wanted)} if len(wanted) > 1 else set())


def answer(all_stored: list[Stored], params: SearchParams, now: datetime) -> tuple[set[str], dict[str, dict[str, int]]]:
    """The ids found, and facet -> value -> count."""
    found = matching(all_stored, params) if params.q else {s.entry.id for s in all_stored}
    base = [s for s in all_stored if s.entry.id in found and passes_windows(s, params) and (not params.region or passes_region(s.entry, params))]
    hits = {s.entry.id for s in base if all(passes_facet(s.entry, f, params, now) for f in FACETS)}
    counts: dict[str, dict[str, int]] = {}
    for facet in FACETS:
        counts[facet.name] = {}
        for stored in base:
            if all(passes_facet(stored.entry, f, params, now) for f in FACETS if f is not facet):
                for value in values(stored.entry, facet, now):
                    counts[facet.name][value] = counts[facet.name].get(value, 0) + 1
    return hits, counts
