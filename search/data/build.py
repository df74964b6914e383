"""Rebuild the committed tables from the public files that NOTICE names.

    python -m search.data.build nuts NUTS_CSV
    python -m search.data.build concepts VOCABULARIES

    python -m search.data.build exonyms CLDR_SUBDIVISIONS

`nuts`: from a table of NUTS units (2021 and 2024) with their original, Latin and English names, made from Eurostat's
correspondence workbook and EuroVoc's region labels; what the search asks for is kept.
`concepts`: curated rows of concepts.csv stay; the others are drawn anew, as drawn.csv asks, from a folder with the labels
of EuroVoc, CPV, NACE and the programmes of the Union, one gzipped table per list. A label that cannot stand as a term (too
long, with an "and so on" in it) is left out, and so is what rejected.csv lists: an empty cell is legal.
"""

from __future__ import annotations

import csv
import gzip
import html
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from search import regions
from search.analysis import fold
from search.vocabulary import LANGUAGES

COLUMNS = ("code", "level", "country", "name", "name_latin", "name_en", "also_en", "versions", "other_code")
HERE = Path(__file__).parent
LISTS = {
    "eurovoc": "eurovoc_715_23langs.tsv.gz", "cpv": "eforms_cpv.tsv.gz", "nace": "nace_rev2_titles.tsv.gz",
    "eu-programme": "eforms_eu-programme.tsv.gz",
}  # fmt: skip
UNTRANSLATED = {("cpv", "ga")}  # this column of the list is in English
LONGEST = 5  # words: a longer label is a description, no term
LONGEST_PROGRAMME = 9

_YEARS = re.compile(r"\s*\(\d{4}/\d{4}\)")
_SHORT = re.compile(r"\(([^()]+)\)")
_MARKS = re.compile(r"[„”“\"«»{}]")
_SEVERAL = re.compile(r"[,;:()/]|\b[A-Z]\.$")


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


def exonyms(source: Path, target: Path) -> int:
    """Add the names of regions in other languages from CLDR's subdivisions; curated rows stay. Returns the rows.

    A subdivision is the NUTS unit of the same country (the largest) that most of its names are already known for.
    """
    with target.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["provenance"] == "curated"]
    known = regions.known_names()
    with gzip.open(source, "rt", encoding="utf-8", newline="") as packed:
        for subdivision in csv.DictReader(packed, delimiter="\t"):
            country = subdivision.pop("iso3166_2")[:2].upper()
            votes: Counter[str] = Counter()
            for name in filter(None, subdivision.values()):
                votes.update(c for c in known.get(fold(name), ()) if len(c) > 2 and regions.country_of(c) == country)
            if votes:
                code = min(votes, key=lambda c: (-votes[c], len(c), c))
                names = {name: language for language, name in sorted(subdivision.items(), reverse=True) if name}
                rows += [
                    {"code": code, "name": name, "language": language, "provenance": "cldr"}
                    for name, language in sorted(names.items())
                    if code not in known.get(fold(name), ())
                ]
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ("code", "name", "language", "provenance"), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["code"], row["name"])))
    return len(rows)


def concepts(vocabularies: Path, target: Path) -> int:
    """Draw the code-list rows of the concept table anew; returns their number."""
    with target.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        columns = list(reader.fieldnames or ())
        curated = [row for row in reader if row["provenance"] == "curated"]
    known = {_key(row) for row in curated}
    rejected = {(row["language"], fold(row["term"])) for row in _rows(HERE / "rejected.csv")}
    drawn = []
    for row in _drawn(vocabularies):
        if (row["language"], fold(row["term"])) not in rejected and _key(row) not in known:
            known.add(_key(row))
            drawn.append(row)
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*curated, *drawn])
    return len(drawn)


def _drawn(vocabularies: Path) -> Iterator[dict[str, str]]:
    """A row per label that can stand as a term, in the order of drawn.csv and of the languages."""
    labels = {name: _labels(vocabularies / file) for name, file in LISTS.items()}
    for wish in _rows(HERE / "drawn.csv"):
        named = labels[wish["list"]][wish["code"]]
        for language in LANGUAGES:
            if (wish["list"], language) in UNTRANSLATED or not named.get(language):
                continue
            for term in terms(named[language], wish["list"]):
                made = {name: wish[name] for name in ("concept", "facet", "value", "strength")}
                yield made | {"language": language, "term": term, "provenance": f"{wish['list']}:{wish['code']}", "reviewed": "no"}


def terms(label: str, source: str) -> list[str]:
    """The terms that a label of a code list gives: itself where it is a name, and a programme's short name."""
    bare = " ".join(_YEARS.sub("", html.unescape(label)).split())
    short = [found for found in _SHORT.findall(bare) if len(found.split()) == 1 and any(c.isupper() for c in found[1:])]
    if source != "eu-programme":
        short = []
    name = " ".join(_MARKS.sub("", _SHORT.sub("", bare)).split()).split(" – ")[0].split(" — ")[0].strip(" '-")
    longest = LONGEST_PROGRAMME if source == "eu-programme" else LONGEST
    fits = 1 <= len(name.split()) <= longest and (source == "eu-programme" or not _SEVERAL.search(name))
    return ([name if source == "eu-programme" else name.lower()] if fits else []) + [s for s in short if len(s.strip("+")) > 2]


def _labels(file: Path) -> dict[str, dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        return {next(iter(row.values())): row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _key(row: dict[str, str]) -> tuple[str, ...]:
    words = re.findall(r"[^\W_]+\*?", fold(row["term"]))
    return (row["concept"], row["facet"], row["value"], row["language"], *words)


def main(arguments: list[str]) -> str:
    """Build one table; says what was built. Raises KeyError for a table nobody knows."""
    kind, source = arguments
    build, name = {"nuts": (nuts, "nuts.csv"), "concepts": (concepts, "concepts.csv"), "exonyms": (exonyms, "exonyms.csv")}[kind]
    return f"{build(Path(source), HERE / name)} rows: {name}"


if __name__ == "__main__":
    print(main(sys.argv[1:]))
