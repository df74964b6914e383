"""The regions of the chosen countries as a tree: NUTS 1 in the country, 2 in 1, 3 in 2, each with how many entries name it or lie in it.

Only what has entries, or is chosen, is shown: a country has hundreds of regions, and most have no money of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from search import regions
from search.generations import Generation
from search.params import SearchParams
from search.vocabulary import Country

LEVELS = (2, 3, 4, 5)  # lengths of the codes of a country, of NUTS 1, 2 and 3


@dataclass(frozen=True)
class Branch:
    """A region. count: entries limited to it or to a part of it, whatever regions are chosen; open: something in it is chosen."""

    code: str
    name: str
    count: int
    on: bool
    open: bool
    inside: list[Branch]


def branches(params: SearchParams, generation: Generation, now: datetime) -> list[Branch]:
    """The trees of the countries chosen, or of the regions chosen; empty when there are none."""
    chosen = {code for code in params.region if code != params.where_means}
    countries = {regions.nuts_country(value) for value in params.values("country") if value in set(Country) - {Country.EU_WIDE}}
    roots = sorted(countries | {code[:2] for code in params.region})
    if not roots:
        return []
    counts = _counts(params, generation, now)
    shown = {code for code in {*counts, *chosen} if code[:2] in roots and code in regions.units()}
    shown |= {code[:length] for code in shown for length in LEVELS if len(code) > length}
    return [_branch(root, shown | {root}, counts, chosen) for root in roots]


def _counts(params: SearchParams, generation: Generation, now: datetime) -> dict[str, int]:
    """code -> how many entries of the search, its regions left aside, are limited to this unit or to a part of it."""
    wider = replace(params, region=(), where="", where_means=None, page=1, per_page=1)
    pairs = generation.columns.regions
    among = np.zeros(len(generation.columns), dtype=bool)
    among[generation.search(wider, now).rows] = True
    kept = among[pairs.rows]
    rows, codes = pairs.rows[kept].astype(np.int64), pairs.codes[kept]
    found: dict[str, int] = {}
    for length in LEVELS:
        names, place = np.unique([code[:length] if len(code) >= length else "" for code in pairs.values], return_inverse=True)
        each = np.unique(rows * len(names) + place[codes]) if len(rows) else np.array([], dtype=np.int64)
        if len(names):
            counts = np.bincount(each % len(names), minlength=len(names))
            found |= {str(name): int(n) for name, n in zip(names, counts, strict=True) if name and n}
    return found


def _branch(code: str, shown: Iterable[str], counts: dict[str, int], chosen: set[str]) -> Branch:
    inside = [part for part in shown if len(part) == len(code) + 1 and part.startswith(code)]
    below = sorted((_branch(part, shown, counts, chosen) for part in inside), key=lambda branch: branch.name.casefold())
    opened = any(branch.on or branch.open for branch in below)
    return Branch(code, regions.display(code), counts.get(code, 0), code in chosen, opened, below)
