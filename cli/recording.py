"""Save a source's pages as a fixture folder, from the live portal or a replayed one."""

from __future__ import annotations

from pathlib import Path

import click

from crawler import fixture_server, recording, registry
from crawler.watching import watch
from search import clock
from search.locks import AlreadyRunningError
from search.settings import Settings


def record_source(config: Settings, name: str, replay: str | None, pages: int, folder: Path | None) -> int:
    """Crawl a few pages of each kind and write them down; the exit code: 0 written, 2 nothing can be asked, 3 nothing came, or not now."""
    if hindrance := registry.hindrance(name):
        begin = "" if name in registry.spiders() else f"; with leave to read it, begin with: funding new-source {name} URL"
        click.echo(f"funding: {hindrance}{begin}", err=True)
        return 2
    spider_class = registry.spiders()[name]
    target = folder or config.data / "recorded" / name
    try:
        watched = watch(config, spider_class, replay, pages)
    except AlreadyRunningError as error:
        click.echo(f"funding: not asked: {error}", err=True)
        return 3
    if not watched.answers:
        click.echo(f"funding: nothing to record of {name}: {watched.failure or 'it makes no requests'}", err=True)
        return 3
    count = recording.write(target, name, watched.answers, clock.today(), live=replay is None)
    click.echo(f"{target}: {count} pages, {watched.drafts} entries read from them, {watched.refused} requests beyond {pages} of a kind not sent")
    if watched.failure:
        click.echo(f"the run ended early: {watched.failure}")
    click.echo("Next: read every page for names of persons; trim the lists to the calls whose pages are here; replace the texts by your own;")
    click.echo(f"then move the folder to {fixture_server.FIXTURES / name} and write expected.json: python -m tests.replaying {name}")
    return 0
