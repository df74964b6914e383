"""The way of a draft into a record, a few lines each, in running order: Normalise, Build, Classify, Validate, Collect.

Each either passes the draft on or refuses it with a reason; refused ones are quarantined, never published.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from scrapy.exceptions import DropItem

from crawler.classify import classify
from crawler.guards import LETTERS_LOST
from crawler.normalise import LONGEST_TEXT, LONGEST_TITLE, cut, had_markup, inside_a_word, lost_letters, plain, plausible_day, squeeze
from crawler.persons import scrub
from crawler.source import Draft, Source
from search import clock, facets, records

_ONE_LINE = ("title", "title_en", "call_title", "programme", "programme_title", "programme_title_original")
_LONG = ("objectives", "expected_outcomes", "scope", "description", "eligibility", "award_criteria", "application_procedure")
_KEYS = ("id", "native_id", "identifier", "cci")
SUMMARY_LIMIT = 3000


class RefusedError(DropItem):
    """A draft that cannot become a record; the message is the reason."""


class Pipeline:
    """Base: one method over one draft; a refusal is counted and quarantined."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> Pipeline:
        return cls(crawler)

    @property
    def source(self) -> Source:
        spider: Source = self.crawler.spider
        return spider

    def process_item(self, item: Draft) -> Draft:
        try:
            return self.pass_on(item)
        except RefusedError as refusal:
            self.source.refuse(item, str(refusal))
            raise

    def pass_on(self, draft: Draft) -> Draft:
        """The draft, changed or not. Raises RefusedError."""
        raise NotImplementedError


class Normalise(Pipeline):
    """Texts: persons left out, markup out of titles, spaces, length; letters lost in a wrong character set."""

    def pass_on(self, draft: Draft) -> Draft:
        fields = draft.fields = {name: value if name in _KEYS else without_contacts(value) for name, value in draft.fields.items()}
        for name in _ONE_LINE:
            if text := fields.get(name):
                if len(text) > LONGEST_TITLE:
                    raise RefusedError(f"{name} has {len(text)} characters, at most {LONGEST_TITLE} are plausible")
                if had_markup(text):
                    self.source.warn("titles with markup in them, cleaned")
                fields[name] = plain(text)
        for name in _LONG:
            if fields.get(name):
                fields[name], was_cut = cut(fields[name])
                if was_cut:
                    self.source.warn(f"texts cut at {LONGEST_TEXT} characters")
        if fields.get("summary"):
            fields["summary"] = cut(squeeze(fields["summary"]), SUMMARY_LIMIT)[0]
        doubtful = texts_of(fields) if draft.suspect or self.source.account.mended else []
        if any(lost_letters(text) for text in doubtful) or any(inside_a_word(name) for name in names_of(fields)):
            raise RefusedError(LETTERS_LOST)
        if doubtful and any(name.endswith("?") for name in names_of(fields)):  # a space without a letter in that character set, or a question
            raise RefusedError(LETTERS_LOST)
        return draft


def without_contacts(value: Any) -> Any:
    """Nested fields, every text of theirs scrubbed; what is an address of a page and nothing else stays as it is."""
    if isinstance(value, str):
        return value if re.fullmatch(r"https?://\S+", value) else scrub(value)
    if isinstance(value, dict):
        return {name: without_contacts(inner) for name, inner in value.items()}
    return [without_contacts(inner) for inner in value] if isinstance(value, list) else value


def names_of(fields: dict[str, Any]) -> list[str]:
    """The title and the authority's name: short texts that never hold a question mark inside a word."""
    return [name for name in (fields.get("title"), (fields.get("authority") or {}).get("name")) if name]


def texts_of(value: Any) -> list[str]:
    """Every text in nested fields."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_of(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts_of(inner)]
    return []


class Build(Pipeline):
    """The record itself, by the rules of search.records; and dates in a range that can be true."""

    def pass_on(self, draft: Draft) -> Draft:
        own = {"id": f"{self.source.name}:{draft.native_id}", "source": self.source.name, "native_id": draft.native_id}
        try:
            entry = records.load(own | draft.fields)
        except ValidationError as error:
            first = error.errors()[0]
            raise RefusedError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        today = clock.today()
        for day in [d.date for d in entry.deadlines] + ([entry.opening_date] if entry.opening_date else []):
            if not plausible_day(day, today):
                raise RefusedError(f"the date {day} cannot be true")
        draft.entry = entry
        return draft


class Classify(Pipeline):
    """Facet values that the source does not state, with their evidence."""

    def pass_on(self, draft: Draft) -> Draft:
        assert draft.entry is not None
        draft.entry = classify(draft.entry)
        return draft


class Validate(Pipeline):
    """Facet values inside the vocabulary."""

    def pass_on(self, draft: Draft) -> Draft:
        assert draft.entry is not None
        if problems := facets.check(draft.entry):
            raise RefusedError("; ".join(problems))
        return draft


class Collect(Pipeline):
    """Into the account of the run, once per id."""

    def pass_on(self, draft: Draft) -> Draft:
        assert draft.entry is not None
        entries = self.source.account.entries
        known = entries.get(draft.entry.id)
        if known is None:
            entries[draft.entry.id] = draft.entry
        elif known.digest() != draft.entry.digest():
            raise RefusedError(f"a second, different record under the key {draft.native_id}")
        else:
            self.source.warn("records listed twice")
        return draft
