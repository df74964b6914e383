"""docs/quality.md: what was measured on judged documents, with which commit and command, and how it compares with what was accepted.

One section a subject, each from a module of its own (`cli.label_quality`); a new subject adds its section to `write`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cli import label_quality as labels
from cli.judged import to_entry
from cli.quality import prediction

COMMAND = "make quality"
ROOT = Path(__file__).parents[1]

Row = Mapping[str, Any]


def predictions(documents: Sequence[Row], bare: bool = False) -> list[dict[str, Any]]:
    """The labels of documents as the scorer reads them. bare: as if nothing were known but country, title and text."""
    found = []
    for number, document in enumerate(documents):
        seen = {"id": f"document:{number}", "source": "document", "meta": {}} if bare else {}
        found.append(prediction(dict(document), to_entry({**document, **seen})))
    return found


def scores(documents: Sequence[Row], gold: Sequence[Row], score: labels.Score) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """The predictions for the judged documents, and every score that is compared with what was accepted."""
    names = {row["id"] for row in gold}
    judged = [document for document in documents if document["id"] in names]
    made = predictions(judged)
    found = labels.numbers(score(made, gold))
    found[labels.BARE] = score(predictions(judged, bare=True), gold)["ecosystems"]["micro_f1"]
    long = {d["id"] for d in judged if len(f"{d['title']} {d.get('text') or ''}") >= labels.LONG}
    found[labels.LONG_TEXTS] = score(made, [row for row in gold if row["id"] in long])["lang"]["accuracy"]
    return made, found


def write(page: Path, made: Sequence[Row], gold: Sequence[Row], found: Mapping[str, float], score: labels.Score, searches: str = "") -> None:
    """Write the page. searches: the section on them (`cli.search_quality`)."""
    bare = found["ecosystems.micro_f1"] - found[labels.BARE]
    more = {labels.BARE: found[labels.BARE], f"which falls by (at most {labels.MOST_LOST:.2f})": bare, labels.LONG_TEXTS: found[labels.LONG_TEXTS]}
    section = labels.section(labels.sure(score, made, gold), more, labels.errors(made, gold), len(gold))
    head = f"# Quality, measured\n\nWritten by `{COMMAND}` at commit {commit()}; not edited by hand. A test compares the scores with\n"
    head += "`tests/quality_baseline.json` and `tests/search_baseline.json` and fails when one has fallen by more than 0.02.\n"
    page.write_text(f"{head}\n{searches}{section}", encoding="utf-8")


def compare(baseline: Path, found: Mapping[str, float], accept: bool) -> list[str]:
    """What fell since the accepted scores, in words; with `accept` these become the accepted ones."""
    if accept or not baseline.exists():
        rounded = {name: round(value, 6) for name, value in sorted(found.items())}
        baseline.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    return labels.falls(found, json.loads(baseline.read_text(encoding="utf-8")))


def commit() -> str:
    """The commit that is measured, and whether files differ from it; "unknown" outside a repository."""
    git = ["git", "-C", str(ROOT)]
    done = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "crawler", "search", "cli"], check=False, capture_output=True).returncode == 1
    return (done.stdout.strip() or "unknown") + (" with changes" if changed else "")
