"""Part "crash": processes killed, files damaged, disks full, clocks set back."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.prove import damage, disks, kills, orphans
from tests.prove.figures import Figure


def figures(quick: bool) -> Iterator[Figure]:
    """Kills, damage, disks and clock."""
    logging.disable(logging.CRITICAL)
    number, early, lost = 0, 0, []
    with tempfile.TemporaryDirectory() as folder:
        for name, times, before, wrong in kills.trials(kills.QUICK if quick else kills.FULL, Path(folder) / "crash", seed=9):
            number, early, lost = number + times, early + before, lost + wrong
            said = "; ".join(wrong[:5]) or "all that was acknowledged is there, the index opens with every entry, the next run completes"
            yield Figure(f"{name}: {times} times kill -9 ({times - before} of them after something was acknowledged)", said, not wrong)
    yield Figure(f"all kills: {number}", f"{len(lost)} things lost or broken", not lost)
    with tempfile.TemporaryDirectory() as folder:
        times = 2 if quick else 20
        amidst, wrong = orphans.trials(times, Path(folder) / "orphans", seed=9)
    said = "; ".join(wrong) or "these end with it, the next publish completes"
    yield Figure(f"publish: {times} times ended alone by kill -9 or kill ({amidst} of them while other processes worked for it)", said, not wrong)
    yield from damage.figures(quick)
    if not quick:  # commands one after the other, a minute and a half of them
        yield from disks.figures()
