"""How single facets, levels and tiers look: the one place of the pages that knows them by name.

Everything else loops over search.facets.FACETS; a facet without a hint is shown all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from search.query import Tier
from search.vocabulary import Kind, Level, Origin, Status


@dataclass(frozen=True)
class Hint:
    """How a facet is shown among the filters.

    open: unfolded from the start; by_label: sorted by label, not in the vocabulary's order; shown: how many values stand
    outside the fold; note: a sentence under the values; switch, switch_note: words for the switch of its second tier.
    """

    open: bool = False
    by_label: bool = False
    shown: int = 7
    note: str = ""
    switch: str = ""
    switch_note: str = ""


HINTS: dict[str, Hint] = {
    "ecosystem": Hint(open=True, switch="With money open to every sector", switch_note="Shown after what names your sector."),
    "country": Hint(
        open=True,
        by_label=True,
        shown=6,
        switch="With EU-wide money",
        switch_note="Open to applicants of every country; shown last.",
    ),
    "type": Hint(open=True),
    "level": Hint(open=True),
    "area": Hint(open=True, note="“Both” are entries that carry the two."),
    "beneficiary": Hint(open=True, note="Who may apply, not who is trained."),
    "programme": Hint(by_label=True),
}
NO_HINT = Hint()

# The facet whose counts stand in large figures on the first page, and those shown as labels of a result.
TALLY = "level"
WHO = "beneficiary"
TAGS = ("ecosystem", "area")

# The three lines.
LINES = {Level.REGIONAL: "reg", Level.NATIONAL: "nat", Level.EU: "eu"}
LEVEL_WORDS = {Level.REGIONAL: "regional", Level.NATIONAL: "national", Level.EU: "EU-wide"}

BLOCKS = {Kind.CALL: "Calls", Kind.FUND: "Funds that publish calls", Kind.PRODUCT: "Loans and guarantees"}
KIND_WORDS = {Kind.CALL: "call", Kind.FUND: "fund", Kind.PRODUCT: "loan or guarantee"}

# The first words of a result.
STATUS_WORDS = {
    Status.OPEN: "Open call",
    Status.FORTHCOMING: "Opening soon",
    Status.CONTINUOUS: "Open call",
    Status.UNKNOWN: "Call, status unknown",
    Status.CLOSED: "Closed call",
}
ORIGIN_WORDS = {
    Origin.STATED: "the source says so",
    Origin.MAPPED: "from a code or label of the source",
    Origin.INFERRED: "read from its words",
    Origin.CORRECTED: "set by a maintainer of this tool, who says why",
}

# Which line a band runs on, and the switch that hides it.
BAND_LINES = {Tier.WIDER_REGION: "nat", Tier.EU_WIDE: "eu"}
BAND_SWITCHES = {Tier.EVERY_SECTOR: "cross", Tier.EU_WIDE: "eu_wide", Tier.SILENT: "include_silent"}


def hint(facet: str) -> Hint:
    """The hint of a facet."""
    return HINTS.get(facet, NO_HINT)
