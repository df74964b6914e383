"""The commands of who keeps an installation running: the schedule, generations, health, changes and reports, copies of the store."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import click

from cli.options import SOME, data_option, fail
from search import backup as backups
from search import clock, engines, watching
from search.settings import Settings
from search.store import Store


@click.command()
@data_option
@click.argument("sources", nargs=-1)
@click.option("--replay", metavar="URL", envvar="FUNDING_REPLAY", help="Ask a recording or simulator instead of the live portals.")
@click.option("--once", is_flag=True, help="End when the crawl that is due is over, instead of waiting for the next month.")
@click.option("--show", is_flag=True, help="Only print what is due when.")
@click.pass_obj
def schedule(config: Settings, sources: tuple[str, ...], replay: str | None, once: bool, show: bool) -> None:
    """Every month crawl SOURCES (all when none is named), try again what fails, publish, report; until stopped."""
    from cli import schedule as scheduler

    sys.exit(scheduler.show(config, sources) if show else scheduler.run(config, sources, replay, once))


@click.command("generations")
@data_option
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_generations(config: Settings, as_json: bool) -> None:
    """The published generations that are kept, the newest first."""
    from cli.history import show

    show(engines.of(config).listed(), as_json)


@click.command()
@data_option
@click.argument("generation", required=False)
@click.pass_obj
def rollback(config: Settings, generation: str | None) -> None:
    """Switch back to GENERATION, or to the one before the one in use."""
    old, new = engines.of(config).roll_back(generation)
    click.echo(f"{new} is in use instead of {old}")


@click.command()
@data_option
@click.pass_obj
def check(config: Settings) -> None:
    """Do store, index and columns agree?"""
    engine = engines.of(config)
    generation = engine.open_current()
    problems = engine.differences(Store(config.database_url, migrate=False), generation)
    for problem in problems:
        click.echo(problem)
    if problems:
        fail(f"{generation.name} and the store differ in {len(problems)} points: run `funding publish`", SOME)
    click.echo(f"{generation.name}: store, index and columns agree on {len(generation.columns)} entries")


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def health(config: Settings, as_json: bool) -> None:
    """Is everything as it should be: fresh, index equal to store, sources read, room on the disk?"""
    engine = engines.of(config)
    generation, store = engine.open_current(), Store(config.database_url, migrate=False)
    found = watching.condition(store, generation, engine.current_name(), config.data, store.source_states(clock.now()), clock.now())
    if as_json:
        click.echo(json.dumps(found.row(), indent=1))
    else:
        disk = ", ".join(f"{part} {size / 1e6:.1f} MB" for part, size in found.disk.items())
        click.echo(f"{found.generation} of {found.published}: {found.entries} entries; {disk}; {found.free / 1e9:.1f} GB free")
        click.echo("\n".join(found.problems) or "all is well")
    sys.exit(SOME if found.problems else 0)


@click.command()
@data_option
@click.option("--per-host", default=50, show_default=True, type=click.IntRange(1), help="Addresses asked of one host; others each day.")
@click.option("--replay", metavar="URL", envvar="FUNDING_REPLAY", help="Ask a recording or simulator instead of the live portals.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def links(config: Settings, per_host: int, replay: str | None, as_json: bool) -> None:
    """Which published links lead nowhere? Asked politely, a few of each host."""
    from cli.links import check as check_links

    sys.exit(check_links(config, per_host, replay, as_json))


@click.command()
@data_option
@click.option("--since", metavar="DAY", help="From this day on (default: the newest month with a crawl).")
@click.option("--until", metavar="DAY", help="Up to and including this day.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def changes(config: Settings, since: str | None, until: str | None, as_json: bool) -> None:
    """What is new, changed, open now, closed, no longer listed or listed again."""
    from cli.changes import tell

    tell(config, since, until, as_json)


@click.command()
@data_option
@click.option("--month", metavar="YYYY-MM", help="Default: the newest month with a crawl.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--send", is_flag=True, help="Send it to FUNDING_NOTIFY too.")
@click.pass_obj
def report(config: Settings, month: str | None, as_json: bool, send: bool) -> None:
    """How the crawls of a month went, source by source, against the time before."""
    from cli.report import show

    if month and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise click.BadParameter(f"{month} is not a month of the form 2026-12", param_hint="--month")
    sys.exit(show(config, month, as_json, send))


@click.command()
@data_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(config: Settings, file: Path) -> None:
    """Write every record of the store and the published generations to FILE, while the rest goes on."""
    made = backups.back_up(config.database_url, config.data, file, clock.now())
    for table, rows in made.records.items():
        click.echo(f"{table}: {rows} records")
    click.echo(f"{made.files} files of generations; {file}: {file.stat().st_size / 1e6:.1f} MB")


@click.command()
@data_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(config: Settings, file: Path) -> None:
    """Restore a backup into an empty data folder and database, compared record for record."""
    made = backups.restore(file, config.database_url, config.data)
    for table, rows in made.records.items():
        click.echo(f"{table}: {rows} records, each as it was")
    click.echo(f"{made.files} files of generations; the state of {made.made}. Now run `funding publish`, then `funding check`")


@click.command()
@data_option
@click.option("--to", "target", required=True, metavar="URL", help="An empty database, e.g. postgresql+psycopg://user@host/funding")
@click.pass_obj
def migrate(config: Settings, target: str) -> None:
    """Move the store to another database, compared row for row; the old one is left as it is."""
    from search import moving

    for table, rows in moving.move(config.database_url, target).items():
        click.echo(f"{table}: {rows} rows")
    click.echo("every row is there: set DATABASE_URL to the new address")


COMMANDS = (schedule, list_generations, rollback, check, health, links, changes, report, backup, restore, migrate)
