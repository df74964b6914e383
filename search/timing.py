"""When an entry opens and ends: instants from dates, and the status computed from them.

A date without a time lasts through that day in its zone; a date with a time ends at that minute. What a source says is cancelled,
suspended or over is closed whatever its dates.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from search.clock import BRUSSELS
from search.records import Deadline, Entry, Fund
from search.vocabulary import DeadlineKind, DeadlineRole, Status

STATUSES = tuple(Status)
_CONTINUOUS = (DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED)
ENDLESS = float("inf")
# What sources say of calls that are cancelled, suspended or over, whatever their dates: casefolded, in their own words.
OVER = frozenset({
    "antragsstellung nicht mehr möglich", "bandi e avvisi chiusi", "chiuso", "closed", "fechado", "gesloten voor aanvragen", "paattynyt",
    "pasibaigęs", "pozastavené predkladanie", "suletud", "sustabdytas", "tijdelijk gesloten", "ukončená", "uzavřená", "zaključeno", "zatvoren",
    "zrušená", "приключили и прекратени",
})  # fmt: skip


def start_of(day: date, zone: ZoneInfo = BRUSSELS) -> float:
    """The first second of a day, as seconds since 1970 UTC."""
    return datetime.combine(day, time.min, zone).timestamp()


def end_of(deadline: Deadline) -> float:
    """The instant from which it is too late, as seconds since 1970 UTC."""
    zone = ZoneInfo(deadline.zone)
    if deadline.time:
        return datetime.combine(deadline.date, time.fromisoformat(deadline.time), zone).timestamp()
    return start_of(deadline.date + timedelta(days=1), zone)


def opens(entry: Entry) -> float:
    """The instant an entry opens; -inf when not stated, +inf when announced without a date."""
    if entry.opening_date:
        return start_of(entry.opening_date)
    return ENDLESS if (entry.source_status or "").casefold() == "forthcoming" else -ENDLESS


def is_over(entry: Entry) -> bool:
    """Whether the source says that nobody can apply: a cancelled call keeps its dates, an exhausted one has none."""
    return (entry.source_status or "").casefold() in OVER


def ends(entry: Entry) -> list[float]:
    """The instants of an entry's deadlines, in order, after -inf where the source says that it is over. A fund's own end counts as one."""
    instants = [-ENDLESS] if is_over(entry) else []
    instants += [end_of(d) for d in entry.deadlines]
    if isinstance(entry, Fund) and entry.ends_on:
        instants.append(start_of(entry.ends_on + timedelta(days=1)))
    return sorted(instants)


def apply_until(entry: Entry) -> list[float]:
    """The instants until which anybody may apply: a second stage is only for those of the first."""
    if is_over(entry):
        return []
    return [end_of(d) for d in entry.deadlines if d.kind is not DeadlineRole.STAGE_2]


def is_continuous(entry: Entry) -> bool:
    """Whether one may apply at any time."""
    return entry.deadline_kind in _CONTINUOUS


def status(entry: Entry, now: datetime) -> Status:
    """The status at an instant. The arrays of `statuses` hold the same rule; a test keeps them equal."""
    codes = statuses(
        np.array([opens(entry)]),
        np.array([ends(entry) or [np.nan]]),
        np.array([is_continuous(entry)]),
        np.array([bool(entry.deadlines)]),
        now,
    )
    return STATUSES[int(codes[0])]


def statuses(
    opens_at: NDArray[np.float64], ends_at: NDArray[np.float64], continuous: NDArray[np.bool_], dated: NDArray[np.bool_], now: datetime
) -> NDArray[np.int8]:
    """Status of N entries as indexes into STATUSES.

    opens_at: N instants; ends_at: N x K instants padded with NaN, -inf for what is over whatever its dates; continuous: may be
    applied for at any time; dated: has deadlines of its own (a fund only has an end). An entry whose every end has passed is
    closed; with a deadline ahead it is forthcoming until it opens, then open; without one it is forthcoming, continuous or unknown.
    """
    instant = now.timestamp()
    has_end = ~np.isnan(ends_at).all(axis=1)
    passed = has_end & ~(ends_at > instant).any(axis=1) | np.isneginf(ends_at).any(axis=1)
    later = opens_at > instant
    result = np.full(len(opens_at), STATUSES.index(Status.UNKNOWN), dtype=np.int8)
    result[continuous] = STATUSES.index(Status.CONTINUOUS)
    result[dated] = STATUSES.index(Status.OPEN)
    result[later] = STATUSES.index(Status.FORTHCOMING)
    result[passed] = STATUSES.index(Status.CLOSED)
    return result


def next_deadline(entry: Entry, now: datetime) -> Deadline | None:
    """The first deadline still ahead, else the last one, else None."""
    ahead = [d for d in entry.deadlines if end_of(d) > now.timestamp()]
    return ahead[0] if ahead else (entry.deadlines[-1] if entry.deadlines else None)


def invited_only(entry: Entry, now: datetime) -> bool:
    """Whether only a second stage is ahead: who was not in the first can no longer apply, though the portal lists the call as open."""
    deadline = next_deadline(entry, now)
    return deadline is not None and deadline.kind is DeadlineRole.STAGE_2 and end_of(entry.deadlines[0]) <= now.timestamp() < end_of(deadline)


def days_left(deadline: Deadline, now: datetime) -> int:
    """Calendar days from today to the deadline in its own zone; negative when it has passed."""
    return (deadline.date - now.astimezone(ZoneInfo(deadline.zone)).date()).days


def last_deadline_passed(entry: Entry, now: datetime) -> bool:
    """Whether an entry has deadlines and all have passed: then its absence from a list means closed."""
    return bool(entry.deadlines) and end_of(entry.deadlines[-1]) <= now.timestamp()


def utc(now: datetime) -> str:
    """An instant as stored and shown to programs: ISO 8601, UTC, whole seconds."""
    return now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
