"""Where money is limited to, from the words of an entry: names of NUTS regions of its country.

A region named in a title counts; in another text it does after a word for a region ("Regione", "located in") or when it is
the only one that the text names, twice at least. Names of all, or most, regions limit nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from crawler.classify_text import PURPOSE, TITLES, Found, Text, quotes
from search import regions
from search.analysis import fold
from search.concepts import Match
from search.records import Entry, Fund, Quote
from search.vocabulary import Country

DEEPEST = 3  # levels of NUTS that are looked for
SHORTEST = 4  # letters: shorter names are words or abbreviations
MOST = 0.5  # of a country's regions at level 2: a call that names more is for all of it
CUE_WORDS = 3  # between a word for a region and its name
LEAST_MENTIONS = 2  # without such a word
# Names of units that are also everyday words of their country's language, or say only where in the country.
WORDS = frozenset(
    "centro centre norte nord nord-est nord-ovest sud sur este est ovest ouest isole continente manner-suomi vlaanderen zentrum "
    "south north midland centralny macroregiunea utama land bouwen media lot cher loir var nievre manche gers landes centru".split()
)

# What stands before the proper name of a unit, in its own language: "Região Autónoma dos Açores".
_KIND_OF_UNIT = re.compile(
    r"^(?:região autónoma d[ao]s?|provincia autonoma di|área metropolitana de|comunidad (?:autónoma de|foral de|de)|región de|ciudad de|"
    r"principado de|province|prov\.|županija|kraj|județul|województwo|obszar)\s+",
    re.I,
)

_WORD = re.compile(r"[^\W_]+")


def places(entry: Entry, read: list[Text], found: list[Found]) -> dict[str, list[Quote]]:
    """NUTS code -> the words that name it; nothing where no region of the entry's one country is named."""
    country = entry.countries[0] if len(entry.countries) == 1 else Country.EU_WIDE
    if country is Country.EU_WIDE or isinstance(entry, Fund):  # a fund's area is a fact of its programme
        return {}
    titled = {t.field: _named(t, country) for t in read if t.field in TITLES}
    named = [match for matches in titled.values() for match in matches] or _in_texts(read, found, country)
    codes = {m.match.value for m in named}
    if not codes or len({code[:4] for code in codes}) > MOST * _units_at_two(country):
        return {}
    return {code: quotes(code, [m for m in named if m.match.value == code], "region named in the text") for code in sorted(codes)}


def _in_texts(read: list[Text], found: list[Found], country: str) -> list[Found]:
    """Regions named in the long texts, after a word for a region or again and again."""
    named = [m for t in read if t.field in PURPOSE and t.field not in TITLES for m in _named(t, country)]
    cued: list[Found] = []
    for item in named:
        if _after_cue(item, found) or (cued and _near(cued[-1].match.end, item)):
            cued.append(item)
    if cued:
        return cued
    alone = len({m.match.value[:4] for m in named}) == 1 and len(named) >= LEAST_MENTIONS
    return named if alone else []


def _after_cue(item: Found, found: list[Found]) -> bool:
    """Whether a word for a region stands just before a name."""
    return any(_near(f.match.end, item) for f in found if f.text is item.text and f.match.facet == "cue" and f.match.value == "place")


def _near(end: int, item: Found) -> bool:
    """Whether a name begins at most a few words after a place in its text."""
    return end <= item.match.start and item.text.words_between(end, item.match.start) <= CUE_WORDS


def _named(text: Text, country: str) -> list[Found]:
    """The regions of a country that a text names, capitals observed; the longest name where several begin at one word."""
    words = list(_WORD.finditer(text.text))
    names = _names(country)
    out, skip_to = [], -1
    for place, word in enumerate(words):
        start = word.start()
        if start < skip_to or not text.text[start].isupper():
            continue
        for name, code in names.get(fold(word.group()), ()):
            if [fold(w.group()) for w in words[place : place + len(name)]] == list(name):
                end = skip_to = words[place + len(name) - 1].end()
                out.append(Found(Match("place", "region", code, " ".join(name), "strong", start, end), text))
                break
    return out


@cache
def _names(country: str) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First word -> (the words of a name, code) of a country's units, long names first, large units first."""
    found: dict[tuple[str, ...], str] = {}
    whole = {name for unit in regions.units().values() if unit.country == country and unit.level == 0 for name in unit.names()}
    for unit in sorted(regions.units().values(), key=lambda u: (u.level, u.code)):
        if unit.country != country or not 1 <= unit.level <= DEEPEST or unit.names() & whole:
            continue
        for spelling in unit.names():
            parts = {spelling, *spelling.split(" / "), *spelling.split("/"), spelling.split(" (")[0]}
            for part in parts | {_KIND_OF_UNIT.sub("", part) for part in parts}:
                name = tuple(fold(word) for word in _WORD.findall(part))
                if len("".join(name)) >= SHORTEST and " ".join(name) not in WORDS:
                    found.setdefault(name, unit.code)
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for name, code in sorted(found.items(), key=lambda item: -len(item[0])):
        by_first[name[0]].append((name, code))
    return dict(by_first)


@cache
def _units_at_two(country: str) -> int:
    return sum(1 for unit in regions.units().values() if unit.country == country and unit.level == 2)


def named_for(slug: str, country: str) -> str | None:
    """The region that a source is named for ("it_lazio", "fr_idf"): a name, or the first letters of its words; None when there is none.

    slug: the source's name; its first part is the country.
    """
    words = re.split(r"[\W_]+", fold(slug))[1:]
    return code_of(" ".join(words), country) if words else None


def code_of(label: str, country: str) -> str | None:
    """The NUTS code of a region of a country by code, name or the first letters of its name; None when it is not known."""
    head = re.match(r"[A-Z]{2}[0-9A-Z]{1,3}\b", label)
    if head and head[0] in regions.units():
        return head[0]
    name = tuple(fold(word) for word in _WORD.findall(label))
    for known, code in _names(country).get(name[0], ()) if name else ():
        if known == name:
            return code
    return _initials(country).get("".join(name)) if len(name) == 1 else None


@cache
def _initials(country: str) -> dict[str, str]:
    """The first letters of names of three words and more -> code, where only one region has them."""
    found: dict[str, set[str]] = defaultdict(set)
    for names in _names(country).values():
        for name, code in names:
            if len(name) >= 3 and len(code) <= 4:
                found["".join(word[0] for word in name)].add(code)
    return {letters: min(codes) for letters, codes in found.items() if len(codes) == 1}
