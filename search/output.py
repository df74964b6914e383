"""An entry as programs get it: the record of the API and of the export, the licence applied."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from search import gist, licence, regions, timing
from search.query import Hit, Results
from search.records import Entry
from search.sources import SourceFacts
from search.store import Stored
from search.vocabulary import TextUse

DETAILS = {
    "call": ("identifier", "call_title", "deadline_model", "objectives", "expected_outcomes", "scope", "description", "types_of_action",
             "eligibility", "smallest_consortium", "award_criteria", "application_procedure", "conditions", "apply_url", "documents",
             "notices", "source_status"),
    "fund": ("cci", "fund", "area_en", "area_original", "programme_title", "programme_title_original",
             "programme_title_original_basis", "programme_says", "programme_says_url", "planned",
             "links", "known_from", "known_from_text", "ends_on"),
    "product": ("provider", "final_recipients", "conditions_text", "links"),
}  # fmt: skip
PLAIN = ("id", "kind", "native_id", "title", "title_en", "lang", "summary", "level", "programme", "funding_type", "ecosystems",
          "countries", "areas", "beneficiaries", "skills", "opening_date", "deadlines", "deadline_kind", "budget",
          "authority", "url", "also_at", "source", "evidence")  # fmt: skip


def record(
    stored: Stored, facts: SourceFacts | None, now: datetime, tier: str | None = None, score: float | None = None, details: bool = True
) -> dict[str, Any]:
    """One entry as plain JSON values. facts: its source's; None when the source was never registered: then facts only.

    details: with the fields that only some kinds have, under "details".
    """
    entry = licence.apply(stored.entry, facts.text_use if facts else TextUse.FACTS)
    data = entry.model_dump(mode="json")
    out = {name: data[name] for name in PLAIN}
    out |= {
        "gist": gist.gist(entry, now),
        "also_at": list(dict.fromkeys([*data["also_at"], *(copy.url for copy in stored.copies)])),
        "copies": [asdict(copy) for copy in stored.copies],
        "regions": region_names(entry),
        "status": timing.status(entry, now),
        "tier": tier,
        "first_seen": stored.first_seen,
        "last_seen": stored.last_seen,
        "last_changed": stored.last_changed,
        "no_longer_listed_since": stored.no_longer_listed_since,
        "licence": facts.licence if facts else None,
        "attribution": facts.attribution if facts else None,
        "score": score,
    }
    if details:
        out["details"] = {name: data[name] for name in DETAILS[data["kind"]]}
    return out


def region_names(entry: Entry) -> list[dict[str, str]]:
    """The regions of an entry: code, English name, own name."""
    units = regions.units()
    return [{"code": code, "name_en": units[code].name_en, "name": units[code].name} for code in entry.regions if code in units]


def answer(results: Results, sources: dict[str, SourceFacts], now: datetime) -> dict[str, Any]:
    """A whole search as the API gives it."""
    return {
        "query": results.params.understood(),
        "warnings": [{"parameter": w.parameter, "value": w.value, "message": w.message} for w in results.params.warnings],
        "total": results.total,
        "took_ms": results.took_ms,
        "generation": results.generation,
        "loosened": results.loosened,
        "without": results.without,
        "tiers": {str(tier): n for tier, n in results.tiers.items()},
        "facets": {
            name: [{"value": c.value, "label": c.label, "count": c.count, "selected": c.selected} for c in counts]
            for name, counts in results.facets.items()
        },
        "results": [_hit(hit, sources, now) for hit in results.hits],
    }


def _hit(hit: Hit, sources: dict[str, SourceFacts], now: datetime) -> dict[str, Any]:
    facts = sources.get(hit.stored.entry.source)
    return record(hit.stored, facts, now, hit.tier, round(hit.score, 4) if hit.score is not None else None, details=False)
