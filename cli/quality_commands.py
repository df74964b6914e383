"""Labels and searches measured on judged documents: `funding quality`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cli.options import SOME, fail


@click.command()
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


COMMANDS = (quality,)
