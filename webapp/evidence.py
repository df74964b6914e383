"""Why an entry carries its labels: the words quoted, marked in the text they stand in, and the rule that decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search import change_words
from search.facets import FACETS, Facet
from search.i18n import N_
from search.i18n import gettext as _
from search.records import Entry, Quote
from search.vocabulary import NOT_STATED, Origin
from webapp import hints
from webapp.text import Span, joined

FIELD_WORDS = {
    "title": N_("Title"),
    "title_en": N_("English title"),
    "call_title": N_("Title of the whole call"),
    "summary": N_("In short"),
    "objectives": N_("Objectives"),
    "expected_outcomes": N_("Expected outcomes"),
    "scope": N_("Scope"),
    "description": N_("Description"),
    "eligibility": N_("Eligibility"),
    "smallest_consortium": N_("Smallest consortium"),
    "award_criteria": N_("Award criteria"),
    "application_procedure": N_("How to apply"),
    "final_recipients": N_("Who it is for"),
    "conditions_text": N_("Conditions"),
}


@dataclass(frozen=True)
class Row:
    """Why one value. origin None = no evidence was recorded; anchor: where the quoted words are marked on the page."""

    facet: str
    value: str
    origin: Origin | None
    quote: str | None
    lang: str
    field: str | None
    anchor: str | None
    rule: str | None


def field_words(field: str) -> str:
    """What people read for a field of a record that words are quoted from."""
    if field in FIELD_WORDS:
        return _(FIELD_WORDS[field])
    return _(change_words.FIELD_WORDS[field]) if field in change_words.FIELD_WORDS else field.replace("_", " ")


def stands_there(entry: Entry, quote: Quote) -> bool:
    """Whether the words are where the quote says they are."""
    text = getattr(entry, quote.field or "", None)
    if not isinstance(text, str) or quote.start is None or quote.end is None or not quote.start < quote.end <= len(text):
        return False
    return quote.quote is None or text[quote.start : quote.end].casefold() == quote.quote.casefold()


def places(entry: Entry) -> dict[str, list[Span]]:
    """Field -> the places of quoted words in it, each with an anchor."""
    found: dict[str, list[Span]] = {}
    for quotes in entry.evidence.values():
        for quote in quotes:
            repeats = quote.field == "call_title" and getattr(entry, "call_title", None) == entry.title  # shown once, as the title
            if quote.field in FIELD_WORDS and not repeats and stands_there(entry, quote):
                assert quote.field is not None
                assert quote.start is not None
                assert quote.end is not None
                found.setdefault(quote.field, []).append(Span(quote.start, quote.end, f"{quote.field}-{quote.start}"))
    return {field: joined(spans) for field, spans in found.items()}


def rows(entry: Entry, marked: Mapping[str, list[Span]]) -> list[Row]:
    """One row per quote, by facet; a value without any evidence says so."""
    found = []
    for facet in FACETS:
        for value in _values(facet, entry):
            quotes = [q for q in entry.evidence.get(facet.name, ()) if q.value == value]
            found += [_row(facet, entry, q, marked) for q in quotes]
            if not quotes and facet.name in (hints.WHO, *hints.TAGS):
                found.append(Row(facet.label, facet.label_of(value), None, None, entry.lang, None, None, None))
    return found


def _values(facet: Facet, entry: Entry) -> list[str]:
    """The values a facet has evidence for, a correction to "not stated" too; those derived from others explain themselves."""
    emptied = [q.value for q in entry.evidence.get(facet.name, ()) if q.value == NOT_STATED]
    return [v for v in (facet.values(entry) if facet.values else ()) if v not in facet.extra] + emptied


def _row(facet: Facet, entry: Entry, quote: Quote, marked: Mapping[str, list[Span]]) -> Row:
    anchor = None
    if quote.start is not None:
        anchor = next((s.anchor for s in marked.get(quote.field or "", ()) if s.start <= quote.start < s.end), None)
    own_field = field_words(quote.field or "") or None
    return Row(facet.label, facet.label_of(quote.value), quote.origin, quote.quote, entry.lang, own_field, anchor, quote.rule)
