"""Scores of labels: intervals, errors, the comparison with what was accepted, the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli import label_quality, quality_page
from cli.quality import read
from tests.conftest import SHARED, Command

ROOT = Path(__file__).parents[2]
GOLD = SHARED / "gold"


def row(name: str, **fields: Any) -> dict[str, Any]:
    silent: dict[str, Any] = {"ecosystems": [], "intervention": [], "beneficiaries": [], "nuts": [], "skills": "none", "funding_type": "grant"}
    return {"id": name, "lang": "en", "level": "eu", **silent, **fields}


def score(predictions: Any, gold: Any) -> dict[str, Any]:
    """As the scorer answers, with the share of right records for every number."""
    mine = {r["id"]: r for r in predictions}
    out: dict[str, Any] = {}
    for facet in (*label_quality.SEVERAL, *label_quality.ONE):
        right = sum(mine[r["id"]][facet] == r[facet] for r in gold) / len(gold)
        measures = ("micro_f1", "macro_f1", "precision", "accuracy", "macro_recall")
        out[facet] = {**dict.fromkeys(measures, right), "per_value_f1": {}, "per_language_f1": {}, "recall": {}}
    return out


def test_an_interval_holds_the_score_and_is_the_same_every_time() -> None:
    gold = [row(str(n), skills="core" if n % 4 else "none") for n in range(40)]
    made = [row(str(n), skills="core") for n in range(40)]
    found = label_quality.sure(score, made, gold, samples=50)
    skills = found["skills.accuracy"]
    assert (skills.value, skills.records) == (0.75, 40)
    assert skills.low < 0.75 < skills.high
    assert found["level.macro_recall"].low == 1.0
    assert label_quality.sure(score, made, gold, samples=50) == found


def test_errors_leave_out_what_the_readers_disagreed_on() -> None:
    gold = [
        row("a", ecosystems=["health"], ecosystems_disputed=["digital"]),
        row("b", skills=["none", "part"]),
        row("c", beneficiaries=["sme"]),
        row("d", level=["eu"]),
    ]
    made = [row("a", ecosystems=["digital", "health"]), row("b", skills="part"), row("c", beneficiaries=["other"]), row("d", level="national")]
    assert label_quality.errors(made, gold) == [("beneficiaries", "c", "sme", "other"), ("level", "d", "eu", "national")]


def test_a_fall_by_more_than_two_hundredths_is_named() -> None:
    before = {"skills.accuracy": 0.90, "level.macro_recall": 0.95, "nuts.micro_f1": 0.8}
    assert label_quality.falls({"skills.accuracy": 0.89, "level.macro_recall": 0.92, "nuts.micro_f1": 0.9}, before) == [
        "level.macro_recall: 0.920, was 0.950"
    ]


def test_a_baseline_is_written_when_there_is_none_or_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    assert quality_page.compare(file, {"x": 0.9}, accept=False) == []
    assert quality_page.compare(file, {"x": 0.8}, accept=False) == ["x: 0.800, was 0.900"]
    assert quality_page.compare(file, {"x": 0.8}, accept=True) == []
    assert json.loads(file.read_text("utf-8")) == {"x": 0.8}


def test_a_bare_document_is_known_by_country_title_and_text_only() -> None:
    document = {"id": "it_puglia:1", "source": "it_puglia", "country": "IT", "title": "Turismo", "text": "", "meta": {"keywords": ["acciaio"]}}
    known, bare = (quality_page.predictions([document], bare=bare)[0] for bare in (False, True))
    assert (known["nuts"], bare["nuts"], bare["ecosystems"]) == (["ITF4"], [], ["tourism"])


@pytest.mark.shared
def test_no_score_fell_and_the_page_says_what_was_measured() -> None:
    gold, documents = list(read(GOLD / "labels_dev.jsonl")), list(read(GOLD / "docs.jsonl"))
    _, found = quality_page.scores(documents, gold, label_quality.scorer(GOLD / "score.py"))
    accepted = json.loads((ROOT / "tests" / "quality_baseline.json").read_text("utf-8"))
    assert found.keys() == accepted.keys()
    assert label_quality.falls(found, accepted) == []
    for facet, measure, aim in label_quality.AIMS:
        assert found[f"{facet}.{measure}"] >= aim
    assert found["ecosystems.micro_f1"] - found[label_quality.BARE] <= label_quality.MOST_LOST
    page = (ROOT / "docs" / "quality.md").read_text("utf-8")
    for facet, measure, _ in label_quality.AIMS:
        assert f"| {facet} | {measure.replace('_', ' ')} | {accepted[f'{facet}.{measure}']:.3f} |" in page


@pytest.mark.shared
def test_the_command_writes_the_page_and_says_what_fell(tmp_path: Path, funding: Command) -> None:
    few = tmp_path / "labels.jsonl"
    few.write_text("".join((GOLD / "labels_dev.jsonl").read_text("utf-8").splitlines(keepends=True)[:6]), "utf-8")
    baseline, page = tmp_path / "baseline.json", tmp_path / "quality.md"
    asked = ("quality", "--docs", str(GOLD / "docs.jsonl"), "--labels", str(few), "--scorer", str(GOLD / "score.py"), "--out", str(tmp_path))
    baseline.write_text('{"nuts.micro_f1": 1.5}', "utf-8")
    done = funding.run(*asked, "--page", str(page), "--baseline", str(baseline))
    assert (done.returncode, "nuts.micro_f1" in done.stderr) == (1, True)
    assert "6 judged documents" in page.read_text("utf-8")
