"""Whoosh as its documentation has it: facets as sortable keyword fields, counted by grouping."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from whoosh import index, sorting
from whoosh import query as wq
from whoosh.analysis import KeywordAnalyzer
from whoosh.fields import KEYWORD, STORED, TEXT, Schema

from search.facets import FACETS
from tests.bench_search.asked import SEARCHED, Answer, Document, Search

NAMES = [facet.name for facet in FACETS]


class Engine:
    name = "plain Whoosh"

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        texts = {f"t_{name}": TEXT(analyzer=KeywordAnalyzer(), phrase=True) for name in SEARCHED}
        facets = {f"f_{name}": KEYWORD(commas=True, sortable=True) for name in NAMES}
        writer = index.create_in(str(folder), Schema(record=STORED, **texts, **facets)).writer(limitmb=512)
        for document in documents:
            tokens = {f"t_{name}": held for name, held in document.tokens.items()}
            values = {f"f_{name}": ",".join(held) for name, held in document.facets.items()}
            writer.add_document(record=document.record, **tokens, **values)
        writer.commit(optimize=True)

    def open(self, folder: Path) -> None:
        self.searcher = index.open_dir(str(folder), readonly=True).searcher()

    def search(self, asked: Search) -> Answer:
        words = asked.words.copy() if not asked.words.is_leaf() else asked.words
        words = words.accept(lambda q: wq.Term(f"t_{q.fieldname}", q.text, boost=q.boost) if isinstance(q, wq.Term) else q)
        counts, total = {}, 0
        for left_out in (None, *asked.filters):
            kept = [wq.Or([wq.Term(f"f_{name}", v) for v in values]) for name, values in asked.filters.items() if name != left_out]
            groups = [name for name in NAMES if name not in asked.filters] if left_out is None else [left_out]
            by = {name: sorting.FieldFacet(f"f_{name}", allow_overlap=True, maptype=sorting.Count) for name in groups}
            found = self.searcher.search(words, filter=wq.And(kept) if kept else None, limit=20, groupedby=by)
            for name in groups:
                counts[name] = {str(value): n for value, n in found.groups(name).items() if value}
            if left_out is None:
                total = len(found)
                _ = [hit["record"] for hit in found]
        return Answer(total, counts)
