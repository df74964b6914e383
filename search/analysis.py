"""Text to search tokens: the same function for what is indexed and what is asked.

Fold (case, accents, Greek final sigma, Romanian cedillas), split into words, stem by language. Identifiers with
hyphens (`HORIZON-CL2-2026`) give the whole, and every part. `VERSION` is stored with each index and must be raised
when the tokens of any text change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from search import stems

VERSION = 5
LONGEST = 64
SHORTEST_CODE = 5  # letters and digits of an identifier

# Croatian has no Snowball stemmer of its own; the Serbian one reads Latin script. Others without one: search.stems.
STEMMERS = {
    "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "et": "estonian",
    "fi": "finnish", "fr": "french", "ga": "irish", "hr": "serbian", "hu": "hungarian", "it": "italian", "lt": "lithuanian",
    "nl": "dutch", "pl": "polish", "pt": "portuguese", "ro": "romanian", "sv": "swedish",
}  # fmt: skip

WORD = re.compile(r"[^\W_]+(?:[-./_'’][^\W_]+)*[+#]{0,2}")
_PART = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ς": "σ", "ı": "i", "ð": "d", "þ": "th", "ħ": "h"})
# Accents are dropped, but й, ї and their like are letters of their own in Bulgarian.
_KEEP = {"й": "й"}


class Token(NamedTuple):
    """A word of a text: its folded form and where it stands."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case without accents, so that both spellings meet. The length may change: fold words, not texts."""
    text = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    if text.isascii():
        return text
    return "".join(map(_bare, text)).translate(_LETTERS)


@cache
def _bare(letter: str) -> str:
    """A letter without accents."""
    return _KEEP.get(letter) or "".join(p for p in unicodedata.normalize("NFD", letter) if not unicodedata.combining(p))


def words(text: str) -> Iterator[Token]:
    """The words of a text, folded, with their places; a hyphenated word comes whole and then in parts."""
    for match in WORD.finditer(text):
        start = match.start()
        for token in in_word(match.group()):
            yield Token(token.text, start + token.start, start + token.end) if start else token


@lru_cache(maxsize=16384)
def in_word(whole: str) -> tuple[Token, ...]:
    """The same of one word as written: texts repeat their words."""
    found = [Token(fold(whole)[:LONGEST], 0, len(whole))]
    parts = list(_PART.finditer(whole))
    if len(parts) > 1:
        found += [Token(fold(part.group())[:LONGEST], part.start(), part.end()) for part in parts]
    return tuple(found)


def squeezed(text: str) -> str:
    """An identifier without what parts it, "GINOP PLUSZ 1.4" as ginopplusz14; "" for what is none: without digits or hyphens, or short."""
    if not re.search(r"[\d_-]", text):
        return ""
    whole = "".join(fold(part.group()) for part in _PART.finditer(text.replace("_", " ")))[:LONGEST]
    return whole if len(whole) >= SHORTEST_CODE else ""


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    name = STEMMERS.get(language)
    return Stemmer.Stemmer(name, 0) if name else None  # 0: keeps no words of its own, as `stem` does


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """The stem of a folded word in a language; codes and numbers stay as they are."""
    if len(word) < 4 or not word.isalpha():
        return word
    if language in stems.ENDINGS:
        return stems.light(word, language)
    stemmer = _stemmer(language)
    return str(stemmer.stemWord(word)) if stemmer is not None else word


def tokens(text: str, language: str) -> list[str]:
    """The search tokens of a text, in order."""
    return [stem(token.text, language) for word in WORD.findall(text) for token in in_word(word)]


def forms(word: str, languages: Iterable[str]) -> list[str]:
    """The tokens a folded query word may have become in texts of these languages; the word itself first."""
    return list(dict.fromkeys([word, *(stem(word, language) for language in languages)]))
