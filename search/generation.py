"""A published generation, open for reading: what every engine's has, and what each answers in its own way.

Columns, words and the facts of a generation are small and lie on the machine that reads it, whichever engine holds the
texts, the postings and the records.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.columns import Columns
from search.lexicon import Lexicon
from search.sources import SourceFacts
from search.store import Stored
from search.titles import TitleWords

if TYPE_CHECKING:
    from search.facet_columns import Mask
    from search.params import SearchParams
    from search.query import Hit, Results

DIGESTS = "digests.json"


class Generation(ABC):
    """One published state. Safe to share between threads of one process.

    folder: its files on this machine; manifest: when and from what it was published; columns, lexicon: see there.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any], columns: Columns, lexicon: Lexicon) -> None:
        self.folder = folder
        self.manifest = manifest
        self.columns = columns
        self.lexicon = lexicon

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def languages(self) -> list[str]:
        """The languages of the texts."""
        return list(self.columns.values["lang"])

    @cached_property
    def sources(self) -> dict[str, SourceFacts]:
        """Facts of the sources at the time of publishing."""
        return {name: SourceFacts.model_validate(facts) for name, facts in self.manifest["sources"].items()}

    @cached_property
    def title_words(self) -> TitleWords:
        """The words of the titles."""
        return TitleWords(self.folder / "titles")

    @cached_property
    def digests(self) -> dict[str, str]:
        """id -> digest of every entry of the store at the time of publishing, copies of others too."""
        found: dict[str, str] = json.loads((self.folder / DIGESTS).read_text(encoding="utf-8"))
        return found

    @property
    @abstractmethod
    def copies(self) -> Mapping[str, str]:
        """id of an entry that is shown under another -> that other's id."""

    @abstractmethod
    def stored(self, row: int) -> Stored:
        """The entry of a row. Raises DamagedGenerationError."""

    @abstractmethod
    def all(self) -> Iterator[Stored]:
        """The entry of every row, in their order. Raises DamagedGenerationError."""

    @abstractmethod
    def search(self, params: SearchParams, now: datetime, among: Mask | None = None) -> Results:
        """Answer a search at one instant; among: only these rows are looked at and counted."""

    @abstractmethod
    def each(self, params: SearchParams, now: datetime) -> Iterator[Hit]:
        """Every result of a search in its order, whatever its page: one at a time, for files without a cap."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what it holds open."""
