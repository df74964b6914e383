"""What a search was also searched for: corrected spellings, and other wordings of its words in the languages of the entries."""

from __future__ import annotations

from dataclasses import dataclass

from search import expansion, regions, wording
from search.query import Results
from webapp import links

MOST = 6  # other wordings of one part that are named
SURE = 0.4  # score of a translation worth naming


@dataclass(frozen=True)
class Also:
    """corrections: (typed, read as); wordings: (typed, others); only: the search for what was typed alone; back: with all this."""

    corrections: list[tuple[str, str]]
    wordings: list[tuple[str, list[str]]]
    only: str | None
    back: str | None


def searched(results: Results) -> Also | None:
    """How the words were read beyond their letters; None for a search without words, or without anything else."""
    params = results.params
    if not params.q:
        return None
    if not params.expand:
        return Also([], [], None, links.search_address(params, expand=True))
    corrections = [(params.q[c.start : c.end], c.instead) for c in results.corrections]
    languages = [count.value for count in sorted(results.facets["lang"], key=lambda c: -c.count) if count.count] if "lang" in results.facets else []
    found = [(typed, others) for group in wording.groups(results.read_as) for typed, others in [_others(group, results.read_as, languages)] if others]
    if not corrections and not found:
        return None
    return Also(corrections, found, links.search_address(params, expand=False), None)


def _others(group: wording.Group, asked: str, languages: list[str]) -> tuple[str, list[str]]:
    """The typed words of a group, and other wordings of them; a place by its names."""
    typed = asked[group.parts[0].start : group.parts[-1].end]
    if group.places:
        return typed, [regions.display(code) for code in group.places[:1] if regions.display(code).casefold() != typed.casefold()]
    named = [word for concept in group.concepts for word in expansion.wordings(concept, languages, typed)]
    sure = sorted(
        (t for t in group.translations if t.score >= SURE and t.language in languages), key=lambda t: (languages.index(t.language), -t.score)
    )
    return typed, list(dict.fromkeys([*named, *(t.word for t in sure if t.language != "en")]))[:MOST]
