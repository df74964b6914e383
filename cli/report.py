"""The month's report: on the terminal, as JSON, and sent to whoever is to know."""

from __future__ import annotations

import json
import logging

import apprise
import click

from search import changes, clock, engines, report
from search.generations import GenerationError
from search.report import Report
from search.settings import Settings
from search.store import Store


def show(config: Settings, month: str | None, as_json: bool, send: bool) -> int:
    """Print the report of a month (default: the newest with a crawl); the exit code."""
    store = Store(config.database_url, migrate=False)
    newest = next(iter(changes.months(store)), None)
    if month is None and newest is None:
        click.echo("funding: no crawl has ended well yet", err=True)
        return 3
    made = make(config, store, str(month or newest))
    click.echo(json.dumps(made.row(), ensure_ascii=False, indent=1) if as_json else report.text(made))
    if send and not notify(config.notify, made):
        click.echo("funding: the report could not be sent: " + ("FUNDING_NOTIFY is not set" if not config.notify else "see the log"), err=True)
        return 1
    return 0


def make(config: Settings, store: Store, month: str) -> Report:
    """The report of a month, with what changed if anything is published."""
    try:
        generation = engines.of(config).open_current()
    except GenerationError:
        return report.report(store, month, None, clock.now())
    made = report.report(store, month, generation, clock.now())
    generation.close()
    return made


def notify(addresses: tuple[str, ...], made: Report) -> bool:
    """Send the report to the addresses (mail, messenger: whatever Apprise knows); whether all of it arrived."""
    logging.getLogger("apprise").setLevel(logging.WARNING)
    sender = apprise.Apprise()
    known = sender.add(list(addresses))
    kind = apprise.NotifyType.WARNING if made.in_trouble else apprise.NotifyType.SUCCESS
    title = f"Skills Funding Finder, {made.month}: " + (f"{len(made.in_trouble)} sources need a look" if made.in_trouble else "all sources read")
    return bool(sender.notify(body=report.text(made), title=title, notify_type=kind)) and known
