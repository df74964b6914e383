"""The NUTS tree: names in both languages, what lies in what, and names to codes.

Codes of the 2021 and 2024 classifications are both known; where they differ a code also means its counterparts
(PT17 means PT1A and PT1B). Country codes are ISO here (GR), NUTS codes keep Eurostat's EL.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

from babel import Locale
from babel.languages import get_official_languages

from search import i18n, near, writing
from search.analysis import fold
from search.vocabulary import LANGUAGES, Country

# Units of 2021 that 2024 split: Eurostat's correspondence table gives them no single counterpart.
_SPLIT = {"PT17": ("PT1A", "PT1B"), "PT170": ("PT1A0", "PT1B0")}

TABLE = Path(__file__).with_name("data") / "nuts.csv"
EXONYMS = TABLE.with_name("exonyms.csv")


@dataclass(frozen=True)
class Region:
    """A NUTS unit, level 0 (country) to 3."""

    code: str
    level: int
    country: str
    name: str
    name_latin: str
    name_en: str
    also_en: str
    versions: tuple[str, ...]
    other_code: str

    def names(self) -> set[str]:
        """Every spelling we know."""
        return {n for n in (self.name, self.name_latin, self.name_en, self.also_en) if n}


@cache
def units() -> dict[str, Region]:
    """All units by code."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {
            row["code"]: Region(row["code"], int(row["level"]), row["country"], row["name"], row["name_latin"],
                                row["name_en"], row["also_en"], tuple(row["versions"].split()), row["other_code"])
            for row in csv.DictReader(lines)
        }  # fmt: skip


@cache
def _counterparts() -> dict[str, frozenset[str]]:
    """Codes of the other NUTS version, also for a unit that was split: through the units that lie in it."""
    found: dict[str, set[str]] = defaultdict(set)
    for unit in units().values():
        if unit.other_code:
            for cut in range(len(unit.code), 2, -1):
                mine, theirs = unit.code[:cut], unit.other_code[:cut]
                if mine != theirs and (cut == len(unit.code) or mine not in units() or len(units()[mine].versions) == 1):
                    found[mine].add(theirs)
                    found[theirs].add(mine)
    for old, parts in _SPLIT.items():
        found[old].update(parts)
        for part in parts:
            found[part].add(old)
    return {code: frozenset(c for c in others if c in units()) for code, others in found.items()}


def equivalents(code: str) -> frozenset[str]:
    """The code itself and its counterparts in the other NUTS version."""
    return frozenset({code}) | _counterparts().get(code, frozenset())


def contains(outer: str, inner: str) -> bool:
    """Whether a unit is, or lies in, another; across versions."""
    return any(inner_code.startswith(outer_code) for outer_code in equivalents(outer) for inner_code in equivalents(inner))


def country_of(code: str) -> str:
    """The ISO country of a NUTS code."""
    return "GR" if code[:2] == "EL" else code[:2]


def nuts_country(iso: str) -> str:
    """The NUTS code of an ISO country."""
    return "EL" if iso == "GR" else iso


@cache
def _names() -> dict[str, set[str]]:
    """Name as written -> codes: of the units in their own languages and English, of the countries in every language."""
    found: dict[str, set[str]] = defaultdict(set)
    for unit in units().values():
        for name in unit.names():
            for spelling in (name, *name.split(" / "), name.split(" (")[0]):
                found[spelling].add(unit.code)
                found[spelling.split(" (")[0]].add(unit.code)
        found[unit.code].add(unit.code)
    with EXONYMS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["name"]].add(row["code"])
    for iso in Country:
        if iso is not Country.EU_WIDE:
            nuts = nuts_country(iso)
            found[str(iso)].add(nuts)
            for language in LANGUAGES:
                if in_language := Locale.parse(language).territories.get(str(iso)):
                    found[in_language].add(nuts)
    return found


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    """Folded name -> codes: those whose own or English name it is first, then the largest unit."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, codes in _names().items():
        found[fold(name)] |= codes
    own = {code: set(map(fold, unit.names())) for code, unit in units().items()}
    return {name: tuple(sorted(codes, key=lambda c: (name not in own[c] and len(c) > 2, len(c), c))) for name, codes in found.items()}


def written_names() -> Mapping[str, set[str]]:
    """Name as written -> the codes it stands for."""
    return _names()


def known_names() -> Mapping[str, tuple[str, ...]]:
    """Folded name -> the codes it stands for, the unit most likely meant first."""
    return _by_name()


def resolve(text: str) -> str | None:
    """The NUTS code a name or code stands for (the unit most likely meant), or None. One letter may be wrong."""
    codes = _by_name().get(fold(" ".join(text.split()))) or _by_name().get(near_name(text))
    return codes[0] if codes else None


@cache
def _names_of() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, codes in _by_name().items():
        for code in codes:
            found[code].add(name)
    return found


def folded_names(code: str) -> set[str]:
    """The names a unit is known by, folded."""
    return _names_of().get(code, set())


@cache
def _near_names() -> near.Words:
    return near.Words.of(name for name in _by_name() if len(name) > near.SHORTEST)


def near_name(text: str) -> str:
    """The folded name of a place that differs from a text in one letter, of several that of the largest; "" where there is none."""
    found = [name for _, name in _near_names().near(fold(" ".join(text.split())), 1)]
    return min(found, key=lambda name: (len(_by_name()[name][0]), name not in map(fold, units()[_by_name()[name][0]].names()), name), default="")


Found = TypeVar("Found")
MOST_NAME_WORDS = 5
# Names that are also words of some language: written small they are not read as places.
ORDINARY = frozenset(
    (
        "alba asti aude aube ave border celle centre centro centru centras centrs como corse creuse east enna era eras este eure "
        "gara garas gard gers granada hero imperia indre islands isole jura landes latina leer lot manche marcas marches marke "
        "marken meza montana mosa moza nord nordest noreste noroeste norte north oba obas oda odas oeste olt ouest paras pest "
        "prato regen rom roma salaj savona sera seras serres siaure soma south stade sud sur tarn var vara varas varo vas vest "
        "vin vine west zera zeras"
    ).split()
)
_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")


@lru_cache(maxsize=4096)
def named_in(text: str) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """The places that a text names, as (start, end, codes); the longest name where several begin together.

    Names of whole words only: "Lazio" is not in "lazione". A word with accents is that name only with them: "Marche", not
    "marché"; without accents it may be either. Two letters are a code of a country and a word of some language: not read.
    """
    return tuple(names_in(text, _spelled, MOST_NAME_WORDS))


def names_in(text: str, known: Callable[[str], Found], longest: int) -> Iterator[tuple[int, int, Found]]:
    """What the names in a text stand for, as (start, end, what); known: what a name stands for, if anything; longest: in words."""
    words = list(_WORD.finditer(text))
    position = 0
    while position < len(words):
        for length in range(min(longest, len(words) - position), 0, -1):
            start, end = words[position].start(), words[position + length - 1].end()
            if end - start > 2 and (found := known(text[start:end])):
                yield start, end, found
                position += length - 1
                break
        position += 1


def _spelled(name: str) -> tuple[str, ...]:
    """The codes of a name, if its accents are those of the name or left out. A word written small is no code of letters only."""
    folded = fold(name)
    codes = _by_name().get(folded, ())
    if name.islower() and (folded in ORDINARY or (name.isalpha() and name.upper() in units())):
        return ()
    if not codes or name.isascii():
        return codes
    return codes if any(_fits(_accents(name), _accents(spelling)) for spelling in _spellings()[folded]) else ()


def _fits(typed: str, spelling: str) -> bool:
    """Whether two writings of the same letters differ only by accents that the first leaves out."""
    return typed == spelling or (len(typed) == len(spelling) and all(t in (s, fold(s)) for t, s in zip(typed, spelling, strict=True)))


def _accents(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


@cache
def _spellings() -> dict[str, set[str]]:
    """Folded name -> the ways it is written."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in _names():
        found[fold(name)].add(name)
    return found


def lineage(code: str) -> list[str]:
    """A unit and all it lies in, up to its country."""
    return [code[:length] for length in range(2, len(code) + 1)]


def namesakes(text: str) -> list[str]:
    """Other units of the same name as the one `resolve` takes, apart from what lies in one another; none for a country."""
    codes = _by_name().get(fold(" ".join(text.split())), ())
    if not codes or len(codes[0]) == 2:
        return []
    apart: list[str] = []
    for code in codes:
        if not any(code.startswith(outer) or code in equivalents(outer) for outer in apart):
            apart.append(code)
    return apart[1:]


def display(code: str) -> str:
    """A unit's name with its own beside it where they differ: "Lombardy (Lombardia)". In the language spoken now as far as `known_as` knows it."""
    unit = units().get(code)
    if unit is None:
        return code
    name = known_as(unit)
    return name if unit.name in (name, "") else f"{name} ({unit.name})"


def known_as(unit: Region) -> str:
    """The name of a country in the language spoken now; of other units the own one where that language is spoken, else the English one."""
    if unit.level:
        return unit.name if i18n.language() in _official(unit.country) - {i18n.SOURCE} else unit.name_en
    return unit.name_en if i18n.language() == i18n.SOURCE else writing.name_of_country(unit.country)


@cache
def _official(country: str) -> frozenset[str]:
    """The official languages of a country (ISO)."""
    return frozenset(get_official_languages(country, de_facto=True))
