"""`funding`: crawl, publish, serve, look and check.

Exit codes: 0 done; 1 some sources failed, or a check found something; 2 wrong use; 3 nothing could be done.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from cli import correcting, source_commands
from cli.options import NOTHING, SOME, WRONG, data_option, fail
from search import __version__, clock, generations, history, logs, once, output, params, query, watching
from search import backup as backups
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
@click.option("--replay", metavar="URL", help="Ask a recording or simulator instead of the live portals.")
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
@click.argument("sources", nargs=-1)
@click.option("--replay", metavar="URL", help="Ask a recording or simulator instead of the live portals.")
@click.option("--once", is_flag=True, help="End when the crawl that is due is over, instead of waiting for the next month.")
@click.option("--show", is_flag=True, help="Only print what is due when.")
@click.pass_obj
def schedule(config: Settings, sources: tuple[str, ...], replay: str | None, once: bool, show: bool) -> None:
    """Every month crawl SOURCES (all when none is named), try again what fails, publish, report; until stopped."""
    from cli import schedule as scheduler

    sys.exit(scheduler.show(config, sources) if show else scheduler.run(config, sources, replay, once))


@cli.command()
@data_option
@click.option("--note", default="", help="A sentence for the top of every page.")
@click.pass_obj
def publish(config: Settings, note: str) -> None:
    """Build a new generation from the store and switch to it."""
    click.echo(generations.publish(Store(config.database_url), config.index_folder, clock.now(), config.generations, note, config.months))


@cli.command("generations")
@data_option
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_generations(config: Settings, as_json: bool) -> None:
    """The published generations that are kept, the newest first."""
    from cli.history import show

    show(config.index_folder, as_json)


@cli.command()
@data_option
@click.argument("generation", required=False)
@click.pass_obj
def rollback(config: Settings, generation: str | None) -> None:
    """Switch back to GENERATION, or to the one before the one in use."""
    old, new = history.roll_back(config.index_folder, generation)
    click.echo(f"{new} is in use instead of {old}")


@cli.command()
@data_option
@click.pass_obj
def check(config: Settings) -> None:
    """Do store, index and columns agree?"""
    generation = generations.open_current(config.index_folder)
    problems = generations.differences(Store(config.database_url, migrate=False), generation)
    for problem in problems:
        click.echo(problem)
    if problems:
        fail(f"{generation.name} and the store differ in {len(problems)} points: run `funding publish`", SOME)
    click.echo(f"{generation.name}: store, index and columns agree on {len(generation.columns)} entries")


@cli.command()
@data_option
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def health(config: Settings, as_json: bool) -> None:
    """Is everything as it should be: fresh, index equal to store, sources read, room on the disk?"""
    generation, store = generations.open_current(config.index_folder), Store(config.database_url, migrate=False)
    found = watching.condition(store, generation, config.data, store.source_states(clock.now()), clock.now())
    if as_json:
        click.echo(json.dumps(found.row(), indent=1))
    else:
        disk = ", ".join(f"{part} {size / 1e6:.1f} MB" for part, size in found.disk.items())
        click.echo(f"{found.generation} of {found.published}: {found.entries} entries; {disk}; {found.free / 1e9:.1f} GB free")
        click.echo("\n".join(found.problems) or "all is well")
    sys.exit(SOME if found.problems else 0)


@cli.command()
@data_option
@click.option("--per-host", default=50, show_default=True, type=click.IntRange(1), help="Addresses asked of one host; others each day.")
@click.option("--replay", metavar="URL", help="Ask a recording or simulator instead of the live portals.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def links(config: Settings, per_host: int, replay: str | None, as_json: bool) -> None:
    """Which published links lead nowhere? Asked politely, a few of each host."""
    from cli.links import check as check_links

    sys.exit(check_links(config, per_host, replay, as_json))


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
    generation, now, problem = history.open_for(config.index_folder, params.parse(pairs).as_of, clock.now())
    asked = history.answered(params.parse(pairs, generation.columns.values), problem)
    results = query.search(generation, asked, now)
    if as_json:
        click.echo(json.dumps(output.answer(results, generation.sources, now), ensure_ascii=False, indent=1))
        return
    for warning in asked.warnings:
        click.echo(f"{warning.parameter}={warning.value}: {warning.message}", err=True)
    click.echo(f"{results.total} results" + (f" ({results.whole} with all the words; the others have most)" if results.loosened else ""))
    for hit in results.hits:
        record = output.record(hit.stored, generation.sources.get(hit.stored.entry.source), now, hit.tier)
        click.echo(f"\n{record['title']}\n  {record['gist']}\n  {hit.status} · {record['id']}\n  {record['url']}")


for _command in (*correcting.COMMANDS, *source_commands.COMMANDS):
    cli.add_command(_command)

for _name in sorted(params.PARAMETERS - {"q"}):
    search.params.append(click.Option([f"--{_name.replace('_', '-')}", _name], multiple=True, help=None))


@cli.command()
@data_option
@click.option("--since", metavar="DAY", help="From this day on (default: the newest month with a crawl).")
@click.option("--until", metavar="DAY", help="Up to and including this day.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_obj
def changes(config: Settings, since: str | None, until: str | None, as_json: bool) -> None:
    """What is new, changed, open now, closed, no longer listed or listed again."""
    from cli.changes import tell

    tell(config, since, until, as_json)


@cli.command()
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


@cli.command()
@data_option
@click.argument("file", type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path))
@click.pass_obj
def export(config: Settings, file: Path) -> None:
    """Write every record to FILE as JSON Lines, licence and attribution with each."""
    store = Store(config.database_url, migrate=False)
    facts, now = store.source_facts(), clock.now()
    held = list(store.all_entries())
    merged = {item.entry.id: item for item in once.merge(held)}
    with click.open_file(str(file), "w", encoding="utf-8", atomic=str(file) != "-") as out:
        for stored in (merged.get(item.entry.id, item) for item in held):
            row = output.record(stored, facts.get(stored.entry.source), now)
            del row["score"], row["tier"]
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


@cli.command()
@data_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(config: Settings, file: Path) -> None:
    """Write every record of the store and the published generations to FILE, while the rest goes on."""
    made = backups.back_up(config.database_url, config.data, file, clock.now())
    for table, rows in made.records.items():
        click.echo(f"{table}: {rows} records")
    click.echo(f"{made.files} files of generations; {file}: {file.stat().st_size / 1e6:.1f} MB")


@cli.command()
@data_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(config: Settings, file: Path) -> None:
    """Restore a backup into an empty data folder and database, compared record for record."""
    made = backups.restore(file, config.database_url, config.data)
    for table, rows in made.records.items():
        click.echo(f"{table}: {rows} records, each as it was")
    click.echo(f"{made.files} files of generations; the state of {made.made}. Now run `funding publish`, then `funding check`")


@cli.command()
@data_option
@click.option("--to", "target", required=True, metavar="URL", help="An empty database, e.g. postgresql+psycopg://user@host/funding")
@click.pass_obj
def migrate(config: Settings, target: str) -> None:
    """Move the store to another database, compared row for row; the old one is left as it is."""
    from search import moving

    for table, rows in moving.move(config.database_url, target).items():
        click.echo(f"{table}: {rows} rows")
    click.echo("every row is there: set DATABASE_URL to the new address")


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

    generations.open_current(config.index_folder).close()
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


@cli.command()
@click.option("--docs", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--labels", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Score the labels against these.")
@click.option("--queries", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Answer these queries.")
@click.option("--distractors", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="More documents to search among.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--scorer", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The Python file that scores labels.")
@click.option("--page", type=click.Path(dir_okay=False, path_type=Path), help="Write the scores here, as Markdown.")
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Accepted scores: exit 1 when one fell by more than 0.02.")
@click.option("--accept", is_flag=True, help="Take the scores for the accepted ones.")
@click.option("--json", "as_json", is_flag=True)
def quality(
    docs: Path, labels: Path | None, queries: Path | None, distractors: Path | None, out: Path,
    scorer: Path | None, page: Path | None, baseline: Path | None, accept: bool, as_json: bool,
) -> None:  # fmt: skip
    """Classify and search judged documents in a throw-away folder; write predictions.jsonl and runs.jsonl to --out."""
    from cli import label_quality, quality_page, search_quality
    from cli.quality import measure, read

    report = measure(docs, labels, queries, distractors, out)
    fallen: list[str] = []
    if scorer and labels:
        score, gold = label_quality.scorer(scorer), list(read(labels))
        made, found = quality_page.scores(list(read(docs)), gold, score)
        report |= {name: round(value, 3) for name, value in found.items()}
        fallen = quality_page.compare(baseline, found, accept) if baseline else []
        searches = ""
        if queries:
            asked = search_quality.scores(list(read(docs)), list(read(queries)), scorer, list(read(distractors)) if distractors else [])
            report |= {name: round(value, 3) for name, value in search_quality.numbers(asked).items()}
            fallen += quality_page.compare(baseline.with_name(search_quality.BASELINE), search_quality.numbers(asked), accept) if baseline else []
            searches = search_quality.section(asked) + "\n"
        if page:
            quality_page.write(page, made, gold, found, score, searches)
    click.echo(json.dumps(report, ensure_ascii=False, indent=1) if as_json else "\n".join(f"{k}: {v}" for k, v in report.items()))
    if fallen:
        fail("scores fell: " + "; ".join(fallen), SOME)


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
