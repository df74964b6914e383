"""The facts of a portal of calls, with what most of them share as defaults."""

from __future__ import annotations

from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Country, Kind, Level, TextUse

NATIONAL, REGIONAL, EU = Level.NATIONAL, Level.REGIONAL, Level.EU
RECORDED, DOCUMENTED, INFERRED = FormatSeen.RECORDED, FormatSeen.DOCUMENTED, FormatSeen.INFERRED


def calls_of(
    country: Country,
    source: str,
    title: str,
    homepage: str,
    attribution: str,
    format_seen: FormatSeen,
    level: tuple[Level, ...] = (NATIONAL, REGIONAL),
    licence: str = "not stated",
    text_use: TextUse = TextUse.EXTRACT,
) -> SourceFacts:
    """The facts of one country's portal. Where no licence is stated only extracts are shown."""
    return SourceFacts(
        source=source,
        title=title,
        homepage=homepage,
        countries=[country],
        level=list(level),
        kinds=[Kind.CALL],
        format_seen=format_seen,
        licence=licence,
        attribution=attribution,
        text_use=text_use,
    )
