"""The one clock. Everything that asks for the time asks here, so that a run can be pinned to a day.

`FUNDING_NOW` (ISO date-time with offset) pins the instant; `FUNDING_TODAY` (YYYY-MM-DD) means 00:00
Europe/Brussels of that day.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


class ClockError(ValueError):
    """A setting of the clock cannot be read."""


def pinned() -> datetime | None:
    """The pinned instant (aware), or None when the real clock runs. Raises ClockError on a bad setting."""
    if text := os.environ.get("FUNDING_NOW"):
        try:
            instant = datetime.fromisoformat(text)
        except ValueError as error:
            raise ClockError(f"FUNDING_NOW={text!r} is not an ISO date-time") from error
        if instant.tzinfo is None:
            raise ClockError(f"FUNDING_NOW={text!r} has no offset from UTC")
        return instant
    if text := os.environ.get("FUNDING_TODAY"):
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise ClockError(f"FUNDING_TODAY={text!r} is not a date YYYY-MM-DD") from error
        return datetime.combine(day, time.min, BRUSSELS)
    return None


def now() -> datetime:
    """The present instant in UTC."""
    return (pinned() or datetime.now(UTC)).astimezone(UTC)


def today() -> date:
    """The present day in Brussels."""
    return now().astimezone(BRUSSELS).date()
