"""Tantivy: facets as fast fields, counted by terms aggregations; one aggregation for all facets without a filter, one for each with."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query, SnippetGenerator
from whoosh import query as wq

from search.facets import FACETS
from tests.bench_search.asked import SEARCHED, Answer, Document, Search

NAMES = [facet.name for facet in FACETS]
MOST_VALUES = 10_000
MARKED = ("title", "body")  # the page shows both with the found words marked


class Engine:
    name = "Tantivy"

    def _schema(self) -> Any:
        schema = tantivy.SchemaBuilder()
        for name in SEARCHED:
            schema.add_text_field(f"t_{name}", stored=name in MARKED, tokenizer_name="whitespace", index_option="position")
        for name in NAMES:
            schema.add_text_field(f"f_{name}", tokenizer_name="raw", fast=True, index_option="basic")
        schema.add_bytes_field("record", stored=True)
        return schema.build()

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        self.schema = self._schema()
        writer = tantivy.Index(self.schema, path=str(folder)).writer(512_000_000)
        for d in documents:
            document = tantivy.Document()
            for name, tokens in d.tokens.items():
                document.add_text(f"t_{name}", " ".join(tokens))
            for name, values in d.facets.items():
                for value in values:
                    document.add_text(f"f_{name}", value)
            document.add_bytes("record", d.record)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self.schema = self._schema()
        index = tantivy.Index.open(str(folder))
        index.reload()
        self.searcher = index.searcher()

    def search(self, asked: Search) -> Answer:
        words = self._query(asked.words)
        everything = self._filtered(words, asked, None)
        found = self.searcher.search(everything, limit=20, count=True)
        marking = [SnippetGenerator.create(self.searcher, words, self.schema, f"t_{name}") for name in MARKED]
        for _, address in found.hits:
            document = self.searcher.doc(address)
            _ = document["record"], [generator.snippet_from_doc(document).to_html() for generator in marking]
        return Answer(found.count, self.counts(words, asked))

    def counts(self, words: Query, asked: Search) -> dict[str, dict[str, int]]:
        """The facets alone."""
        counts = self._count(self._filtered(words, asked, None), [name for name in NAMES if name not in asked.filters])
        for name in asked.filters:
            counts |= self._count(self._filtered(words, asked, name), [name])
        return counts

    def _count(self, query: Query, names: list[str]) -> dict[str, dict[str, int]]:
        found = self.searcher.aggregate(query, {name: {"terms": {"field": f"f_{name}", "size": MOST_VALUES}} for name in names})
        return {name: {row["key"]: int(row["doc_count"]) for row in found[name]["buckets"]} for name in names}

    def _filtered(self, words: Query, asked: Search, left_out: str | None) -> Query:
        kept = [(n, v) for n, v in asked.filters.items() if n != left_out]
        sets = [(Occur.Must, Query.const_score_query(Query.term_set_query(self.schema, f"f_{name}", values), 0.0)) for name, values in kept]
        return Query.boolean_query([(Occur.Must, words), *sets])

    def _query(self, query: wq.Query) -> Query:
        if isinstance(query, wq.Term):
            text = query.text.decode() if isinstance(query.text, bytes) else query.text
            return Query.boost_query(Query.term_query(self.schema, f"t_{query.fieldname}", text), query.boost)
        parts = [self._query(part) for part in query.children()]
        if isinstance(query, wq.DisjunctionMax):
            return Query.disjunction_max_query(parts)
        return Query.boolean_query([(Occur.Must if isinstance(query, wq.And) else Occur.Should, part) for part in parts])
