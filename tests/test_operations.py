"""docs/operations.md against the code: every setting with its default, and only commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.main import cli
from crawler import registry
from search import settings

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", PAGE, re.M))
READS = re.compile(r"""(?:os\.environ\.get\(|os\.environ\[|_number\(|_one_of\(|envvar=)\s*"([A-Z_]+)\"""")


OF_OPENSSL = {"SSL_CERT_FILE"}  # read by the library that checks certificates


def read_by_the_code() -> set[str]:
    """The settings the code and what it is built on ask the environment for."""
    texts = [path.read_text(encoding="utf-8") for package in ("cli", "crawler", "search", "webapp") for path in (ROOT / package).rglob("*.py")]
    own = {name for text in texts for name in READS.findall(text)}
    return own | OF_OPENSSL | {spider.needs_token for spider in registry.spiders().values() if spider.needs_token}


def test_every_setting_the_code_reads_is_listed_and_no_other():
    assert ROWS.keys() == read_by_the_code()
    assert len(ROWS) > 12


def test_defaults_are_those_of_the_code(monkeypatch):
    for name in ROWS:
        monkeypatch.delenv(name, raising=False)
    found = settings.load()
    said = {name: text.strip("` ") for name, text in ROWS.items()}
    assert float(said["FUNDING_DELAY"]) == found.delay
    assert said["FUNDING_SCHEDULE"] == found.schedule
    assert float(said["FUNDING_WINDOW"]) == found.window
    assert int(said["FUNDING_PARALLEL"]) == found.parallel
    assert int(said["FUNDING_GENERATIONS"]) == found.generations
    assert int(said["FUNDING_MONTHS"]) == found.months
    assert said["FUNDING_LOG"] == found.log
    assert (said["FUNDING_CONTACT"], found.contact) == ("none", None)
    assert (said["FUNDING_NOTIFY"], found.notify) == ("nowhere", ())
    assert found.data.name == said["FUNDING_DATA"]


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\bfunding (?:--data \S+ )?([a-z-]+)\b(?=[^:]*[`\n])", PAGE)) & {*cli.commands}))
def test_options_named_exist(command):
    named = set(re.findall(rf"funding {command}[^`\n|]*?(--[a-z-]+)", PAGE))
    assert named <= {option for parameter in cli.commands[command].params for option in parameter.opts}


def test_commands_named_exist():
    named = set(re.findall(r"(?:`|^    )(?:\S*/)?funding (?:--data \S+ )?([a-z-]+)", PAGE, re.M))
    assert len(named) > 10
    assert named <= {*cli.commands}
