"""What a programme's title, CCI and authority name say: pure functions, used on the seed and on crawled pages alike."""

from __future__ import annotations

import re
from enum import StrEnum

from search.vocabulary import LABELS, Country


class ProgrammeKind(StrEnum):
    """What a programme is for, as far as that decides whether it can pay for skills."""

    PROGRAMME = "programme"
    TECHNICAL_ASSISTANCE = "technical-assistance"  # running the funds themselves
    MATERIAL_DEPRIVATION = "material-deprivation"  # food and basic goods
    RRF_PLAN = "rrf-plan"
    INTERREG = "interreg"


NO_SKILLS = frozenset({ProgrammeKind.TECHNICAL_ASSISTANCE, ProgrammeKind.MATERIAL_DEPRIVATION})
MEMBER_STATES = tuple(sorted(str(c) for c in Country if c is not Country.EU_WIDE))

_ASSISTANCE = re.compile(r"\b(?:[Tt]echnical [Aa]ssistance|TA)\b")
_DEPRIVATION = re.compile(r"material deprivation|food aid|basic material", re.I)
_STRAND = re.compile(r"\(?\s*(Interreg VI-[A-D])\s*\)?\s*")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# A small letter run into a capital: two entries of the page's form that lost their line break.
_GLUED = re.compile(r"(?<=[a-zß-ÿ]{3})(?=[A-ZÀ-Þ][a-zß-ÿ]{2})")
_STREET = (
    r"(?:[A-ZÄÖÜ]\w*er (?:Allee|Platz|Ring|Steinweg|Straße|Str\.|Wall|Weg)"
    r"|[\w-]*(?:[Ss]traße|[Ss]tr\.|allee|[Pp]latz|[Rr]ing|wall|weg)) \d+"
)
_ADDRESS = re.compile(
    rf"{_STREET}|\bPostfach \d|\b[A-Z]{{1,2}}[- ]\d{{4,5}} [A-ZÀ-Þ]|\b\d{{5}} [A-ZÀ-Þ]|\bul\. |\b\d+/\d+ \w+ str\.|\btel\.?:|\bwww\.|\S+@\S+"
)


def clean_authority(text: str) -> str:
    """An authority's name without the address, telephone or person's name that some entries of the list carry behind it.

    >>> clean_authority("Ministerium der Finanzen, Editharing 40, 39108 Magdeburg")
    'Ministerium der Finanzen'
    """
    name = _unglue(" ".join(_INVISIBLE.sub("", text).split()))
    found = _ADDRESS.search(name)
    return (name[: found.start()] if found else name).strip(" ,;-–/")


def _unglue(text: str) -> str:
    """The first of several entries that run into each other; of one repeated inside itself, the whole entry once."""
    first, *others = _GLUED.split(text)
    return max((other for other in others if first.endswith(other)), key=len, default=first)


def clean_title(text: str) -> tuple[str, str]:
    """A title without its strand, and the strand: "(Interreg VI-A) Austria-Czechia" -> ("Austria-Czechia", "Interreg VI-A")."""
    title = " ".join(_INVISIBLE.sub("", text).split())
    found = _STRAND.match(title)
    return (title[found.end() :], found.group(1)) if found and found.end() < len(title) else (title, "")


def kind_of(cci: str, title: str) -> ProgrammeKind:
    """The kind as CCI letters and English title show it; a national name without such a word counts as a programme."""
    if cci[4:6] == "TC":
        return ProgrammeKind.INTERREG
    if cci[8:10] == "TA" or _ASSISTANCE.search(title):
        return ProgrammeKind.TECHNICAL_ASSISTANCE
    if _DEPRIVATION.search(title):
        return ProgrammeKind.MATERIAL_DEPRIVATION
    return ProgrammeKind.PROGRAMME


def countries_named(title: str) -> list[str]:
    """ISO codes of the Member States an English title names, in the title's order."""
    places = {str(c): re.search(rf"\b{LABELS[c]}\b", title) for c in Country if c is not Country.EU_WIDE}
    return sorted((c for c, place in places.items() if place), key=lambda c: places[c].start())  # type: ignore[union-attr]
