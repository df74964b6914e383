"""Labels of an entry that a maintainer corrected: kept beside the records, laid over them when these are read.

A correction outlives crawls and `funding reclassify`, as neither touches it, and is undone by taking it away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from search import regions, tables
from search.records import Entry, Quote
from search.tables import corrections as table
from search.vocabulary import NOT_STATED, Area, Beneficiary, Country, Ecosystem, FundingType, Level, Origin, Skills

E = TypeVar("E", bound=Entry)

# Facet -> the attribute of a record that holds it, and the vocabulary of its values. Several values where the attribute is a list.
ATTRIBUTES: dict[str, tuple[str, type[Any]]] = {
    "ecosystem": ("ecosystems", Ecosystem),
    "country": ("countries", Country),
    "area": ("areas", Area),
    "beneficiary": ("beneficiaries", Beneficiary),
    "type": ("funding_type", FundingType),
    "level": ("level", Level),
    "skills": ("skills", Skills),
    "region": ("regions", str),
}
NEEDED = ("level", "skills")  # facets that an entry cannot leave open


@dataclass(frozen=True)
class Correction:
    """The values of one facet as a maintainer set them; none: not stated. made: when, ISO 8601 UTC."""

    entry_id: str
    facet: str
    values: tuple[str, ...]
    why: str
    made: str


def checked(facet: str, values: Iterable[str]) -> tuple[str, ...]:
    """The values of a correction, in order, each once; "not-stated" alone is none. Raises ValueError for what the facet does not know."""
    if facet not in ATTRIBUTES:
        raise ValueError(f"{facet!r} is no facet that can be corrected: {', '.join(ATTRIBUTES)}")
    attribute, vocabulary = ATTRIBUTES[facet]
    chosen = tuple(sorted({*values} - {NOT_STATED}))
    legal = set(regions.units()) if facet == "region" else {str(value) for value in vocabulary.__members__.values()}
    if unknown := [value for value in chosen if value not in legal]:
        raise ValueError(f"{', '.join(unknown)}: no value of {facet}" + ("" if facet == "region" else f": {', '.join(sorted(legal))}"))
    if len(chosen) > 1 and not isinstance(Entry.model_fields[attribute].default, list):
        raise ValueError(f"{facet} has one value")
    if not chosen and facet in NEEDED:
        raise ValueError(f"{facet} must have a value")
    return chosen


def over(entry: E, made: Iterable[Correction]) -> E:
    """A copy of the entry with the corrected facets, whose evidence is the correction alone."""
    changes: dict[str, Any] = {}
    evidence = {name: list(quotes) for name, quotes in entry.evidence.items()}
    for correction in made:
        attribute, vocabulary = ATTRIBUTES[correction.facet]
        values = [vocabulary(value) for value in correction.values]
        changes[attribute] = values if isinstance(getattr(entry, attribute), list) else values[0] if values else None
        told = correction.values or (NOT_STATED,)
        evidence[correction.facet] = [
            Quote(value=value, origin=Origin.CORRECTED, quote=None, field=None, start=None, end=None, rule=correction.why) for value in told
        ]
    return entry.model_copy(update={**changes, "evidence": evidence}) if changes else entry


def held(connection: sa.Connection) -> dict[str, list[Correction]]:
    """Entry -> its corrections, by facet; none in a store from before there were any, which a reader leaves as it is."""
    if not tables.has(connection, table):
        return {}
    found: dict[str, list[Correction]] = defaultdict(list)
    for row in connection.execute(sa.select(table).order_by(table.c.entry_id, table.c.facet)):
        found[row.entry_id].append(Correction(row.entry_id, row.facet, tuple(row.chosen), row.why, row.made))
    return dict(found)


def gold(entry: Entry, made: Iterable[Correction], row: Mapping[str, Any]) -> dict[str, Any]:
    """A corrected entry as a row of judged labels. row: all its labels, as they are scored."""
    reasons = {c.facet: c.why for c in made}
    several = {name: list(row[name]) for name in ("ecosystems", "intervention", "beneficiaries", "nuts")}
    single = {name: [row[name]] for name in ("skills", "funding_type", "level")}
    evidence = {
        name: reasons.get(facet, "") for name, facet in (("ecosystems", "ecosystem"), ("intervention", "area"), ("beneficiaries", "beneficiary"))
    }
    own = {"id": f"{entry.source}:{entry.native_id}", "source": entry.source, "lang": entry.lang}
    return {**own, **several, **single, "evidence": evidence, "corrected": reasons}
