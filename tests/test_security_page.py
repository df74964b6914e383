"""docs/security.md: every requirement of level 1 and 2 has its row, every row a state, and every test it names is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("| ").split("|")] for line in PAGE.splitlines() if re.match(r"\| \d", line)]
# How many requirements of level 1 and 2 each section of ASVS 5.0.0 has; they are the first ones of their section.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3,
    "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2,
    "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3,
    "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip


def named(cell: str) -> list[str]:
    """The requirements of a row: "1.2.3, 4.5.1 to 4.5.3"."""
    found = []
    for part in cell.split(","):
        first, _, last = part.strip().partition(" to ")
        section, number = first.rsplit(".", 1)
        found += [f"{section}.{n}" for n in range(int(number), int(last.rsplit(".", 1)[1] if last else number) + 1)]
    return found


def test_every_requirement_has_one_row():
    every = {f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)}
    assert len(every) == 253
    rows = Counter(one for row in ROWS for one in named(row[0]))
    assert set(rows) == every
    assert set(rows.values()) == {1}


def test_every_row_says_how_it_is_and_why():
    for row in ROWS:
        assert len(row) == 4, row
        assert row[2] in ("met", "not applicable", "operator", "missing"), row
        assert row[3], row


def test_the_sums_are_those_of_the_table():
    sums = Counter(dict.fromkeys(("met", "not applicable", "operator", "missing"), 0))
    for row in ROWS:
        sums[row[2]] += len(named(row[0]))
    said = re.search(r"^Of (\d+), (\d+) are met, (\d+) not applicable, (\d+) the operator's, (\d+) missing\.$", PAGE, re.M)
    assert said is not None
    assert [int(number) for number in said.groups()] == [sum(sums.values()), *sums.values()]


def test_the_tests_that_are_named_are_there():
    known: dict[str, set[str]] = {}
    for file, test in re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE):
        path = ROOT / "tests" / file
        if file not in known:
            known[file] = {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)}
        assert test in known[file], f"{file}::{test}"
