"""Where money is limited to: places that a source names, as NUTS codes and a level with their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crawler.platforms.mapped import put
from search import regions
from search.vocabulary import Level


def put_places(fields: dict[str, Any], places: Iterable[str], country: str, also: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Regions and level of a call: regional where all its places are regions of the country, else national; places nobody knows.

    also: names that NUTS spells otherwise, casefolded -> codes. A place that is not known limits nothing.
    """
    said = [place for place in dict.fromkeys(place.strip() for place in places) if place]
    codes = {place: codes_of(place, country, also or {}) for place in said}
    unknown = [place for place in said if not codes[place]]
    words = ", ".join(said)
    if said and not unknown and all(len(code) > 2 for found in codes.values() for code in found):
        put(fields, "level", [Level.REGIONAL], words, "limited to regions by the source")
        for place, found in codes.items():
            put(fields, "region", found, place, "region named by the source")
    elif said and not unknown:
        put(fields, "level", [Level.NATIONAL], words, "the whole country, as the source says")
    return unknown


def codes_of(place: str, country: str, also: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The NUTS codes of a place in a country (ISO); none where it is not known there."""
    if place.casefold() in also:
        return also[place.casefold()]
    code = regions.resolve(place)
    return [code] if code and regions.country_of(code) == country else []
