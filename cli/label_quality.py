"""Scores of the labels of judged documents: per facet, value and language, how sure each is, and every error.

The scorer is a module of its own that comes with the judged documents; it is read from its file, not copied.
"""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
Scores = dict[str, Any]  # what the scorer answers: facet -> measure -> number, or value -> number
Score = Callable[[Sequence[Row], Sequence[Row]], Scores]

SEVERAL, ONE = ("ecosystems", "intervention", "beneficiaries", "nuts"), ("skills", "funding_type", "level", "lang")
# Facet, measure of the scorer, and what is to be reached.
AIMS = (
    ("ecosystems", "micro_f1", 0.82), ("ecosystems", "precision", 0.85), ("intervention", "micro_f1", 0.88), ("intervention", "macro_f1", 0.75),
    ("beneficiaries", "micro_f1", 0.80), ("skills", "accuracy", 0.90), ("skills", "macro_recall", 0.80), ("funding_type", "macro_recall", 0.80),
    ("level", "macro_recall", 0.93), ("nuts", "micro_f1", 0.80), ("lang", "accuracy", 0.99),
)  # fmt: skip
BARE = "ecosystems.micro_f1 without source and labels"
MOST_LOST = 0.10  # by that
LONG = 60  # characters: the language of a shorter text is told apart
LONG_TEXTS = f"lang.accuracy from {LONG} characters"
SAMPLES = 1000
FALL = 0.02  # a score that falls by more is a step back


@dataclass(frozen=True)
class Measured:
    """One score, from the records that bear on it; low and high: 95 % of resampled records lie between."""

    value: float
    low: float
    high: float
    records: int


def scorer(file: Path) -> Score:
    """The function that scores labels, from the file that came with the judged documents. Raises OSError where there is none."""
    spec = importlib.util.spec_from_file_location("judged_scorer", file)
    if spec is None or spec.loader is None:
        raise OSError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    score: Score = module.labels
    return score


def numbers(scores: Scores) -> dict[str, float]:
    """The scores with an aim, by "facet.measure"."""
    return {f"{facet}.{measure}": scores[facet][measure] for facet, measure, _ in AIMS}


def parts(scores: Scores) -> dict[str, float]:
    """The scores of single values and languages, by "facet.value" and "facet.language in"."""
    found = {f"{facet}.{value}": f1 for facet in SEVERAL for value, f1 in scores[facet]["per_value_f1"].items()}
    found |= {f"{facet}.{value}": recall for facet in ONE for value, recall in scores[facet]["recall"].items()}
    return found | {f"{facet}.in {language}": f1 for facet in SEVERAL for language, f1 in scores[facet]["per_language_f1"].items()}


def sure(score: Score, predictions: Sequence[Row], gold: Sequence[Row], samples: int = SAMPLES) -> dict[str, Measured]:
    """Every score with its bootstrap interval: the records drawn anew, with putting back, `samples` times."""
    whole = numbers(exact := score(predictions, gold)) | parts(exact)
    draw = random.Random(20211)  # the same draws every time
    drawn: dict[str, list[float]] = {name: [] for name in whole}
    for _ in range(samples):
        found = score(predictions, draw.choices(gold, k=len(gold)))
        for name, value in (numbers(found) | parts(found)).items():
            if name in drawn:
                drawn[name].append(value)
    out = {}
    for name, value in whole.items():
        found_values = sorted(drawn[name]) or [value]
        low, high = (found_values[int(share * (len(found_values) - 1))] for share in (0.025, 0.975))
        out[name] = Measured(value, low, high, _bearing(name, gold))
    return out


def _bearing(name: str, gold: Iterable[Row]) -> int:
    """How many records carry a value, or are in a language; all of them for a facet."""
    facet, _, what = name.partition(".")
    if what.startswith("in "):
        return sum(row["lang"] == what[3:] for row in gold)
    if (facet, what) in {(f, m) for f, m, _ in AIMS}:
        return sum(1 for _ in gold)
    return sum(what in (row[facet] if isinstance(row[facet], list) else [row[facet]]) for row in gold)


def errors(predictions: Iterable[Row], gold: Iterable[Row]) -> list[tuple[str, str, str, str]]:
    """(facet, id, expected, got) of every record that the scorer takes off for; values the readers disagreed on are no error."""
    mine = {row["id"]: row for row in predictions}
    out = []
    for facet in (*SEVERAL[:3], *ONE, "nuts"):
        for row in gold:
            got = mine.get(row["id"], {}).get(facet)
            if facet in ONE:
                accepted = row[facet] if isinstance(row[facet], list) else [row[facet]]
                wrong = got not in accepted
            else:
                accepted = row[facet]
                wrong = set(got or ()) - set(row.get(facet + "_disputed", ())) != set(accepted) - set(row.get(facet + "_disputed", ()))
            if wrong:
                out.append((facet, str(row["id"]), _listed(accepted), _listed(got)))
    return out


def _listed(values: Any) -> str:
    return ", ".join(sorted(map(str, values))) or "–" if isinstance(values, list) else str(values)


def falls(now: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """What fell by more than FALL since the accepted scores, in words."""
    return [f"{name}: {now.get(name, 0):.3f}, was {value:.3f}" for name, value in before.items() if now.get(name, 0) < value - FALL]


def section(measured: Mapping[str, Measured], more: Mapping[str, float], wrong: Sequence[tuple[str, str, str, str]], records: int) -> str:
    """The part of the page on labels."""
    lines = [f"## Labels\n\n{records} judged documents; in brackets 95 % of {SAMPLES} draws of as many of them.\n",
             "| facet | measure | score | | to reach |", "|---|---|---|---|---|"]  # fmt: skip
    for facet, measure, aim in AIMS:
        lines.append(f"| {facet} | {measure.replace('_', ' ')} | {_cells(measured[f'{facet}.{measure}'])} | {aim:.2f} |")
    lines.append("")
    lines += [f"{name}: {value:.3f}.  " for name, value in more.items()]
    lines += ["", "### By value and language\n", "F1 where an entry may have several values, else the share of records with the value that got it.\n",
              "| facet | value or language | records | score | |", "|---|---|---|---|---|"]  # fmt: skip
    aims = {f"{facet}.{measure}" for facet, measure, _ in AIMS}
    for name, found in sorted(measured.items()):
        facet, _, what = name.partition(".")
        if name not in aims and facet != "nuts":
            lines.append(f"| {facet} | {what} | {found.records} | {_cells(found)} |")
    lines += ["", "### Errors\n", "| facet | document | expected | got |", "|---|---|---|---|"]
    lines += [f"| {facet} | {name} | {expected} | {got} |" for facet, name, expected, got in wrong]
    return "\n".join(lines) + "\n"


def _cells(found: Measured) -> str:
    return f"{found.value:.3f} | {found.low:.2f} – {found.high:.2f}"
