"""The postings against Whoosh: the same hits, the same scores, for generated queries over generated and sample entries."""

from __future__ import annotations

import random

import numpy as np
import pytest
from whoosh import query as wq

from search import postings
from search.ranking import BOOSTS
from tests.search import corpus

QUERIES = 2000
DEPTH = 2  # of a tree


@pytest.fixture(scope="module")
def generation(tmp_path_factory):
    """150 generated entries in many languages, published."""
    with corpus.published(tmp_path_factory.mktemp("corpus"), corpus.entries(150)) as opened:
        yield opened


class Forgetful(dict):
    """A store of what was read that another thread empties at once."""

    def __setitem__(self, key, value):
        pass


def test_a_word_is_found_although_another_thread_forgets_what_was_looked_up(generation, monkeypatch):
    wanted = {field: [generation.lexicon.words(field, term) for term in generation.lexicon.terms[field][:20].tolist()] for field in BOOSTS}
    monkeypatch.setattr(generation.lexicon, "_known", Forgetful())
    assert all(found == range(number, number + 1) for numbers in wanted.values() for number, found in enumerate(numbers))
    assert {field: [generation.lexicon.words(field, term) for term in generation.lexicon.terms[field][:20].tolist()] for field in BOOSTS} == wanted


class Asker:
    """Makes queries of every kind that wording may build, the same each time."""

    def __init__(self, generation, seed):
        self.rng = random.Random(seed)
        reader = generation.searcher.reader()
        self.words = {field: [word.decode() for word in reader.lexicon(field)] for field in BOOSTS}
        self.texts = {field: [t for t in corpus.tokens_of(generation, field) if len(t) > 3] for field in BOOSTS}

    def boost(self):
        return self.rng.choice([1.0, 1.0, 0.5, 2.5])

    def term(self):
        field = self.rng.choice(list(BOOSTS))
        texts = self.texts[field]
        common = self.rng.choice(self.rng.choice(texts)) if texts else "nowhere"
        return wq.Term(field, self.rng.choice([common, common, common, self.rng.choice(self.words[field])]), boost=self.boost())

    def phrase(self):
        field = self.rng.choice([field for field in BOOSTS if self.texts[field]])
        text = self.rng.choice(self.texts[field])
        start = self.rng.randrange(len(text) - 1)
        words = text[start : start + self.rng.randint(2, 3)]
        if self.rng.random() < 0.2:
            words = words[::-1]
        return wq.Phrase(field, words, slop=self.rng.choice([1, 1, 1, 2]), boost=self.boost())

    def several(self, depth):
        return [self.query(depth - 1) for _ in range(self.rng.randint(2, 4))]

    def query(self, depth=DEPTH):
        """A tree without the nodes in which Whoosh's matchers err: those are tested apart. An AndMaybe stands on top only: within an
        And or a Require, Whoosh skips its second part to where the first was sent, not to where it arrived, and may lose its score."""
        inside = ["term", "term", "phrase", "and", "or", "require", "constant", "not", "every"]
        kind = self.rng.choice([*inside, "maybe"] if depth == DEPTH else inside if depth else ["term"])
        if kind == "phrase":
            return self.phrase()
        if kind in ("and", "or"):
            return {"and": wq.And, "or": wq.Or}[kind](self.several(depth), boost=self.boost())
        if kind in ("maybe", "require"):
            return {"maybe": wq.AndMaybe, "require": wq.Require}[kind](self.query(depth - 1), self.query(depth - 1))
        if kind == "constant":
            return wq.ConstantScoreQuery(self.query(depth - 1), 1.5)
        if kind == "not":
            return wq.And([self.term(), wq.Not(self.term())])
        if kind == "every":
            return wq.Every(self.rng.choice([None, "title", "place"]), boost=self.boost())
        return self.term()


def ours(query, generation):
    rows, scores = postings.matches(query, generation)
    return dict(zip(rows.tolist(), scores.tolist(), strict=True))


def whoosh(query, generation):
    return dict(generation.searcher.search(query, limit=None).items())


def agree(mine, oracle, query):
    assert mine.keys() == oracle.keys(), query
    rows = sorted(mine)
    assert np.allclose([mine[r] for r in rows], [oracle[r] for r in rows], rtol=1e-6, atol=1e-4), query


def test_generated_queries_find_and_score_as_whoosh_does(generation):
    asker, found = Asker(generation, 20261120), 0
    for _ in range(QUERIES):
        query = asker.query()
        mine = ours(query, generation)
        agree(mine, whoosh(query, generation), query)
        found += bool(mine)
    assert found > QUERIES // 2, "most queries should find something"


def test_exclusion_and_best_of_follow_whooshs_documentation(generation):
    asker, met = Asker(generation, 7), 0
    for _ in range(300):
        parts = [asker.term() for _ in range(3)]
        unwanted = asker.term()
        single = [whoosh(part, generation) for part in parts]
        best = {row: max(found.get(row, 0) for found in single) for row in set().union(*single)}
        agree(ours(wq.DisjunctionMax(parts), generation), best, parts)
        out = whoosh(unwanted, generation)
        left = {row: score for row, score in single[0].items() if row not in out}
        agree(ours(wq.AndNot(parts[0], unwanted), generation), left, (parts[0], unwanted))
        met += 0 < len(left) < len(single[0])
    assert met > 20


def test_what_may_be_there_counts_wherever_it_is_also_inside_a_tree(generation):
    asker, met = Asker(generation, 17), 0
    for _ in range(300):
        wanted, more, needed = asker.term(), asker.query(1), asker.query(1)
        here, there = whoosh(wanted, generation), whoosh(more, generation)
        both = {row: score + there.get(row, 0) for row, score in here.items()}
        agree(ours(wq.Require(wq.AndMaybe(wanted, more), needed), generation),
              {row: score for row, score in both.items() if row in whoosh(needed, generation)}, (wanted, more, needed))  # fmt: skip
        met += any(row in there for row in here)
    assert met > 20


def test_prefixes_patterns_and_near_spellings_are_ors_of_their_words_also_inside_a_tree(generation):
    asker = Asker(generation, 11)
    reader = generation.searcher.reader()
    for _ in range(60):
        term = asker.term()
        kinds = [wq.Prefix(term.fieldname, term.text[:3], boost=2.0), wq.Wildcard(term.fieldname, f"{term.text[:2]}*{term.text[-1]}"),
                 wq.FuzzyTerm(term.fieldname, term.text, maxdist=1, prefixlength=1)]  # fmt: skip
        for query in kinds:
            words = [wq.Term(field, text, boost=query.boost) for field, text in query.expanded_terms(reader)]
            agree(ours(wq.And([wq.Every(), query]), generation), whoosh(wq.And([wq.Every(), wq.Or(words)]), generation), query)


def test_what_only_whoosh_can_do_is_right_inside_a_tree(generation):
    asker = Asker(generation, 13)
    for _ in range(100):
        phrase = asker.phrase()
        near = wq.SpanNear2([wq.Term(phrase.fieldname, word) for word in phrase.words], slop=3)
        query = wq.Or([asker.term(), wq.And([near, wq.Every()])])
        agree(ours(query, generation), whoosh(query, generation), query)
