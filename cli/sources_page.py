"""docs/sources.md, from the facts each spider states: `funding sources --markdown`."""

from __future__ import annotations

from crawler import registry
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import LABELS

HEAD = """# Sources

Written by `funding sources --markdown > docs/sources.md`; a test keeps it current. Do not edit by hand.

"Format": recorded = a real answer of the portal was seen; documented = its documentation or a client's code was; inferred =
neither. No portal has been asked live from where this was written. "Texts": what the licence lets us show.

| source | portal | countries | level | brings | format | licence | texts |
|---|---|---|---|---|---|---|---|
"""


def row(facts: SourceFacts) -> str:
    """One source as a row of the table."""
    many = len(facts.countries) > 4
    countries = f"{len(facts.countries)} countries" if many else ", ".join(LABELS[c] for c in facts.countries)
    licence = f"{facts.licence} ({facts.attribution})"
    cells = [f"`{facts.source}`", f"[{facts.title}]({facts.homepage})", countries, ", ".join(facts.level), ", ".join(facts.kinds)]
    return "| " + " | ".join([*cells, FormatSeen(facts.format_seen), licence, facts.text_use]) + " |"


def markdown() -> str:
    """The whole page."""
    return HEAD + "\n".join(row(facts) for facts in registry.facts()) + "\n"
