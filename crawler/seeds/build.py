"""Rebuild the committed tables: `python -m crawler.seeds.build NATIONAL_FOLDER`.

NATIONAL_FOLDER holds programmes_2021_2027.csv and interreg_2021_2027.csv, gathered from the Commission's list of managing
authorities (27 country pages, read 2026-06-14) and completed from public lists and from memory, each field marked.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from crawler.seeds.reading import MEMBER_STATES, ProgrammeKind, clean_authority, countries_named, kind_of
from crawler.seeds.table import COLUMNS, INTERREG, PROGRAMMES
from crawler.seeds.wording import basis, evidence, known_from, note
from search.regions import units

CALL_PAGES = "public list of call pages"
PORTALS = "public list of funding portals"

# Member States of programmes whose title names none. Recalled from the programmes' own documents; partners outside the
# Union are left out.
TRANSNATIONAL = {
    "2021TC16RFTN001": "AT DE FR IT SI",  # Alpine Space
    "2021TC16RFTN003": "AT CZ DE HR HU IT PL SI SK",  # Central Europe
    "2021TC16RFTN004": "BE DE DK FR NL SE",  # North Sea
    "2021TC16RFTN005": "BE DE FR IE LU NL",  # North-West Europe
    "2021TC16FFTN001": "BG CY ES FR GR HR IT MT PT SI",  # Euro-Mediterranean
    "2021TC16FFTN004": "AT BG CZ DE HR HU RO SI SK",  # Danube
    "2021TC16FFTN005": "FI IE SE",  # Northern Periphery and Arctic
    "2021TC16IPTN001": "GR HR IT SI",  # Adriatic-Ionian
    "2021TC16NXTN001": "CY ES FR GR IT MT PT",  # Mediterranean Sea Basin
    "2021TC16NXTN002": "BG GR RO",  # Black Sea Basin
    "2021TC16NXCB010": "HU RO SK",  # Hungary, Slovakia, Romania, Ukraine
    "2021TC16FFOR002": "FR",  # Mozambique Channel
    "2021TC16FFOR003": "FR",  # Caribbean
    "2021TC16FFOR004": "FR",  # Indian Ocean
    "2021TC16FFOR005": "FR",  # Amazonia
}
INTERREGIONAL = frozenset({"2021TC16FFIR001", "2021TC16RFIR001", "2021TC16RFIR002", "2021TC16RFIR004"})


def programme_row(row: dict[str, str]) -> dict[str, str]:
    """A row of programmes.csv from one of the source. Raises ValueError where kind or region contradict what we know."""
    kind = row["kind"]
    if kind == ProgrammeKind.PROGRAMME and kind_of(row["cci"], row["title_en"]) != kind:
        raise ValueError(f"{row['cci']}: {row['title_en']!r} does not look like a {kind}")
    if unknown := [code for code in row["nuts_codes"].split() if code not in units()]:
        raise ValueError(f"{row['cci']}: no NUTS unit {', '.join(unknown)}")
    kept = ("cci", "funds", "level", "kind", "title_en", "title_original", "region_en", "region_original", "programme_url",
            "managing_authority_url", "calls_url", "programme_site_url")  # fmt: skip
    return {
        **{name: row[name] for name in kept},
        "country": row["country_iso2"],
        "countries": row["country_iso2"],
        "countries_basis": "own",
        "nuts": row["nuts_codes"],
        "managing_authority": clean_authority(row["managing_authority"]),
        "managing_authority_url_basis": basis(row["managing_authority_url_basis"]),
        "funds_basis": basis(row["funds_basis"]),
        "funds_known_from": known_from(row["funds_basis"], "") if basis(row["funds_basis"]) == "seen" else "",
        "title_original_basis": basis(row["title_original_basis"]),
        "calls_url_basis": basis(row["calls_url_basis"]),
        "calls_url_known_from": known_from(row["calls_url_basis"], CALL_PAGES),
        "programme_site_url_basis": basis(row["programme_site_url_basis"]),
        "programme_site_url_known_from": known_from(row["programme_site_url_basis"], PORTALS),
        "evidence": basis(row["evidence"]),
        "evidence_text": evidence(row["evidence"], row["cci"]),
        "notes": note(row["notes"]),
    }


def interreg_row(row: dict[str, str]) -> dict[str, str]:
    """A row of interreg.csv from one of the source. Raises ValueError where the Member States of a programme are unknown."""
    cci, title = row["cci"], row["title_en"]
    named = countries_named(title)
    everyone = cci in INTERREGIONAL
    countries = named or TRANSNATIONAL.get(cci, "").split() or (list(MEMBER_STATES) if everyone else [])
    if not countries:
        raise ValueError(f"{cci}: {title!r} names no Member State")
    return {
        "cci": cci,
        "country": row["lead_country_iso2"],
        "countries": " ".join(sorted(countries)),
        "countries_basis": "title" if named else "recalled",
        "funds": "ERDF",
        "funds_basis": "definition",
        "level": "eu" if everyone else "regional",
        "kind": ProgrammeKind.INTERREG,
        "strand": row["strand"] or ("Interreg VI-C" if everyone else ""),
        "title_en": title,
        "region_en": title,
        "region_original": title,
        "managing_authority": clean_authority(row["managing_authority"]),
        "programme_url": row["programme_url"],
        "calls_url": row["calls_url"],
        "calls_url_basis": basis(row["calls_url_basis"]),
        "calls_url_known_from": known_from(row["calls_url_basis"], CALL_PAGES),
        "evidence": basis(row["evidence"]),
        "evidence_text": evidence(row["evidence"], cci),
    }


def write(rows: Iterable[dict[str, str]], target: Path) -> int:
    """Write a table; returns the number of rows."""
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _source(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def build(folder: Path, programmes: Path = PROGRAMMES, interreg: Path = INTERREG) -> tuple[int, int]:
    """Write both tables from the source folder; returns their numbers of rows."""
    return (
        write(map(programme_row, _source(folder / "programmes_2021_2027.csv")), programmes),
        write(map(interreg_row, _source(folder / "interreg_2021_2027.csv")), interreg),
    )


if __name__ == "__main__":
    print("{} programmes and plans, {} Interreg programmes".format(*build(Path(sys.argv[1]))))
