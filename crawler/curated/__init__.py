"""Tables that people keep by hand, one row one fact; the sources beside them read them."""

from __future__ import annotations

import csv
from pathlib import Path


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of this folder: column -> cell, empty cells as empty texts."""
    return list(csv.DictReader(Path(__file__).with_name(f"{name}.csv").read_text(encoding="utf-8").splitlines()))
