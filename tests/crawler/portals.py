"""The national portals and TED as the simulator shows them, and its own account of them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from crawler import registry
from tests.conftest import SHARED, environment

DAYS = ("first_seen", "last_seen", "last_changed", "no_longer_listed_since")
OCTOBER, NOVEMBER = "2026-10-22", "2026-11-22"


@cache
def oracle(day: str) -> dict[str, Any]:
    """The simulator's account of the national portals on a day, per source: ids of the complete list, truth of its made-up calls by marker."""
    name = "oracle_national.json" if day == NOVEMBER else f"oracle_national_{day}.json"
    portals: dict[str, Any] = json.loads((SHARED / "portal_sim" / name).read_text(encoding="utf-8"))["portals"]
    return portals


NATIONAL = sorted(registry.spiders().keys() & oracle(NOVEMBER).keys()) if SHARED.is_dir() else []
SOURCES = [*NATIONAL, "ted"]
REGIONS = ["it_basilicata", "it_calabria", "it_sicilia"]  # as recorded, the same every month
KEYS = {spider.needs_token: "SYN-ACCOUNT-TOKEN" for spider in registry.spiders().values() if spider.needs_token}  # the one the simulator takes


def settings(day: str, **more: str) -> dict[str, str]:
    """The environment of a crawl on a day, without pauses."""
    return environment(**{"FUNDING_DELAY": "0", "FUNDING_TODAY": day, **KEYS, **more})


@dataclass(frozen=True)
class Months:
    """A data folder after the crawls of October and November, and what those said of themselves (source -> outcome)."""

    data: Path
    october: dict[str, Any]
    november: dict[str, Any]

    @cached_property
    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every stored entry by source: its record, and first_seen, last_seen, last_changed, no_longer_listed_since as days."""
        found: dict[str, list[dict[str, Any]]] = {}
        with closing(sqlite3.connect(self.data / "funding.db")) as database, database:
            for record, source, *days in database.execute(f"select record, source, {', '.join(DAYS)} from entries order by id"):
                found.setdefault(source, []).append(json.loads(record) | dict(zip(DAYS, days, strict=True)))
        return found

    @cached_property
    def events(self) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """What November's crawl changed, by entry: [(event, {field: [old, new]})]."""
        found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        with closing(sqlite3.connect(self.data / "funding.db")) as database, database:
            newest = database.execute("select max(seen) from versions").fetchone()[0]
            for entry_id, event, changes in database.execute("select entry_id, event, changes from versions where seen = ?", (newest,)):
                found.setdefault(entry_id, []).append((event, json.loads(changes)))
        return found

    @staticmethod
    def record(row: dict[str, Any]) -> dict[str, Any]:
        """The record alone, without the days."""
        return {name: value for name, value in row.items() if name not in DAYS}

    def listed(self, source: str) -> list[dict[str, Any]]:
        """What the portal listed in November."""
        newest = max(row["last_seen"] for row in self.rows[source])
        return [row for row in self.rows[source] if row["last_seen"] == newest]

    def listed_before(self, source: str) -> list[dict[str, Any]]:
        """What it listed in October; dates and texts as of now."""
        oldest = min(row["first_seen"] for row in self.rows[source])
        return [row for row in self.rows[source] if row["first_seen"] == oldest]
