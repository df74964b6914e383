"""Python's collector of garbage in a process that answers searches.

What searches remember (words, readings, records) only grows up to its limits and holds no circles. By default the collector
would still walk through all of it every few searches, while somebody waits.
"""

from __future__ import annotations

import gc

# So many objects more than were freed, before the collector looks at the young, the older and all.
GROWTH = (50_000, 20, 100)


def settle() -> None:
    """After a start: keep what is there out of the collector's way, and of processes forked from here; let it come seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GROWTH)
