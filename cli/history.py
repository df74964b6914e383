"""The generations that are kept, as a list on the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from search.history import Listed


def show(kept: Sequence[Listed], as_json: bool) -> None:
    """Print every generation, the newest first."""
    if as_json:
        rows = [{**vars(g), "published": g.published.isoformat() if g.published else None} for g in kept]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for generation in kept:
        when = f"{generation.published:%Y-%m-%d %H:%M} UTC" if generation.published else "cannot be read"
        marks = ("  in use" if generation.in_use else "") + ("  taken back" if generation.withdrawn else "")
        click.echo(f"{generation.name}  {when}  {generation.entries} entries{marks}")
    if not kept:
        click.echo("nothing is published")
