"""What was made of a generation and is asked for again: kept with it, and let go with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from search.generation import Generation

Made = TypeVar("Made")


class Belonging(Generic[Made]):
    """The things last made of each open generation, by a key; most: how many of one generation. They must not refer to it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._made: WeakKeyDictionary[Generation, dict[Hashable, Made]] = WeakKeyDictionary()

    def get(self, generation: Generation, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made under this key, or else what `make` makes; two threads may make it both."""
        with self._lock:
            made = self._made.get(generation, {})
        if key in made:
            return made[key]
        fresh = make()
        with self._lock:
            self._made[generation] = dict([*self._made.get(generation, {}).items(), (key, fresh)][-self._most :])
        return fresh
