"""Known items: the identifiers of calls, typed as people type them, and what a generation finds first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from search.matching import matches


def bare(text: str) -> str:
    """A code without what parts it and without its case."""
    return "".join(c for c in text.casefold() if c.isalnum())


def typed(identifier: str) -> tuple[str, ...]:
    """Whole, cut, in other case, without hyphens."""
    return identifier, identifier[: max(6, len(identifier) * 2 // 3)], identifier.swapcase(), bare(identifier)


def identifiers(generation: Any) -> list[str]:
    """Of every call of a generation that has one, each once."""
    entries = (generation.stored(row).entry for row in range(len(generation.columns)))
    return sorted({entry.identifier for entry in entries if entry.kind == "call" and entry.identifier})


def not_first(generation: Any, searches: Iterator[str]) -> list[tuple[str, str]]:
    """(search, id) of the searches for which a call without that code, or with that code not at its beginning, is as good as the best."""
    missed = []
    for text in searches:
        answer = matches(text, generation)
        if not len(answer.rows):
            missed.append((text, "nothing"))
            continue
        for row in answer.rows[answer.scores == answer.scores.max()]:
            entry = generation.stored(int(row)).entry
            if not any(bare(code).startswith(bare(text)) for code in (entry.identifier, entry.native_id) if code):
                missed.append((text, entry.id))
    return missed
