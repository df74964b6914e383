"""The processes that this one copies itself into: none of them outlives it."""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """Called first in a process of `multiprocessing`: it ends when the one that started it has ended, however that ended.

    A copy has the locks of whom it is copied from, and would hold them for as long as it waits for work that nobody gives any more.
    """
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
