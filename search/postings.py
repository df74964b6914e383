"""Words to entries: any Whoosh query over the postings of one generation, as array arithmetic.

Term, And, Or, DisjunctionMax, Not and the like, prefixes and phrases are answered here, with Whoosh's scores; what is
left goes to Whoosh's own matchers, also inside a tree. Where Whoosh's matchers err we follow its documentation:
`AndNot` excludes, a `DisjunctionMax` takes the best of one entry's scores, an `AndMaybe` adds the score of its second part wherever
both match, also inside an And; a prefix is scored as an Or of its terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh import query as wq
from whoosh.query.terms import MultiTerm

from search.inverted import Inverted
from search.lexicon import Lexicon
from search.ranking import FIELDS

if TYPE_CHECKING:
    from search.opening import Embedded

Rows = NDArray[np.int32]
Scores = NDArray[np.float32]
_LAST = b"\xff"  # sorts behind every word: no UTF-8 text holds it


class Found(NamedTuple):
    """N entries: whether each matches, and its score, 0 where it does not."""

    mask: NDArray[np.bool_]
    scores: Scores


class Postings(Lexicon):
    """The postings of one generation, mapped from its files."""

    def __init__(self, folder: Path, count: int) -> None:
        self.fields = {field: Inverted.load(folder, field) for field in FIELDS}
        super().__init__(count, {name: held.terms for name, held in self.fields.items()}, {name: held.starts for name, held in self.fields.items()})

    def scored(self, field: str, word: int, boost: float) -> tuple[Rows, Scores]:
        """The entries that hold a word, and what it counts in each."""
        held = self.fields[field]
        part = slice(held.starts[word], held.starts[word + 1])
        return held.rows[part], held.strengths[part] * np.float32(self.idf(field, word) * boost)

    def places(self, field: str, word: int) -> NDArray[np.int64]:
        """Where a word stands: row * 2^32 + position, ascending."""
        held = self.fields[field]
        first, last = held.starts[word], held.starts[word + 1]
        times = np.diff(held.spots[first : last + 1])
        return (np.repeat(held.rows[first:last], times).astype(np.int64) << 32) + held.positions[held.spots[first] : held.spots[last]]


def matches(query: wq.Query, generation: Embedded) -> tuple[Rows, Scores]:
    """The entries a query finds: their rows, ascending, and their scores."""
    found = _Evaluation(generation)(query)
    rows = np.flatnonzero(found.mask)
    return rows.astype(np.int32), found.scores[rows]


class _Evaluation:
    """Answers the nodes of one query."""

    def __init__(self, generation: Embedded) -> None:
        self.generation = generation
        self.postings = generation.postings

    def __call__(self, query: wq.Query) -> Found:
        if isinstance(query, MultiTerm) and type(query) not in _ANSWERS:
            words = query.expanded_terms(self.generation.searcher.reader())
            return self._joined([wq.Term(field, text, boost=query.boost) for field, text in words], np.add, 1.0)
        answer: Callable[..., Found] = _ANSWERS.get(type(query), _Evaluation._by_whoosh)
        return answer(self, query)

    def _nothing(self) -> Found:
        return Found(np.zeros(self.postings.count, dtype=bool), np.zeros(self.postings.count, dtype=np.float32))

    def _null(self, _: wq.Query) -> Found:
        return self._nothing()

    def _terms(self, query: wq.Term) -> Iterable[tuple[Rows, Scores]]:
        if query.fieldname in self.postings.fields:
            text = query.text if isinstance(query.text, bytes) else str(query.text).encode("utf-8", "replace")
            for word in self.postings.words(query.fieldname, text):
                yield self.postings.scored(query.fieldname, word, query.boost)

    def _joined(self, queries: Iterable[wq.Query], join: np.ufunc, boost: float) -> Found:
        """The entries any of the queries finds. Terms go straight into the result: there may be hundreds."""
        mask, scores = self._nothing()
        for query in queries:
            if type(query) is wq.Term:
                for rows, counts in self._terms(query):
                    mask[rows] = True
                    scores[rows] = join(scores[rows], counts)
            else:
                found = self(query)
                np.logical_or(mask, found.mask, out=mask)
                join(scores, found.scores, out=scores)
        return Found(mask, scores * np.float32(boost) if boost != 1 else scores)

    def _union(self, query: wq.Query) -> Found:
        if type(query) is wq.Term:
            return self._joined([query], np.add, 1.0)
        if query.scale:  # a bonus for entries with more of the words
            return self._by_whoosh(query)
        return self._joined(query.subqueries, np.add, query.boost)

    def _best(self, query: wq.DisjunctionMax) -> Found:
        return self._joined(query.subqueries, np.maximum, query.boost)

    def _all(self, query: wq.And) -> Found:
        if not query.subqueries:
            return self._nothing()
        found = [self(part) for part in query.subqueries]
        mask = np.logical_and.reduce([part.mask for part in found])
        scores = np.add.reduce([part.scores for part in found]) * np.float32(query.boost)
        return Found(mask, scores * mask)

    def _not(self, query: wq.Not) -> Found:
        mask = ~self(query.query).mask
        return Found(mask, mask.astype(np.float32))  # Whoosh gives what is not excluded a score of 1

    def _and_not(self, query: wq.AndNot) -> Found:
        wanted = self(query.a)
        mask = wanted.mask & ~self(query.b).mask
        return Found(mask, wanted.scores * mask)

    def _and_maybe(self, query: wq.AndMaybe) -> Found:
        wanted, more = self(query.a), self(query.b)
        return Found(wanted.mask, wanted.scores + more.scores * wanted.mask)

    def _require(self, query: wq.Require) -> Found:
        wanted = self(query.a)
        mask = wanted.mask & self(query.b).mask
        return Found(mask, wanted.scores * mask)

    def _otherwise(self, query: wq.Otherwise) -> Found:
        first = self(query.a)
        return first if first.mask.any() else self(query.b)

    def _constant(self, query: wq.ConstantScoreQuery) -> Found:
        mask = self(query.child).mask
        return Found(mask, mask * np.float32(query.score))

    def _every(self, query: wq.Every) -> Found:
        if query.fieldname is None:
            mask = np.ones(self.postings.count, dtype=bool)
        elif query.fieldname in self.postings.fields:
            mask = np.zeros(self.postings.count, dtype=bool)
            mask[self.postings.fields[query.fieldname].rows] = True
        else:
            return self._by_whoosh(query)
        return Found(mask, mask * np.float32(query.boost))

    def _prefix(self, query: wq.Prefix) -> Found:
        """The words that begin so stand together, and so do their postings: one pass for all of them."""
        held = self.postings.fields.get(query.fieldname)
        if held is None:
            return self._by_whoosh(query)
        text = query.text.encode("utf-8", "replace")
        words = self.postings.words(query.fieldname, text, text + _LAST)
        starts = held.starts[words.start : words.stop + 1]
        sizes = np.diff(starts)
        idf = np.log(self.postings.count / (sizes + 1)) + 1
        part = slice(int(starts[0]), int(starts[-1]))
        counts = held.strengths[part] * np.repeat(idf * query.boost, sizes)
        scores = np.bincount(held.rows[part], counts, self.postings.count).astype(np.float32)
        mask = np.zeros(self.postings.count, dtype=bool)
        mask[held.rows[part]] = True
        return Found(mask, scores)

    def _phrase(self, query: wq.Phrase) -> Found:
        """Entries where the words stand side by side; they count as if they stood anywhere."""
        if query.slop != 1 or query.fieldname not in self.postings.fields:
            return self._by_whoosh(query)
        numbers = [self.postings.words(query.fieldname, word.encode("utf-8", "replace")) for word in query.words]
        if not numbers or not all(numbers):
            return self._nothing()
        starts = self.postings.fields[query.fieldname].starts
        rarest_first = sorted(range(len(numbers)), key=lambda n: starts[numbers[n].stop] - starts[numbers[n].start])
        begins = self.postings.places(query.fieldname, numbers[rarest_first[0]].start) - rarest_first[0]
        for place in rarest_first[1:]:
            there = self.postings.places(query.fieldname, numbers[place].start)
            near = np.searchsorted(there, begins + place)
            begins = begins[there[np.minimum(near, len(there) - 1)] == begins + place]
        mask = np.zeros(self.postings.count, dtype=bool)
        mask[begins >> 32] = True
        words = self._joined([wq.Term(query.fieldname, word) for word in query.words], np.add, query.boost)
        return Found(mask, words.scores * mask)

    def _by_whoosh(self, query: wq.Query) -> Found:
        mask, scores = self._nothing()
        rows = self.generation.document_rows
        for number, score in self.generation.searcher.search(query, limit=None).items():
            mask[rows[number]], scores[rows[number]] = True, score or 0.0
        return Found(mask, scores)


# By the class, not by each evaluation for itself: that would be a circle, which holds its generation until the collector comes.
_ANSWERS: dict[type[wq.Query], Callable[..., Found]] = {
    wq.Term: _Evaluation._union,
    wq.Or: _Evaluation._union,
    wq.DisjunctionMax: _Evaluation._best,
    wq.And: _Evaluation._all,
    wq.Not: _Evaluation._not,
    wq.AndNot: _Evaluation._and_not,
    wq.AndMaybe: _Evaluation._and_maybe,
    wq.Require: _Evaluation._require,
    wq.Otherwise: _Evaluation._otherwise,
    wq.ConstantScoreQuery: _Evaluation._constant,
    wq.Every: _Evaluation._every,
    wq.Prefix: _Evaluation._prefix,
    wq.Phrase: _Evaluation._phrase,
    type(wq.NullQuery): _Evaluation._null,
}
