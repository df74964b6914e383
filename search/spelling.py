"""Misspelt words of a search: a word that neither an entry nor a table knows is read as the nearest one that is known.

Known are the words of the entries, of the concept table and the induced dictionary, and the names of places. What was read
is told, and the search can be asked for as it was typed.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from search import dictionary, languages, near, regions
from search.analysis import fold, forms, words
from search.concepts import table
from search.ranking import BOOSTS

if TYPE_CHECKING:
    from search.generation import Generation

MOST = 4  # words of a search that are corrected: a text of no known language is left as it is
LONGEST_NAME = 4  # words of a place's name that is looked for

_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")


class Correction(NamedTuple):
    """text[start:end] of a search, and what it was read as."""

    start: int
    end: int
    instead: str


@cache
def _listed() -> near.Words:
    """The words of the tables and the names of places, folded."""
    found = {word for term in table() for word, begins in term.words if not begins}
    found |= set(dictionary.spelled())
    found |= {name for name in regions.known_names() if len(name) >= near.SHORTEST}
    return near.Words.of(word for word in found if len(word) >= near.SHORTEST)


def corrected(text: str, generation: Generation) -> tuple[str, list[Correction]]:
    """A search with its misspelt words replaced, and what was replaced."""
    found: list[Correction] = []
    typed = list(_WORD.finditer(text))
    for number, match in enumerate(typed):
        if len(found) == MOST:
            break
        begins = text[match.end() : match.end() + 1] == "*"  # the beginning of a word is no word
        if begins or match.group().isdigit() or (found and match.start() < found[-1].end) or _is_known(match.group(), generation):
            continue
        if correction := _place(text, typed, number) or _word(match, generation):
            found.append(correction)
    for correction in reversed(found):
        text = text[: correction.start] + correction.instead + text[correction.end :]
    return text, found


def _is_known(word: str, generation: Generation) -> bool:
    folded = fold(word)
    if any(c.isdigit() for c in folded) or len(folded) < near.SHORTEST or languages.knowing(folded) or folded in regions.known_names():
        return True
    parts = [token.text for token in words(word)]
    held = generation.lexicon
    for part in parts[1:] or parts:
        spelled = [form.encode() for form in forms(part, generation.languages)]
        if len(part) >= near.SHORTEST and not any(held.words(field, form) for field in BOOSTS for form in spelled) and not languages.knowing(part):
            return False
    return True


def _place(text: str, typed: list[re.Match[str]], number: int) -> Correction | None:
    """The place whose name of several words holds the misspelt one."""
    for length in range(min(LONGEST_NAME, len(typed)), 1, -1):
        for first in range(max(0, number - length + 1), min(number, len(typed) - length) + 1):
            start, end = typed[first].start(), typed[first + length - 1].end()
            if name := regions.near_name(text[start:end]):
                return Correction(start, end, name)
    return None


def _word(match: re.Match[str], generation: Generation) -> Correction | None:
    """The known word nearest to a misspelt one: of those as near, one that stands in entries, and often."""
    word = fold(match.group())
    titles = generation.title_words
    nearest = _listed().near(word) + titles.spellings.near(word)
    if not nearest:
        return None
    least = min(nearest)[0]
    best = max({other for far, other in nearest if far == least}, key=lambda other: (titles.times(other), other[0] == word[0], other))
    return Correction(match.start(), match.end(), best)


def warm() -> None:
    """Read the tables."""
    _listed()
    regions.near_name("Lombardy")
