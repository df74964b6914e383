"""How the numbers of search.ranking were found: each is changed alone and the judged searches are scored again.

    python -m cli.search_sweep DOCUMENTS QUERIES SCORER docs/search.md

Writes the table between its two marks in the page. A number is worth changing only where several measures agree: the judged
searches are few.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.judged import to_entry
from cli.quality import read
from cli.search_quality import Row, published, run, scorer
from search import inverted, ranking

BEGINS, ENDS = "<!-- sweep -->\n", "<!-- end of sweep -->\n"
# Number -> what else it was tried at. "NAME.key" is an entry of a table.
TRIED: dict[str, tuple[float, ...]] = {
    "BOOSTS.title": (2, 8), "BOOSTS.summary": (1, 4), "BOOSTS.place": (1, 6), "CONCEPT_BOOSTS.about": (1.5, 6), "CONCEPT_BOOSTS.mentions": (0.5, 2),
    "AREA_BOOSTS.area": (1, 6), "CONCEPT": (0.3, 0.45, 0.9), "TRANSLATION": (0.25, 0.75, 1.0), "INNER": (0.25, 1.0), "BROADER": (0.05, 0.3),
    "NARROWER": (0.15, 0.5), "WIDER": (0.25, 1.0), "PARTLY": (0.2, 0.6), "ENOUGH": (1, 10, 40), "LEAST_COVERAGE": (0.3, 0.7),
    "COVERAGE": (0.0, 1.0, 1.5, 3.0), "K1": (0.8, 1.6), "B": (0.5, 0.9),
}  # fmt: skip
INDEXED = ("K1", "B")  # in the postings: tried with an index of its own
SHOWN = (("all", "ndcg@10"), ("cross", "ndcg@10"), ("en", "ndcg@10"), ("native", "ndcg@10"), ("all", "recall@20"))


def _held(name: str) -> tuple[Any, str]:
    table, _, key = name.partition(".")
    return (getattr(ranking, table), key) if key else (vars(ranking), table)


@contextmanager
def changed(name: str, value: float) -> Iterator[None]:
    """One number of the ranking at another value."""
    holders = [_held(name)] + ([(vars(inverted), name)] if name in INDEXED else [])
    before = [holder[key] for holder, key in holders]
    for holder, key in holders:
        holder[key] = value
    try:
        yield
    finally:
        for (holder, key), earlier in zip(holders, before, strict=True):
            holder[key] = earlier


def rows(documents: Sequence[Row], queries: Sequence[Row], path: Path) -> Iterator[tuple[str, float, bool, list[float]]]:
    """(number, value, whether it is the one in use, scores)."""
    score, entries = scorer(path), [to_entry(dict(document)) for document in documents]
    with published(documents, entries) as judged:

        def measured(found: Any) -> list[float]:
            kinds = score(run(found, queries), queries)
            return [float(kinds[kind][measure]) for kind, measure in SHOWN]

        now = measured(judged)
        for name, values in TRIED.items():
            holder, key = _held(name)
            used = float(holder[key])
            for value in sorted({used, *values}):
                if value == used:
                    yield name, value, True, now
                    continue
                with changed(name, value):
                    if name in INDEXED:
                        with published(documents, entries) as again:
                            yield name, value, False, measured(again)
                    else:
                        yield name, value, False, measured(judged)


def table(found: Iterator[tuple[str, float, bool, list[float]]]) -> str:
    """The rows as Markdown; the value in use is bold."""
    heads = [f"{kind} {measure}" for kind, measure in SHOWN]
    lines = [f"| number | value | {' | '.join(heads)} |", "|---|---|" + "---|" * len(heads)]
    for name, value, used, scores in found:
        shown = f"**{value:g}**" if used else f"{value:g}"
        lines.append(f"| `{name}` | {shown} | {' | '.join(f'{s:.3f}' for s in scores)} |")
    return "\n".join(lines) + "\n"


def main(documents: Path, queries: Path, path: Path, page: Path) -> None:
    """Write the table into the page."""
    made = table(rows(list(read(documents)), list(read(queries)), path))
    text = page.read_text("utf-8")
    first, last = text.index(BEGINS) + len(BEGINS), text.index(ENDS)
    page.write_text(text[:first] + made + text[last:], encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
