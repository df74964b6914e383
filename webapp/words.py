"""The short sentences of the pages: when it closes, how old the reading is, what a number counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from search import timing, writing
from search.clock import BRUSSELS
from search.i18n import N_, ngettext
from search.i18n import gettext as _
from search.records import Deadline, Entry, Fund
from search.sources import STALE_AFTER
from search.vocabulary import DeadlineKind, DeadlineRole, Status

SOON_DAYS = 14
_IN_AMOUNT = re.compile(r"(?<=\d) (?=\d{3})|(?<=\b[A-Z]{3}) (?=\d)|(?<=\d) (?=[A-Z]{3}\b)")
_NUMBER = "\x00"  # stands where a sentence has its number, until it is cut there
ROLES = {
    DeadlineRole.FIXED: N_("deadline"),
    DeadlineRole.STAGE_1: N_("first stage"),
    DeadlineRole.STAGE_2: N_("second stage"),
    DeadlineRole.CUT_OFF: N_("cut-off"),
}


@dataclass(frozen=True)
class When:
    """When an entry closes, in words. The number of days is apart, so that it can be set large.

    css: the shape of its stop; before, number, after: "closes in", 12, "days", in the order of the language; iso, day: the date meant, for machines
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


def counted(number: int, one: str, many: str) -> str:
    """ "1 result", "34 results", in English: for who runs the site."""
    return f"{writing.number(number)} {one if number == 1 else many}"


def day_of(instant: str | datetime) -> str:
    """The day of an instant in Brussels: 20 Nov 2026."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return writing.day(moment.astimezone(BRUSSELS).date())


def moment(deadline: Deadline) -> str:
    """A deadline as people read it; an hour only where the source states one: "Thu 3 Dec 2026, 17:00 Brussels time"."""
    day = writing.weekday(deadline.date)
    if not deadline.time:
        return day
    return _("%(day)s, %(hour)s %(city)s time", day=day, hour=deadline.time, city=writing.name_of_city(deadline.zone))


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
        return When("fund", _("no deadline of its own"))
    if timing.is_over(entry):  # its dates say nothing any more
        return When("shut", _("closed"))
    deadline = timing.next_deadline(entry, now)
    if status is Status.FORTHCOMING:
        return _opening(entry, deadline, now)
    if timing.invited_only(entry, now):
        first, last = entry.deadlines[0], entry.deadlines[-1]
        more = (_("second stage, only for those invited, closes %(day)s", day=moment(last)),)
        return When("shut", _("first stage closed"), iso=machine_moment(first), day=moment(first), more=more)
    if deadline is not None:
        return _closing(entry, deadline, status, now)
    if status is Status.CLOSED:
        return When("shut", _("closed"))
    if entry.deadline_kind is DeadlineKind.UNTIL_EXHAUSTED:
        return When("used", _("open until the budget is used up"), more=(_("no closing date"),))
    if entry.deadline_kind is DeadlineKind.ROLLING:
        return When("", _("open all year"))
    return When("ask-source", _("no deadline stated"), more=(_("ask the source before you plan"),))


def _numbered(css: str, text: str, number: int, iso: str, day: str, more: tuple[str, ...]) -> When:
    """The text cut where its number stands; whole where the language has a word for it."""
    before, cut, after = text.partition(_NUMBER)
    return When(css, before.strip(), number if cut else None, after.strip(), iso, day, more)


def _opening(entry: Entry, deadline: Deadline | None, now: datetime) -> When:
    closes = (_("closes %(day)s", day=moment(deadline)),) if deadline else ()
    if entry.opening_date is None:
        return When("later", _("not open yet"), more=(_("opening date not stated"), *closes))
    left = (entry.opening_date - now.astimezone(BRUSSELS).date()).days
    iso, shown = entry.opening_date.isoformat(), writing.weekday(entry.opening_date)
    if left <= 1:
        return When("later", _("opens tomorrow") if left == 1 else _("opens today"), iso=iso, day=shown, more=closes)
    return _numbered("later", ngettext("opens in %(days)s day", "opens in %(days)s days", left, days=_NUMBER), left, iso, shown, closes)


def _closing(entry: Entry, deadline: Deadline, status: Status, now: datetime) -> When:
    left = timing.days_left(deadline, now)
    iso, shown, more = machine_moment(deadline), moment(deadline), _others(entry, deadline)
    if status is Status.CLOSED:
        if left > -2:
            return When("shut", _("closed yesterday") if left == -1 else _("closed today"), iso=iso, day=shown, more=more)
        text = ngettext("closed %(days)s day ago", "closed %(days)s days ago", -left, days=_NUMBER)
        return _numbered("shut", text, -left, iso, shown, more)
    css = "soon" if left <= SOON_DAYS else ""
    if left <= 1:
        return When(css, _("closes tomorrow") if left == 1 else _("closes today"), iso=iso, day=shown, more=more)
    return _numbered(css, ngettext("closes in %(days)s day", "closes in %(days)s days", left, days=_NUMBER), left, iso, shown, more)


def _others(entry: Entry, deadline: Deadline) -> tuple[str, ...]:
    """ "deadline, 1 of 2; then 2 Sep 2027" where there are several."""
    if len(entry.deadlines) < 2:
        return ()
    place = entry.deadlines.index(deadline)
    later = entry.deadlines[place + 1 :]
    what, number, several = _(ROLES[deadline.kind]), place + 1, len(entry.deadlines)
    if later:
        then = writing.day(later[0].date)
        return (_("%(what)s, %(number)s of %(several)s; then %(day)s", what=what, number=number, several=several, day=then),)
    # Translators: which of several deadlines: “cut-off, 2 of 2”
    return (_("%(what)s, %(number)s of %(several)s", what=what, number=number, several=several),)


def _days_since(instant: str, now: datetime) -> int:
    return (now.astimezone(BRUSSELS).date() - datetime.fromisoformat(instant).astimezone(BRUSSELS).date()).days


def age(last_seen: str, now: datetime) -> Age:
    """ "read 4 days ago"; older than 35 days it asks to check the source."""
    days = _days_since(last_seen, now)
    if now - datetime.fromisoformat(last_seen) > STALE_AFTER:
        text = ngettext("last read %(days)s day ago: check the source", "last read %(days)s days ago: check the source", days, days=days)
        return Age(text, old=True)
    if days <= 1:
        return Age(_("read yesterday") if days == 1 else _("read today"), old=False)
    return Age(ngettext("read %(days)s day ago", "read %(days)s days ago", days, days=days), old=False)


def ago(instant: str, now: datetime) -> str:
    """ "4 days ago, 18 Nov 2026" """
    days = _days_since(instant, now)
    if days > 1:
        text = ngettext("%(days)s day ago", "%(days)s days ago", days, days=days)
    else:
        text = _("yesterday") if days == 1 else _("today")
    return f"{text}, {day_of(instant)}"


def unbroken(text: str) -> str:
    """A text whose amounts are not parted at the end of a line."""
    return _IN_AMOUNT.sub("\u00a0", text)
