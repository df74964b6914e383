"""Scores of searches over judged documents: this search, the same without expansion, and plain Whoosh with English stems.

The scorer is the module that comes with the judged documents (`cli.label_quality`). Every default filter is off.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.qparser import MultifieldParser, OrGroup

from cli.judged import to_entry
from search import clock, generations, reading, records
from search.generations import Generation
from search.store import Harvest, Store

Row = Mapping[str, Any]
Run = list[dict[str, Any]]
Scores = dict[str, dict[str, float]]  # kind of query -> measure -> value
NO_FILTERS = [("status", ""), ("skills", ""), ("kind", ""), ("per_page", "200")]
OURS, UNEXPANDED, PLAIN = "this search", "without expansion", "plain Whoosh, English stems"
BASELINE = "search_baseline.json"  # beside the accepted scores of the labels
MEASURES = ("ndcg@10", "recall@20", "none_in_10")
# Kind of query, measure, what is to be reached (for none_in_10: at most).
AIMS = (
    ("all", "ndcg@10", 0.78), ("cross", "ndcg@10", 0.55), ("all", "none_in_10", 0.0),
    *((kind, "recall@20", 0.90) for kind in ("code", "cross", "en", "native", "region", "typo")),
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A throw-away generation of judged documents. names: id of an entry -> id of its document."""

    generation: Generation
    names: dict[str, str]


@contextmanager
def published(documents: Sequence[Row], entries: Sequence[records.Entry]) -> Iterator[Judged]:
    """The documents as a generation, open."""
    now = clock.now()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/funding.db")
        store.finish_run(store.start_run("quality", now), Harvest(list({entry.id: entry for entry in entries}.values())), now, {}, {})
        generations.publish(store, Path(folder) / "index", now)
        store.close()
        generation = generations.open_current(Path(folder) / "index")
        yield Judged(generation, {e.id: d["id"] for d, e in zip(documents, entries, strict=True)})
        generation.close()


def run(judged: Judged, queries: Sequence[Row], expand: bool = True) -> Run:
    """Per query the documents found, best first."""
    found, now = [], clock.now()
    for row in queries:
        pairs = [("q", row["query"]), ("expand", str(int(expand))), *NO_FILTERS]
        asked = reading.parse(pairs, judged.generation.columns.values)
        ids = [hit.stored.entry.id for hit in judged.generation.search(asked, now).hits]
        found.append({"qid": row["qid"], "results": [judged.names.get(i, i) for i in ids]})
    return found


def plain_whoosh(documents: Sequence[Row], queries: Sequence[Row]) -> Run:
    """The same queries by Whoosh as its own introduction builds it: English stems, any of the words, title counting twice."""
    fields = {name: TEXT(analyzer=StemmingAnalyzer()) for name in ("title", "text")}
    with tempfile.TemporaryDirectory() as folder:
        index = whoosh_index.create_in(folder, Schema(id=ID(stored=True), **fields))
        writer = index.writer()
        for document in documents:
            writer.add_document(id=document["id"], title=document["title"], text=document.get("text") or "")
        writer.commit()
        parser = MultifieldParser(list(fields), index.schema, fieldboosts={"title": 2.0}, group=OrGroup)
        with index.searcher() as searcher:
            return [{"qid": row["qid"], "results": [hit["id"] for hit in searcher.search(parser.parse(row["query"]), limit=200)]} for row in queries]


def scorer(path: Path) -> Callable[[Run, Sequence[Row]], Scores]:
    """The scorer's function for queries. Raises OSError where there is none."""
    spec = importlib.util.spec_from_file_location("judged_queries", path)
    if spec is None or spec.loader is None:
        raise OSError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    answer: Callable[[Run, Sequence[Row]], Scores] = module.queries
    return answer


def scores(documents: Sequence[Row], queries: Sequence[Row], path: Path, more: Sequence[Row] = ()) -> dict[str, Scores]:
    """Search -> kind of query -> measure -> value. path: the scorer; more: further documents to search among."""
    score, everything = scorer(path), [*documents, *more]
    with published(everything, [to_entry(dict(document)) for document in everything]) as judged:
        runs = {OURS: run(judged, queries), UNEXPANDED: run(judged, queries, expand=False), PLAIN: plain_whoosh(everything, queries)}
    return {name: score(found, queries) for name, found in runs.items()}


def numbers(found: Mapping[str, Scores]) -> dict[str, float]:
    """The scores of this search that are compared with what was accepted; all of them: more is better."""
    kinds = found[OURS]
    return {f"search.{kind}.{measure}": float(kinds[kind][measure]) for kind in kinds for measure in ("ndcg@10", "recall@20")}


def section(found: Mapping[str, Scores]) -> str:
    """The scores as Markdown: per kind of query beside the other searches, and what was to be reached."""
    columns = [f"{name}: {measure}" for name in found for measure in MEASURES]
    lines = ["## Searches", "", f"| queries | n | {' | '.join(columns)} |", "|---|---|" + "---|" * len(columns)]
    for kind, own in found[OURS].items():
        cells = [f"{found[name][kind][measure]:.{0 if measure == 'none_in_10' else 3}f}" for name in found for measure in MEASURES]
        lines.append(f"| {kind} | {own['queries']:.0f} | {' | '.join(cells)} |")
    lines += ["", "none_in_10: queries without a good document among the first ten. Aims:", ""]
    for kind, measure, aim in AIMS:
        if kind in found[OURS]:
            value = found[OURS][kind][measure]
            reached = value <= aim if measure == "none_in_10" else value >= aim
            lines.append(f"- {kind}, {measure}: {value:.3f}, aim {aim:.2f}: {'reached' if reached else 'missed'}")
    plain = found[PLAIN].get("en", {}).get("ndcg@10", 0.0)
    english = found[OURS].get("en", {}).get("ndcg@10", 0.0)
    lines.append(f"- en, ndcg@10 not below plain Whoosh's {plain:.3f}: {english:.3f}: {'reached' if english >= plain else 'missed'}")
    return "\n".join(lines) + "\n"
