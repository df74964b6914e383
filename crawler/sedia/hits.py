"""Hits: their fields brought together, their key found, copies of one key merged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

TOPIC, PROSPECT, CASCADE = "1", "2", "8"


class FormatError(ValueError):
    """A hit that does not have the documented form."""


@dataclass
class Hit:
    """One search hit, fields brought together: `fields` holds the metadata lists; reference is the portal's key."""

    reference: str
    fields: dict[str, Any]
    mended: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def first(self, name: str) -> str:
        """The first value of a field, "" when there is none."""
        values = self.fields.get(name)
        if isinstance(values, list):
            return str(values[0]) if values else ""
        return str(values) if values not in (None, "") else ""

    def all(self, name: str) -> list[str]:
        """All values of a field."""
        values = self.fields.get(name)
        return [str(v) for v in values] if isinstance(values, list) else [str(values)] if values not in (None, "") else []

    def nested(self, name: str) -> Any:
        """JSON inside a string; None when it is empty. Raises FormatError when it is broken."""
        text = self.first(name)
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError as error:
            raise FormatError(f"{name} is no JSON: {text[:60]!r}") from error

    @property
    def type(self) -> str:
        return self.first("type")

    @property
    def datasource(self) -> str:
        return self.first("DATASOURCE") or self.first("datasource")


def read_hit(raw: Mapping[str, Any]) -> Hit:
    """Bring a hit's fields together and find its own key.

    `metadata.REFERENCE` repeats the key of the current index; where the two disagree, or a topic's key does not begin
    with its number, the hit's key belongs to another record and is mended. Raises FormatError without a key.
    """
    metadata = raw.get("metadata")
    fields = {**raw, **metadata} if isinstance(metadata, Mapping) else dict(raw)
    fields.pop("metadata", None)
    hit = Hit(str(raw.get("reference") or ""), fields, raw=raw)
    own = hit.first("REFERENCE") or hit.reference
    number = hit.first("ccm2Id")
    if hit.type == TOPIC and number and not own.startswith(number):
        own = f"{number}TOPICS{hit.first('language') or 'en'}"
    if not own:
        raise FormatError("a hit without a reference")
    hit.mended, hit.reference = own != hit.reference, own
    return hit


def merge(copies: Iterable[Hit]) -> Hit:
    """One hit from the copies of one key: the latest, its gaps filled from the others; independent of their order."""

    def rank(hit: Hit) -> tuple[str, bool, str]:
        return hit.first("esDA_IngestDate"), bool(hit.first("descriptionByte")), hit.datasource

    ordered = sorted(copies, key=rank, reverse=True)
    fields: dict[str, Any] = {}
    for hit in ordered:
        for name, value in hit.fields.items():
            if fields.get(name) in (None, "", []):
                fields[name] = value
    return Hit(ordered[0].reference, fields, any(h.mended for h in ordered), ordered[0].raw)
