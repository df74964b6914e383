"""Facet values that a source does not state: from its own labels first, then from the words of the entry.

Pure functions. What a source stated or a table of its labels mapped is kept and never overruled; every value added here
carries its evidence: the label, or the quoted words with their place in the field. Nothing found stays empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from crawler import classify_rules as rules
from crawler.classify_text import find, texts
from search.records import Entry, Quote
from search.vocabulary import Area, Beneficiary, Country, Ecosystem, FundingType, Level, Origin, Skills

E = TypeVar("E", bound=Entry)

# Facet -> the attribute that holds it, and the vocabulary of its values. Several values where the attribute is a list.
ATTRIBUTES: dict[str, tuple[str, type[Any]]] = {
    "ecosystem": ("ecosystems", Ecosystem),
    "country": ("countries", Country),
    "area": ("areas", Area),
    "beneficiary": ("beneficiaries", Beneficiary),
    "type": ("funding_type", FundingType),
    "level": ("level", Level),
    "skills": ("skills", Skills),
}
INFERRED = ("ecosystem", "area", "beneficiary", "type", "skills")


@dataclass(frozen=True)
class SourceLabels:
    """What a source's own labels mean: facet -> label -> values. Labels are compared as written.

    A source keeps one table; `of` picks the part that one entry carries, which is what `classify` applies.
    """

    table: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    rule: str = "label of the source"

    def of(self, **labels: Iterable[str]) -> SourceLabels:
        """The part of the table for the labels an entry carries, by facet; labels the table lacks are left out."""
        known = {facet: self.table.get(facet, {}) for facet in labels}
        return SourceLabels({f: {w: known[f][w] for w in words if w in known[f]} for f, words in labels.items()}, self.rule)

    def unknown(self, **labels: Iterable[str]) -> list[str]:
        """The labels of an entry that the table does not know, to be reported."""
        return [f"{f}: {w}" for f, ws in labels.items() for w in ws if w not in self.table.get(f, {})]


def apply_labels(entry: E, facet: str, label: str, values: Iterable[str], rule: str) -> E:
    """A copy of the entry with the values that a label of the source stands for, and the label as their evidence.

    Values the entry carries already are kept as they are. Raises ValueError for a value that is none of the facet's,
    KeyError for a facet that has no labels.
    """

    def evidence(value: str) -> list[Quote]:
        return [Quote(value=value, origin=Origin.MAPPED, quote=label, field=None, start=None, end=None, rule=rule)]

    return _with(entry, facet, {value: evidence(value) for value in values})


def classify(entry: E, labels: SourceLabels | None = None) -> E:
    """A copy of the entry with the facet values its labels and words speak for, and their evidence.

    labels: the labels this entry carries (SourceLabels.of). What was inferred before is inferred anew.
    """
    entry = _without_inferred(entry)
    labels = labels or SourceLabels()
    for facet, meanings in labels.table.items():
        for label, values in meanings.items():
            entry = apply_labels(entry, facet, label, values, labels.rule)
    read = texts(entry)
    found = find(read)
    relevance, about = rules.skills(found, read)
    if not _settled(entry, "skills"):
        entry = _with(entry, "skills", {relevance: about} if about else {}, otherwise=Skills.NONE)
    if not _settled(entry, "ecosystem"):
        entry = _with(entry, "ecosystem", rules.ecosystems(found, read, entry.skills, about))
    if not _settled(entry, "area") and entry.skills is not Skills.NONE:
        entry = _with(entry, "area", rules.areas(found))
    if not _settled(entry, "beneficiary"):
        entry = _with(entry, "beneficiary", rules.beneficiaries(found, read))
    if not _settled(entry, "type"):
        entry = _with(entry, "type", rules.funding_type(found, read))
    return entry


def _settled(entry: Entry, facet: str) -> bool:
    """Whether the source has said enough: any value, but for skills only one with evidence (its default says nothing)."""
    if facet == "skills":
        return bool(entry.evidence.get("skills"))
    return bool(getattr(entry, ATTRIBUTES[facet][0]))


def _with(entry: E, facet: str, found: Mapping[str, list[Quote]], otherwise: str | None = None) -> E:
    """A copy with more values of a facet and their evidence; a facet of one value takes the first found."""
    attribute, vocabulary = ATTRIBUTES[facet]
    held = getattr(entry, attribute)
    if not isinstance(held, list):
        found = dict(list(found.items())[:1])
    new: Any = [vocabulary(value) for value in found]
    if isinstance(held, list):
        known: Any = sorted({*held, *new})
    else:
        known = new[0] if new else vocabulary(otherwise) if otherwise else held
    evidence = {name: list(quotes) for name, quotes in entry.evidence.items()}
    if found:
        mine = evidence.setdefault(facet, [])
        if not isinstance(held, list):
            mine[:] = [q for q in mine if q.value == known]
        mine += [quote for quotes in found.values() for quote in quotes if quote not in mine]
    return entry.model_copy(update={attribute: known, "evidence": evidence})


def _without_inferred(entry: E) -> E:
    """A copy without the values known only by inference, so that classifying twice gives the same as once."""
    changes: dict[str, Any] = {}
    evidence = {name: list(quotes) for name, quotes in entry.evidence.items()}
    for facet in INFERRED:
        kept = [q for q in evidence.get(facet, ()) if q.origin is not Origin.INFERRED]
        lost = {q.value for q in evidence.pop(facet, ())} - {q.value for q in kept}
        if kept:
            evidence[facet] = kept
        attribute = ATTRIBUTES[facet][0]
        held = getattr(entry, attribute)
        if isinstance(held, list):
            changes[attribute] = [v for v in held if v not in lost]
        elif held in lost:
            changes[attribute] = Skills.NONE if facet == "skills" else None
    return entry.model_copy(update={**changes, "evidence": evidence})
