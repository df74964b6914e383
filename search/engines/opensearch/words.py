"""The words of a search as OpenSearch's queries: the same tree and the same numbers as search.matching, asked of the cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from whoosh import query as wq

from search import matching, ranking, spelling, wording
from search.analysis import squeezed
from search.engines.opensearch.documents import PLACES, STRENGTHS
from search.engines.opensearch.filters import EVERYTHING, NOTHING, Query, but, either, every
from search.generation import Generation
from search.lexicon import Lexicon
from search.spelling import Correction

MOST_BEGINNINGS = 500  # words that begin as typed and are counted one by one; of more, each counts as much as all together
ROUNDING = 1e-5  # of a share, by which the cluster's numbers may differ from ours
_LAST = b"\xff"

Counting = Callable[[Mapping[str, Query]], Mapping[str, int]]
Best = Callable[[Query, int], float]


def scored(query: wq.Query, lexicon: Lexicon) -> Query | None:
    """A query that counts as search.postings counts; None where no entry can answer it."""
    if isinstance(query, wq.Term):
        return _term(query.fieldname, query.text, query.boost, lexicon)
    if isinstance(query, wq.Prefix):
        return _prefix(query, lexicon)
    if isinstance(query, wq.Phrase):
        terms = [_term(query.fieldname, word, query.boost, lexicon) for word in query.words]
        beside = {"match_phrase": {f"{PLACES}.{query.fieldname}": " ".join(query.words)}}
        return {"bool": {"should": terms, "filter": [beside], "minimum_should_match": 1}} if all(terms) else None
    parts = [scored(part, lexicon) for part in query.subqueries]
    held = [part for part in parts if part is not None]
    if not held or (isinstance(query, wq.And) and len(held) < len(parts)):
        return None
    if isinstance(query, wq.And):
        return {"bool": {"must": held, "boost": query.boost}}
    if isinstance(query, wq.DisjunctionMax):
        return {"dis_max": {"queries": held, "boost": query.boost}}
    assert type(query) is wq.Or, query
    return {"bool": {"should": held, "minimum_should_match": 1, "boost": query.boost}}


def _term(field: str, text: str, boost: float, lexicon: Lexicon) -> Query | None:
    for word in lexicon.words(field, text.encode("utf-8", "replace")):
        return {"term": {f"{STRENGTHS}.{field}": {"value": text, "boost": lexicon.idf(field, word) * boost}}}
    return None


def _prefix(query: wq.Prefix, lexicon: Lexicon) -> Query | None:
    field, begin = query.fieldname, query.text.encode("utf-8", "replace")
    words = lexicon.words(field, begin, begin + _LAST)
    if len(words) > MOST_BEGINNINGS:
        return {"prefix": {f"{STRENGTHS}.{field}": {"value": query.text, "boost": lexicon.rarity(field, words) * query.boost}}}
    held = [_term(field, lexicon.terms[field][word].decode(), query.boost, lexicon) for word in words]
    return {"bool": {"should": held, "minimum_should_match": 1}} if held else None


def finding(query: wq.Query) -> Query:
    """What a query finds, not counted: the words of one field are one clause."""
    if isinstance(query, wq.Term):
        return {"terms": {f"{STRENGTHS}.{query.fieldname}": [query.text]}}
    if isinstance(query, wq.Prefix):
        return {"prefix": {f"{STRENGTHS}.{query.fieldname}": {"value": query.text}}}
    if isinstance(query, wq.Phrase):
        return {"match_phrase": {f"{PLACES}.{query.fieldname}": " ".join(query.words)}}
    if isinstance(query, wq.And):
        return every(finding(part) for part in query.subqueries)
    words: dict[str, list[str]] = {}
    for part in query.subqueries:
        if isinstance(part, wq.Term):
            words.setdefault(part.fieldname, []).append(part.text)
    others = [finding(part) for part in query.subqueries if not isinstance(part, wq.Term)]
    return either([*({"terms": {f"{STRENGTHS}.{field}": texts}} for field, texts in words.items()), *others])


@dataclass(frozen=True)
class Asked:
    """The words of a search. finds: what answers them; counts: the same with scores; whole: what has every part.

    read_as, corrections: as in search.query.Results.
    """

    finds: Query
    counts: Query
    whole: Query
    read_as: str
    corrections: list[Correction]


@dataclass(frozen=True)
class _Part:
    """A part of a search. weight: how much of the search it is; all together are 1."""

    whole: Query
    partly: Query
    counts: Query | None
    weight: float = 0.0


def ask(text: str, generation: Generation, expand: bool, count: Counting, best: Best) -> Asked:
    """The words of a search as queries.

    count: how many entries each query finds; best: the N-th best score of a query.
    """
    lexicon = generation.lexicon
    text, corrections = spelling.corrected(text, generation) if expand else (text, [])
    parts = [_part(group, generation) for group in wording.groups(text, expand)]
    code = squeezed(text)
    named = wq.Prefix("codes", code, boost=ranking.CODE) if code else None
    has_code = finding(named) if named else NOTHING
    unwanted = [finding(query) for query in matching.unwanted(text, sorted(generation.languages))]
    whole = but(either([every(part.whole for part in parts) if parts else EVERYTHING, has_code]), *unwanted)
    any_part = but(either([*(p.whole for p in parts), *(p.partly for p in parts), has_code]) if parts else EVERYTHING, *unwanted)
    found = count({"whole": whole, "any": any_part, **{str(n): part.whole for n, part in enumerate(parts)}})
    weights = [matching.weight_of(found[str(n)], len(generation.columns)) for n in range(len(parts))]
    parts = [_Part(p.whole, p.partly, p.counts, weight / sum(weights)) for p, weight in zip(parts, weights, strict=True)]
    counted = [query for query in (*(p.counts for p in parts), scored(named, lexicon) if named else None) if query]
    counts: Query = {"bool": {"should": counted, "filter": [any_part]}}
    if found["whole"] >= ranking.ENOUGH or not parts:
        return Asked(whole, {"bool": {"should": counted, "filter": [whole]}}, whole, text, corrections)
    finds = any_part
    if found["any"] > ranking.ENOUGH:
        least = min(ranking.LEAST_COVERAGE, best(_weighed(any_part, parts, has_code, "replace"), ranking.ENOUGH))
        finds = _weighed(any_part, parts, has_code, "replace")
        finds["function_score"]["min_score"] = least - ROUNDING
    for _ in range(int(ranking.COVERAGE)):  # a whole number: a power is that many products
        counts = _weighed(counts, parts, has_code, "multiply")
    return Asked(finds, counts, whole, text, corrections)


def _part(group: wording.Group, generation: Generation) -> _Part:
    reading = matching.reading(group, generation, sorted(generation.languages))
    queries = [reading.whole, *([reading.partly] if reading.partly is not None else [])]
    counted = [query for query in (scored(query, generation.lexicon) for query in queries) if query]
    whole = finding(reading.whole)
    partly = but(finding(reading.partly), whole) if reading.partly is not None else NOTHING
    return _Part(whole, partly, {"dis_max": {"queries": counted}} if counted else None)


def _weighed(query: Query, parts: list[_Part], has_code: Query, mode: str) -> Query:
    """A query with the share of the parts that an entry has, as its score or multiplied with it. Who names an entry has all."""
    functions = [{"filter": has_code, "weight": 1.0}]
    functions += [{"filter": but(part.whole, has_code), "weight": part.weight} for part in parts]
    functions += [{"filter": but(part.partly, has_code), "weight": part.weight * ranking.PARTLY} for part in parts]
    return {"function_score": {"query": query, "functions": functions, "score_mode": "sum", "boost_mode": mode}}
