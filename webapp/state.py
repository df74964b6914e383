"""What the application holds open: the generation in use, and the health of the sources.

One request sees one generation and one instant from beginning to end, also while another is published.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app, g, request

from search import changes, clock, collector, engines, history, i18n, reading, watching
from search.changes import Change
from search.generation import Generation
from search.opening import GenerationError
from search.params import SearchParams
from search.settings import Settings
from search.sources import SourceState
from search.store import Store, StoreError
from search.watching import Condition
from webapp import months, words
from webapp.belonging import Belonging
from webapp.months import Year

NAME = "funding"
WINDOWS_KEPT = 8  # windows of changes kept in memory with a generation
YEARS_KEPT = 2  # years of changes kept in memory with a generation
PAST_KEPT = 2  # generations of the past that stay open
TRY_AGAIN = 30.0  # seconds until a generation that could not be read is opened again
HEALTH_KEPT = 30.0  # seconds the pages of results may show the health of the sources from memory


@dataclass
class Held:
    """An open generation. asked: the name of the one in use; readers: requests that use it now; opened: when, monotonic (inf: for good)."""

    asked: str
    generation: Generation
    readers: int = 0
    opened: float = field(default_factory=time.monotonic)

    @property
    def worth_another_try(self) -> bool:
        """Whether an earlier generation answers because the one in use could not be read some time ago."""
        return self.generation.name != self.asked and time.monotonic() - self.opened > TRY_AGAIN


def _close(held: Held) -> None:
    """Close a generation that another took the place of, with what only it needed."""
    held.generation.close()
    collector.tidy()


class Published:
    """The generation in use, opened again when CURRENT names another one, and the store beside it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = engines.of(settings)
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._past: dict[str, Held] = {}
        self._store: Store | None = None
        self._states: tuple[float, list[SourceState]] | None = None
        self._condition: tuple[float, Condition] | None = None
        self._years = Belonging[Year](YEARS_KEPT)
        self._changes = Belonging[list[Change]](WINDOWS_KEPT)

    def take(self) -> Held:
        """The generation in use, to be given back after the request. Raises GenerationError when nothing is published."""
        asked = self.engine.current_name()
        with self._lock:
            if self._held is None or self._held.asked != asked or self._held.worth_another_try:
                self._open(asked)
            held = cast(Held, self._held)
            held.readers += 1
            return held

    def _open(self, asked: str) -> None:
        """Open the generation in use; where none can be opened, the one held goes on answering. Raises GenerationError without one."""
        try:
            fresh = Held(asked, self.engine.open_current())
        except GenerationError:
            if self._held is None:
                raise
            self._held.asked, self._held.opened = asked, time.monotonic()
            return
        old, self._held = self._held, fresh
        if old is not None and not old.readers:
            _close(old)

    def take_earlier(self, name: str) -> Held:
        """A generation of the past; the last ones asked for stay open. Raises GenerationError when it cannot be read."""
        with self._lock:
            held = self._past.pop(name, None) or Held(name, self.engine.open_generation(name))
            self._past[name] = held
            held.readers += 1
            for older in list(self._past)[:-PAST_KEPT]:
                if not self._past[older].readers:
                    self._past.pop(older).generation.close()
            return held

    def fall_back(self, held: Held, problem: GenerationError) -> None:
        """Answer from the generation before one that turned out damaged, until another is published. Raises GenerationError."""
        with self._lock:
            if held is self._held:
                self._held = Held(held.asked, self.engine.open_before(held.generation.name, problem), opened=math.inf)
            elif self._past.get(held.asked) is held:
                raise problem

    def keep(self, held: Held) -> None:
        """Hold a generation that is in use once more, to be given back once more."""
        with self._lock:
            held.readers += 1

    def give_back(self, held: Held) -> None:
        """Close an older generation when its last reader is done."""
        with self._lock:
            held.readers -= 1
            if not held.readers and held is not self._held and self._past.get(held.asked) is not held:
                _close(held)

    def source_states(self, now: datetime, kept: float = 0.0) -> list[SourceState]:
        """Every source and its health; from memory when it was read at most `kept` seconds ago. Raises StoreError."""
        with self._lock:
            if self._states and time.monotonic() - self._states[0] <= kept:
                return self._states[1]
        states = self.store().source_states(now)
        with self._lock:
            self._states = (time.monotonic(), states)
        return states

    def store(self) -> Store:
        """The store, opened once. Raises StoreError when there is none."""
        with self._lock:
            if self._store is None:
                self._store = Store(self.settings.database_url, migrate=False)
            return self._store

    def changes(self, generation: Generation, start: datetime, end: datetime, now: datetime, minor: bool) -> list[Change]:
        """search.changes.between in brief, kept for the windows last asked for, until a date passes or the generation is let go."""
        key = (start, end, generation.columns.at(now).place, minor)
        return self._changes.get(generation, key, lambda: changes.between(self.store(), generation, start, end, now, minor, brief=True))

    def year(self, generation: Generation, now: datetime) -> Year:
        """What came and what went in twelve months, kept until a date passes, a month begins or the generation is let go. Raises StoreError."""
        edges = months.firsts(now, months.YEAR - 1, months.YEAR)
        start, end = changes.days(edges[0], edges[-1] - timedelta(days=1))

        def made() -> Year:
            return Year.of(generation, changes.between(self.store(), generation, start, end, now, brief=True), edges)

        return self._years.get(generation, (edges[0], generation.columns.at(now).place), made)

    def condition(self, held: Held, now: datetime) -> Condition:
        """The state of everything, looked at again after a while. Raises StoreError."""
        with self._lock:
            if self._condition and time.monotonic() - self._condition[0] <= HEALTH_KEPT and self._condition[1].generation == held.generation.name:
                return self._condition[1]
        found = watching.condition(self.store(), held.generation, held.asked, self.settings.data, self.source_states(now), now)
        with self._lock:
            self._condition = (time.monotonic(), found)
        return found

    def months(self) -> list[str]:
        """The months in which a crawl was taken over, newest first. Raises StoreError."""
        return changes.months(self.store())


def published() -> Published:
    """What the running application holds."""
    held: Published = current_app.extensions[NAME]
    return held


def generation() -> Generation:
    """The generation of this request: with `as_of` that of an earlier time. Raises GenerationError when nothing is published."""
    if "held" not in g:
        _choose()
    held: Held = g.held
    return held.generation


def keep() -> Callable[[], None]:
    """Keep the generation of this request open beyond its end; returns what to call when it is no longer needed."""
    generation()
    held, holder = g.held, published()
    holder.keep(held)
    return lambda: holder.give_back(held)


def _choose() -> None:
    """Take the generation that answers this request, and note the instant, and why it is not the one asked for."""
    g.now, g.problem = g.get("now") or clock.now(), ""
    if asked := reading.parse(request.args.items(multi=True)).as_of:
        try:
            if earlier := history.as_of(published().engine.listed(), asked, g.now):
                g.held, g.now = published().take_earlier(earlier.name), earlier.at
                return
        except history.NotKeptError as error:
            g.problem = str(error)
        except GenerationError:
            g.problem = i18n.gettext(history.UNREADABLE)
    g.held = published().take()


def fall_back(problem: GenerationError) -> None:
    """Have the rest of this request, and later ones, answered by the generation before. Raises GenerationError."""
    if "held" not in g:
        raise problem
    published().fall_back(g.held, problem)
    give_back(None)


def as_answered(search: SearchParams) -> SearchParams:
    """A search with the warning, where there is one, that today's entries answer it."""
    return history.answered(search, g.get("problem", "")) if search.as_of else search


def now() -> datetime:
    """The instant of this request: with `as_of` that of an earlier time."""
    if "now" not in g:
        g.now = clock.now()
        if request.args.get("as_of"):
            generation()
    instant: datetime = g.now
    return instant


def source_states(kept: float = 0.0) -> list[SourceState]:
    """Every source and its health today, whatever time is asked for. Raises StoreError when the store cannot be read."""
    return published().source_states(clock.now(), kept)


def store() -> Store:
    """The store, for the history of entries. Raises StoreError when it cannot be read."""
    return published().store()


def condition() -> Condition:
    """The state of everything today, for monitors. Raises StoreError, and GenerationError when nothing is published."""
    holder = published()
    held = holder.take()
    try:
        return holder.condition(held, clock.now())
    finally:
        holder.give_back(held)


def known_states() -> dict[str, SourceState] | None:
    """The health of the sources by name for pages that can do without it: None when the store cannot be read."""
    try:
        return {s.facts.source: s for s in source_states(HEALTH_KEPT)}
    except StoreError:
        return None


def give_back(_: BaseException | None) -> None:
    """At the end of a request."""
    if "held" in g:
        published().give_back(g.pop("held"))


def for_every_page() -> dict[str, Any]:
    """What every template may show: the generation's note, when it was published and from how many sources."""
    nothing = {"note": "", "published": None, "sources_read": 0}
    if g.get("bare"):
        return nothing
    try:
        held = generation()
    except GenerationError:
        return nothing
    return {
        "note": held.manifest.get("note", ""),
        "published": words.day_of(held.manifest["published"]),
        "sources_read": len(held.columns.values["source"]),
    }
