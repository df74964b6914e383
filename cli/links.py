"""funding links: which published links lead nowhere."""

from __future__ import annotations

import json
import logging
from contextlib import closing

import click

from crawler import link_check
from search import clock, dead_links, engines
from search.settings import Settings
from search.store import Store


def check(config: Settings, per_host: int, replay: str | None, as_json: bool) -> int:
    """Check some published links; keep and print those that are gone, with the entries that show them; the exit code: 1 when there are any."""
    generation = engines.of(config).open_current()
    shown: dict[str, list[str]] = {}
    for stored in generation.all():
        for address in link_check.addresses(stored.entry):
            shown.setdefault(address, []).append(stored.entry.id)
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    asked = link_check.chosen(shown, per_host, clock.today())
    found = link_check.check(config, asked, replay)
    gone, unclear = found.gone, found.unclear
    with closing(Store(config.database_url)) as store, store.engine.begin() as connection:
        dead_links.note(connection, gone, found.fine, shown, clock.now())
    if as_json:
        rows = [{"url": address, "reason": reason, "entries": shown[address]} for address, reason in sorted(gone.items())]
        click.echo(json.dumps({"known": len(shown), "asked": len(asked), "gone": rows, "unclear": unclear}, ensure_ascii=False, indent=1))
        return 1 if gone else 0
    for address, reason in sorted(gone.items()):
        click.echo(f"{reason}: {address}\n  {', '.join(shown[address])}")
    click.echo(f"{len(asked)} of {len(shown)} addresses asked: {len(gone)} lead nowhere")
    for reason, times in sorted(unclear.items()):
        click.echo(f"  {times} x cannot be told: {reason}")
    return 1 if gone else 0
