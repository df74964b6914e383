"""What all tests share: a clean environment, the shared material's rule, the simulator of the portals."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2] / "shared"
SLOWEST = ("test_faults.py", "test_crash.py", "test_oracle.py")  # begun first, so that one core does not end with them alone


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `shared` are left out where the material is absent, as in a user's clone; in CI they then fail."""
    items.sort(key=lambda item: SLOWEST.index(item.path.name) if item.path.name in SLOWEST else len(SLOWEST))
    if SHARED.is_dir() or os.environ.get("CI"):
        return
    left_out = [item for item in items if item.get_closest_marker("shared")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


# The settings of whoever runs the tests must not reach them. Here, not in a fixture: fixtures of a wider scope pin the clock.
for _name in [name for name in os.environ if name.startswith("FUNDING_")] + ["DATABASE_URL", "SEARCH_URL", "AIDES_TERRITOIRES_TOKEN"]:
    os.environ.pop(_name, None)


def environment(**settings: str) -> dict[str, str]:
    """The environment for a command of its own process: the tree on the path, our settings only."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FUNDING_")}
    return {**own, "PYTHONPATH": str(Path(__file__).parents[1]), **settings}


@dataclass
class Simulator:
    """The portals' simulator, running. `url` is what --replay takes."""

    url: str

    def put(self, path: str, value: Any) -> None:
        request = urllib.request.Request(f"{self.url}/__sim/{path}", json.dumps(value).encode(), method="PUT")
        urllib.request.urlopen(request, timeout=30).read()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/__sim/{path}", timeout=30) as answer:
            return json.loads(answer.read())

    def faults(self, *names: str) -> None:
        self.put("faults", list(names))

    def at(self, day: str) -> None:
        """The state of the portals on a day, without faults."""
        self.faults()
        self.put("config", {"snapshot": day, "today": day})


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait(over: Callable[[], bool]) -> None:
    """Until something begun in a process of its own is over."""
    for _ in range(600):
        if over():
            return
        time.sleep(0.1)
    raise AssertionError("it does not end")


@contextmanager
def simulating(log_file: Path, day: str, *only: str) -> Iterator[Simulator]:
    """A simulator in a process of its own; answers that hang do so for 2 seconds, slow ones for 3.5. only: its portals, all when none is named."""
    port = free_port()
    command = [sys.executable, str(SHARED / "portal_sim"), "--port", str(port), "--snapshot", day, "--today", day, "--hang", "2", "--slow", "3.5"]
    with log_file.open("w") as log:
        process = subprocess.Popen(command + (["--only", ",".join(only)] if only else []), stdout=log, stderr=log)
        running = Simulator(f"http://127.0.0.1:{port}")
        try:
            for _ in range(600):  # a minute: other work may share the machine
                try:
                    running.get("faults")
                    break
                except OSError:
                    time.sleep(0.1)
            yield running
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """The EU's own portals, in March."""
    with simulating(tmp_path_factory.mktemp("simulator") / "log.txt", "2026-03-21", "eu_ftp", "ec_authorities", "ted") as running:
        yield running


@dataclass
class Command:
    """The `funding` command on a data folder of its own."""

    data: Path
    environment: dict[str, str]

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli.main", "--data", str(self.data), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env={**self.environment, **environment}, timeout=300, check=False)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """The command in a process group of its own, not waited for."""
        command = [sys.executable, "-m", "cli.main", "--data", str(self.data), *arguments]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**self.environment, **environment}, start_new_session=True
        )

    def json(self, *arguments: str, **environment: str) -> Any:
        return json.loads(self.run(*arguments, **environment).stdout)

    def export(self) -> list[dict[str, Any]]:
        done = self.run("export", "-")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def funding(tmp_path: Path) -> Command:
    """The command on an empty data folder, without pauses between requests."""
    return Command(tmp_path / "data", environment(FUNDING_DELAY="0", FUNDING_TODAY="2026-03-21"))
