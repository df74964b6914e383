"""Locks of the data folder: files that a process holds, and that are free as soon as it has ended, however it ended."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "locks"  # in the data folder; a source's crawl holds the lock of its name


class AlreadyRunningError(RuntimeError):
    """Another process holds the lock: for a source, another crawl of it is under way."""

    def __init__(self, name: str) -> None:
        super().__init__(f"another crawl of {name} is running")
        self.source = name


@contextmanager
def locked(folder: Path, name: str) -> Iterator[int]:
    """Hold a lock; gives its file's number, for processes that are to hold it too. Raises AlreadyRunningError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(name) from error
        yield lock.fileno()


def held(file: Path) -> bool:
    """Whether somebody holds the lock of a file just now."""
    try:
        with file.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
