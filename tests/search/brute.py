"""search() again, the slow and obvious way, over the records themselves: what the columns and the index must agree with."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from search import regions, timing
from search.analysis import fold, squeezed, stem
from search.facets import FACETS, Facet
from search.index import searched_texts
from search.params import SearchParams
from search.ranking import BOOSTS, ENOUGH, LEAST_COVERAGE, OWN, PARTLY, UNION
from search.records import Entry
from search.store import Stored
from search.vocabulary import NOT_STATED, Country
from search.wording import Asked, Group, groups, read

_kept: list[list[Stored]] = []  # what is remembered by its id must not make room for others with the same id
_values: dict[tuple[int, str, datetime], list[str]] = {}


def values(entry: Entry, facet: Facet, now: datetime) -> list[str]:
    """An entry's values of a facet, made once."""
    key = (id(entry), facet.name, now)
    if key not in _values:
        own = [str(v) for v in facet.values(entry)] or [NOT_STATED] if facet.values else [str(timing.status(entry, now))]
        _values[key] = own
    return _values[key]


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
    if params.opening_from or params.opening_to:
        opens = entry.opening_date
        if opens is None:
            if params.dated:
                return False
        elif not (params.opening_from or opens) <= opens <= (params.opening_to or opens):
            return False
    if params.budget_min is not None or params.budget_max is not None:
        total = entry.budget.total if entry.budget and entry.budget.currency == "EUR" else None
        if total is None:
            return not params.dated
        return (params.budget_min or 0) <= total <= (params.budget_max if params.budget_max is not None else float("inf"))
    return True


def has(tokens: dict[str, list[str]], part: Asked, languages: list[str]) -> bool:
    """Whether one part of a search stands in any field."""
    typed = [tokens[field] for field in BOOSTS]
    code = squeezed(part.words[0])
    if code and not part.phrase and begins(tokens, code):
        return True
    if part.prefix:
        return any(token.startswith(part.words[0]) for field in typed for token in field)
    sequences = [part.words] + ([part.parts] if part.parts else [])
    wanted = {tuple(stem(w, language) for w in words) for words in sequences for language in ["", *languages]}
    return any(_stands(s, field) for field in typed for s in wanted)


def _stands(words: tuple[str, ...], field: list[str]) -> bool:
    if not all(word in field for word in words):
        return False
    return any(tuple(field[n : n + len(words)]) == words for n in range(len(field)))


def begins(tokens: dict[str, list[str]], code: str) -> bool:
    return any(token.startswith(code) for token in tokens["codes"])


def answers(tokens: dict[str, list[str]], group: Group, languages: list[str]) -> float:
    """How much of a part of a search an entry has: all for the words, a concept or place they name, or a translation."""
    if all(has(tokens, part, languages) for part in group.parts):
        return 1.0
    spoken = {*tokens["about"], *tokens["mentions"]}
    if set(group.concepts) & spoken or set(group.places) & set(tokens["area"]):
        return 1.0
    wordings = {stem(fold(t.word), t.language) for t in group.translations}
    if any(not wordings.isdisjoint(tokens[field]) for field in ("title", "summary", "body", "inside")):
        return 1.0
    if group.inner and all(answers(tokens, inner, languages) == 1 for inner in group.inner):
        return 1.0
    around = {OWN + outer for code in group.places for outer in regions.lineage(code)[:-1]} | ({OWN + UNION} if group.places else set())
    if any(answers(tokens, inner, languages) == 1 for inner in group.inner):
        return PARTLY
    return PARTLY if {*group.broader, *group.narrower} & spoken or around & set(tokens["area"]) else 0.0


_seen: dict[int, dict[str, list[str]]] = {}


def _tokens(stored: Stored) -> dict[str, list[str]]:
    """An entry's tokens, made once."""
    if id(stored) not in _seen:
        _seen[id(stored)] = searched_texts(stored.entry)
    return _seen[id(stored)]


_matching: dict[tuple[int, str, bool], set[str]] = {}


def matching(all_stored: list[Stored], params: SearchParams) -> set[str]:
    """ids of the entries that match the words; made once for the same words and entries."""
    key = (id(all_stored), params.q, params.expand)
    if key not in _matching:
        _matching[key] = _match(all_stored, params)
    return _matching[key]


def _match(all_stored: list[Stored], params: SearchParams) -> set[str]:
    """ids of the entries that match the words: those that have all, or where they are few those that have most."""
    languages = sorted({s.entry.lang for s in all_stored})
    wanted = groups(params.q, params.expand)
    unwanted = [p for p in read(params.q) if p.excluded]
    tokens = {s.entry.id: _tokens(s) for s in all_stored}
    shares = {i: [answers(t, g, languages) for g in wanted] for i, t in tokens.items()}
    holding = [sum(held[n] == 1 for held in shares.values()) for n in range(len(wanted))]
    weights = [math.log(len(tokens) / (n + 1)) + 1 if n else 1.0 for n in holding]
    coverage = {i: sum(s * w for s, w in zip(held, weights, strict=True)) / sum(weights) if wanted else 1.0 for i, held in shares.items()}
    whole = {i for i, held in shares.items() if all(s == 1 for s in held)}
    if code := squeezed(params.q):
        named = {i for i, t in tokens.items() if begins(t, code)}
        coverage |= dict.fromkeys(named, 1.0)
        whole |= named
    out = {i for i, t in tokens.items() if any(has(t, p, languages) for p in unwanted)}
    whole -= out
    best = sorted((c for i, c in coverage.items() if i not in out and c > 0), reverse=True)
    least = min(coverage[i] for i in whole) if len(whole) >= ENOUGH else min(LEAST_COVERAGE, best[ENOUGH - 1]) if len(best) > ENOUGH else 0
    return {i for i, c in coverage.items() if i not in out and c > 0 and c >= least}


class Slow:
    """Answers searches over some entries at an instant: what each entry states is asked of its record once, and remembered."""

    def __init__(self, stored: list[Stored], now: datetime) -> None:
        _kept.append(stored)
        self.stored = stored
        self.now = now
        self.carried = {facet.name: self._carried(facet) for facet in FACETS}
        self._remembered: dict[tuple[object, ...], NDArray[np.bool_]] = {}

    def _carried(self, facet: Facet) -> dict[str, NDArray[np.bool_]]:
        own = [set(values(s.entry, facet, self.now)) for s in self.stored]
        return {value: np.array([value in held for held in own]) for value in sorted(set().union(*own))}

    def _each(self, key: tuple[object, ...], passes: Callable[[Stored], bool]) -> NDArray[np.bool_]:
        if key not in self._remembered:
            self._remembered[key] = np.array([passes(s) for s in self.stored])
        return self._remembered[key]

    def passes_facet(self, facet: Facet, params: SearchParams) -> NDArray[np.bool_]:
        """The entries with any of the chosen values, the widest value, or none where that is asked for."""
        chosen = list(params.values(facet.name))
        if not chosen:
            return np.ones(len(self.stored), dtype=bool)
        if facet.wide and getattr(params, facet.wide_switch or ""):
            chosen.append(facet.wide)
        if params.include_silent:
            chosen.append(NOT_STATED)
        passing = np.zeros(len(self.stored), dtype=bool)
        for value in chosen:
            passing |= self.carried[facet.name].get(value, False)
        return passing

    def answer(self, params: SearchParams) -> tuple[set[str], dict[str, dict[str, int]]]:
        """The ids found, and facet -> value -> count."""
        base = np.ones(len(self.stored), dtype=bool)
        if params.q:
            found = matching(self.stored, params)
            base = self._each(("q", params.q, params.expand), lambda s: s.entry.id in found)
        windows = (
            params.deadline_from,
            params.deadline_to,
            params.opening_from,
            params.opening_to,
            params.budget_min,
            params.budget_max,
            params.dated,
        )
        base = base & self._each(("windows", *windows), lambda s: passes_windows(s, params))
        if params.region:
            base = base & self._each(("region", params.region, params.eu_wide), lambda s: passes_region(s.entry, params))
        passing = {facet.name: self.passes_facet(facet, params) for facet in FACETS}
        hits = np.logical_and.reduce([base, *passing.values()])
        counts = {}
        for facet in FACETS:
            others = np.logical_and.reduce([base, *(mask for name, mask in passing.items() if name != facet.name)])
            held = {value: int((carried & others).sum()) for value, carried in self.carried[facet.name].items()}
            counts[facet.name] = {value: number for value, number in held.items() if number}
        return {s.entry.id for s, hit in zip(self.stored, hits, strict=True) if hit}, counts
