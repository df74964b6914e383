"""SQLite FTS5: the words in a contentless table, the facets in a table of their own, counted by grouping."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from whoosh import query as wq

from search.facets import FACETS
from tests.bench_search.asked import SEARCHED, Answer, Document, Search

NAMES = [facet.name for facet in FACETS]


def _plain(token: str) -> str:
    """A token in letters and digits alone, so that FTS5 does not part it."""
    return "".join(c if c.isalnum() else f"zz{ord(c):x}" for c in token)


class Engine:
    name = "SQLite FTS5"

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        base = sqlite3.connect(folder / "fts.db")
        columns = ", ".join(f"t_{name}" for name in SEARCHED)
        base.executescript(
            f"create virtual table words using fts5({columns}, content='', tokenize='unicode61 remove_diacritics 0');"
            "create table held (facet text, value text, doc integer, primary key (facet, value, doc)) without rowid;"
            "create table records (doc integer primary key, record blob);"
        )
        for d in documents:
            texts = [" ".join(map(_plain, d.tokens[name])) for name in SEARCHED]
            base.execute(f"insert into words (rowid, {columns}) values (?{', ?' * len(SEARCHED)})", [d.number, *texts])
            base.executemany("insert into held values (?, ?, ?)", [(name, v, d.number) for name, values in d.facets.items() for v in values])
            base.execute("insert into records values (?, ?)", (d.number, d.record))
        base.execute("insert into words (words) values ('optimize')")
        base.execute("create index by_doc on held (doc, facet, value)")
        base.execute("analyze")
        base.commit()
        base.close()

    def open(self, folder: Path) -> None:
        self.base = sqlite3.connect(folder / "fts.db")
        self.base.execute("pragma mmap_size = 4000000000")
        self.base.execute("pragma temp_store = memory")

    def search(self, asked: Search) -> Answer:
        run = self.base.execute
        run("drop table if exists temp.found")
        ranks = "bm25(words, 6, 4, 3, 2, 1, 3, 1, 3)"
        run(f"create temp table found as select rowid as doc, {ranks} as rank from words where words match ?", (_match(asked.words),))
        counts = {}
        where, values = _where(asked, None)
        total = run(f"select count(*) from found where {where}", values).fetchone()[0]
        first = run(f"select doc from found where {where} order by rank limit 20", values).fetchall()
        _ = [run("select record from records where doc = ?", doc).fetchone() for doc in first]
        others = [name for name in NAMES if name not in asked.filters]
        rows = run(
            f"select facet, value, count(*) from found join held using (doc) where {where} and facet in ({_marks(others)}) group by 1, 2",
            [*values, *others],
        ).fetchall()
        counts = {name: {value: n for facet, value, n in rows if facet == name} for name in others}
        for name in asked.filters:
            where, values = _where(asked, name)
            rows = run(f"select value, count(*) from found join held using (doc) where {where} and facet = ? group by 1", [*values, name]).fetchall()
            counts[name] = dict(rows)
        return Answer(total, counts)


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)


def _where(asked: Search, left_out: str | None) -> tuple[str, list[str]]:
    kept = {name: values for name, values in asked.filters.items() if name != left_out}
    parts = [f"doc in (select doc from held where facet = ? and value in ({_marks(values)}))" for values in kept.values()]
    return " and ".join(parts) or "1", [v for name, values in kept.items() for v in (name, *values)]


def _match(query: wq.Query) -> str:
    if isinstance(query, wq.Term):
        text = query.text.decode() if isinstance(query.text, bytes) else query.text
        return f't_{query.fieldname} : "{_plain(text)}"'
    joint = " AND " if isinstance(query, wq.And) else " OR "
    return "(" + joint.join(_match(part) for part in query.children()) + ")"
