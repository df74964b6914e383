"""The seed as records: `programmes()` and `interreg()`.

Every address carries how it is known: `seen` = it stood in a public record that was read, `recalled` = from memory and
never seen working. No page of these was opened for the table; the crawl of the Commission's list confirms or corrects it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from crawler.seeds.reading import ProgrammeKind

PROGRAMMES = Path(__file__).with_name("programmes.csv")
INTERREG = Path(__file__).with_name("interreg.csv")


@dataclass(frozen=True)
class SeedProgramme:
    """One programme of 2021-2027, or one national Recovery plan."""

    cci: str
    """Common code, 15 characters; empty = not known (see `evidence`) or, for Recovery plans, none exists."""
    country: str
    """ISO code of the country whose list it stands on (GR for Greece); for Interreg the managing authority's."""
    countries: tuple[str, ...]
    """ISO codes of the Member States that take part, sorted."""
    countries_basis: str
    """own = a programme of one country, title = named in the title, recalled."""
    nuts: tuple[str, ...]
    """NUTS codes of the programme's area, the country's own for a national one; assigned from title and code order.
    Empty for Interreg, whose areas were not seen."""
    funds: tuple[str, ...]
    """Of ERDF, ESF+, CF, JTF, RRF."""
    funds_basis: str
    """cci-code = from the letters of the code, title, definition, seen, recalled."""
    funds_known_from: str
    """Kind of source, where seen."""
    level: str
    """national, regional, or eu for a programme of all 27 Member States."""
    kind: ProgrammeKind
    strand: str
    """Interreg VI-A cross-border, -B transnational, -C interregional, -D outermost regions; else empty."""
    title_en: str
    """In English as the Commission lists it; for a row that is not on its list, by analogy."""
    title_original: str
    """In the national language; empty = not known."""
    title_original_basis: str
    """seen, pattern = built like seen titles, recalled, same = English is the working language."""
    region_en: str
    """The area's English name; for Interreg the programme's name."""
    region_original: str
    """The area's name in its own language; for Interreg as in English."""
    managing_authority: str
    """Name in the national language, sometimes with its unit; without address and persons. Known like the row: `evidence`."""
    managing_authority_url: str
    managing_authority_url_basis: str
    """seen, recalled; empty with an empty address. So below."""
    programme_url: str
    """The Commission's page on the programme, as the list linked it; empty = on no list that was read."""
    calls_url: str
    """Where its calls are published; often a national portal shared by many programmes."""
    calls_url_basis: str
    calls_url_known_from: str
    """Kind and date of the source."""
    programme_site_url: str
    programme_site_url_basis: str
    programme_site_url_known_from: str
    evidence: str
    """How the row is known: seen, recalled, or inferred = its CCI was concluded from a gap in a series."""
    evidence_text: str
    """Kind and date of the row's source."""
    notes: str

    @property
    def key(self) -> str:
        """A stable key: the CCI in capitals, else country, funds and area, such as "de-esf-de1"."""
        parts = (self.country, *(fund.rstrip("+") for fund in self.funds), *self.nuts)
        return self.cci or "-".join(parts).lower()


COLUMNS = tuple(field.name for field in fields(SeedProgramme))
_LISTS = ("countries", "nuts", "funds")


def _read(path: Path) -> list[SeedProgramme]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [_record(row) for row in csv.DictReader(lines)]


def _record(row: dict[str, str]) -> SeedProgramme:
    lists = {name: tuple(row.pop(name).split()) for name in _LISTS}
    kind = ProgrammeKind(row.pop("kind"))
    return SeedProgramme(kind=kind, **row, **lists)  # type: ignore[arg-type]


@cache
def programmes() -> list[SeedProgramme]:
    """The programmes under shared management and the Recovery plans, by country."""
    return _read(PROGRAMMES)


@cache
def interreg() -> list[SeedProgramme]:
    """The Interreg programmes, by lead country."""
    return _read(INTERREG)
