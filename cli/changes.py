"""What changed, on the terminal."""

from __future__ import annotations

import json
from datetime import date, datetime

import click

from search import change_words, changes, clock, engines
from search.clock import BRUSSELS
from search.settings import Settings
from search.store import Store
from search.vocabulary import TextUse


def tell(config: Settings, since: str | None, until: str | None, as_json: bool) -> None:
    """Print the changes of a window, newest first; without days, of the newest month with a crawl."""
    generation, store = engines.of(config).open_current(), Store(config.database_url, migrate=False)
    first, last = changes.month_days(next(iter(changes.months(store)), clock.today().strftime("%Y-%m")))
    start, end = changes.days(_day("--since", since, first), _day("--until", until, last))
    for change in changes.between(store, generation, start, end, clock.now()):
        stored = generation.stored(generation.columns.row_of[generation.copies.get(change.entry_id, change.entry_id)])
        facts = generation.sources.get(change.source)
        if as_json:
            click.echo(json.dumps(change_words.row(change, stored.entry, facts, clock.now()), ensure_ascii=False))
            continue
        day = datetime.fromisoformat(change.at).astimezone(BRUSSELS).date()
        click.echo(f"{day}  {change_words.EVENT_WORDS[change.event]}: {stored.entry.title} ({change.entry_id})")
        for line in change_words.words(change, facts.text_use if facts else TextUse.FACTS) if change.event is changes.Event.CHANGED else ():
            click.echo(f"            {line}")


def _day(option: str, value: str | None, default: date) -> date:
    try:
        return date.fromisoformat(value) if value else default
    except ValueError as error:
        raise click.BadParameter(f"{value} is not a date of the form 2026-12-31", param_hint=option) from error
