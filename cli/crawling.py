"""Crawl several sources, one process each, one after the other, and publish what they brought."""

from __future__ import annotations

import json
import re

import click

from crawler import registry
from crawler.run import Outcome, crawl_apart
from crawler.settings import user_agent
from search import clock, engines, pauses
from search.settings import Settings
from search.store import Store


def crawl_and_publish(
    config: Settings, names: list[str], replay: str | None, as_json: bool = False, note: str = "", publish: bool = True, accept: bool = False
) -> int:
    """Crawl the sources (all that can be crawled here when none is named) and, unless told not to, publish.

    accept: take sources over although they differ from their last good run.
    The exit code: 0 all good, 1 some failed, 2 unknown source, 3 all failed.
    """
    known = registry.spiders()
    if closed := [registry.link_only()[name] for name in names if name in registry.link_only()]:
        click.echo("\n".join(f"funding: {facts.source} is not crawled: {facts.why_not} ({facts.homepage})" for facts in closed), err=True)
        return 2
    if unknown := [name for name in names if name not in known]:
        click.echo(f"funding: there is no source {', '.join(unknown)}; there are {', '.join(known)}", err=True)
        return 2
    if replay and not re.fullmatch(r"https?://[\w.:\[\]-]+/?", replay):
        click.echo(f"funding: --replay {replay} is no address such as http://127.0.0.1:9010", err=True)
        return 2
    user_agent(config.contact, replay)
    config.data.mkdir(parents=True, exist_ok=True)
    left_out = {} if names else unreadable() | paused(config)
    for name, why_not in left_out.items():
        click.echo(f"{name}: not crawled: {why_not}", err=True)
    outcomes = []
    # One after the other: sources share hosts, and a host gets one request at a time.
    for name in dict.fromkeys(names or (name for name in known if name not in left_out)):
        if not as_json:
            click.echo(f"{name}: crawling …", err=True)
        outcomes.append(crawl_apart(config, name, replay, accept))
        if not as_json:
            click.echo(describe(outcomes[-1]), err=True)
    good = [outcome for outcome in outcomes if outcome.good]
    generation = None
    if good and publish:
        store = Store(config.database_url)
        generation = engines.of(config).publish(store, clock.now(), config.generations, note, config.months)
        store.close()
    if as_json:
        rows = [outcome.__dict__ for outcome in outcomes]
        click.echo(json.dumps({"sources": rows, "not_crawled": left_out, "generation": generation}, ensure_ascii=False, indent=1))
    else:
        click.echo(f"published {generation}" if generation else "nothing new was published; what was published before stays", err=True)
    return 0 if len(good) == len(outcomes) else 1 if good else 3


def unreadable() -> dict[str, str | None]:
    """Sources that have a spider and cannot be crawled here, and why."""
    return {name: facts.why_not for name, spider in registry.spiders().items() if not (facts := spider.facts_here()).crawlable}


def paused(config: Settings) -> dict[str, str | None]:
    """Sources that a maintainer has paused, and why."""
    store = Store(config.database_url)
    with store.engine.connect() as connection:
        found = pauses.held(connection)
    store.close()
    return {name: pause.said() for name, pause in found.items()}


def describe(outcome: Outcome) -> str:
    """How a crawl went, in lines."""
    if not outcome.good:
        lines = [f"{outcome.source}: FAILED: {outcome.reason}"]
        if outcome.differs:
            lines.append(f"  if the source has truly changed, take it over: funding crawl {outcome.source} --accept-change")
    else:
        c = {name: int(n) for name, n in outcome.counts.items()}
        lines = [f"{outcome.source}: {c['found']} entries: {c['new']} new, {c['changed']} changed, {c['closed']} closed, "
                 f"{c['gone']} no longer listed, {c['back']} back, {c['quarantined']} quarantined"]  # fmt: skip
    return "\n".join(lines + [f"  {times} x {what}" for what, times in sorted(outcome.warnings.items())])
