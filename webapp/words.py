"""The short sentences of the pages: when it closes, how old the reading is, what a number counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from search import gist, timing
from search.clock import BRUSSELS
from search.records import Deadline, Entry, Fund
from search.sources import STALE_AFTER
from search.vocabulary import DeadlineKind, DeadlineRole, Status

ENGLISH = Locale("en", "GB")
SOON_DAYS = 14
_IN_AMOUNT = re.compile(r"(?<=\d) (?=\d{3})|(?<=\b[A-Z]{3}) (?=\d)")
ROLES = {
    DeadlineRole.FIXED: "deadline",
    DeadlineRole.STAGE_1: "first stage",
    DeadlineRole.STAGE_2: "second stage",
    DeadlineRole.CUT_OFF: "cut-off",
}


@dataclass(frozen=True)
class When:
    """When an entry closes, in words. The number of days is apart, so that it can be set large.

    css: the shape of its stop; before, number, after: "closes in", 12, "days"; iso, day: the date meant, for machines
    and for people; more: further short lines.
    """

    css: str
    before: str
    number: int | None = None
    after: str = ""
    iso: str | None = None
    day: str | None = None
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Age:
    """How long ago an entry was last read at its source."""

    text: str
    old: bool


def count(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}".replace(",", "\u00a0")


def counted(number: int, one: str, many: str) -> str:
    """ "1 result", "34 results"."""
    return f"{count(number)} {one if number == 1 else many}"


def day(value: date) -> str:
    """Thu 3 Dec 2026"""
    return format_date(value, "EEE d MMM y", locale=ENGLISH)


def day_of(instant: str | datetime) -> str:
    """The day of an instant in Brussels: 20 Nov 2026."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return gist.day(moment.astimezone(BRUSSELS).date())


def moment(deadline: Deadline) -> str:
    """A deadline as people read it; an hour only where the source states one: "Thu 3 Dec 2026, 17:00 Brussels time"."""
    if not deadline.time:
        return day(deadline.date)
    city = deadline.zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{day(deadline.date)}, {deadline.time} {city} time"


def machine_moment(deadline: Deadline) -> str:
    """The same for the datetime attribute."""
    if not deadline.time:
        return deadline.date.isoformat()
    hour, minute = map(int, deadline.time.split(":"))
    zone = ZoneInfo(deadline.zone)
    return datetime(*deadline.date.timetuple()[:3], hour, minute, tzinfo=zone).isoformat(timespec="minutes")


def when(entry: Entry, status: Status, now: datetime) -> When:
    """When an entry closes or opens."""
    if isinstance(entry, Fund):
        return When("fund", "no deadline of its own")
    deadline = timing.next_deadline(entry, now)
    if status is Status.FORTHCOMING:
        return _opening(entry, deadline, now)
    if timing.invited_only(entry, now):
        first, last = entry.deadlines[0], entry.deadlines[-1]
        more = (f"second stage, only for those invited, closes {moment(last)}",)
        return When("shut", "first stage closed", iso=machine_moment(first), day=moment(first), more=more)
    if deadline is not None:
        return _closing(entry, deadline, status, now)
    if status is Status.CLOSED:
        return When("shut", "closed")
    if entry.deadline_kind is DeadlineKind.UNTIL_EXHAUSTED:
        return When("used", "open until the budget is used up", more=("no closing date",))
    if entry.deadline_kind is DeadlineKind.ROLLING:
        return When("", "open all year")
    return When("ask-source", "no deadline stated", more=("ask the source before you plan",))


def _opening(entry: Entry, deadline: Deadline | None, now: datetime) -> When:
    closes = (f"closes {moment(deadline)}",) if deadline else ()
    if entry.opening_date is None:
        return When("later", "not open yet", more=("opening date not stated", *closes))
    left = (entry.opening_date - now.astimezone(BRUSSELS).date()).days
    iso, shown = entry.opening_date.isoformat(), day(entry.opening_date)
    if left <= 1:
        return When("later", "opens tomorrow" if left == 1 else "opens today", iso=iso, day=shown, more=closes)
    return When("later", "opens in", left, "days", iso, shown, closes)


def _closing(entry: Entry, deadline: Deadline, status: Status, now: datetime) -> When:
    left = timing.days_left(deadline, now)
    iso, shown, more = machine_moment(deadline), moment(deadline), _others(entry, deadline)
    if status is Status.CLOSED:
        if left > -2:
            return When("shut", "closed yesterday" if left == -1 else "closed today", iso=iso, day=shown, more=more)
        return When("shut", "closed", -left, "days ago", iso, shown, more)
    css = "soon" if left <= SOON_DAYS else ""
    if left <= 1:
        return When(css, "closes tomorrow" if left == 1 else "closes today", iso=iso, day=shown, more=more)
    return When(css, "closes in", left, "days", iso, shown, more)


def _others(entry: Entry, deadline: Deadline) -> tuple[str, ...]:
    """ "deadline 1 of 2; then 2 Sep 2027" where there are several."""
    if len(entry.deadlines) < 2:
        return ()
    place = entry.deadlines.index(deadline)
    later = entry.deadlines[place + 1 :]
    then = f"; then {gist.day(later[0].date)}" if later else ""
    return (f"{ROLES[deadline.kind]}, {place + 1} of {len(entry.deadlines)}{then}",)


def age(last_seen: str, now: datetime) -> Age:
    """ "read 4 days ago"; older than 35 days it asks to check the source."""
    then = datetime.fromisoformat(last_seen)
    days = (now.astimezone(BRUSSELS).date() - then.astimezone(BRUSSELS).date()).days
    if now - then > STALE_AFTER:
        return Age(f"last read {days} days ago: check the source", old=True)
    return Age("read today" if days <= 0 else "read yesterday" if days == 1 else f"read {days} days ago", old=False)


def unbroken(text: str) -> str:
    """A text whose amounts are not parted at the end of a line."""
    return _IN_AMOUNT.sub("\u00a0", text)


def language(code: str) -> str:
    """ "Italian" for it."""
    return str(ENGLISH.languages.get(code, code))
