"""The multilingual concept table, and where its terms stand in a text.

A row is one term of one concept in one language: `concept` is its id, `facet` and `value` what it speaks for, `strength`
strong, weak or exclude. A term is a phrase compared word by word after folding, so that case and accents do not matter; a
trailing `*` on a word means "begins with". Language `mul` holds in every text. Beside the facets of search.facets the table
knows three: `skills` (words for training people; no value), `topic` (what a call may be about; for the search, no value) and
`cue` (words before those who may apply, `eligible` and `excluded`, and before regions, `place`). The table's provenance is
`curated` or the code of the list a term was drawn from (search.data.build).
The value of an exclude row is `words` (hides the matches it covers) or `sentence` (hides those of its whole sentence).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from search.analysis import fold

EVERY_LANGUAGE = "mul"
# Languages that write compounds in one word: a strong term may stand inside another word.
COMPOUNDING = frozenset({"de", "nl", "sv", "da", "fi", "et", "hu"})
MOST_KNOWN = 32768  # words of a language remembered; most begin nothing and share what stands for that
LONG = 6  # letters: long enough to be looked for inside compounds, and in texts of other languages

_WORD = re.compile(r"[^\W_]+(?:[-‐‑'’./][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_TERM_PART = re.compile(r"([^\W_]+)(\*?)")
_JOINTS = frozenset("-‐‑")


class Term(NamedTuple):
    """One row of the table. words: the folded words of the phrase, each with whether it is only the start of one."""

    concept: str
    facet: str
    value: str
    language: str
    text: str
    strength: str
    provenance: str
    reviewed: bool
    words: tuple[tuple[str, bool], ...]


class Match(NamedTuple):
    """A term found in a text: text[start:end] are the words as they stand there."""

    concept: str
    facet: str
    value: str
    term: str
    strength: str
    start: int
    end: int


class _Word(NamedTuple):
    """A word of a text or a part of one; joined: the parts of a hyphenated word written together."""

    folded: str
    start: int
    end: int
    next: int  # the position of the word after it


def _group(term: Term) -> str:
    """The facet, taking words for training and for the area of training as one."""
    return "skills" if term.facet == "area" else term.facet


@dataclass(frozen=True)
class _Index:
    """The terms that may hold in texts of one language, by their first word."""

    exact: dict[str, list[Term]]
    starts: dict[str, list[Term]]
    inside: dict[str, list[Term]]
    lengths: tuple[int, ...]

    def beginning_with(self, word: str) -> list[Term]:
        """The terms whose first word is this one, or that stand inside it where no term of their facet begins it.

        Without that, "Umschulung" (retraining) would also be "Schulung".
        """
        found = list(self.exact.get(word, ()))
        for length in self.lengths:
            if length > len(word):
                break
            found += self.starts.get(word[:length], ())
        if len(word) > LONG and self.inside:
            taken = {_group(term) for term in found}
            within = (term for stem, terms in self.inside.items() if stem in word for term in terms)
            found += [term for term in within if _group(term) not in taken]
        return found


@cache
def table() -> tuple[Term, ...]:
    """Every row of the table. Raises ValueError for a row without words or with an unknown strength."""
    rows = csv.reader((files("search.data") / "concepts.csv").read_text("utf-8").splitlines())
    next(rows)
    return tuple(_term(*row) for row in rows)


def _term(concept: str, facet: str, value: str, language: str, term: str, strength: str, provenance: str, reviewed: str) -> Term:
    words = tuple((fold(part), bool(star)) for part, star in _TERM_PART.findall(term))
    if not words or strength not in ("strong", "weak", "exclude"):
        raise ValueError(f"{concept}, {language}: {term!r} ({strength}) is no term")
    return Term(concept, facet, value, language, term, strength, provenance, reviewed == "yes", words)


def _holds_in(term: Term, language: str) -> bool:
    """Whether a term is looked for in texts of a language: its own, and long English words everywhere."""
    if term.language in (language, EVERY_LANGUAGE):
        return True
    return term.language == "en" and all(len(word) >= LONG for word, _ in term.words)


@cache
def _index(language: str) -> _Index:
    exact: dict[str, list[Term]] = {}
    starts: dict[str, list[Term]] = {}
    inside: dict[str, list[Term]] = {}
    for term in table():
        if not _holds_in(term, language):
            continue
        first, begins = term.words[0]
        (starts if begins else exact).setdefault(first, []).append(term)
        if "-" in term.text and not begins:  # micro-credential is also written microcredential
            _add_joined(term, exact, starts)
        compound = language in COMPOUNDING and term.language == language and term.strength == "strong" and len(term.words) == 1
        if compound and len(first) >= LONG:
            inside.setdefault(first, []).append(term)
    return _Index(exact, starts, inside, tuple(sorted({len(start) for start in starts})))


def _add_joined(term: Term, exact: dict[str, list[Term]], starts: dict[str, list[Term]]) -> None:
    if len(_WORD.findall(term.text)) == 1:
        whole = "".join(word for word, _ in term.words)
        joined = term._replace(words=((whole, term.words[-1][1]),))
        (starts if term.words[-1][1] else exact).setdefault(whole, []).append(joined)


class _Begun(NamedTuple):
    """The terms that a word begins: those it is the whole of, and the longer ones by their second word, or by how that begins."""

    whole: tuple[Term, ...]
    second: dict[str, list[Term]]
    starts: tuple[Term, ...]


_BEGINS_NOTHING = _Begun((), {}, ())


class _Known(dict[str, _Begun]):
    """Folded word -> the terms that it may begin, as far as asked for."""

    def __init__(self, index: _Index) -> None:
        super().__init__()
        self._index = index

    def __missing__(self, word: str) -> _Begun:
        if len(self) >= MOST_KNOWN:
            self.clear()
        terms = self._index.beginning_with(word)
        if not terms:
            self[word] = _BEGINS_NOTHING
            return _BEGINS_NOTHING
        second: dict[str, list[Term]] = {}
        for term in terms:
            if len(term.words) > 1 and not term.words[1][1]:
                second.setdefault(term.words[1][0], []).append(term)
        starts = tuple(t for t in terms if len(t.words) > 1 and t.words[1][1])
        found = self[word] = _Begun(tuple(t for t in terms if len(t.words) == 1), second, starts)
        return found


@cache
def _known(language: str) -> _Known:
    return _Known(_index(language))


def _words(text: str) -> list[tuple[_Word, ...]]:
    """The words of a text in order; each position holds the word and, for a hyphenated one, also its parts joined."""
    found: list[tuple[_Word, ...]] = []
    for match in _WORD.finditer(text):
        whole, offset = match.group(), match.start()
        if whole.isalnum():  # one part, as nearly all
            found.append((_Word(fold(whole), offset, match.end(), len(found) + 1),))
            continue
        parts = [(fold(part.group()), part.start() + offset, part.end() + offset) for part in _PART.finditer(whole)]
        first = len(found)
        for place, (folded, start, end) in enumerate(parts):
            found.append((_Word(folded, start, end, first + place + 1),))
        if len(parts) > 1 and _JOINTS.intersection(whole):
            joined = _Word("".join(part for part, _, _ in parts), offset, match.end(), first + len(parts))
            found[first] = (*found[first], joined)
    return found


def _end(term: Term, words: list[tuple[_Word, ...]], position: int) -> int | None:
    """Where a term that begins before `position` ends: the offset, or None when its other words do not follow."""
    end = None
    for wanted, begins in term.words[1:]:
        if position >= len(words):
            return None
        word = words[position][0]
        if not (word.folded.startswith(wanted) if begins else word.folded == wanted):
            return None
        end, position = word.end, word.next
    return end


def _all(text: str, language: str) -> Iterator[Match]:
    words = _words(text)
    known = _known(language)
    for alternatives in words:
        for word in alternatives:
            begun = known[word.folded]
            for term in begun.whole:
                yield _match(term, word.start, word.end)
            if (begun.second or begun.starts) and word.next < len(words):
                following = words[word.next][0].folded
                for term in (*begun.second.get(following, ()), *(t for t in begun.starts if following.startswith(t.words[1][0]))):
                    end = _end(term, words, word.next)
                    if end is not None:
                        yield _match(term, word.start, end)


def _match(term: Term, start: int, end: int) -> Match:
    return Match(term.concept, term.facet, term.value, term.text, term.strength, start, end)


def find(text: str, language: str) -> list[Match]:
    """Every term found in a text of a language (ISO 639-1), in order; the longest where terms of one facet overlap.

    Exclude rows are found too and hide nothing here: what they mean is for the caller to apply.
    """
    found = sorted(set(_all(text, language)), key=lambda m: (m.start, -m.end, m.facet, m.value, m.concept, m.term))
    kept: list[Match] = []
    last: dict[tuple[str, bool], tuple[int, int]] = {}
    for match in found:
        key = (match.facet, match.strength == "exclude")
        start, end = last.get(key, (-1, -1))
        if match.end <= end and (match.start, match.end) != (start, end):
            continue
        last[key] = (match.start, match.end)
        kept.append(match)
    return kept
