"""The words of an entry that the rules of classification look at: which fields, which sentences, which terms."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from search import concepts
from search.records import Entry, Quote
from search.vocabulary import Origin

TITLES = ("title", "title_en", "programme_title", "programme_title_original")
# Field -> how much its words count. Award texts and tags are no evidence of what a call is about.
WEIGHTS = {
    **dict.fromkeys(TITLES, 2.0),
    "call_title": 0.5, "summary": 1.0, "objectives": 1.0, "expected_outcomes": 1.0, "scope": 1.0, "description": 1.0,
    "eligibility": 0.5, "conditions_text": 1.0, "final_recipients": 0.5,
}  # fmt: skip
ENGLISH = frozenset({"title_en", "programme_title"})
MOST_QUOTES = 3

_BREAK = re.compile(r"(?<=[.!?;])\s+|\n+|\s*[•▪]\s*")


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
    fields = {field: value for field in WEIGHTS if (value := getattr(entry, field, None))}
    for field, value in fields.items():
        if field == "summary" and any(_repeats(value, other) for name, other in fields.items() if name != "summary"):
            continue
        language = "en" if field in ENGLISH else entry.lang
        found.append(Text(field, value, WEIGHTS[field], language, tuple(_sentences(value))))
    return found


def _repeats(summary: str, text: str) -> bool:
    return text.startswith(summary.rstrip(" …")[:120])


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAK.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def find(read: Iterable[Text]) -> list[Found]:
    """Every term in the texts that no exclusion hides."""
    found = []
    for text in read:
        matches = concepts.find(text.text, text.language)
        shields = [m for m in matches if m.strength == "exclude"]
        found += [Found(m, text) for m in matches if m.strength != "exclude" and not _hidden(m, shields, text)]
    return found


def _hidden(match: concepts.Match, shields: list[concepts.Match], text: Text) -> bool:
    """Whether an exclusion of the match's facet covers it, or its sentence; words of areas count as words of skills."""
    facet = "skills" if match.facet == "area" else match.facet
    for shield in shields:
        if shield.facet != facet:
            continue
        if shield.value == "sentence":
            if text.sentence_of(shield.start) == text.sentence_of(match.start):
                return True
        elif shield.start < match.end and match.start < shield.end:
            return True
    return False


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
