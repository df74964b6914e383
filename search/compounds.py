"""Words written together: "Weiterbildungskosten" holds "Weiterbildung" and "Kosten".

For the languages that write compounds in one word. A word is taken apart where both parts are known: words of the concept
table and of the induced dictionary, in any form.
"""

from __future__ import annotations

from functools import cache, lru_cache

from search import concepts, dictionary
from search.analysis import stem

LANGUAGES = frozenset({"de", "nl", "sv", "da", "fi", "et", "hu"})
SHORTEST = 9  # letters of a word that may be one
SHORTEST_PART = 4
# Letters that join the parts.
JOINTS = {"de": ("s", "es", "n", "en", "e"), "nl": ("s", "en", "e"), "sv": ("s", "o", "u"), "da": ("s", "e"), "fi": ("n",), "et": ("e",), "hu": ()}


@cache
def _known(language: str) -> frozenset[str]:
    """The stems of the words that may be parts."""
    listed = {stem(word, language) for t in concepts.table() if t.language == language and t.strength == "strong" for word, _ in t.words}
    return frozenset(root for root in listed | dictionary.stems_of(language) if len(root) >= SHORTEST_PART)


def warm() -> None:
    """Read the tables."""
    for language in LANGUAGES:
        _known(language)


@lru_cache(maxsize=32768)
def parts(word: str, language: str) -> tuple[str, ...]:
    """The parts of a folded word, two at least; () for a word that is none or whose parts are not known."""
    if language not in LANGUAGES or len(word) < SHORTEST or not word.isalpha():
        return ()
    known = _known(language)
    best: tuple[str, ...] = ()
    for place in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        head, tail = word[:place], word[place:]
        if stem(tail, language) not in known:
            continue
        bare = next((h for h in _bare(head, language) if len(h) >= SHORTEST_PART and stem(h, language) in known), "")
        inner = (bare,) if bare else parts(head, language)
        if inner and (not best or min(map(len, (*inner, tail))) > min(map(len, best))):
            best = (*inner, tail)
    return best


def _bare(head: str, language: str) -> list[str]:
    """A first part without the letters that join it, and as it stands."""
    return [*(head[: -len(joint)] for joint in JOINTS[language] if head.endswith(joint)), head]
