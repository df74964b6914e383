"""Which pieces of a text may hold the words of a search, told without looking at each of them.

A piece is what stands between two blanks, so that no word reaches over its ends. Texts of a language repeat their pieces:
those that were met are kept by the words they hold, and a search then asks for its words, not a text for its pieces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from search.analysis import stem, words

MOST = 65_536  # pieces that are kept, of all languages
_HEAD = 3  # letters by which words that begin alike are kept


class _Pieces:
    """The pieces of texts of one language that were met."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.known: set[str] = set()
        self._by_key: dict[str, list[str]] = defaultdict(list)
        self._by_head: dict[str, set[str]] = defaultdict(set)

    def holding(self, met: set[str], keys: Collection[str], starts: Collection[str]) -> set[str]:
        """Those of the pieces that may hold a word."""
        if any(len(start) < _HEAD for start in starts):
            return met
        for piece in met - self.known:
            self._keep(piece)
        found: set[str] = set()
        for key in keys:
            if key in self._by_key:
                found.update(met.intersection(self._by_key[key]))
        for head in {start[:_HEAD] for start in starts}:
            if head in self._by_head:
                found |= met & self._by_head[head]
        return found

    def _keep(self, piece: str) -> None:
        held = {token.text for token in words(piece)}
        for key in held.union(stem(word, self.language) for word in held):
            self._by_key[key].append(piece)
        for word in held:
            self._by_head[word[:_HEAD]].add(piece)
        self.known.add(piece)  # last: another thread that finds it known finds its words too


_met: dict[str, _Pieces] = {}


def holding(text: str, language: str, keys: Collection[str], starts: Collection[str]) -> list[tuple[int, int]]:
    """Where the pieces of a text stand, in order, that may hold a word which is one of the keys, or whose stem is, or which
    begins like one of the starts. No piece that holds one is left out."""
    if sum(len(held.known) for held in _met.values()) > MOST:
        _met.clear()
    held = _met.get(language) or _met.setdefault(language, _Pieces(language))
    return sorted(place for piece in held.holding(set(text.split()), keys, starts) for place in _places(text, piece))


def _places(text: str, piece: str) -> Iterator[tuple[int, int]]:
    """Where a piece stands between blanks."""
    start = text.find(piece)
    while start >= 0:
        end = start + len(piece)
        if (not start or text[start - 1].isspace()) and (end == len(text) or text[end].isspace()):
            yield start, end
        start = text.find(piece, end)
