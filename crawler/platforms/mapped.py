"""Facet values that a source's own codes and labels decide, put into a draft's fields together with their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from search.corrections import ATTRIBUTES
from search.records import Entry
from search.vocabulary import Origin

Table = Mapping[str, Sequence[str]]  # label, casefolded -> values of a facet
SEVERAL = {name for name, field in Entry.model_fields.items() if field.default == []}
OTHERS = {"programme": "programme"}  # labels that are no facet with a vocabulary


def table(vocabulary: type[StrEnum], **labels: str) -> dict[str, list[str]]:
    """A table of a source's labels: for each value of a vocabulary, by its name, the labels that mean it, apart by semicolons.

    A label may stand for several values.
    """
    found: dict[str, list[str]] = {}
    for name, words in labels.items():
        for word in words.split(";"):
            found.setdefault(word.strip().casefold(), []).append(vocabulary[name])
    return found


def put(fields: dict[str, Any], facet: str, values: Iterable[str], quote: str, rule: str, origin: Origin = Origin.MAPPED) -> None:
    """Add values of a facet to a draft's fields, with the source's words or code as their evidence. Nothing is added twice.

    A facet of one value keeps the first that was put.
    """
    attribute = OTHERS.get(facet) or ATTRIBUTES[facet][0]
    known = fields.setdefault("evidence", {}).setdefault(facet, [])
    for value in values:
        if attribute in SEVERAL:
            held = fields.setdefault(attribute, [])
            if value not in held:
                held.append(value)
        elif fields.setdefault(attribute, value) != value:
            continue
        proof = {"value": value, "origin": origin, "quote": quote, "rule": rule}
        if proof not in known:
            known.append(proof)
    if not known:
        del fields["evidence"][facet]


def put_labels(fields: dict[str, Any], facet: str, labels: Iterable[str], table: Table, rule: str) -> list[str]:
    """`put` for every label that a table knows (compared folded, without spaces at the ends); the labels it does not know."""
    unknown = []
    for label in labels:
        values = table.get(label.strip().casefold())
        if values:
            put(fields, facet, values, label.strip(), rule)
        else:
            unknown.append(label)
    return unknown


def put_all(fields: dict[str, Any], facet: str, labels: Sequence[str], table: Table, rule: str) -> None:
    """`put_labels` where a table knows every label; else nothing: the words of the text tell more than a part of the labels."""
    if all(label.strip().casefold() in table for label in labels):
        put_labels(fields, facet, labels, table, rule)
