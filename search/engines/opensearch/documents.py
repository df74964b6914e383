"""A generation's entries as OpenSearch holds them: its settings and mapping, and the document of each row."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.columns import NEVER
from search.facet_columns import Bits, Pairs
from search.inverted import AT_ONCE, Inverted
from search.opening import Embedded
from search.ranking import BOOSTS, FIELDS

STEPS = 2**18  # parts of 1 in which strengths are written, as a whole number; those of a text must stay below 2**31 in sum
BLOCK = 5000  # rows whose postings are turned into documents at a time
STRENGTHS, PLACES = TEXTS = "strengths", "places"  # a text field twice: its words with how strongly each counts, and in their order
DELIMITER = "|"  # stands in no token


def settings(entries: int, shards: int) -> dict[str, Any]:
    """The settings of the index of so many entries while it is filled: it is copied when it is whole. What a word counts comes with it:
    nothing depends on the other documents."""
    strength = {"type": "scripted", "script": {"source": f"return query.boost * doc.freq / {float(STEPS)};"}}
    counted = {"type": "delimited_term_freq", "delimiter": DELIMITER}
    return {
        "number_of_shards": shards,
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "max_result_window": max(entries, 10_000),
        "max_terms_count": max(entries, 65_536),
        "similarity": {"strength": strength},
        "analysis": {
            "filter": {"counted": counted},
            "analyzer": {
                STRENGTHS: {"type": "custom", "tokenizer": "whitespace", "filter": ["counted"]},
                PLACES: {"type": "custom", "tokenizer": "whitespace"},
            },
        },
    }


def mapping(facets: list[str]) -> dict[str, Any]:
    """The mapping: nothing is kept of a document but the record as it is shown."""
    strengths = {
        "type": "text",
        "analyzer": STRENGTHS,
        "search_analyzer": "keyword",
        "index_options": "freqs",
        "norms": False,
        "similarity": "strength",
    }
    places = {"type": "text", "analyzer": PLACES, "norms": False, "similarity": "boolean"}
    number, flag = {"type": "double"}, {"type": "boolean"}
    return {
        "dynamic": "strict",
        "_source": {"includes": ["record", "seen"]},
        "properties": {
            "row": {"type": "integer"},
            "facet": {"properties": {name: {"type": "keyword"} for name in facets}},
            "regions": {"type": "keyword"},
            "opens": number, "announced": flag, "last_end": number, "over": flag, "continuous": flag, "dated": flag,
            "days": {"type": "integer"},
            "until": {"type": "nested", "properties": {"at": number}},
            "budget": number, "amount": {"type": "float"}, "changed": number,
            "newest_place": {"type": "integer"}, "changed_place": {"type": "integer"}, "block": {"type": "byte"},
            STRENGTHS: {"properties": dict.fromkeys(FIELDS, strengths)},
            PLACES: {"properties": dict.fromkeys(BOOSTS, places)},
            "record": {"type": "binary"},
            "seen": {"type": "keyword", "index": False, "doc_values": False},
        },
    }  # fmt: skip


def documents(generation: Embedded) -> Iterator[dict[str, Any]]:
    """The document of every row, in order; a block of them is held at a time."""
    for first in range(0, len(generation.columns), BLOCK):
        last = min(first + BLOCK, len(generation.columns))
        facets = {name: by_row(column, first, last) for name, column in generation.columns.facets.items()}
        units = by_row(generation.columns.regions, first, last)
        texts = {field: texts_of(generation.postings.fields[field], first, last, field in BOOSTS) for field in FIELDS}
        for row in range(first, last):
            found = _dates(generation, row)
            found["facet"] = {name: values[row - first] for name, values in facets.items()}
            found["regions"] = units[row - first]
            found[STRENGTHS] = {field: counted[row - first] for field, (counted, _) in texts.items()}
            found[PLACES] = {field: text[row - first] for field, (_, text) in texts.items() if field in BOOSTS}
            found["record"] = base64.b64encode(generation.kept.packed(row)).decode()
            found["seen"] = [text.decode() for text in generation.kept.dates[row].tolist()]
            yield found


def by_row(column: Bits | Pairs, first: int, last: int) -> list[list[str]]:
    """The values of each of some rows."""
    found: list[list[str]] = [[] for _ in range(first, last)]
    if isinstance(column, Pairs):
        part = slice(*np.searchsorted(column.rows, [first, last]).tolist())
        pairs = zip((column.rows[part] - first).tolist(), column.codes[part].tolist(), strict=True)
    else:
        pairs = zip(*(axis.tolist() for axis in np.nonzero(column.part(first, last).T)), strict=True)
    for row, code in pairs:
        found[row].append(column.values[code])
    return found


def _dates(generation: Embedded, row: int) -> dict[str, Any]:
    """What an entry states about time and money. What is not stated is left out; infinity is no number in JSON."""
    d = generation.columns.dates
    opens, ends, until = float(d.opens_at[row]), d.ends_at[row], d.apply_until[row]
    found: dict[str, Any] = {
        "row": row,
        "announced": opens == np.inf,
        "over": bool(np.isneginf(ends).any()),
        "continuous": bool(d.continuous[row]),
        "dated": bool(d.dated[row]),
        "days": d.deadline_days[row][d.deadline_days[row] != NEVER].tolist(),
        "until": [{"at": at} for at in until[np.isfinite(until)].tolist()],
        "amount": float(np.nan_to_num(d.budget[row]).astype(np.float32)),
        "changed": float(d.changed[row]),
        "newest_place": int(d.newest_first[row]),
        "changed_place": int(d.changed_first[row]),
        "block": int(d.kind_block[row]),
    }
    found |= {"opens": opens} if np.isfinite(opens) else {}
    found |= {"last_end": float(ends[np.isfinite(ends)].max())} if np.isfinite(ends).any() else {}
    found |= {"budget": float(d.budget[row])} if np.isfinite(d.budget[row]) else {}
    return found


def texts_of(held: Inverted, first: int, last: int, places: bool) -> tuple[list[str], list[str]]:
    """The words of one field of some rows: each once with its strength in STEPS, and, where asked for, all in their order."""
    parts = ((start, held.rows[start : start + AT_ONCE]) for start in range(0, len(held.rows), AT_ONCE))
    picked = np.concatenate([np.zeros(0, np.int64), *(start + np.flatnonzero((rows >= first) & (rows < last)) for start, rows in parts)])
    word = np.searchsorted(held.starts, picked, side="right") - 1
    rows = held.rows[picked] - first
    order = np.argsort(rows, kind="stable")
    times = np.maximum(np.rint(held.strengths[picked] * STEPS), 1).astype(np.int64)
    counted = [f"{text.decode()}{DELIMITER}{n}" for text, n in zip(held.terms[word[order]].tolist(), times[order].tolist(), strict=True)]
    texts = _joined(counted, rows[order], last - first)
    if not places:
        return texts, []
    begins, ends = held.spots[picked], held.spots[picked + 1]
    lengths = ends - begins
    spot = np.repeat(begins - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))
    token_rows = np.repeat(rows, lengths)
    order = np.lexsort((held.positions[spot], token_rows))
    words = [text.decode() for text in held.terms[np.repeat(word, lengths)[order]].tolist()]
    return texts, _joined(words, token_rows[order], last - first)


def _joined(words: list[str], rows: NDArray[np.int32], count: int) -> list[str]:
    """The words of each row as one text. rows: of each word, ascending."""
    edges = np.searchsorted(rows, np.arange(count + 1)).tolist()
    return [" ".join(words[a:b]) for a, b in pairwise(edges)]
