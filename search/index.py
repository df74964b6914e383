"""What an entry is found by: the tokens of each searched field."""

from __future__ import annotations

from collections.abc import Iterable

from search import compounds, expansion, regions
from search.analysis import squeezed, stem, tokens, words
from search.funds import FUND_TEXTS
from search.ranking import OWN, UNION
from search.records import Entry, Fund
from search.vocabulary import LABELS, Country


def searched_texts(entry: Entry) -> dict[str, list[str]]:
    """Field -> the tokens an entry is found by."""
    identifier = getattr(entry, "identifier", None) or getattr(entry, "cci", None)
    codes = " ".join(filter(None, (entry.native_id, identifier, entry.programme, entry.source)))
    units = [regions.units()[code] for code in entry.regions if code in regions.units()]
    places = [name for unit in units for name in (unit.code, *sorted(unit.names()))]
    places += [LABELS[c] for c in entry.countries if c != Country.EU_WIDE]
    texts = entry.texts()
    if isinstance(entry, Fund):
        places += [entry.area_en, entry.area_original]
        texts += FUND_TEXTS[entry.fund].text
    titles = " \n ".join(filter(None, (entry.title, entry.title_en)))
    return {
        "codes": [*tokens(codes, ""), *dict.fromkeys(filter(None, map(squeezed, (entry.native_id, identifier or ""))))],
        "title": tokens(titles, entry.lang),
        "place": tokens(" \n ".join(dict.fromkeys(places)), ""),
        "summary": tokens(entry.summary or "", entry.lang),
        "body": tokens(" \n ".join(texts), entry.lang),
        "inside": _inside([titles, entry.summary or "", *texts], entry.lang),
        "about": [c for text, lang in titles_of(entry) for c in expansion.spoken_of(text, lang)],
        "area": _area(entry),
        "mentions": [concept for text in texts for concept in expansion.spoken_of(text, entry.lang)],
    }


def _inside(texts: Iterable[str], language: str) -> list[str]:
    """The stems of the parts of words written together."""
    if language not in compounds.LANGUAGES:
        return []
    held = (compounds.parts(token.text, language) for text in texts for token in words(text))
    return [stem(part, language) for parts in held for part in parts]


def _area(entry: Entry) -> list[str]:
    """The units an entry is for and all they lie in; with a mark, the very units it is for."""
    countries = [regions.nuts_country(c) for c in entry.countries if c != Country.EU_WIDE]
    own = [*entry.regions, *(c for c in countries if not any(code.startswith(c) for code in entry.regions))]
    own += [UNION] if Country.EU_WIDE in entry.countries else []
    return sorted({unit for code in (*own, *countries) for unit in regions.lineage(code)}) + [OWN + code for code in own]


def titles_of(entry: Entry) -> list[tuple[str, str]]:
    """Titles and summary with their languages."""
    found = ((entry.title, entry.lang), (entry.title_en, "en"), (entry.summary, entry.lang))
    return [(text, language) for text, language in found if text]
