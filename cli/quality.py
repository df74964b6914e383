"""Measure labels and searches on judged documents, in a throw-away folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.judged import in_nuts_2021, to_entry
from cli.search_quality import published, run
from search import records
from search.vocabulary import FundingType


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def prediction(document: dict[str, Any], entry: records.Entry) -> dict[str, Any]:
    """The labels of one document as the scorer reads them."""
    return {
        "id": document["id"],
        "ecosystems": entry.ecosystems,
        "intervention": entry.areas,
        "beneficiaries": entry.beneficiaries,
        "nuts": in_nuts_2021(entry.regions),
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
        asked = list(read(queries))
        with published([*documents, *more], [*entries, *map(to_entry, more)]) as judged, (out / "runs.jsonl").open("w", encoding="utf-8") as lines:
            for row in run(judged, asked):
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        report |= {"queries": len(asked), "runs": str(out / "runs.jsonl")}
    return report
