"""The words of an entry that the rules of classification look at: which fields, which sentences, which terms."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from search import concepts
from search.doubt import NO_SECTOR, TENDERS
from search.records import Entry, Quote
from search.vocabulary import Origin

TITLES = ("title", "title_en", "programme_title", "programme_title_original")
# Field -> how much its words count. Award texts and tags are no evidence of what a call is about.
WEIGHTS = {
    **dict.fromkeys(TITLES, 2.0),
    "call_title": 0.5, "summary": 1.0, "objectives": 1.0, "expected_outcomes": 1.0, "scope": 1.0, "description": 1.0,
    "eligibility": 0.5, "conditions_text": 1.0, "final_recipients": 0.5,
}  # fmt: skip
# The fields that say what the money is for. Who may apply, and on which terms, says nothing about that.
PURPOSE = (*TITLES, "call_title", "summary", "objectives", "expected_outcomes", "scope", "description")
ELIGIBILITY = ("eligibility", "final_recipients")
ENGLISH = frozenset({"title_en", "programme_title"})
MOST_QUOTES = 3
DERIVED = (NO_SECTOR, TENDERS)  # rules that reason from another facet's value

Values = dict[str, list[Quote]]  # value -> the words behind it, the surest value first

_BREAK = re.compile(r"(?<=[.!?;])\s+|\n+|[•▪]\s*")
_SPACED = re.compile(r"\S+")


@dataclass(frozen=True)
class Text:
    """One field of an entry. sentences: where each begins and ends, in characters."""

    field: str
    text: str
    weight: float
    language: str
    sentences: tuple[tuple[int, int], ...]

    def sentence_of(self, offset: int) -> int:
        """The number of the sentence that an offset lies in."""
        return max(0, bisect.bisect_right(self.sentences, (offset, len(self.text) + 1)) - 1)

    @cached_property
    def _spaced(self) -> list[int]:
        """Where each run of characters between spaces begins."""
        return [match.start() for match in _SPACED.finditer(self.text)]

    def words_between(self, start: int, end: int) -> int:
        """How many words, counted by spaces, text[start:end] has; looked up, as a sentence may hold thousands of cues."""
        cut = 0 < start < end and not self.text[start].isspace() and not self.text[start - 1].isspace()
        return bisect.bisect_left(self._spaced, end) - bisect.bisect_left(self._spaced, start) + cut


@dataclass(frozen=True)
class Found:
    """A term in a field of the entry."""

    match: concepts.Match
    text: Text

    @property
    def weight(self) -> float:
        return self.text.weight

    @property
    def sentence(self) -> tuple[str, int]:
        return self.text.field, self.text.sentence_of(self.match.start)

    @property
    def words(self) -> str:
        return self.text.text[self.match.start : self.match.end]


def texts(entry: Entry) -> list[Text]:
    """The fields of an entry that have words, titles first; a summary that repeats another field is left out."""
    found = []
    values = {name: value for name in WEIGHTS if (value := getattr(entry, name, None))}
    for name, value in values.items():
        if name == "summary" and any(_repeats(value, values[other]) for other in values if other != "summary"):
            continue
        language = "en" if name in ENGLISH else entry.lang
        found.append(Text(name, value, WEIGHTS[name], language, tuple(_sentences(value))))
    return found


def _repeats(summary: str, text: str) -> bool:
    return text.startswith(summary.rstrip(" …")[:120])


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAK.finditer(text):
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


@dataclass
class _Shields:
    """What the exclusions of one facet hide: the spans of their words, in order and apart, and whole sentences."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sentences: set[int] = field(default_factory=set)

    def add(self, start: int, end: int) -> None:
        """Hide a span that begins no earlier than those before it."""
        if self.ends and start < self.ends[-1]:
            self.ends[-1] = max(self.ends[-1], end)
        else:
            self.starts.append(start)
            self.ends.append(end)

    def hide(self, start: int, end: int, sentence: int) -> bool:
        """Whether words of a sentence are hidden: the last span that begins before they end is the only one to look at."""
        before = bisect.bisect_left(self.starts, end) - 1
        return sentence in self.sentences or (before >= 0 and self.ends[before] > start)


def find(read: Iterable[Text]) -> list[Found]:
    """Every term in the texts that no exclusion hides."""
    found = []
    for text in read:
        matches = concepts.find(text.text, text.language)
        shields = _shields((m for m in matches if m.strength == "exclude"), text)
        for match in matches:
            mine = shields.get(_shielded(match))
            hidden = mine is not None and mine.hide(match.start, match.end, text.sentence_of(match.start))
            if match.strength != "exclude" and not hidden:
                found.append(Found(match, text))
    return found


def _shielded(match: concepts.Match) -> str:
    """The facet whose exclusions hold for a match: words of areas count as words of skills."""
    return "skills" if match.facet == "area" else match.facet


def _shields(exclusions: Iterable[concepts.Match], text: Text) -> dict[str, _Shields]:
    shields: dict[str, _Shields] = defaultdict(_Shields)
    for exclusion in sorted(exclusions, key=lambda m: m.start):
        if exclusion.value == "sentence":
            shields[exclusion.facet].sentences.add(text.sentence_of(exclusion.start))
        else:
            shields[exclusion.facet].add(exclusion.start, exclusion.end)
    return shields


def of(found: Iterable[Found], facet: str, value: str | None = None) -> list[Found]:
    """What speaks for a facet, or for one value of it."""
    return [f for f in found if f.match.facet == facet and value in (None, f.match.value)]


def purpose(found: Iterable[Found]) -> list[Found]:
    """What stands in the fields that say what the money is for."""
    return [f for f in found if f.text.field in PURPOSE]


def titled(found: Iterable[Found]) -> list[Found]:
    """What stands in a title."""
    return [f for f in found if f.text.field in TITLES]


def strong(found: Iterable[Found]) -> list[Found]:
    """What is enough by itself."""
    return [f for f in found if f.match.strength == "strong"]


def quotes(value: str, found: Iterable[Found], rule: str) -> list[Quote]:
    """The words a value was inferred from: the weightiest first, each wording once, three at most."""
    chosen: dict[str, Found] = {}
    for item in sorted(found, key=lambda f: (-f.weight, f.match.strength != "strong", -(f.match.end - f.match.start))):
        chosen.setdefault(item.words.casefold(), item)
    return [
        Quote(
            value=value, origin=Origin.INFERRED, quote=item.words, field=item.text.field,
            start=item.match.start, end=item.match.end, rule=rule,
        )
        for item in list(chosen.values())[:MOST_QUOTES]
    ]  # fmt: skip


def derived(value: str, about: Iterable[Quote], rule: str) -> Values:
    """A value that follows from another facet's, with the words or the code behind that."""
    return {value: [quote.model_copy(update={"value": value, "rule": rule}) for quote in about]}
