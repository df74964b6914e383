"""Rebuild the committed tables: `python -m search.data.build NUTS_CSV`.

NUTS_CSV is a table of NUTS units (2021 and 2024) with their original, Latin and English names, made from Eurostat's
correspondence workbook and EuroVoc's region labels (see NOTICE). Kept: what the search asks for.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

COLUMNS = ("code", "level", "country", "name", "name_latin", "name_en", "also_en", "versions", "other_code")


def nuts(source: Path, target: Path) -> int:
    """Write the NUTS table; returns the number of units."""
    with source.open(encoding="utf-8", newline="") as lines, target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        count = 0
        for row in csv.DictReader(lines):
            versions = " ".join(v for v in ("2021", "2024") if row[f"in_nuts_{v}"] == "1")
            also = row["eurovoc_en"] if row["eurovoc_en"] != row["name_en"] else ""
            writer.writerow([row["code"], row["level"], row["country_iso2"], row["name_original"], row["name_latin"],
                             row["name_en"], also, versions, row["other_version_code"]])  # fmt: skip
            count += 1
    return count


if __name__ == "__main__":
    print(nuts(Path(sys.argv[1]), Path(__file__).with_name("nuts.csv")), "NUTS units")
