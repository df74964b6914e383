"""Instants of a source as the calendar day, and the hour where one is stated, that people there read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def local(instant: datetime, zone: str) -> dict[str, str]:
    """The day in a zone, and the hour: midnight there, or in the zone the source wrote, states none."""
    here = instant.astimezone(ZoneInfo(zone))
    day = {"date": f"{here:%Y-%m-%d}"}
    return day if "00:00" in (f"{instant:%H:%M}", f"{here:%H:%M}") else day | {"time": f"{here:%H:%M}"}
