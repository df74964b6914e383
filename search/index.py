"""The full-text index of one generation: a pure function of the store, built with Whoosh.

Our analyser makes the tokens; Whoosh gets them ready, so that no analyser has to be stored with the index. One
segment, so that document n is row n of the columns.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.analysis import KeywordAnalyzer
from whoosh.fields import ID, STORED, TEXT, Schema

from search import expansion, records, regions
from search.analysis import squeezed, tokens
from search.funds import FUND_TEXTS
from search.inverted import Recorder
from search.ranking import FIELDS, OWN, UNION
from search.records import Entry, Fund
from search.store import Copy, Stored
from search.vocabulary import LABELS, Country


def schema() -> Schema:
    """The fields: id, the searched texts, and the record as JSON."""
    texts = {name: TEXT(analyzer=KeywordAnalyzer(), phrase=True) for name in FIELDS}
    return Schema(id=ID(stored=True, unique=True), record=STORED, **texts)


def searched_texts(entry: Entry) -> dict[str, list[str]]:
    """Field -> the tokens an entry is found by."""
    identifier = getattr(entry, "identifier", None) or getattr(entry, "cci", None)
    codes = " ".join(filter(None, (entry.native_id, identifier, entry.programme, entry.source)))
    units = [regions.units()[code] for code in entry.regions if code in regions.units()]
    places = [name for unit in units for name in (unit.code, *unit.names())]
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
        "about": [c for text, lang in titles_of(entry) for c in expansion.spoken_of(text, lang)],
        "area": _area(entry),
        "mentions": [concept for text in texts for concept in expansion.spoken_of(text, entry.lang)],
    }


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


def to_document(stored: Stored) -> str:
    """The stored record as the index keeps it."""
    fields = ("first_seen", "last_seen", "last_changed", "no_longer_listed_since")
    copies = [asdict(copy) for copy in stored.copies]
    return json.dumps({"entry": records.dump(stored.entry), **{f: getattr(stored, f) for f in fields}, "copies": copies}, ensure_ascii=False)


def from_document(text: str) -> Stored:
    """What `to_document` wrote."""
    data: dict[str, Any] = json.loads(text)
    copies = tuple(Copy(**copy) for copy in data.pop("copies"))
    return Stored(records.load(data.pop("entry")), **data, copies=copies)


def build(folder: Path, stored: list[Stored]) -> Recorder:
    """Write the index of these entries, in their order, into a new folder; returns their tokens."""
    folder.mkdir()
    index = whoosh_index.create_in(str(folder), schema())
    writer = index.writer(limitmb=256)
    recorder = Recorder()
    for item in stored:
        texts = searched_texts(item.entry)
        recorder.add(texts)
        writer.add_document(id=item.entry.id, record=to_document(item), **texts)
    writer.commit(optimize=True)
    index.close()
    return recorder
