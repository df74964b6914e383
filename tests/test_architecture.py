"""The shape of the tree: which package may know which, and that documents name what exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from cli import sources_page
from cli.main import cli
from search.facets import FACETS

ROOT = Path(__file__).parents[1]
MAY_KNOW = {"search": set(), "crawler": {"search"}, "webapp": {"search"}, "cli": {"search", "crawler", "webapp"}}
OUTSIDE = {"search": {"scrapy", "flask"}, "crawler": {"flask"}, "webapp": {"scrapy"}, "cli": set()}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("package", MAY_KNOW)
def test_imports_point_one_way(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        known = imported(path) & MAY_KNOW.keys()
        assert known <= MAY_KNOW[package] | {package}, path
        assert not imported(path) & OUTSIDE[package], path


def test_every_module_says_what_it_is():
    for package in MAY_KNOW:
        for path in (ROOT / package).rglob("*.py"):
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_the_readme_names_every_command_facet_and_dependency():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in cli.commands:
        assert f"funding {command}" in readme, command
    for facet in FACETS:
        assert f"`{facet.name}`" in readme, facet.name
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = re.findall(r'^    "([a-z0-9]+)[>=]', project, re.M)
    assert len(dependencies) > 10
    for name in dependencies:
        assert f"**{name}**" in readme, name
    settings = set(re.findall(r"FUNDING_[A-Z]+", (ROOT / "search" / "settings.py").read_text(encoding="utf-8")))
    for setting in settings | {"FUNDING_NOW", "FUNDING_TODAY", "DATABASE_URL"}:
        assert setting in readme, setting


def test_the_locks_have_hashes_and_no_index_addresses():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "http" not in re.sub(r"aiohttp|httpx|httpcore", "", text)


def test_the_page_of_the_sources_is_what_the_spiders_say():
    assert (ROOT / "docs" / "sources.md").read_text(encoding="utf-8") == sources_page.markdown(), "run: funding sources --markdown > docs/sources.md"
