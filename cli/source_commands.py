"""The commands about sources: how they are, one question to one, a recording, a new one, what to look at again."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

import click

from cli.options import data_option
from search import clock, pauses
from search.settings import Settings
from search.sources import SourceState, never_read
from search.store import NoStoreError, Store


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True)
@click.option("--markdown", is_flag=True, help="docs/sources.md: the facts alone.")
@click.pass_obj
def sources(config: Settings, as_json: bool, markdown: bool) -> None:
    """The sources: what they are, when they were last read, how they are."""
    from cli import sources_page
    from crawler import registry

    if markdown:
        click.echo(sources_page.markdown(), nl=False)
        return

    known = {facts.source: facts for facts in registry.facts()}
    try:
        states = Store(config.database_url, migrate=False).source_states(clock.now(), known)
    except NoStoreError:
        states = [never_read(facts) for facts in known.values()]
    if as_json:
        click.echo(json.dumps([state.row() for state in states], ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(line for state in states for line in _lines(state)))


def _lines(state: SourceState) -> list[str]:
    """One source for people."""
    facts = state.facts
    if not facts.crawlable:
        return [f"{facts.source}  not crawlable: {facts.why_not}", f"  {facts.title}: {facts.homepage}", f"  needed: {facts.needed}"]
    return [
        f"{facts.source}  {state.health}  {state.calls} entries  last good: {state.last_good or 'never'}",
        f"  {facts.title} ({', '.join(facts.level)}; format {facts.format_seen})",
        *([f"  {pauses.said(state.paused_since, state.paused_why or '')}"] if state.paused_since else []),
        *([f"  {state.reason}"] if state.reason else []),
        *(f"  {times} x {what}" for what, times in sorted(state.warnings.items())),
    ]


@click.command()
@data_option
@click.argument("source")
@click.option("--replay", metavar="URL", help="Ask a recording or simulator instead of the live portal.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def probe(config: Settings, source: str, replay: str | None, as_json: bool) -> None:
    """One polite request to SOURCE: may we, does it answer, does the answer still have the form we know?"""
    from cli.probing import probe_source

    sys.exit(probe_source(config, source, replay, as_json))


@click.command()
@data_option
@click.argument("source")
@click.option("--replay", metavar="URL", help="Record a simulator instead of the live portal.")
@click.option("--pages", default=3, show_default=True, type=click.IntRange(1, 100), help="How many pages of each kind are asked for.")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="The folder to write (default: recorded/SOURCE in the data folder)."
)
@click.pass_obj
def record(config: Settings, source: str, replay: str | None, pages: int, folder: Path | None) -> None:
    """Save a few pages of SOURCE as a fixture folder, persons left out."""
    from cli.recording import record_source

    sys.exit(record_source(config, source, replay, pages, folder))


@click.command("new-source")
@click.argument("name")
@click.argument("url")
def begin_source(name: str, url: str) -> None:
    """Write the beginning of a source: a spider and a fixture folder that say what to do next."""
    from cli.scaffold import new_source

    sys.exit(new_source(Path.cwd(), name, url, clock.today()))


@click.command()
@click.option("--json", "as_json", is_flag=True)
def review(as_json: bool) -> None:
    """The rows of hand-kept tables that nobody has looked at for a year; exit code 1 when there are some."""
    from cli.reviewing import review_rows

    sys.exit(review_rows(clock.today(), as_json))


@click.command("pause")
@data_option
@click.argument("source")
@click.option("--why", required=True, metavar="TEXT", help="The reason, shown on the page of the sources.")
@click.pass_obj
def pause_source(config: Settings, source: str, why: str) -> None:
    """Leave SOURCE out of the schedule and of crawls of all, until `funding resume`."""
    from crawler import registry

    if source not in registry.spiders():
        raise click.UsageError(f"there is no source {source} that is crawled")
    if not why.strip():
        raise click.UsageError("say why it is paused: --why TEXT")
    with closing(Store(config.database_url)) as store, store.engine.begin() as connection:
        if not pauses.pause(connection, source, "command line", why.strip(), clock.now()):
            raise click.UsageError(f"{source} is paused already")
    click.echo(f"{source} is left out of the schedule and of crawls of all until `funding resume {source}`; its entries stay")


@click.command("resume")
@data_option
@click.argument("source")
@click.pass_obj
def resume_source(config: Settings, source: str) -> None:
    """Let a paused SOURCE be crawled again."""
    with closing(Store(config.database_url)) as store, store.engine.begin() as connection:
        if not pauses.resume(connection, source):
            raise click.UsageError(f"{source} is not paused")
    click.echo(f"{source} is crawled again")


COMMANDS = (sources, probe, record, begin_source, review, pause_source, resume_source)
