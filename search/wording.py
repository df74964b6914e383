"""The words of a search: read what was typed, build the Whoosh query, find the words again for marking.

Words are joined by AND; "quotes" make a phrase, a leading minus excludes, a trailing star means "begins with".
Small words ("of", "for") are not required. When no entry has every word, entries with any of them are shown and it is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whoosh import query as wq

from search import expansion, postings, regions
from search.analysis import Token, fold, forms, stem, words
from search.postings import Rows, Scores
from search.ranking import AREA_BOOSTS, BOOSTS, CONCEPT, CONCEPT_BOOSTS, TRANSLATION

if TYPE_CHECKING:
    from search.generations import Generation

MOST_WORDS = 32

# Words that carry no meaning of their own, in the languages people mostly type here. Not required, never marked.
SMALL = frozenset(
    (
        "a an and are as at by for from in into is of on or the to with how what which who your my our i we "
        "der die das und für von mit im den dem des ein eine in zu auf le la les de des du et pour en un une dans sur au aux "
        "el los las y para con por del al il lo gli e per di da della dei degli delle nel nella o os do dos das em no na"
    ).split()
)
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
    """Parts of a search that are answered together: by all of these words, by a concept they name, or by a translation."""

    parts: tuple[Asked, ...]
    concepts: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    translations: tuple[expansion.Translation, ...] = ()


def read(text: str) -> list[Asked]:
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
    return list(dict.fromkeys(meant))[:MOST_WORDS]


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


def _one(part: Asked, languages: Iterable[str]) -> wq.Query:
    """A part in any field: the best spelling in each field counts."""
    choices: list[wq.Query] = []
    for name, boost in BOOSTS.items():
        if part.prefix:
            choices.append(wq.Prefix(name, part.words[0], boost=boost))
        elif part.phrase:
            spelled = {tuple(stem(w, lang) for w in part.words) for lang in ("", *languages)}
            choices += [wq.Phrase(name, list(s), boost=boost) for s in sorted(spelled)]
        else:
            choices += [wq.Term(name, form, boost=boost) for form in forms(part.words[0], languages)]
            if part.parts:
                spelled = {tuple(stem(w, lang) for w in part.parts) for lang in ("", *languages)}
                choices += [wq.Phrase(name, list(s), boost=boost) for s in sorted(spelled)]
    return wq.Or(choices)


def groups(text: str, expand: bool = True) -> list[Group]:
    """What an entry must have, part by part: each group once. Small words are left out where there are others."""
    parts = [p for p in read(text) if not p.excluded]
    parts = [p for p in parts if p.phrase or p.prefix or p.words[0] not in SMALL] or parts
    if not expand:
        return [Group((part,)) for part in parts]
    plain = [p for p in parts if not p.phrase and not p.prefix]
    concepts: dict[tuple[Asked, ...], list[str]] = {}
    places: dict[tuple[Asked, ...], tuple[str, ...]] = {}
    taken: set[Asked] = set()
    for start, end, codes in regions.named_in(text):
        if (covered := _within(plain, start, end)) and not taken.intersection(covered):
            places[covered] = codes
            taken.update(covered)
    for span in expansion.asked_for(text):
        covered = _within(plain, span.start, span.end)
        if covered in concepts or (covered and not taken.intersection(covered)):
            concepts.setdefault(covered, []).append(span.concept)
            taken.update(covered)
    made = [Group(covered, places=codes) for covered, codes in places.items()]
    made += [Group(covered, concepts=tuple(names), translations=_translations(covered)) for covered, names in concepts.items()]
    return made + [Group((p,), translations=_translations((p,)) if p in plain else ()) for p in parts if p not in taken]


def _within(parts: Iterable[Asked], start: int, end: int) -> tuple[Asked, ...]:
    return tuple(p for p in parts if start <= p.start and p.end <= end)


def _translations(parts: tuple[Asked, ...]) -> tuple[expansion.Translation, ...]:
    return expansion.translations(parts[0].words[0]) if len(parts) == 1 else ()


def _any_of(group: Group, generation: Generation, languages: list[str]) -> wq.Query:
    """A group as a query. However many of its wordings an entry has, only the best of them counts."""
    typed = [_one(part, languages) for part in group.parts]
    choices: list[wq.Query] = [wq.And(typed) if len(typed) > 1 else typed[0]]
    concepts = [wq.Term(name, c, boost=boost * CONCEPT) for c in group.concepts for name, boost in CONCEPT_BOOSTS.items()]
    concepts += [wq.Term(name, code, boost=boost) for code in group.places for name, boost in AREA_BOOSTS.items()]
    choices += [wq.Or(concepts)] if concepts else []
    for name, boost in BOOSTS.items():
        if name not in ("codes", "place"):
            choices += _as_rare(name, boost * TRANSLATION, group.translations, generation)
    return wq.DisjunctionMax(choices) if len(choices) > 1 else choices[0]


def _as_rare(name: str, boost: float, others: Iterable[expansion.Translation], generation: Generation) -> Iterator[wq.Query]:
    """Translations in one field. A word of a language with few entries is rare only there: all count as rare as all together."""
    held = generation.postings
    stems = {stem(fold(t.word), t.language): t.score for t in others}
    found = [(text, score, number) for text, score in stems.items() for number in held.words(name, text.encode())]
    together = held.rarity(name, [number for _, _, number in found])
    for text, score, number in found:
        yield wq.Term(name, text, boost=boost * score * together / held.idf(name, number))


def matches(text: str, generation: Generation, expand: bool = True) -> tuple[Rows, Scores, bool]:
    """The rows that match and their scores; and whether only some of the words were asked for, since no entry has all.

    expand: also by the concepts the words name, and by their translations.
    """
    languages = sorted(generation.languages)
    unwanted = [_one(p, languages) for p in read(text) if p.excluded]
    queries = [_any_of(group, generation, languages) for group in groups(text, expand)]

    def score(asked: wq.Query) -> tuple[Rows, Scores]:
        return postings.matches(wq.AndNot(asked, wq.Or(unwanted)) if unwanted else asked, generation)

    rows, scores = score(wq.And(queries) if queries else wq.Every())
    if len(rows) or len(queries) < 2:
        return rows, scores, False
    rows, scores = score(wq.Or(queries))
    return rows, scores, bool(len(rows))


def marks(text: str, asked: str, language: str) -> list[tuple[int, int]]:
    """Where the words of a search stand in a text, in order, as (start, end)."""
    parts = [p for p in read(asked) if not p.excluded]
    single = {w for p in parts if not p.prefix for w in (*p.words, *p.parts) if w not in SMALL}
    stems = {stem(w, language) for w in single} | single
    prefixes = tuple(p.words[0] for p in parts if p.prefix)
    spans: list[tuple[int, int]] = []
    for token in words(text):
        hit = token.text in single or stem(token.text, language) in stems or (prefixes and token.text.startswith(prefixes))
        if hit and not (spans and token.start < spans[-1][1]):
            spans.append((token.start, token.end))
    return spans
