"""What the directory's seed holds and what it lacks, country by country: `python -m crawler.seeds.counts > docs/directory.md`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crawler.seeds import table
from crawler.seeds.reading import MEMBER_STATES
from crawler.seeds.table import SeedProgramme
from search.vocabulary import LABELS

HEAD = """# The directory of funds

Written by `python -m crawler.seeds.counts > docs/directory.md`; a test keeps it current. Do not edit by hand.

The seed below the crawl of the Commission's pages: each programme of 2021-2027 with the funds it runs, each national Recovery plan
(RRF) and each Interreg programme. A programme with several funds counts in each of their columns; an Interreg programme counts for
every Member State that takes part. The last columns count programmes and plans whose fact is there at all; of the titles in the
original language and the authorities' addresses many are recalled or built like their neighbours and were never seen working: each
says so (`*_basis`), in the data and on its page.

| country | programmes and plans | ESF+ | ERDF | JTF | CF | RRF | Interreg | authority | its address | CCI | original title | page of calls |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""
Facts = Callable[[SeedProgramme], object]
COLUMNS: tuple[Facts, ...] = (
    lambda row: row.managing_authority,
    lambda row: row.managing_authority_url,
    lambda row: row.cci,
    lambda row: row.title_original,
    lambda row: row.calls_url,
)
FUNDS = ("ESF+", "ERDF", "JTF", "CF", "RRF")


def counts(rows: Sequence[SeedProgramme], interreg: Sequence[SeedProgramme]) -> list[int]:
    """The cells of one line: programmes, per fund, Interreg, and how many programmes have each fact."""
    funds = [sum(fund in row.funds for row in rows) for fund in FUNDS]
    return [len(rows), *funds, len(interreg), *(sum(bool(fact(row)) for row in rows) for fact in COLUMNS)]


def missing(rows: Sequence[SeedProgramme]) -> list[str]:
    """What is not complete, in sentences with their numbers."""

    def lack(fact: Facts, of: Sequence[SeedProgramme]) -> int:
        return sum(not fact(row) for row in of)

    programmes = [row for row in rows if "RRF" not in row.funds]
    unseen = sum(row.evidence != "seen" for row in programmes)
    titles = sum(row.title_original_basis in ("recalled", "pattern") for row in programmes)
    return [
        f"{unseen} of {len(programmes)} programmes stand on no list that was read; they are recalled, or concluded from a gap in a series.",
        f"{lack(lambda row: row.cci, programmes)} programmes have no CCI; Recovery plans have none by nature.",
        f"{lack(lambda row: row.title_original, programmes)} programmes have no title in the original language, {titles} one that is not official.",
        f"{lack(lambda row: row.calls_url, programmes)} programmes have no page of calls, {lack(lambda row: row.managing_authority_url, programmes)}"
        " no address of their authority.",
        "What a programme says of itself is not in the seed: it comes from the crawl of its page, and where that gives nothing the entry "
        "says “not stated here”.",
    ]


def markdown() -> str:
    """The whole page."""
    rows, interreg = table.programmes(), table.interreg()
    lines = []
    for country in MEMBER_STATES:
        cells = counts([row for row in rows if row.country == country], [row for row in interreg if country in row.countries])
        lines.append(f"| {LABELS[country]} | " + " | ".join(map(str, cells)) + " |")
    lines.append("| **all** | " + " | ".join(map(str, counts(rows, interreg))) + " |")
    return HEAD + "\n".join(lines) + "\n\n## Not complete\n\n" + "\n".join(f"- {sentence}" for sentence in missing(rows)) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
