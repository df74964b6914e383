"""What a proof says: its figures, printed as they come and written into its section of docs/reliability.md."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"


@dataclass(frozen=True)
class Figure:
    """One line of a proof. what: what was tried, and how often; found: what came out; holds: whether it came out as it must."""

    what: str
    found: str
    holds: bool = True

    def row(self) -> str:
        """The figure as a row of a table."""
        what, found = (text.replace("|", "\\|").replace("\n", " ") for text in (self.what, self.found))
        return f"| {what} | {found} | {'yes' if self.holds else '**no**'} |"


def commit() -> str:
    """The commit that is proven, and whether files differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
    return git("rev-parse", "--short", "HEAD") + (" and changes on top of it" if changed else "")


def write(part: str, figures: Sequence[Figure], page: Path = PAGE) -> None:
    """Put the figures of a part between its two marks in the page; everything else on it is written by hand.

    Raises ValueError where the page has no such marks.
    """
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- {part}: figures -->\n", f"<!-- {part}: end -->"
    said = f"At commit {commit()}, on {date.today():%-d %B %Y}, by `make prove PART={part}`:"  # noqa: DTZ011 the day on this machine's clock
    rows = ["| tried | found | holds |", "|---|---|---|", *(figure.row() for figure in figures)]
    section = "\n".join([begin + "", said, "", *rows, "", end])
    changed, times = re.subn(re.escape(begin) + ".*?" + re.escape(end), lambda _: section, text, count=1, flags=re.S)
    if not times:
        raise ValueError(f"{page.name} has no place for the figures of {part}")
    page.write_text(changed, encoding="utf-8")
