"""`funding`: crawl, publish, serve, look and check.

Exit codes: 0 done; 1 some sources failed, or a check found something; 2 wrong use; 3 nothing could be done.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from cli import administering, correcting, quality_commands, source_commands, upkeep_commands
from cli.options import NOTHING, WRONG, data_option, fail
from search import __version__, clock, engines, history, logs, output, pairs, params, reading
from search.generations import GenerationError
from search.settings import Settings, SettingsError
from search.settings import load as load_settings
from search.store import Store, StoreError


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog="Exit codes: 0 done, 1 some failed, 2 wrong use, 3 nothing done.")
@click.option("--data", type=click.Path(file_okay=False), help="Data folder (default: FUNDING_DATA, else ./var).")
@click.version_option(__version__)
@click.pass_context
def cli(context: click.Context, data: str | None) -> None:
    """Find European, national and regional money for upskilling and reskilling."""
    context.obj = load_settings(data)
    logs.set_up(context.obj.log)


@cli.command()
@data_option
@click.argument("sources", nargs=-1)
@click.option("--replay", metavar="URL", envvar="FUNDING_REPLAY", help="Ask a recording or simulator instead of the live portals.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with the outcome of every source.")
@click.option("--no-publish", is_flag=True, help="Store only.")
@click.option("--accept-change", is_flag=True, help="Take SOURCES over although they differ much from their last good run: you have looked.")
@click.pass_obj
def crawl(config: Settings, sources: tuple[str, ...], replay: str | None, as_json: bool, no_publish: bool, accept_change: bool) -> None:
    """Crawl SOURCES (all when none is named), store, publish."""
    from cli.crawling import crawl_and_publish

    if accept_change and not sources:
        fail("--accept-change needs the names of the sources that were looked at", WRONG)
    sys.exit(crawl_and_publish(config, list(sources), replay, as_json=as_json, publish=not no_publish, accept=accept_change))


@cli.command()
@data_option
@click.option("--note", default="", help="A sentence for the top of every page.")
@click.pass_obj
def publish(config: Settings, note: str) -> None:
    """Build a new generation from the store and switch to it."""
    click.echo(engines.of(config).publish(Store(config.database_url), clock.now(), config.generations, note, config.months))


@cli.command()
@data_option
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="The answer of the API.")
@click.pass_context
def search(context: click.Context, /, words: tuple[str, ...], as_json: bool, **filters: Any) -> None:
    """Search on the terminal: WORDS, and the parameters of the page as options (`--country IT --country FR`)."""
    config: Settings = context.obj
    pairs = [("q", " ".join(words))] if words else []
    pairs += [(name, value) for name, values in filters.items() for value in values]
    generation, now, problem = engines.of(config).open_for(reading.parse(pairs).as_of, clock.now())
    asked = history.answered(reading.parse(pairs, generation.columns.values), problem)
    results = generation.search(asked, now)
    if as_json:
        click.echo(json.dumps(output.answer(results, generation.sources, now), ensure_ascii=False, indent=1))
        return
    for warning in asked.warnings:
        click.echo(f"{warning.parameter}={warning.value}: {warning.message}", err=True)
    click.echo(f"{results.total} results" + (f" ({results.whole} with all the words; the others have most)" if results.loosened else ""))
    for hit in results.hits:
        record = output.record(hit.stored, generation.sources.get(hit.stored.entry.source), now, hit.tier)
        click.echo(f"\n{record['title']}\n  {record['gist']}\n  {hit.status} · {record['id']}\n  {record['url']}")


for _name in sorted(params.PARAMETERS - {"q"}):
    search.params.append(click.Option([f"--{_name.replace('_', '-')}", _name], multiple=True, help=None))


@cli.command()
@data_option
@click.argument("file", type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path))
@click.pass_obj
def export(config: Settings, file: Path) -> None:
    """Write every record to FILE as JSON Lines, licence and attribution with each."""
    store = Store(config.database_url, migrate=False)
    facts, now = store.source_facts(), clock.now()
    held = list(store.all_entries())
    merged = {item.entry.id: item for item in pairs.merge(store, held)}
    with click.open_file(str(file), "w", encoding="utf-8", atomic=str(file) != "-") as out:
        for stored in (merged.get(item.entry.id, item) for item in held):
            row = output.record(stored, facts.get(stored.entry.source), now)
            del row["score"], row["tier"]
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


@cli.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--debug", is_flag=True, help="Flask's own server, for development only.")
@click.pass_obj
def serve(config: Settings, host: str, port: int, workers: int, debug: bool) -> None:
    """Serve the pages and the API."""
    from cli.serving import serve_pages

    engines.of(config).open_current().close()
    serve_pages(config, host, port, workers, debug=debug)


@cli.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-serve", is_flag=True, help="Crawl and publish only.")
@click.pass_obj
def demo(config: Settings, host: str, port: int, no_serve: bool) -> None:
    """Crawl the bundled sample records offline, publish, serve."""
    from cli.demonstration import demonstrate

    sys.exit(demonstrate(config, host, port, serve=not no_serve))


for _command in (*administering.COMMANDS, *upkeep_commands.COMMANDS, *correcting.COMMANDS, *source_commands.COMMANDS, *quality_commands.COMMANDS):
    cli.add_command(_command)


def main() -> None:
    """Entry point: named errors become one line and an exit code."""
    from crawler.settings import ContactMissingError

    try:
        cli(prog_name="funding")
    except (SettingsError, ContactMissingError) as error:
        fail(str(error), WRONG)
    except (StoreError, GenerationError, OSError) as error:
        fail(str(error), NOTHING)


if __name__ == "__main__":
    main()
