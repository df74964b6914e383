"""Labels corrected by hand, listed and handed on as judged labels; every record labelled anew."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from cli.options import data_option
from search import clock, engines, relabelling, timing
from search import corrections as made
from search.corrections import Correction
from search.settings import Settings
from search.store import Store


@click.command()
@data_option
@click.argument("entry")
@click.argument("facet")
@click.argument("values", nargs=-1)
@click.option("--why", metavar="TEXT", help="The reason, shown with the label.")
@click.option("--undo", is_flag=True, help="Take the correction of this facet away.")
@click.pass_obj
def correct(config: Settings, entry: str, facet: str, values: tuple[str, ...], why: str | None, undo: bool) -> None:
    """Set a FACET of an ENTRY to VALUES ("not-stated": none) by hand; it wins over source and words until undone."""
    if undo == bool(values or why):
        raise click.UsageError("give the values and --why, or --undo alone; not-stated stands for no value")
    store = Store(config.database_url)
    if undo:
        if not relabelling.undo(store, entry, facet):
            raise click.UsageError(f"{facet} of {entry} is not corrected")
        click.echo(f"{entry}: {facet} is again what its source and its words say, once `funding publish` has run")
        return
    if not (why and why.strip() and values):
        raise click.UsageError("say the values, and why with --why")
    try:
        chosen = made.checked(facet, values)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if not relabelling.correct(store, Correction(entry, facet, chosen, why.strip(), timing.utc(clock.now()))):
        raise click.UsageError(f"there is no entry {entry}")
    click.echo(f"{entry}: {facet} is {', '.join(chosen) or 'not stated'}, shown once `funding publish` has run")


@click.command()
@data_option
@click.option("--gold", type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path), help="Write them as judged labels.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def corrections(config: Settings, gold: Path | None, as_json: bool) -> None:
    """Labels corrected by hand."""
    store = Store(config.database_url, migrate=False)
    held = relabelling.corrected(store)
    if gold:
        _as_gold(store, held, gold)
        return
    rows = [vars(correction) | {"values": list(correction.values)} for several in held.values() for correction in several]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['entry_id']}  {row['facet']}: {', '.join(row['values']) or 'not stated'}  ({row['made'][:10]}) {row['why']}")


def _as_gold(store: Store, held: Mapping[str, Sequence[Correction]], file: Path) -> None:
    """Write the corrected entries with all their labels, one a line."""
    from cli.quality import prediction

    entries = [item.entry for item in store.all_entries() if item.entry.id in held]
    with click.open_file(str(file), "w", encoding="utf-8", atomic=str(file) != "-") as out:
        for entry in entries:
            row = made.gold(entry, held[entry.id], prediction({"id": entry.id}, entry))
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    if str(file) != "-":
        click.echo(f"{len(entries)} entries")


@click.command()
@data_option
@click.pass_obj
def reclassify(config: Settings) -> None:
    """Label every entry anew from its stored text, without crawling, and publish. Corrections are not touched."""
    from crawler.classify import classify

    store = Store(config.database_url)
    total, changed = relabelling.relabel(store, classify)
    click.echo(f"{total} entries labelled anew, {changed} of them differently")
    click.echo(engines.of(config).publish(store, clock.now(), config.generations, months=config.months))


COMMANDS = (correct, corrections, reclassify)
