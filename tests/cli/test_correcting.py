"""A label corrected on the command line: kept over a crawl, shown on the page and in the API, exported as judged labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import cli
from crawler import fixture_server
from search.settings import load
from webapp import create_app

ENTRY = "it_lazio:900003"


@dataclass
class Funding:
    """The command, in this process, on a folder that holds one source's samples; server: where they can be crawled again."""

    data: Path
    server: str

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--data", str(self.data), *arguments])

    def row(self) -> dict[str, Any]:
        return next(row for line in self("export", "-").stdout.splitlines() if (row := json.loads(line))["id"] == ENTRY)


@pytest.fixture(scope="module")
def funding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Funding]:
    (folder,) = [folder for folder in fixture_server.folders() if folder.name == "it_lazio"]
    recorded = json.loads((folder / "fixture.json").read_text(encoding="utf-8"))["recorded_on"]
    with fixture_server.serving([folder]) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNDING_DELAY", "0")
        patch.setenv("FUNDING_TODAY", recorded)
        command = Funding(tmp_path_factory.mktemp("correcting") / "data", server.url)
        assert command("crawl", "it_lazio", "--replay", server.url).exit_code == 0
        yield command


def test_a_correction_from_the_command_to_the_page(funding: Funding) -> None:
    done = funding("reclassify")
    assert (done.exit_code, "0 of them differently" in done.stdout) == (0, True), done.output
    before = funding.row()
    assert funding("correct", ENTRY, "beneficiary", "social-partner", "--why", "Asked the region").exit_code == 0
    assert funding("crawl", "it_lazio", "--replay", funding.server).exit_code == 0
    assert funding("reclassify").exit_code == 0
    after = funding.row()
    assert after["beneficiaries"] == ["social-partner"] != before["beneficiaries"]
    assert after["evidence"]["beneficiary"] == [
        {"value": "social-partner", "origin": "corrected", "quote": None, "field": None, "start": None, "end": None, "rule": "Asked the region"}
    ]
    assert funding("check").exit_code == 0

    client = create_app(load(str(funding.data))).test_client()
    page = client.get(f"/calls/{ENTRY}").get_data(as_text=True)
    assert "Asked the region" in page
    assert "corrected" in page
    found = client.get("/api/v1/calls?beneficiary=social-partner&status=&skills=").get_json()["results"]
    assert [(r["id"], r["evidence"]["beneficiary"][0]["origin"]) for r in found if r["id"] == ENTRY] == [(ENTRY, "corrected")]

    assert "Asked the region" in funding("corrections").stdout
    (listed,) = json.loads(funding("corrections", "--json").stdout)
    assert (listed["entry_id"], listed["facet"], listed["values"]) == (ENTRY, "beneficiary", ["social-partner"])
    gold = json.loads(funding("corrections", "--gold", "-").stdout)
    assert (gold["id"], gold["beneficiaries"], gold["funding_type"]) == (ENTRY, ["social-partner"], ["loan"])

    assert funding("correct", ENTRY, "beneficiary", "--undo").exit_code == 0
    assert funding.row()["beneficiaries"] == before["beneficiaries"]
    assert json.loads(funding("corrections", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("correct", ENTRY, "beneficiary", "nobody", "--why", "x"), "nobody: no value of beneficiary"),
        (("correct", "it_lazio:0", "beneficiary", "sme", "--why", "x"), "there is no entry it_lazio:0"),
        (("correct", ENTRY, "beneficiary", "sme"), "why"),
        (("correct", ENTRY, "beneficiary"), "give the values"),
        (("correct", ENTRY, "beneficiary", "--undo"), "is not corrected"),
    ],
)
def test_wrong_use_is_named(funding: Funding, arguments: tuple[str, ...], message: str) -> None:
    done = funding(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr
