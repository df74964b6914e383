"""What every engine of the bench gets: the same documents as ready tokens, the same searches with the same expanded words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from whoosh import query as wq

from search import matching, reading, wording
from search.engines.opensearch.documents import BLOCK, by_row, texts_of
from search.facets import FACETS
from search.opening import Generation
from search.params import SearchParams
from search.ranking import FIELDS
from tests.search import corpus

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Document:
    """An entry: its row, its tokens per field, its values per facet, and the record a page shows."""

    number: int
    tokens: dict[str, list[str]]
    facets: dict[str, list[str]]
    record: bytes


@dataclass(frozen=True)
class Search:
    """A search as typed, its expanded words as a tree of terms, and its filters with the values that pass: facet -> values."""

    params: SearchParams
    words: wq.Query
    filters: dict[str, list[str]]


@dataclass(frozen=True)
class Answer:
    """What an engine found: how many entries have all the words, and facet -> value -> count, each without its own filter."""

    total: int
    counts: Counts


def documents(generation: Generation) -> Iterator[Document]:
    """Every entry of a generation, by row; a block of them is held at a time."""
    columns, status = generation.columns, generation.columns.at(corpus.NOW).bits
    facets = {facet.name: status if facet.name == "status" else columns.facets[facet.name] for facet in FACETS}
    for first in range(0, len(columns), BLOCK):
        last = min(first + BLOCK, len(columns))
        texts = {field: texts_of(held, first, last, True)[1] for field, held in generation.postings.fields.items()}
        values = {name: by_row(column, first, last) for name, column in facets.items()}
        for row in range(first, last):
            tokens = {field: held[row - first].split() for field, held in texts.items()}
            yield Document(row, tokens, {name: held[row - first] for name, held in values.items()}, generation.kept.packed(row))


def searches(generation: Generation, count: int, seed: int = 1) -> list[Search]:
    """`count` different searches: one to three words of one language, drawn as texts draw them, some with filters."""
    rng, found = random.Random(seed), []
    while len(found) < count:
        language = rng.choices(list(corpus.SHARES), list(corpus.SHARES.values()))[0]
        words, weights = corpus.vocabulary(language)
        typed = [w for w in rng.choices(words, cum_weights=weights, k=rng.choice([1, 1, 2, 2, 3])) if w.isalpha() and len(w) > 3]
        pairs = [("q", " ".join(typed))]
        for facet, values, share in (
            ("country", ["IT", "DE", "FR", "PL"], 0.5),
            ("ecosystem", ["digital", "construction"], 0.4),
            ("type", ["grant"], 0.3),
        ):
            pairs += [(facet, rng.choice(values))] if rng.random() < share else []
        asked = reading.parse(pairs, generation.columns.values)
        if typed and not asked.warnings:
            found.append(Search(asked, _words(asked, generation), _filters(asked)))
    return found


def typed(text: str, generation: Generation) -> Search:
    """Any text as a search without filters."""
    asked = reading.parse([("q", text)], generation.columns.values)
    return Search(asked, wq.NullQuery, {})


def _words(asked: SearchParams, generation: Generation) -> wq.Query:
    languages = sorted(generation.languages)
    return wq.And([matching.reading(group, generation, languages).whole for group in wording.groups(asked.q, asked.expand)])


def _filters(asked: SearchParams) -> dict[str, list[str]]:
    """What passes each filter, the value that is open to all included."""
    found = {}
    for facet in FACETS:
        if values := list(asked.values(facet.name)):
            found[facet.name] = [*values, *([facet.wide] if facet.wide and getattr(asked, str(facet.wide_switch)) else [])]
    return {name: [str(v) for v in values] for name, values in found.items()}


SEARCHED = tuple(FIELDS)
# What must not take long, whatever it finds: wildcards, many words, brackets, patterns, ten thousand letters.
HARD = (
    "*", "a* e* s* t*", "trai* educ* inno* digi* comm* serv*", "??????", "*ing*", " ".join(f"term{n}" for n in range(200)),
    "training and skills for young workers in regions of industry with digital tools and green energy in schools", "(((((((a)))))))" * 40,
    "[a-z]+.*(skills|training){2,}$", "x" * 10_000, '"' * 400, '"of the" "in the" "for the" "to the"', "-training -skills -digital -education",
    " ".join(["training"] * 60), "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p " * 12, "e i a o u s t n r l d m",
)  # fmt: skip
