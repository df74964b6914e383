"""The facet table: one row per facet; columns, filters, counts, API, checks and templates all derive from it.

A row says where a facet's values come from (`values`), which vocabulary holds them (None = whatever the data
brings, as with programmes), and which value applies to every search of the facet as a second tier (`wide`).
To add a facet, add one row (and its enum, if it has a vocabulary of ours).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from search.i18n import N_
from search.i18n import gettext as _
from search.records import Entry
from search.vocabulary import (
    BOTH_AREAS,
    NOT_STATED,
    Area,
    Beneficiary,
    Country,
    Ecosystem,
    FundingType,
    Kind,
    Level,
    Skills,
    Status,
    label,
)

EMPTY: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facet:
    """One facet.

    name: the parameter of the address; words: what people read, in English; values: an entry's values of it ([] = not stated);
    vocabulary: the legal values in the order shown, or None when the data decides; extra: derived values beside them;
    wide, wide_switch, wide_words: the value that matches every filter of this facet as a second tier, the parameter that hides it;
    default: the values chosen when the parameter is absent; always_stated: "not-stated" cannot occur;
    on_page: shown among the page's filters.
    """

    name: str
    words: str
    values: Callable[[Entry], Sequence[str]] | None
    vocabulary: type[StrEnum] | None = None
    extra: tuple[str, ...] = EMPTY
    wide: str | None = None
    wide_switch: str | None = None
    wide_words: str | None = None
    default: tuple[str, ...] = EMPTY
    always_stated: bool = False
    on_page: bool = True

    @property
    def label(self) -> str:
        """What people read, in the language spoken now."""
        return _(self.words)

    @property
    def wide_label(self) -> str | None:
        """What people read for the value that matches every filter."""
        return _(self.wide_words) if self.wide_words else None

    def legal(self) -> tuple[str, ...] | None:
        """The legal values in the order shown, or None when the data decides."""
        if self.vocabulary is None:
            return None
        return (*self.vocabulary, *self.extra, *(EMPTY if self.always_stated else (NOT_STATED,)))

    def label_of(self, value: str) -> str:
        """What people read for a value."""
        return label(value)


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else EMPTY


def _areas(entry: Entry) -> list[str]:
    return [*entry.areas, BOTH_AREAS] if len(entry.areas) == len(Area) else list(entry.areas)


FACETS: tuple[Facet, ...] = (
    Facet("ecosystem", N_("Industrial ecosystem"), lambda e: e.ecosystems, Ecosystem,
          wide=Ecosystem.CROSS_SECTORAL, wide_switch="cross", wide_words=N_("Open to every sector")),
    Facet("country", N_("Country"), lambda e: e.countries, Country,
          wide=Country.EU_WIDE, wide_switch="eu_wide", wide_words=N_("EU-wide")),
    Facet("type", N_("Type of funding"), lambda e: _one(e.funding_type), FundingType),
    Facet("level", N_("Level"), lambda e: (e.level,), Level, always_stated=True),
    Facet("area", N_("Area of intervention"), _areas, Area, extra=(BOTH_AREAS,)),
    Facet("beneficiary", N_("Who may apply"), lambda e: e.beneficiaries, Beneficiary),
    Facet("status", N_("Status"), None, Status, always_stated=True,
          default=(Status.OPEN, Status.FORTHCOMING, Status.CONTINUOUS, Status.UNKNOWN)),
    Facet("kind", N_("Kind of entry"), lambda e: (e.kind,), Kind, always_stated=True),  # type: ignore[attr-defined]
    Facet("skills", N_("Skills"), lambda e: (e.skills,), Skills, always_stated=True, default=(Skills.CORE, Skills.PART)),
    Facet("programme", N_("Programme"), lambda e: _one(e.programme)),
    Facet("source", N_("Source"), lambda e: (e.source,), always_stated=True, on_page=False),
    Facet("lang", N_("Language of the text"), lambda e: (e.lang,), always_stated=True, on_page=False),
)  # fmt: skip
BY_NAME = {facet.name: facet for facet in FACETS}


def check(entry: Entry) -> list[str]:
    """What is wrong with an entry's facet values; an empty list when nothing is. The validation of every crawl."""
    problems = []
    for facet in FACETS:
        legal = facet.legal()
        if facet.values is None or legal is None:
            continue
        problems += [f"{facet.name}={v!r} is no value of the facet" for v in facet.values(entry) if v not in legal]
        quoted = {q.value for q in entry.evidence.get(facet.name, ())}
        problems += [f"{facet.name}: evidence for {v!r}, which the entry does not carry" for v in quoted - {*facet.values(entry)}]
    return problems
