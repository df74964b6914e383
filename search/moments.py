"""What of the entries depends on the hour: their status, and which deadline is next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search import timing
from search.facet_columns import Bits, Mask, packed
from search.vocabulary import Status


@dataclass(frozen=True)
class Moment:
    """The statuses of N entries between two instants at which one of them changes.

    place: how many such instants lie before; codes: N places in timing.STATUSES; bits: the same as a facet; closed: N flags;
    deadline_first: N places in the order of the next date until which one may apply, those without one last.
    """

    place: int
    codes: NDArray[np.int8]
    bits: Bits
    closed: Mask
    deadline_first: NDArray[np.uint32]

    @classmethod
    def of(cls, place: int, codes: NDArray[np.int8], ahead: NDArray[np.float64]) -> Moment:
        """From the statuses and the instants of the next deadlines (inf = none)."""
        names = [str(status) for status in timing.STATUSES]
        matrix = packed(codes[None, :] == np.arange(len(names), dtype=np.int8)[:, None])
        order = np.unique(ahead, return_inverse=True)[1].astype(np.uint32)
        return cls(place, codes, Bits(names, matrix, len(codes)), codes == timing.STATUSES.index(Status.CLOSED), order)
