"""Python's collector of garbage in a process that answers searches.

What searches remember (words, readings, records) only grows up to its limits and holds no circles. By default the collector
would still walk through all of it every few searches, while somebody waits.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

# So many objects more than were freed, before the collector looks at the young, the older and all.
GROWTH = (50_000, 20, 100)


def settle() -> None:
    """After a start: keep what is there out of the collector's way, and of processes forked from here; let it come seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GROWTH)


def tidy() -> None:
    """After much was let go, such as a generation: free what holds itself in circles, and give the memory back to the system.

    The C library keeps what it was given back, in pieces between those in use, until it is told; where it cannot be told (another
    than GNU's) it keeps them.
    """
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
