"""The order of results, as far as a page needs it: nobody sorts thousands to show twenty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PLACES = 32  # bits of the place within a group


def by_score(scores: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Places for scores of 0 and more, the greatest first: such numbers are in the order of their bits."""
    return ~scores.view(np.uint32)


def window(rows: NDArray[np.intp], groups: NDArray[np.uint8], places: NDArray[np.uint32], first: int, last: int) -> NDArray[np.intp]:
    """The rows from `first` up to `last` when they are sorted by group, then place, then row.

    rows: M rows, ascending; groups, places: of these M.
    """
    keys = (groups.astype(np.uint64) << np.uint64(_PLACES)) | places
    if last < len(rows):
        near = keys <= np.partition(keys, last - 1)[last - 1]
        rows, keys = rows[near], keys[near]
    return rows[np.argsort(keys, kind="stable")[first:last]]
