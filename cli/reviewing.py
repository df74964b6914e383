"""What to look at again: rows of the hand-kept tables whose last look is more than a year old."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

import click

from crawler import curated


def review_rows(today: date, as_json: bool) -> int:
    """Print the rows that are due, oldest first, and how to settle them; the exit code: 0 none, 1 some."""
    due = curated.due(today)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in due], default=str, ensure_ascii=False, indent=1))
        return 1 if due else 0
    for row in due:
        click.echo(f"{row.checked}  {row.table}: {row.key}  {row.address}".rstrip())
    if due:
        click.echo(f"{len(due)} rows to look at: correct them in {curated.FOLDER.name}/, and put today into their column “checked”")
        return 1
    click.echo(f"every row of the hand-kept tables was looked at within the last {curated.REVIEW_AFTER} days")
    return 0
