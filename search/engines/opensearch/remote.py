"""A generation in a cluster, open for reading: searches, counts and records are asked of it."""

from __future__ import annotations

import base64
import json
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from search import records, timing
from search.columns import Columns
from search.engines.opensearch import words
from search.engines.opensearch.client import Client
from search.engines.opensearch.filters import EVERYTHING, Filters, Query, every
from search.engines.opensearch.pages import Group, grouping, groups, ordering
from search.engines.opensearch.words import Asked
from search.facet_columns import Mask, Passing
from search.facets import FACETS, Facet
from search.generation import Generation
from search.lexicon import Lexicon
from search.opening import DamagedGenerationError
from search.params import SearchParams
from search.query import FacetCount, Hit, Results, Tier
from search.store import Copy, Stored

MOST_READ = 512  # records that are kept as read
MOST_ASKED = 256  # words of searches whose queries are kept
AT_ONCE = 500  # results or records read at a time where all are wanted
ROWS = {
    "init_script": "state.bits = new long[(int)params.size];",
    "map_script": "int r = (int)doc['row'].value; state.bits[r >>> 6] |= 1L << (r & 63);",
    "combine_script": "return state.bits;",
    "reduce_script": "long[] all = new long[(int)params.size];"
    " for (bits in states) { if (bits != null) { for (int n = 0; n < all.length; n++) { all[n] |= bits[n]; } } } return all;",
}


class Remote(Generation):
    """A generation whose texts, postings and records lie in an index of a cluster. stands_for: see `copies`."""

    def __init__(
        self, folder: Path, manifest: dict[str, Any], columns: Columns, lexicon: Lexicon, copies: dict[str, tuple[Copy, ...]], client: Client
    ) -> None:
        super().__init__(folder, manifest, columns, lexicon)
        self.client = client
        self.index = f"{client.prefix}-{self.name}"
        self._copies = copies
        self._read: dict[int, Stored] = {}
        self._asked: dict[tuple[str, bool], Asked] = {}

    @cached_property
    def copies(self) -> Mapping[str, str]:
        return {copy.id: entry_id for entry_id, copies in self._copies.items() for copy in copies}

    def close(self) -> None:
        """Nothing is held open: the connections are the engine's."""

    # -- records ---------------------------------------------------------------------------------------------------

    def stored(self, row: int) -> Stored:
        found = self._read.get(row)
        return self._keep(row, *self._hits(range(row, row + 1))) if found is None else found

    def all(self) -> Iterator[Stored]:
        for first in range(0, len(self.columns), AT_ONCE):
            rows = range(first, min(first + AT_ONCE, len(self.columns)))
            yield from map(self._unpacked, rows, self._hits(rows))

    def _hits(self, rows: range) -> list[Mapping[str, Any]]:
        """What the index holds of these rows, in their order."""
        between = {"range": {"row": {"gte": rows.start, "lt": rows.stop}}}
        hits = self.client.search(self.index, {"query": between, "size": len(rows), "sort": ["row"]})["hits"]["hits"]
        if missing := set(rows) - {hit["sort"][0] for hit in hits}:
            raise DamagedGenerationError(f"{self.name} is damaged (record {min(missing)} is missing): run `funding publish`")
        return list(hits)

    def _keep(self, row: int, hit: Mapping[str, Any]) -> Stored:
        """Read a record; it is kept for those who ask again."""
        found = self._read.get(row)
        if found is None:
            found = self._unpacked(row, hit)
            if len(self._read) >= MOST_READ:
                self._read.clear()
            self._read[row] = found
        return found

    def _unpacked(self, row: int, hit: Mapping[str, Any]) -> Stored:
        try:
            entry = records.read(zlib.decompress(base64.b64decode(hit["_source"]["record"])))
        except (zlib.error, ValueError) as error:
            raise DamagedGenerationError(f"{self.name} is damaged (record {row}: {error}): run `funding publish`") from error
        first, last, changed, gone = hit["_source"]["seen"]
        return Stored(entry, first, last, changed, gone or None, self._copies.get(entry.id, ()))

    # -- searches --------------------------------------------------------------------------------------------------

    def search(self, params: SearchParams, now: datetime, among: Mask | None = None) -> Results:
        started = time.perf_counter()
        asked = self._filters(params, now, among)
        words_asked = self._words(params) if params.q else None
        counted = self._aggregated(asked, words_asked)
        found = groups(counted["tiers"]["buckets"], asked)
        total = sum(group.count for group in found)
        first = (params.page - 1) * params.per_page
        return Results(
            params=params,
            generation=self.name,
            total=total,
            hits=list(self._page(asked, found, first, first + params.per_page, now)),
            tiers={tier: n for tier in Tier if (n := sum(group.count for group in found if group.tier is tier))},
            facets={facet.name: self._facet(facet, counted[f"facet.{facet.name}"], params) for facet in FACETS},
            whole=counted["whole"]["doc_count"] if words_asked else total,
            read_as=words_asked.read_as if words_asked else params.q,
            corrections=words_asked.corrections if words_asked else [],
            without={} if total else self._without(asked),
            took_ms=round((time.perf_counter() - started) * 1000, 2),
            find=lambda without: self._passing(asked, without),
        )

    def each(self, params: SearchParams, now: datetime) -> Iterator[Hit]:
        asked = self._filters(params, now, None)
        found = groups(self._aggregated(asked, None)["tiers"]["buckets"], asked)
        for first in range(0, sum(group.count for group in found), AT_ONCE):
            yield from self._page(asked, found, first, first + AT_ONCE, now)

    def _filters(self, params: SearchParams, now: datetime, among: Mask | None) -> Filters:
        asked = Filters(self.columns, params, now)
        if params.q:
            asked.plain["q"] = self._words(params).finds
        if among is not None:
            asked.plain["among"] = {"terms": {"row": np.flatnonzero(among).tolist()}}
        return asked

    def _words(self, params: SearchParams) -> Asked:
        key = (params.q, params.expand)
        found = self._asked.get(key)
        if found is None:
            found = words.ask(params.q, self, params.expand, self.count, self._best)
            if len(self._asked) >= MOST_ASKED:
                self._asked.clear()
            self._asked[key] = found
        return found

    def count(self, queries: Mapping[str, Query]) -> dict[str, int]:
        """How many entries each query finds."""
        body = {"size": 0, "aggs": {name: {"filter": query} for name, query in queries.items()}}
        found = self.client.search(self.index, body)["aggregations"]
        return {name: found[name]["doc_count"] for name in queries}

    def _best(self, query: Query, place: int) -> float:
        """The score in this place, counted from 1, of those a query gives."""
        hits = self.client.search(self.index, {"size": 1, "from": place - 1, "_source": False, "query": query})["hits"]["hits"]
        return float(hits[0]["_score"])

    def _aggregated(self, asked: Filters, words_asked: Asked | None) -> Any:
        """Every count of a search in one answer: each facet under the filters of the others, the blocks of each tier."""
        aggs: dict[str, Any] = {f"facet.{facet.name}": self._counting(facet, asked) for facet in FACETS}
        aggs["tiers"] = grouping(asked)
        if words_asked:
            aggs["whole"] = {"filter": every([words_asked.whole, asked.narrow()])}
        return self.client.search(self.index, {"size": 0, "query": every(asked.plain.values()), "aggs": aggs})["aggregations"]

    def _counting(self, facet: Facet, asked: Filters) -> dict[str, Any]:
        values: dict[str, Any] = {"filters": {"filters": {str(name): query for name, query in asked.status.items()}}}
        if facet.name != "status":
            values = {"terms": {"field": f"facet.{facet.name}", "size": len(self.columns.values[facet.name]) + 1}}
        return {"filter": asked.narrow(without=facet.name), "aggs": {"values": values}}

    def _facet(self, facet: Facet, counted: Any, params: SearchParams) -> list[FacetCount]:
        """The counts of a facet: every value, also with 0."""
        buckets, chosen = counted["values"]["buckets"], params.values(facet.name)
        if facet.name == "status":
            numbers, values = {value: bucket["doc_count"] for value, bucket in buckets.items()}, [str(s) for s in timing.STATUSES]
        else:
            numbers, values = {bucket["key"]: bucket["doc_count"] for bucket in buckets}, list(self.columns.values[facet.name])
        return [FacetCount(v, facet.label_of(v), numbers.get(v, 0), v in chosen) for v in values]

    def _without(self, asked: Filters) -> dict[str, int]:
        names = [name for name in (*asked.plain, *asked.tiered) if name != "among"]
        counted = self.count({name: asked.passing(without=name) for name in names}) if names else {}
        return dict(sorted(counted.items(), key=lambda item: -item[1]))

    def _page(self, asked: Filters, found: Sequence[Group], first: int, last: int, now: datetime) -> Iterator[Hit]:
        """The results from `first` up to `last`: a request for each group of results that has some of them."""
        bodies, tiers, before = [], [], 0
        counts = self._words(asked.params).counts if asked.params.q else EVERYTHING
        for group in found:
            begin, end = max(first - before, 0), min(last - before, group.count)
            if begin < end:
                query = {"bool": {"must": [counts], "filter": [*asked.plain.values(), group.query]}}
                bodies.append({"query": query, "from": begin, "size": end - begin, "sort": ordering(asked.params, now), "track_scores": True})
                bodies[-1] |= {"track_total_hits": False, "docvalue_fields": ["row"]}
                tiers.append(group.tier)
            before += group.count
        for tier, answer in zip(tiers, self.client.searches(self.index, bodies), strict=True):
            for hit in answer["hits"]["hits"]:
                stored = self._keep(int(hit["fields"]["row"][0]), hit)
                yield Hit(stored, timing.status(stored.entry, now), tier, float(hit["_score"]) if asked.params.q else None)

    def _passing(self, asked: Filters, without: str | None) -> Passing:
        """The rows found, as bits that the shards put together."""
        size = -(-len(self.columns) // 64)
        rows = {"scripted_metric": {**ROWS, "params": {"size": size}}}
        body = {"size": 0, "query": asked.passing(without), "aggs": {"rows": rows}}
        numbers = np.array(self.client.search(self.index, body)["aggregations"]["rows"]["value"], dtype=np.int64)
        return Passing(np.unpackbits(numbers.view(np.uint8), count=len(self.columns), bitorder="little").view(np.bool_))


def read_copies(path: Path) -> dict[str, tuple[Copy, ...]]:
    """The copies of entries, as search.kept writes them."""
    return {entry_id: tuple(Copy(**row) for row in rows) for entry_id, rows in json.loads(path.read_text(encoding="utf-8")).items()}
