"""The funding command, begun from the dashboard: in a process of its own, so that no page waits for it.

The process holds a lock as long as it lives, whoever began it; what it prints is kept until the next one of the same kind.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from search import logs
from search.locks import FOLDER, locked
from search.locks import held as is_held
from webapp.admin import door

LONGEST_SHOWN = 20_000  # characters of what a command printed


@dataclass(frozen=True)
class Printed:
    """What the last command of a kind printed, and when it last did."""

    text: str
    at: datetime


def begin(kind: str, *arguments: str) -> None:
    """Begin `funding ARGUMENTS`; kind: what may run once at a time. Raises AlreadyRunningError."""
    config = door.settings()
    file = _output(kind)
    file.parent.mkdir(parents=True, exist_ok=True)
    with locked(config.data / FOLDER, f"begun-{kind}") as lock, file.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "--data", str(config.data), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={name: value for name, value in os.environ.items() if not name.startswith("FUNDING_ADMIN_")} | {"DATABASE_URL": config.database_url},
            pass_fds=(lock,),  # it keeps the lock when we have let go of it
            start_new_session=True,  # it outlives the worker that began it
        )
    threading.Thread(target=process.wait, daemon=True).start()


def running(kind: str) -> bool:
    """Whether a command that was begun here has not ended yet."""
    return is_held(door.settings().data / FOLDER / f"begun-{kind}.lock")


def printed(kind: str) -> Printed | None:
    """What the last one printed so far; None when there was none."""
    file = _output(kind)
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
        return Printed(text[-LONGEST_SHOWN:].strip(), datetime.fromtimestamp(file.stat().st_mtime, UTC))
    except OSError:
        return None


def _output(kind: str) -> Path:
    return door.settings().data / logs.FOLDER / f"begun-{kind}.log"
