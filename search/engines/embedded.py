"""The embedded engine: generations are folders beside the store."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from search import generations, history, opening
from search.engines.engine import Engine
from search.generation import Generation
from search.history import Listed
from search.opening import Embedded, GenerationError
from search.store import Store


class EmbeddedEngine(Engine):
    """The generations in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def publish(self, store: Store, now: datetime, keep: int = 3, note: str = "", months: int = 24) -> str:
        return generations.publish(store, self.folder, now, keep, note, months)

    def current_name(self) -> str:
        return opening.current_name(self.folder)

    def listed(self) -> list[Listed]:
        return history.listed(self.folder)

    def open_generation(self, name: str) -> Embedded:
        return opening.open_generation(self.folder, name)

    def open_current(self) -> Embedded:
        return opening.open_current(self.folder)

    def open_before(self, wanted: str, problem: GenerationError) -> Embedded:
        return opening.open_before(self.folder, wanted, problem)

    def roll_back(self, name: str | None = None) -> tuple[str, str]:
        return history.roll_back(self.folder, name)

    def differences(self, store: Store, generation: Generation) -> list[str]:
        assert isinstance(generation, Embedded)
        return generations.differences(store, generation)
