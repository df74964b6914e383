"""The sample records: crawl the bundled fixtures offline, publish and serve them."""

from __future__ import annotations

import json
import os

import click

from cli.crawling import crawl_and_publish
from cli.serving import serve_pages
from crawler import fixture_server
from search.settings import Settings

NOTE = "Sample records as of {day}: bundled with the program, partly with made-up texts. Not for finding money."


def recorded_on() -> str:
    """The day the fixtures show, YYYY-MM-DD."""
    days: list[str] = [json.loads((folder / "fixture.json").read_text(encoding="utf-8"))["recorded_on"] for folder in fixture_server.folders()]
    return max(days)


def demonstrate(config: Settings, host: str, port: int, serve: bool = True) -> int:
    """Crawl, publish, serve. The clock is set to the day of the samples, so that their deadlines make sense; the exit code."""
    if not fixture_server.folders():
        click.echo(f"funding: no sample records in {fixture_server.FIXTURES}: run this from a checkout of the repository", err=True)
        return 3
    day = recorded_on()
    os.environ["FUNDING_TODAY"] = day
    os.environ["FUNDING_DELAY"] = "0"
    os.environ.update(fixture_server.environment(fixture_server.folders()))
    click.echo(f"These are sample records as of {day}, read offline from {fixture_server.FIXTURES}.", err=True)
    from search.settings import load

    with fixture_server.serving_apart(fixture_server.folders()) as address:
        code = crawl_and_publish(load(config.data), [], address, note=NOTE.format(day=day))
    if code:
        return code
    if serve:
        click.echo(f"Serving sample records on http://{host}:{port} (stop with Ctrl-C)", err=True)
        serve_pages(config, host, port, workers=2)
    return 0
