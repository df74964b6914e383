"""This project's search as the page calls it: read, answered, and the words marked in titles and extracts."""

from __future__ import annotations

from pathlib import Path

from search import generations, matching, query
from search.opening import Generation
from search.reading import parse
from tests.bench_search.asked import Answer, Search
from tests.search import corpus
from webapp import cards, text


class Engine:
    name = "this search"

    def open(self, folder: Path) -> None:
        self.generation: Generation = generations.open_current(folder)

    def search(self, asked: Search) -> Answer:
        params = parse(asked.params.pairs(), self.generation.columns.values)
        results = query.search(self.generation, params, corpus.NOW)
        words = text.Words(params.q, params.expand)
        for hit in results.hits:
            entry = hit.stored.entry
            cards.found_title(entry, words)
            if body := cards.first_text(entry):
                text.extract(body, words, entry.lang)
        return Answer(results.whole, {name: {c.value: c.count for c in found if c.count} for name, found in results.facets.items()})

    def only_whole(self, asked: Search) -> bool:
        """Whether every entry found has all the words: else we also count entries that the other engines do not list."""
        return bool(matching.matches(asked.params.q, self.generation, asked.params.expand).whole.all())

    def words_only(self, asked: Search) -> None:
        """The part of a search that is no filtering and counting."""
        matching.matches(asked.params.q, self.generation, asked.params.expand)

    def without_results(self, asked: Search) -> None:
        """A search for a page behind the last: words, filters, counts."""
        params = parse([*asked.params.pairs(), ("page", "100000"), ("per_page", "1")], self.generation.columns.values)
        query.search(self.generation, params, corpus.NOW)
