"""docs/sources.md, from the facts each spider states and what its recorded pages show: `funding sources --markdown`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from crawler import fixture_server, registry
from crawler.source import Source
from search.sources import SourceFacts
from search.vocabulary import LABELS, Basis, Origin

HEAD = """# Sources

Written by `funding sources --markdown > docs/sources.md`; a test keeps it current. Do not edit by hand.

"Format": recorded = a real answer of the portal was seen; documented = its documentation or a client's code was; inferred =
neither. No portal has been asked live from where this was written. "Texts": what the licence lets us show. "Stated" are the
fields and labels that the source gives or that its own codes decide, "inferred" the labels we read from its words, both as its
recorded pages show them. "Confirmed by": what last showed that the format holds.

| source | portal | countries | level | brings | format | licence | attribution | texts | stated | inferred | confirmed by |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""
LINKS_HEAD = """
## Links only

These portals are not crawled. Who has leave and a network begins with `funding new-source` and `funding record`.

| source | portal | country | why not | what would be needed | looked at |
|---|---|---|---|---|---|
"""
# Fields beside the labels that tell a source which states them from one that does not.
_FIELDS = {"deadlines": "deadline", "opening_date": "opening", "budget": "budget", "authority": "authority", "regions": "region"}


def row(spider: type[Source]) -> str:
    """A crawled source as a row of the table."""
    facts, recorded = spider.facts, _recorded(spider.name)
    portal = f"[{facts.title}]({facts.homepage})" + (f", needs a key in `{spider.needs_token}`" if spider.needs_token else "")
    stated, inferred = known(recorded["entries"])
    cells = [f"`{facts.source}`", portal, _countries(facts), ", ".join(facts.level), ", ".join(facts.kinds),
             str(facts.format_seen), facts.licence, facts.attribution, facts.text_use, ", ".join(stated), ", ".join(inferred) or "nothing",
             recorded["confirmed"]]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def known(entries: Iterable[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """What entries of a source show as stated (or decided by the source's codes) and as inferred from words: sorted names."""
    stated, inferred = set(), set()
    for entry in entries:
        stated |= {name for field, name in _FIELDS.items() if entry.get(field)}
        for facet, quotes in entry["evidence"].items():
            origins = {quote["origin"] for quote in quotes}
            inferred |= {facet} if Origin.INFERRED in origins else set()
            stated |= {facet} if origins - {Origin.INFERRED} else set()
    return sorted(stated), sorted(inferred)


@cache
def _recorded(source: str) -> dict[str, Any]:
    """The entries expected of a source's recorded pages, and what last confirmed their format."""
    folder = fixture_server.FIXTURES / source
    fixture = json.loads((folder / "fixture.json").read_text(encoding="utf-8"))
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return {"entries": expected["entries"], "confirmed": fixture.get("confirmed", "not stated")}


def link_row(facts: SourceFacts) -> str:
    """A portal that is only a link as a row of its table."""
    unchecked = " (address not checked)" if facts.homepage_basis == Basis.RECALLED else ""
    cells = [f"`{facts.source}`", f"[{facts.title}]({facts.homepage}){unchecked}", _countries(facts), facts.why_not, facts.needed, facts.checked]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _countries(facts: SourceFacts) -> str:
    return f"{len(facts.countries)} countries" if len(facts.countries) > 4 else ", ".join(LABELS[c] for c in facts.countries)


def markdown() -> str:
    """The whole page."""
    crawled = [row(spider) for spider in registry.spiders().values()]
    links = [link_row(facts) for facts in registry.link_only().values()]
    return HEAD + "\n".join(crawled) + "\n" + LINKS_HEAD + "\n".join(links) + "\n"
