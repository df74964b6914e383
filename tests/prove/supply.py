"""Part "supply": locks, licences, known vulnerabilities; the tests on other Pythons, on the lowest versions claimed, on the other Whoosh.

Each environment is made anew from the package index; one that cannot be made is said with its error.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.prove import licences
from tests.prove.figures import ROOT, Figure

LOCKS = ("requirements.lock", "requirements-dev.lock")
LOCKED = ["--require-hashes", "-r", "requirements-dev.lock", "-r", "requirements.lock"]
SEARCH = ["tests/search"]
# Without those that need a browser, and those that count on more than a minute.
SOME = [
    *SEARCH, "tests/webapp",
    *(f"tests/crawler/test_{name}.py" for name in ("hosts", "manners", "normalise", "persons")),
    *(f"--ignore-glob=*/webapp/*test_{name}.py" for name in ("browser", "axe", "script")),
    "--deselect=tests/webapp/test_shortcuts.py::test_a_jump_in_place_comes_to_its_band",
    "--deselect=tests/webapp/test_attacks.py::test_nothing_of",
    "--deselect=tests/webapp/test_attacks.py::test_the_browsers_guard_has_nothing_to_do",
    "--deselect=tests/search/test_history.py::test_two_hundred_switches_under_readers",
]  # fmt: skip
ENVIRONMENTS: dict[str, tuple[str, list[list[str]], list[str]]] = {
    "the lowest versions that pyproject.toml claims": ("3.11", [["--resolution", "lowest-direct", "-r", "pyproject.toml", "--group", "dev"]], SOME),
    "whoosh-reloaded in place of whoosh3": ("3.11", [LOCKED, ["whoosh-reloaded"]], SEARCH),
    "Python 3.12": ("3.12", [LOCKED], SOME),
    "Python 3.13": ("3.13", [LOCKED], SOME),
}


def figures(quick: bool) -> Iterator[Figure]:
    """Locks and licences; the rest needs the package index and takes an hour."""
    for name in LOCKS:
        wrong = unhashed((ROOT / name).read_text(encoding="utf-8"))
        yield Figure(f"{name}: {len(licences.locked(name))} packages, each with one version and its hashes", ", ".join(wrong) or "all", not wrong)
    held = licences.rows()
    wrong = [f"{name}: {stated}" for name, _, stated, development in held if licences.unexpected(stated, development)]
    kinds = ", ".join(f"{stated} {number}" for stated, number in Counter(stated for _, _, stated, _ in held).most_common(6))
    yield Figure(f"licences of {len(held)} packages", "; ".join([f"{kinds} …", *wrong]), not wrong)
    if not quick:
        yield audited()
        yield from (tried(name, *how) for name, how in ENVIRONMENTS.items())


def unhashed(lock: str) -> list[str]:
    """The lines of a lock that name a package without an exact version or without hashes."""
    entries = re.split(r"\n(?=\S)", lock.strip())
    return [entry.split()[0] for entry in entries if not re.match(r"[a-z0-9][\w.\-]*==\S+", entry) or "--hash=sha256:" not in entry]


def run(*command: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command in the project's folder."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=5400, check=False)


def audited() -> Figure:
    """The known vulnerabilities of what is locked; one package that cannot be looked up makes the whole not done."""
    what = "known vulnerabilities of requirements.lock (`make audit`)"
    with tempfile.TemporaryDirectory() as folder:
        if problem := made(folder, "3.11", [["--group", "audit"]]):
            return Figure(what, f"not done: {problem}", holds=False)
        done = run(f"{folder}/bin/pip-audit", "-r", "requirements.lock", "--require-hashes", "--disable-pip", "--strict")
    return Figure(what, (done.stdout + done.stderr).strip().splitlines()[-1][:300], not done.returncode)


def made(folder: str, python: str, steps: Sequence[Sequence[str]]) -> str:
    """Make an environment; the error where it cannot be made."""
    uv, inside = str(Path(sys.executable).with_name("uv")), ["--python", f"{folder}/bin/python"]
    own = ["--no-deps", "--no-build-isolation", "--editable", "."]
    for command in [["venv", "--quiet", "--clear", "--python", python, folder], *(["pip", "install", "--quiet", *inside, *step] for step in steps)]:
        if "whoosh-reloaded" in command:
            run(uv, "pip", "uninstall", "--quiet", *inside, "whoosh3")
        done = run(uv, *command)
        if done.returncode:
            return done.stderr.strip().replace("\n", " ")[:300]
    done = run(uv, "pip", "install", "--quiet", *inside, "setuptools>=77", *own) if len(steps[0]) > 2 else done
    return done.stderr.strip()[:300] if done.returncode else ""


def tried(name: str, python: str, steps: list[list[str]], tests: list[str]) -> Figure:
    """The tests in an environment of its own."""
    with tempfile.TemporaryDirectory() as folder:
        if problem := made(folder, python, steps):
            return Figure(name, f"not tried: {problem}", holds=False)
        alone = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)}
        done = run(f"{folder}/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, environment=alone)
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)
    return Figure(f"{name}: {' '.join(tests[:5])}", ", ".join([done.stdout.strip().splitlines()[-1], *failed[:5]]), not done.returncode)
