"""Facet values that a source does not state, from the words of the entry.

Pure functions. What a source stated or a table of its labels mapped (crawler.platforms.mapped) is kept and never overruled;
every value added here carries its evidence: the quoted words with their place in the field. Nothing found stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from crawler import classify_rules as rules
from crawler.classify_applicants import beneficiaries, bidders
from crawler.classify_areas import areas
from crawler.classify_places import places
from crawler.classify_text import DERIVED, Found, Text, find, texts
from search.corrections import ATTRIBUTES
from search.records import Entry, Fund, Quote
from search.vocabulary import FundingType, Level, Origin, Skills

E = TypeVar("E", bound=Entry)

INFERRED = ("ecosystem", "area", "beneficiary", "type", "skills", "level", "region")
WITHOUT = {"skills": Skills.NONE, "level": Level.NATIONAL}  # the value of a facet that nothing speaks for, where it must have one


def classify(entry: E) -> E:
    """A copy of the entry with the facet values its words speak for, and their evidence. What was inferred before is inferred anew."""
    entry = _without_inferred(entry)
    read = texts(entry)
    found = find(read)
    relevance, about = rules.skills(found, read)
    if not _settled(entry, "skills"):
        entry = _with(entry, "skills", {relevance: about} if about else {}, otherwise=Skills.NONE)
    sectors = rules.ecosystems(found, read, entry.skills, about or entry.evidence.get("skills", []))
    if not _settled(entry, "ecosystem"):
        entry = _with(entry, "ecosystem", sectors)
    elif _by_code(entry, "ecosystem"):
        entry = _with(entry, "ecosystem", rules.beside(sectors, entry.ecosystems))
    if not _settled(entry, "area") and entry.skills is not Skills.NONE:
        entry = _with(entry, "area", areas(found))
    if not _settled(entry, "beneficiary"):
        entry = _with(entry, "beneficiary", beneficiaries(found, read, by_title=not isinstance(entry, Fund)))
    if not _settled(entry, "type"):
        entry = _with(entry, "type", rules.funding_type(found, read))
    if entry.funding_type is FundingType.PROCUREMENT and not entry.beneficiaries:
        entry = _with(entry, "beneficiary", bidders(entry.evidence.get("type", [])))
    return _with_places(entry, read, found)


def _with_places(entry: E, read: list[Text], found: list[Found]) -> E:
    """A copy with the regions that the words name, regional by them; nothing where the source said where, or at which level below the Union's."""
    silent = not entry.evidence.get("level") and entry.level is Level.NATIONAL
    if entry.regions or not (silent or entry.level is Level.REGIONAL):
        return entry
    named = places(entry, read, found)
    if named and silent:
        quoted = [q.model_copy(update={"value": Level.REGIONAL}) for quotes in named.values() for q in quotes]
        entry = _with(entry, "level", {Level.REGIONAL: quoted[:1]})
    return _with(entry, "region", named)


def _by_code(entry: Entry, facet: str) -> bool:
    """Whether every value of a facet comes from a code of the source, which may be wider or narrower than this entry."""
    held = entry.evidence.get(facet, [])
    return bool(held) and all(quote.origin is Origin.MAPPED for quote in held)


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
        kept = [q for q in evidence.get(facet, ()) if q.origin is not Origin.INFERRED and q.rule not in DERIVED]
        lost = {q.value for q in evidence.pop(facet, ())} - {q.value for q in kept}
        if kept:
            evidence[facet] = kept
        attribute = ATTRIBUTES[facet][0]
        held = getattr(entry, attribute)
        if isinstance(held, list):
            changes[attribute] = [v for v in held if v not in lost]
        elif held in lost:
            changes[attribute] = WITHOUT.get(facet)
    return entry.model_copy(update={**changes, "evidence": evidence})
