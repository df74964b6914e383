"""Measure labels and searches on judged documents, in a throw-away folder."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.classify import classify
from search import clock, generations, params, query, records
from search.store import Harvest, Store
from search.vocabulary import Country, FundingType, Level

# Names of label fields that ask who may apply, as the portals spell them.
WHO = re.compile(r"benefic|destinatari|applicant|subject_type|dimension|sizeclass", re.I)
NO_FILTERS = [("status", ""), ("skills", ""), ("kind", ""), ("per_page", "200")]


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def label_texts(meta: dict[str, Any]) -> tuple[list[str], list[str]]:
    """A source's own labels as text: those under a name that asks who may apply, and the others."""
    who: list[str] = []
    other: list[str] = []
    for name, value in meta.items():
        (who if WHO.search(name) else other).extend(_flat(value))
    return who, other


def _flat(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inner for text in _flat(item)]


def to_entry(document: dict[str, Any]) -> records.Call:
    """A judged document as a call: title and text as given, its source's country; level and language as far as known."""
    source, _, native_id = document["id"].partition(":")
    country = document.get("country") or ""
    of_the_union = country in ("", "EU")
    known = country in set(Country)
    who, other = label_texts(document.get("meta") or {})
    data = {
        "kind": "call",
        "id": f"{source}:{native_id}".translate({ord(c): "_" for c in " /?#\\"}),
        "source": source,
        "native_id": native_id or document["id"],
        "title": document["title"][:1000] or document["id"],
        "lang": document.get("lang") or ("en" if of_the_union else LANGUAGE_OF.get(country, "en")),
        "url": document.get("url") or "https://example.org/",
        "level": Level.EU if of_the_union else Level.NATIONAL,
        "countries": [country if known else Country.EU_WIDE],
        "description": "\n".join([document.get("text") or "", *other]) or None,
        "eligibility": "\n".join(who) or None,
    }
    entry = records.load(data)
    assert isinstance(entry, records.Call)
    return classify(entry)


# The language most calls of a country are published in.
LANGUAGE_OF = {
    "AT": "de", "BE": "nl", "BG": "bg", "CY": "el", "CZ": "cs", "DE": "de", "DK": "da", "EE": "et", "ES": "es", "FI": "fi", "FR": "fr",
    "GR": "el", "HR": "hr", "HU": "hu", "IE": "en", "IT": "it", "LT": "lt", "LU": "fr", "LV": "lv", "MT": "en", "NL": "nl", "PL": "pl",
    "PT": "pt", "RO": "ro", "SE": "sv", "SI": "sl", "SK": "sk",
}  # fmt: skip


def prediction(document: dict[str, Any], entry: records.Call) -> dict[str, Any]:
    """The labels of one document as the scorer reads them."""
    return {
        "id": document["id"],
        "ecosystems": entry.ecosystems,
        "intervention": entry.areas,
        "beneficiaries": entry.beneficiaries,
        "nuts": entry.regions,
        "skills": entry.skills,
        "funding_type": entry.funding_type or FundingType.GRANT,  # the labelling guide's default for a call for proposals
        "level": entry.level,
        "lang": entry.lang,
    }


def measure(docs: Path, labels: Path | None, queries: Path | None, distractors: Path | None, out: Path) -> dict[str, Any]:
    """Write OUT/predictions.jsonl and, with queries, OUT/runs.jsonl; returns how many of each."""
    documents = list(read(docs))
    wanted = {row["id"] for row in read(labels)} if labels else None
    entries = [to_entry(document) for document in documents]
    out.mkdir(parents=True, exist_ok=True)
    with (out / "predictions.jsonl").open("w", encoding="utf-8") as lines:
        for document, entry in zip(documents, entries, strict=True):
            if wanted is None or document["id"] in wanted:
                lines.write(json.dumps(prediction(document, entry), ensure_ascii=False) + "\n")
    report: dict[str, Any] = {"documents": len(documents), "predictions": str(out / "predictions.jsonl")}
    if queries:
        more = list(read(distractors)) if distractors else []
        names = {e.id: d["id"] for d, e in zip(documents, entries, strict=True)}
        asked = list(read(queries))
        runs = _answers(entries + [to_entry(d) for d in more], [q["query"] for q in asked])
        with (out / "runs.jsonl").open("w", encoding="utf-8") as lines:
            for row, found in zip(asked, runs, strict=True):
                lines.write(json.dumps({"qid": row["qid"], "results": [names.get(i, i) for i in found]}, ensure_ascii=False) + "\n")
        report |= {"queries": len(asked), "runs": str(out / "runs.jsonl")}
    return report


def _answers(entries: list[records.Call], texts: list[str]) -> list[list[str]]:
    """Per query the ids found, best first, with every default filter off."""
    now = clock.now()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/funding.db")
        unique = {entry.id: entry for entry in entries}
        store.finish_run(store.start_run("quality", now), Harvest(list(unique.values())), now, {}, {})
        generations.publish(store, Path(folder) / "index", now)
        generation = generations.open_current(Path(folder) / "index")
        found = []
        for text in texts:
            asked = params.parse([("q", text), *NO_FILTERS], generation.columns.values)
            found.append([hit.stored.entry.id for hit in query.search(generation, asked, now).hits])
        generation.close()
        store.close()
    return found
