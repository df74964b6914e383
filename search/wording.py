"""The words of a search: read what was typed, build the Whoosh query, find the words again for marking.

Words are joined by AND; "quotes" make a phrase, a leading minus excludes, a trailing star means "begins with".
Small words ("of", "for") are not required. When no entry has every word, entries with any of them are shown and it is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whoosh import query as wq

from search import postings
from search.analysis import Token, forms, stem, words
from search.postings import Rows, Scores
from search.ranking import BOOSTS

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

    A hyphenated word (`ERASMUS-EDU`) is one word; `parts` then holds its parts, which match in this order too.
    """

    words: tuple[str, ...]
    excluded: bool = False
    phrase: bool = False
    prefix: bool = False
    parts: tuple[str, ...] = ()


def read(text: str) -> list[Asked]:
    """The parts of a search; at most MOST_WORDS."""
    asked: list[Asked] = []
    for minus, quoted, plain in _ASKED.findall(text.replace("“", '"').replace("”", '"').replace("„", '"')):
        typed = list(_typed(quoted or plain))
        if quoted and len(typed) > 1:
            asked.append(Asked(tuple(t.text for t in words(quoted)), bool(minus), phrase=True))
        else:
            prefix = not quoted and plain.endswith("*") and len(plain) > 3
            asked += [Asked((word,), bool(minus), prefix=prefix, parts=parts) for word, parts in typed]
    meant = (part for part in asked if not (part.excluded and part.words[0] in SMALL and len(part.words) == 1))
    return list(dict.fromkeys(meant))[:MOST_WORDS]


def _typed(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words as typed, each with its parts if it is hyphenated."""
    whole: Token | None = None
    parts: list[str] = []
    for token in words(text):
        if whole is not None and token.end <= whole.end:
            parts.append(token.text)
            continue
        if whole is not None:
            yield whole.text, tuple(parts)
        whole, parts = token, []
    if whole is not None:
        yield whole.text, tuple(parts)


def _one(part: Asked, languages: Iterable[str]) -> wq.Query:
    """A part in any field: the best spelling in each field counts."""
    choices: list[wq.Query] = []
    for field, boost in BOOSTS.items():
        if part.prefix:
            choices.append(wq.Prefix(field, part.words[0], boost=boost))
        elif part.phrase:
            spelled = {tuple(stem(w, lang) for w in part.words) for lang in ("", *languages)}
            choices += [wq.Phrase(field, list(s), boost=boost) for s in sorted(spelled)]
        else:
            choices += [wq.Term(field, form, boost=boost) for form in forms(part.words[0], languages)]
            if part.parts:
                spelled = {tuple(stem(w, lang) for w in part.parts) for lang in ("", *languages)}
                choices += [wq.Phrase(field, list(s), boost=boost) for s in sorted(spelled)]
    return wq.Or(choices)


def matches(text: str, generation: Generation) -> tuple[Rows, Scores, bool]:
    """The rows that match and their scores; and whether only some of the words were asked for, since no entry has all."""
    parts = read(text)
    languages = sorted(generation.languages)
    wanted = [p for p in parts if not p.excluded and (p.phrase or p.prefix or p.words[0] not in SMALL)] or [p for p in parts if not p.excluded]
    unwanted = [_one(p, languages) for p in parts if p.excluded]
    queries = [_one(p, languages) for p in wanted]

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
