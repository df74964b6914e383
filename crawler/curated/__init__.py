"""Tables that people keep by hand, one row one fact; the sources beside them read them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

REVIEW_AFTER = 365  # days
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Due:
    """A row that nobody has looked at for longer than REVIEW_AFTER. key: its first cell; checked: when it was last looked at."""

    table: str
    key: str
    checked: date
    address: str


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of this folder: column -> cell, empty cells as empty texts."""
    return tuple(csv.DictReader((FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


def due(today: date) -> list[Due]:
    """The rows of every table with a column `checked` that are to be looked at again, oldest first."""
    found = []
    for path in sorted(FOLDER.glob("*.csv")):
        for row in rows(path.stem):
            if "checked" not in row:
                break
            checked = date.fromisoformat(row["checked"])
            if (today - checked).days > REVIEW_AFTER:
                address = row.get("url") or row.get("homepage") or ""
                found.append(Due(path.stem, next(iter(row.values())), checked, address))
    return sorted(found, key=lambda item: (item.checked, item.table, item.key))
