"""A search as a calendar (RFC 5545): every deadline of every result is an event.

An event keeps its UID for as long as the entry lives, so that a moved deadline moves in the reader's calendar; its SEQUENCE
counts what happened to the entry. Of an entry that its source no longer lists, and of a deadline that was dropped, the
event is cancelled, not left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event
from pydantic import ValidationError

from search import timing
from search.i18n import begun, ngettext
from search.i18n import gettext as _
from search.records import Deadline
from webapp import words

PRODUCT = "-//Skills Funding Finder//Deadlines//EN"
UID_HOST = "skills-funding-finder"  # of no machine: a UID stays when the site moves
ALARMS = (14, 3)  # days before
MORNING = timedelta(hours=9)  # when a day without an hour reminds
END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True)
class Dated:
    """An entry for the calendar: the record of the API, its page, and its history, newest first."""

    record: dict[str, Any]
    page: str
    history: list[dict[str, Any]]


def as_ics(name: str, address: str, entries: Iterable[Dated]) -> Iterator[bytes]:
    """The calendar, event by event. name: what was searched for; address: the search."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("url", address)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    yield calendar.to_ical().removesuffix(END)
    for entry in entries:
        for event in events(entry):
            yield event.to_ical()
    yield END


def events(entry: Dated) -> list[Event]:
    """One event per deadline, and a cancelled one per deadline that an earlier version had and that was dropped."""
    deadlines = [Deadline.model_validate(d) for d in entry.record["deadlines"]]
    gone = entry.record["no_longer_listed_since"] is not None
    found = [_event(entry, number, d, cancelled=gone) for number, d in enumerate(deadlines, 1)]
    dropped = _dropped(entry.history, len(deadlines))
    return found + [_event(entry, number, d, cancelled=True) for number, d in dropped.items()]


def _dropped(history: Iterable[Mapping[str, Any]], now: int) -> dict[int, Deadline]:
    """Place -> the deadline that last stood there, for the places beyond the `now` first."""
    found: dict[int, Deadline] = {}
    for row in history:
        earlier = (row["changes"].get("deadlines") or [[]])[0] or []
        for number, value in enumerate(earlier[now:], now + 1):
            if number not in found:
                try:
                    found[number] = Deadline.model_validate(value)
                except ValidationError:  # written by an earlier version, in another shape
                    continue
    return found


def _event(entry: Dated, number: int, deadline: Deadline, cancelled: bool) -> Event:
    record, event = entry.record, Event()
    last = max([record["last_changed"], *(row["seen"] for row in entry.history)])
    title = record["title_en"] or record["title"]
    event.add("uid", f"{record['id']}/{number}@{UID_HOST}")
    event.add("sequence", sum(row["event"] != "new" for row in entry.history))
    event.add("dtstamp", datetime.fromisoformat(last))
    event.add("last-modified", datetime.fromisoformat(last))
    event.add("dtstart", _start(deadline))
    event.add("summary", f"{begun(_(words.ROLES[deadline.kind]))}: {title}")
    event.add("description", _description(record, deadline))
    event.add("url", entry.page)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    for days in () if cancelled else ALARMS:
        event.add_component(_alarm(days, title, whole_day=deadline.time is None))
    return event


def _start(deadline: Deadline) -> datetime | Any:
    """The day, or the instant in UTC where the source states an hour."""
    if deadline.time is None:
        return deadline.date
    return datetime.fromtimestamp(timing.end_of(deadline), UTC)


def _description(record: Mapping[str, Any], deadline: Deadline) -> str:
    gone, licence = record["no_longer_listed_since"], record["licence"] or _("not known")
    terms = [licence if licence != "not stated" else _("not stated"), record["attribution"]]
    lines = [
        words.moment(deadline),
        record["gist"],
        _("No longer listed by the source since %(day)s.", day=words.day_of(gone)) if gone else None,
        _("At the source: %(address)s", address=record["url"]),
        _("Licence: %(licence)s", licence=", ".join(filter(None, terms))),
    ]
    return "\n".join(filter(None, lines))


def _alarm(days: int, title: str, whole_day: bool) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", ngettext("%(days)s day left: %(title)s", "%(days)s days left: %(title)s", days, days=days, title=title))
    alarm.add("trigger", (MORNING if whole_day else timedelta()) - timedelta(days=days))
    return alarm
