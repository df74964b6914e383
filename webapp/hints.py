"""How single facets, levels and tiers look: the one place of the pages that knows them by name.

Everything else loops over search.facets.FACETS; a facet without a hint is shown all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from search.i18n import N_
from search.i18n import gettext as _
from search.query import Tier
from search.vocabulary import Kind, Level, Origin, Status


@dataclass(frozen=True)
class Hint:
    """How a facet is shown among the filters.

    open: unfolded from the start; by_label: sorted by label, not in the vocabulary's order; shown: how many values stand
    outside the fold; note: a sentence under the values; switch, switch_note: words for the switch of its second tier; in English.
    """

    open: bool = False
    by_label: bool = False
    shown: int = 7
    note: str = ""
    switch: str = ""
    switch_note: str = ""


HINTS: dict[str, Hint] = {
    "ecosystem": Hint(open=True, switch=N_("With money open to every sector"), switch_note=N_("Shown after what names your sector.")),
    "country": Hint(
        open=True,
        by_label=True,
        shown=6,
        switch=N_("With EU-wide money"),
        switch_note=N_("Open to applicants of every country; shown last."),
    ),
    "type": Hint(open=True),
    "level": Hint(open=True),
    "area": Hint(open=True, note=N_("“Both” are entries that carry the two.")),
    "beneficiary": Hint(open=True, note=N_("Who may apply, not who is trained.")),
    "programme": Hint(by_label=True),
}
NO_HINT = Hint()

# The facet whose counts stand in large figures on the first page, and those shown as labels of a result.
TALLY = "level"
WHO = "beneficiary"
TAGS = ("ecosystem", "area")

# The three lines.
LINES = {Level.REGIONAL: "reg", Level.NATIONAL: "nat", Level.EU: "eu"}
LEVEL_WORDS = {Level.REGIONAL: N_("regional"), Level.NATIONAL: N_("national"), Level.EU: N_("EU-wide")}

BLOCKS = {Kind.CALL: N_("Calls"), Kind.FUND: N_("Funds that publish calls"), Kind.PRODUCT: N_("Loans and guarantees")}
KIND_WORDS = {Kind.CALL: N_("Call"), Kind.FUND: N_("Fund"), Kind.PRODUCT: N_("Loan or guarantee")}

# The first words of a result.
STATUS_WORDS = {
    Status.OPEN: N_("Open call"),
    Status.FORTHCOMING: N_("Opening soon"),
    Status.CONTINUOUS: N_("Open call"),
    Status.UNKNOWN: N_("Call, status unknown"),
    Status.CLOSED: N_("Closed call"),
}
ORIGIN_WORDS = {
    Origin.STATED: N_("the source says so"),
    Origin.MAPPED: N_("from a code or label of the source"),
    Origin.INFERRED: N_("read from its words"),
    Origin.CORRECTED: N_("set by a maintainer of this tool, who says why"),
}

# Which line a band runs on, and the switch that hides it.
BAND_LINES = {Tier.WIDER_REGION: "nat", Tier.EU_WIDE: "eu"}
BAND_SWITCHES = {Tier.EVERY_SECTOR: "cross", Tier.EU_WIDE: "eu_wide", Tier.SILENT: "include_silent"}


def hint(facet: str) -> Hint:
    """The hint of a facet."""
    return HINTS.get(facet, NO_HINT)


def level(value: Level) -> str:
    """A level inside a sentence, in the language spoken now."""
    return _(LEVEL_WORDS[value])
