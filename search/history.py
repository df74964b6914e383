"""The generations that are kept: which there are, which answers for an earlier month, which go, and going back to one.

Kept are the last few, and of every month the last one. A generation that was taken back (`funding rollback`) is no longer
asked, and goes with the next publish that no longer counts it among the last few.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from search import opening, writing
from search.clock import BRUSSELS
from search.i18n import N_
from search.i18n import gettext as _
from search.opening import GenerationError
from search.params import SearchParams, Warning

_AS_OF = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)


@dataclass(frozen=True)
class Listed:
    """A generation that is kept. published: None when its manifest cannot be read; withdrawn: taken back by a rollback."""

    name: str
    published: datetime | None
    entries: int
    note: str
    withdrawn: bool
    in_use: bool

    @property
    def month(self) -> str:
        """The month it was published in, in Brussels; "" when that cannot be read."""
        return f"{self.published.astimezone(BRUSSELS):%Y-%m}" if self.published else ""


def listed(folder: Path) -> list[Listed]:
    """Every generation, the newest first."""
    try:
        current = opening.current_name(folder)
    except GenerationError:
        current = ""
    return [_listed(path, current) for path in sorted(folder.glob("generation-*"), reverse=True)]


def _listed(path: Path, current: str) -> Listed:
    withdrawn = (path / opening.WITHDRAWN).exists()
    try:
        manifest = opening.read_manifest(path)
        published = datetime.fromisoformat(manifest["published"])
        return Listed(path.name, published, int(manifest["entries"]), str(manifest["note"]), withdrawn, path.name == current)
    except (OSError, ValueError, KeyError):
        return Listed(path.name, None, 0, "", withdrawn, path.name == current)


# -- an earlier month ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Earlier:
    """Who answers a search of an earlier time. name: the generation; at: the instant at which it is asked."""

    name: str
    at: datetime


UNREADABLE = N_("the entries of that time can no longer be read; today's are shown")


class NotKeptError(ValueError):
    """Nothing is kept of that time; the message tells people."""


def end_of(text: str) -> datetime:
    """The first instant after a month (2026-08) or a day (2026-08-15). Raises ValueError."""
    found = _AS_OF.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
    first = date(year, month, day)
    after = first + timedelta(days=1) if found[3] else date(year + month // 12, month % 12 + 1, 1)
    return datetime.combine(after, time.min, BRUSSELS)


def as_of(generations: list[Listed], text: str, now: datetime) -> Earlier | None:
    """The newest of the generations published in a month or on a day, or before; None where that time has not ended: today's answers.

    Raises NotKeptError when the text is no time, or nothing is kept from so long ago.
    """
    try:
        end = end_of(text)
    except (ValueError, OverflowError) as error:
        raise NotKeptError(_("neither a month nor a day, such as 2026-08 or 2026-08-15; today's entries are shown")) from error
    if end > now:
        return None
    kept = [g for g in generations if g.published and not g.withdrawn]
    for generation in kept:
        if generation.published and generation.published < end:
            return Earlier(generation.name, end - timedelta(seconds=1))
    if not kept or kept[-1].published is None:
        raise NotKeptError(_("nothing is kept from so long ago; today's entries are shown"))
    first = writing.day_in_full(kept[-1].published.astimezone(BRUSSELS).date())
    raise NotKeptError(_("nothing is kept from so long ago; the first entries kept are of %(day)s; today's entries are shown", day=first))


def answered(params: SearchParams, problem: str) -> SearchParams:
    """The search with the warning that today's entries answer it."""
    return replace(params, as_of="", warnings=(*params.warnings, Warning("as_of", params.as_of, problem))) if problem else params


# -- going back, and what goes ---------------------------------------------------------------------------------------


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Only one publish or rollback at a time; the lock dies with its process, as the copies of it do (search.processes)."""
    with (folder / "publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def switch(folder: Path, name: str) -> None:
    """Make a generation the one in use, in one step."""
    fresh = folder / f"{opening.CURRENT}.new"
    fresh.write_bytes(opening.naming(name))
    opening.sync(fresh)
    fresh.replace(folder / opening.CURRENT)
    opening.sync(folder)


def roll_back(folder: Path, name: str | None = None) -> tuple[str, str]:
    """Switch to an earlier generation, the one before when none is named; later ones are withdrawn. Returns (old, new).

    A later one that was withdrawn can be named too. Raises GenerationError when there is none, or it cannot be read.
    """
    opening.current_name(folder)  # without one there is no folder to lock
    with one_at_a_time(folder):
        current = opening.current_name(folder)  # which a publish may have changed while it was waited for
        known = {g.name: g for g in listed(folder)}
        wanted = meant(known, current, name)
        opening.open_generation(folder, wanted).close()
        for other in known:
            mark = folder / other / opening.WITHDRAWN
            if other > wanted:
                mark.touch()
            else:
                mark.unlink(missing_ok=True)
        switch(folder, wanted)
    return current, wanted


def meant(known: Mapping[str, Listed], current: str, name: str | None) -> str:
    """The generation to go back to: the one named, else the one before. Raises GenerationError when there is none."""
    wanted = name or next((g.name for g in known.values() if g.name < current and g.published and not g.withdrawn), None)
    if wanted is None:
        raise GenerationError(f"there is no generation before {current}")
    if wanted not in known:
        raise GenerationError(f"there is no {wanted}; there are {', '.join(known)}")
    return wanted


def clear(folder: Path, keep: int, months: int, now: datetime) -> None:
    """Remove what is not kept."""
    for generation in outdated(listed(folder), keep, months, now):
        _remove(folder / generation.name)


def outdated(generations: Iterable[Listed], keep: int, months: int, now: datetime) -> Iterator[Listed]:
    """What is not kept of the generations, the newest first: the last `keep` stay, the one in use, and the last of each of the
    last `months` months."""
    today = now.astimezone(BRUSSELS)
    oldest = today.year * 12 + today.month - months  # counted from year 0, January as 0
    since = f"{oldest // 12:04d}-{oldest % 12 + 1:02d}" if months else "9999"
    seen: set[str] = set()
    for place, generation in enumerate(generations):
        last_of_month = generation.month >= since and generation.month not in seen and not generation.withdrawn
        if last_of_month:
            seen.add(generation.month)
        if place >= keep and not last_of_month and not generation.in_use:
            yield generation


def _remove(path: Path) -> None:
    """Remove a generation, unless somebody reads it: then a later publish does."""
    try:
        handle = os.open(path / opening.MANIFEST, os.O_RDONLY)
    except OSError:
        shutil.rmtree(path)
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path)
    except BlockingIOError:
        pass
    finally:
        os.close(handle)
