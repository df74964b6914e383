"""Which pieces of a text hold the words of a search, told without looking at each of them.

A piece is what stands between two blanks, so that no word reaches over its ends. Texts of a language repeat their pieces:
those that were met are kept by the words they hold, and a search then asks for its words, not a text for its pieces.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator

from search.analysis import LONGEST, fold, stem, words

MOST = 131_072  # pieces that are kept, of all languages
_keeping = threading.Lock()


class _Pieces:
    """The pieces of texts of one language that were met. Lists of words are kept as text, parted by blanks: Python's collector
    of garbage would walk through a hundred thousand small lists again and again."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.known: dict[str, str] = {}  # piece -> its words, a blank before each
        self._by_key: dict[str, str] = {}  # word or stem -> the pieces that hold it

    def holding(self, met: set[str], keys: Collection[str], starts: Collection[str]) -> set[str]:
        """Those of the pieces that hold one of the keys, or a word that begins like one of the starts."""
        if fresh := met.difference(self.known):
            with _keeping:
                for piece in fresh:
                    self._keep(piece)
                if sum(len(held.known) for held in list(_met.values())) > MOST:
                    _met.pop(max(list(_met), key=lambda language: len(_met[language].known)))  # one that is being read is used to its end
        found: set[str] = set()
        for key in keys:
            if key in self._by_key:
                found |= met.intersection(self._by_key[key].split())
        for start in starts:
            found.update(piece for piece in met if f" {start}" in self.known[piece])
        return found

    def _keep(self, piece: str) -> None:
        held = {fold(piece)[:LONGEST]} if piece.isalpha() else {token.text for token in words(piece)}  # most are one word
        for key in held.union(stem(word, self.language) for word in held):
            self._by_key[key] = f"{self._by_key[key]} {piece}" if key in self._by_key else piece
        self.known[piece] = "".join(f" {word}" for word in held)  # last: a thread that finds it known finds its words too


_met: dict[str, _Pieces] = {}


def holding(text: str, language: str, keys: Collection[str], starts: Collection[str]) -> list[tuple[int, int]]:
    """Where the pieces of a text stand, in order, that hold a word which is one of the keys, or whose stem is, or which begins
    like one of the starts."""
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
