"""The few things an engine does: publish a generation, say which there are and which is in use, open one, go back to one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from search import history
from search.generation import Generation
from search.history import Listed
from search.opening import GenerationError
from search.store import Store


class Engine(ABC):
    """Holds the published generations. Every method raises GenerationError when it cannot be done."""

    @abstractmethod
    def publish(self, store: Store, now: datetime, keep: int = 3, note: str = "", months: int = 24) -> str:
        """Build a generation from the store and switch to it; see search.generations.publish."""

    @abstractmethod
    def current_name(self) -> str:
        """The name of the generation in use."""

    @abstractmethod
    def listed(self) -> list[Listed]:
        """Every generation, the newest first."""

    @abstractmethod
    def open_generation(self, name: str) -> Generation:
        """Open one generation."""

    @abstractmethod
    def open_current(self) -> Generation:
        """Open the generation in use; when it cannot be read, the newest earlier one that can."""

    @abstractmethod
    def open_before(self, wanted: str, problem: GenerationError) -> Generation:
        """The newest generation before one that cannot be read. Raises its problem where there is none."""

    @abstractmethod
    def roll_back(self, name: str | None = None) -> tuple[str, str]:
        """Switch to an earlier generation; see search.history.roll_back."""

    @abstractmethod
    def differences(self, store: Store, generation: Generation) -> list[str]:
        """In what store and generation differ, and what of it is damaged; empty when all agree."""

    def open_for(self, text: str, now: datetime) -> tuple[Generation, datetime, str]:
        """Who answers a search as of a month or day ("" = today): the generation, the instant at which it is asked, and why it
        is today's although another time was asked for."""
        try:
            earlier = history.as_of(self.listed(), text, now) if text else None
            if earlier:
                return self.open_generation(earlier.name), earlier.at, ""
            problem = ""
        except (history.NotKeptError, GenerationError) as error:
            problem = str(error) if isinstance(error, history.NotKeptError) else history.UNREADABLE
        return self.open_current(), now, problem
