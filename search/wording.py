"""The words of a search: read what was typed, group what is answered together, find the words again for marking.

Words are joined by AND; "quotes" make a phrase, a leading minus excludes, a trailing star means "begins with".
Small words ("of", "for") are not required. What the parts find is for search.matching.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from search import compounds, dictionary, expansion, languages, pieces, regions
from search.analysis import WORD, Token, fold, in_word, stem, words
from search.languages import SMALL

MOST_WORDS = 32
_LONGEST_TERM = 200  # characters of a term of several words

_ASKED = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True)
class Asked:
    """One part of a search. words: folded; excluded: must not occur; phrase: in this order; prefix: begins with.

    A hyphenated word (`ERASMUS-EDU`) is one word; `parts` then holds its parts, which match in this order too. start, end:
    where it stands in the text.
    """

    words: tuple[str, ...]
    excluded: bool = False
    phrase: bool = False
    prefix: bool = False
    parts: tuple[str, ...] = ()
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Group:
    """Parts of a search that are answered together: by all of these words, by a concept or place they name, or by a translation.

    broader: concepts that mean more than the words; narrower: those that mean a part of it; inner: the parts one by one, where
    there are several.
    """

    parts: tuple[Asked, ...]
    concepts: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    translations: tuple[dictionary.Translation, ...] = ()
    inner: tuple[Group, ...] = ()

    @property
    def narrower(self) -> tuple[str, ...]:
        return expansion.narrower(self.concepts)


@lru_cache(maxsize=256)
def read(text: str) -> tuple[Asked, ...]:
    """The parts of a search; at most MOST_WORDS."""
    asked: list[Asked] = []
    for found in _ASKED.finditer(text.replace("“", '"').replace("”", '"').replace("„", '"')):
        minus, quoted, plain = found.groups(default="")
        typed, begins = list(_typed(quoted or plain)), found.start(2 if quoted else 3)
        if quoted and len(typed) > 1:
            asked.append(Asked(tuple(t.text for t in words(quoted)), bool(minus), phrase=True))
        else:
            prefix = not quoted and plain.endswith("*") and len(plain) > 3
            asked += [
                Asked((word.text,), bool(minus), prefix=prefix, parts=parts, start=begins + word.start, end=begins + word.end)
                for word, parts in typed
            ]
    meant = (part for part in asked if not (part.excluded and part.words[0] in SMALL and len(part.words) == 1))
    return tuple(dict.fromkeys(meant))[:MOST_WORDS]


def _typed(text: str) -> Iterator[tuple[Token, tuple[str, ...]]]:
    """The words as typed, each with its parts if it is hyphenated."""
    whole: Token | None = None
    parts: list[str] = []
    for token in words(text):
        if whole is not None and token.end <= whole.end:
            parts.append(token.text)
            continue
        if whole is not None:
            yield whole, tuple(parts)
        whole, parts = token, []
    if whole is not None:
        yield whole, tuple(parts)


@lru_cache(maxsize=256)
def groups(text: str, expand: bool = True) -> tuple[Group, ...]:
    """What an entry must have, part by part: each group once. Small words are left out where there are others."""
    parts = [p for p in read(text) if not p.excluded]
    parts = [p for p in parts if p.phrase or p.prefix or not is_small(text, p)] or parts
    if not expand:
        return tuple(Group((part,)) for part in parts)
    plain = [p for p in parts if not p.phrase and not p.prefix]
    concepts: dict[tuple[Asked, ...], list[expansion.Asked]] = {}
    places: dict[tuple[Asked, ...], tuple[str, ...]] = {}
    taken: set[Asked] = set()
    for start, end, codes in regions.named_in(text):
        if (covered := _within(plain, start, end)) and not taken.intersection(covered):
            places[covered] = codes
            taken.update(covered)
    for span in expansion.asked_for(text):
        covered = _within(plain, span.start, span.end)
        if covered in concepts or (covered and not taken.intersection(covered)):
            concepts.setdefault(covered, []).append(span)
            taken.update(covered)
    made = [Group(covered, places=codes) for covered, codes in places.items()]
    made += [_meaning(text, covered, found) for covered, found in concepts.items()]
    return (*made, *(_single(text, p) if p in plain else Group((p,)) for p in parts if p not in taken))


def is_small(text: str, part: Asked) -> bool:
    """Whether a word carries no meaning: it is a small one, and nothing named here begins with it ("AI" is also Italian
    for "to the")."""
    if not languages.is_small(text, part.words[0]):
        return False
    return not any(part.start == span.start for span in expansion.asked_for(text))


def _within(parts: Iterable[Asked], start: int, end: int) -> tuple[Asked, ...]:
    return tuple(p for p in parts if start <= p.start and p.end <= end)


def _single(text: str, part: Asked, concepts: tuple[str, ...] = (), broader: tuple[str, ...] = ()) -> Group:
    word, spoken = part.words[0], languages.meant(text, part.words[0])
    held = next((found for language in sorted(spoken) if (found := compounds.parts(word, language))), ())
    inner = tuple(Group((Asked((p,)),), translations=dictionary.translations(p, spoken)) for p in held)
    return Group((part,), concepts, broader, translations=dictionary.translations(word, spoken), inner=inner)


def _meaning(text: str, parts: tuple[Asked, ...], found: Iterable[expansion.Asked]) -> Group:
    """The group of words that name concepts."""
    found = list(found)
    concepts, broader = (tuple(a.concept for a in found if a.broader is wide) for wide in (False, True))
    if len(parts) == 1:
        return _single(text, parts[0], concepts, broader)
    inner = tuple(group for part in parts for group in groups(text[part.start : part.end]))
    return Group(parts, concepts, broader, inner=inner)


@dataclass(frozen=True)
class _Marked:
    """The words to mark in texts of one language. terms: first word -> the rest of terms of several words, with their stars."""

    words: frozenset[str]
    stems: frozenset[str]
    starts: tuple[str, ...]
    terms: dict[str, list[tuple[tuple[str, bool], ...]]]
    keys: frozenset[str]  # all but the beginnings
    known: dict[str, tuple[tuple[int, int], ...] | None] = field(default_factory=dict)  # word as written -> what to mark of it


@lru_cache(maxsize=48)
def _marked(asked: str, language: str, expand: bool) -> _Marked:
    """The typed words and, expanded, what else answers the search in a language."""
    parts = [p for p in read(asked) if not p.excluded]
    single = {w for p in parts if not p.prefix and not is_small(asked, p) for w in (*p.words, *p.parts) if p.words == (w,) or w not in SMALL}
    stems = {stem(w, language) for w in single}
    starts = {p.words[0] for p in parts if p.prefix}
    terms: dict[str, list[tuple[tuple[str, bool], ...]]] = {}
    found = groups(asked, expand)
    for group in (*found, *(inner for outer in found for inner in outer.inner)):
        stems |= {stem(fold(t.word), language) for t in group.translations if t.language == language}
        for term in expansion.terms((*group.concepts, *group.narrower), language):
            (first, begins), *others = term.words
            if others:
                terms.setdefault(first, []).append(term.words)
            elif begins:
                starts.add(first)
            else:
                single.add(first)
        single |= {name for code in group.places for name in regions.folded_names(code)}
    return _Marked(frozenset(single), frozenset(stems), tuple(sorted(starts)), terms, frozenset({*single, *stems, *terms}))


def marks(text: str, asked: str, language: str, expand: bool = False) -> Iterator[tuple[int, int]]:
    """Where the words of a search stand in a text, in order, as (start, end); expanded: in their other wordings too."""
    marked, behind = _marked(asked, language, expand), 0
    for start, end in pieces.holding(text, language, marked.keys, marked.starts):
        for match in WORD.finditer(text, start, end):
            for first, last in _in_word(match, text, marked, language):
                if first >= behind:
                    behind = last
                    yield first, last


def _in_word(match: re.Match[str], text: str, marked: _Marked, language: str) -> Iterator[tuple[int, int]]:
    """What to mark of a word of a text."""
    word, start = match.group(), match.start()
    if word not in marked.known:
        marked.known[word] = _places(in_word(word), len(word), marked, language)
    places = marked.known[word]
    if places is None:  # it may begin a term of several words: the words behind it decide
        places = _places(list(words(text[start : start + _LONGEST_TERM])), len(word), marked, language, alone=False) or ()
    return ((start + first, start + last) for first, last in places)


def _places(tokens: Sequence[Token], length: int, marked: _Marked, language: str, alone: bool = True) -> tuple[tuple[int, int], ...] | None:
    """What to mark of a word of a length, given as the first of the tokens. alone: no more tokens are known; None if they matter."""
    spans: list[tuple[int, int]] = []
    for number, token in enumerate(tokens):
        if token.start >= length or (spans and token.start < spans[-1][1]):
            continue
        if token.text in marked.words or (marked.starts and token.text.startswith(marked.starts)) or stem(token.text, language) in marked.stems:
            spans.append((token.start, token.end))
        elif token.text in marked.terms:
            if alone:
                return None
            if end := next((e for term in marked.terms[token.text] if (e := _ends(term, tokens, number))), 0):
                spans.append((token.start, end))
    return tuple(spans)


def _ends(term: tuple[tuple[str, bool], ...], tokens: Sequence[Token], number: int) -> int:
    """Where a term of several words that begins at a token ends; 0 where its other words do not follow."""
    following = tokens[number : number + len(term)]
    if len(following) < len(term):
        return 0
    fits = all(t.text.startswith(word) if begins else t.text == word for t, (word, begins) in zip(following, term, strict=True))
    return following[-1].end if fits else 0
