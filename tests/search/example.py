"""The worked example of the design, as records of ours."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from search import records
from search.store import Harvest, Store

EXAMPLE = Path(__file__).parents[3] / "shared" / "design" / "example" / "expected.json"
NOW = datetime.fromisoformat("2026-11-22T00:00:00+01:00")
ROLES = {"continuous": "rolling", "unknown": "not-stated"}


def example() -> dict[str, Any]:
    """The records, searches and answers."""
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


def entry(row: dict[str, Any]) -> records.Call | records.Fund | records.Product:
    """One record of the example."""
    data: dict[str, Any] = {
        "kind": row["kind"],
        "id": f"example:{row['id']}",
        "source": "example",
        "native_id": row["id"],
        "title": row["title"],
        "lang": "en",
        "url": f"https://example.org/{row['id']}",
        "level": row["level"],
        "funding_type": row["type"],
        "ecosystems": row["ecosystem"],
        "countries": ["eu-wide" if c == "EU" else c for c in row["country"]],
        "regions": row["regions"],
        "areas": row["area"],
        "beneficiaries": row["beneficiary"],
        "skills": row["skills"],
        "deadlines": [{"date": row["deadline"]}] if row["deadline"] else [],
        "deadline_kind": "fixed" if row["deadline"] else ROLES[row["status"]],
        "opening_date": "2026-12-01" if row["status"] == "forthcoming" else "2026-10-01",
    }
    if row["kind"] == "fund":
        data |= {"fund": "ESF+", "area_en": "x", "area_original": "x", "programme_title": row["title"], "known_from": ["seed"], "opening_date": None}
    return records.load(data)


def fill(store: Store) -> None:
    """The example's records in a store."""
    run = store.start_run("example", NOW)
    store.finish_run(run, Harvest([entry(row) for row in example()["records"]]), NOW, {}, {})


def address(query: dict[str, Any]) -> list[tuple[str, str]]:
    """A search of the example as the pairs of an address; an empty list is a present, empty parameter."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, v) for v in values] or [(name, "")]
    return pairs
