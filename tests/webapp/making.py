"""Records and sources for tests, with the least they need."""

from __future__ import annotations

from typing import Any

from search.sources import SourceFacts


def source(name: str, title: str, countries: list[str], level: list[str], **more: Any) -> SourceFacts:
    """Facts of a made-up source."""
    data = {
        "homepage": f"https://{name.replace('_', '-')}.example.org/",
        "kinds": ["call"],
        "format_seen": "recorded",
        "licence": "CC BY 4.0",
        "attribution": f"© {title}",
        "text_use": "full",
    }
    return SourceFacts.model_validate({"source": name, "title": title, "countries": countries, "level": level, **data, **more})


def quote(
    value: str, origin: str, text: str | None = None, field: str | None = None, words: str | None = None, rule: str = "word list"
) -> dict[str, Any]:
    """Evidence; `words` are looked up in `text`."""
    start = text.index(words) if text and words else None
    end = start + len(words) if start is not None and words else None
    return {"value": value, "origin": origin, "quote": words, "field": field, "start": start, "end": end, "rule": rule}


def call(source_name: str, key: str, title: str, **more: Any) -> dict[str, Any]:
    """A call with the least it needs."""
    data = {
        "kind": "call",
        "id": f"{source_name}:{key}",
        "source": source_name,
        "native_id": key,
        "title": title,
        "lang": "en",
        "level": "eu",
        "url": f"https://{source_name.replace('_', '-')}.example.org/{key}",
        "skills": "core",
    }
    return data | more


def fund(key: str, title: str, **more: Any) -> dict[str, Any]:
    """A fund with the least it needs."""
    data = call(
        "fund_list",
        key,
        title,
        kind="fund",
        fund="ESF+",
        level="regional",
        programme_title=title,
        known_from=["ec-page"],
        ecosystems=["cross-sectoral"],
        areas=["upskilling", "reskilling"],
        funding_type="grant",
        ends_on="2029-12-31",
    )
    return data | more
