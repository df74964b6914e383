"""Locks of the data folder: files that a process holds, and that are free as soon as it has ended, however it ended."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

FOLDER = "locks"  # in the data folder; whoever asks a source's host holds the lock of its name
MOMENT = 0.001  # seconds


class AlreadyRunningError(RuntimeError):
    """Another process holds the lock: for a source, it is crawled, probed, recorded, or its links are checked."""

    def __init__(self, name: str) -> None:
        super().__init__(f"another process is at work on {name}")
        self.source = name


@contextmanager
def locked(folder: Path, name: str) -> Iterator[int]:
    """Hold a lock; gives its file's number, for processes that are to hold it too. Raises AlreadyRunningError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        while not _taken(lock, fcntl.LOCK_EX):
            if not _taken(lock, fcntl.LOCK_SH):
                raise AlreadyRunningError(name)
            fcntl.flock(lock, fcntl.LOCK_UN)  # somebody only asks whether it is `held`: that is over in a moment
            time.sleep(MOMENT)
        yield lock.fileno()


def _taken(lock: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def held(file: Path) -> bool:
    """Whether somebody holds the lock of a file just now."""
    try:
        with file.open() as lock:
            return not _taken(lock, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False
