"""Denmark, Statens Tilskudspuljer: the state's grant pools, active or not, in Danish.

One CSV export (semicolons, ragged rows). It has neither a key nor applicants nor amounts; addresses may be missing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from crawler.normalise import DateError, cut, parse_day, plain, web_address
from crawler.platforms import DOCUMENTED, NATIONAL, Page, Paged, call, calls_of, conditions, put
from crawler.source import SourceError, need_keys
from search.vocabulary import Country, FundingType

PORTAL = "Statens Tilskudspuljer"
COLUMNS = "IsActive Created Keywords IsEUFunded PoolViewLink AuthorityPoolApplicationLink AuthorityName Title NextDeadline AllDeadlines".split()
TRUTH = {"True": "Ja", "False": "Nej"}
_STAMP = re.compile(r"\d{2}-\d{2}-\d{4} \d{2}:\d{2}:\d{2}")


class DkTilskudspuljerSpider(Paged):
    name = "dk_tilskudspuljer"
    allowed_domains = ["www.statens-tilskudspuljer.dk"]
    facts = calls_of(
        Country.DK, name, PORTAL, "https://www.statens-tilskudspuljer.dk/", attribution=PORTAL, format_seen=DOCUMENTED, level=(NATIONAL,)
    )
    min_entries = 6
    min_dated = 0.3
    list_url = "https://www.statens-tilskudspuljer.dk/DataExport/statens-tilskudspuljer.csv"

    def read_page(self, response: Response, number: int) -> Page:  # noqa: ARG002 there is one
        text, mended = self.text_of(response)
        header, _, body = text.partition("\n")
        names = [name.strip("? \r") for name in header.split(";")]  # "?": a byte order mark lost in a wrong character set
        need_keys(dict.fromkeys(names), COLUMNS, "the export")
        if not text.endswith("\n"):
            raise SourceError("the export ends in the middle of a row")
        csv.field_size_limit(len(text))
        known = names[: names.index("AllDeadlines") + 1]
        rows = list(csv.DictReader(io.StringIO(body, newline=""), known, delimiter=";", restval="", restkey="beyond"))
        return Page(rows, len(rows), suspect=mended)

    def take(self, row: dict[str, str], suspect: bool) -> Iterator[Any]:
        yield from self.drafted(key_of(row), row, fields_of, suspect)


def key_of(row: dict[str, str]) -> str:
    """A key from what does not change: two pools of one authority may share a title, never the instant they were made."""
    return hashlib.sha256("|".join((row["AuthorityName"], row["Created"], row["Title"])).encode()).hexdigest()[:16]


def fields_of(row: dict[str, str]) -> dict[str, Any]:
    """The fields of a pool. Raises ValueError for a row whose values stand in the wrong columns."""
    for name in ("IsActive", "IsEUFunded"):
        if row[name] not in TRUTH:
            raise ValueError(f"{name} is {row[name][:60]!r}, neither True nor False")
    dates, link = deadlines(row), web_address(row["PoolViewLink"]) or DkTilskudspuljerSpider.facts.homepage
    keywords = [word.strip() for word in plain(cut(row["Keywords"], 2000)[0]).split(",") if word.strip()]
    fields = call(
        "da", row["Title"], link, deadlines=dates, deadline_kind=("cut-offs" if len(dates) > 1 else "fixed") if dates else "not-stated",
        authority={"name": plain(row["AuthorityName"])} if row["AuthorityName"].strip() else None, source_status=f"IsActive={row['IsActive']}",
        apply_url=web_address(row["AuthorityPoolApplicationLink"]),
        conditions=conditions({"EU-finansieret": TRUTH[row["IsEUFunded"]], "Nøgleord": ", ".join(keywords)}),
    )  # fmt: skip
    put(fields, "level", [NATIONAL], PORTAL, "register of the state's pools")
    put(fields, "country", [Country.DK], PORTAL, "register of the state's pools")
    put(fields, "type", [FundingType.GRANT], PORTAL, "register of grants (tilskud)")
    return fields


def deadlines(row: dict[str, str]) -> list[dict[str, str]]:
    """The deadlines of all rounds, or the next one where only that is given; midnight means that no time is stated."""
    said = row["AllDeadlines"].strip() or row["NextDeadline"].strip()
    stamps = list(dict.fromkeys(_STAMP.findall(said)))
    if re.sub(r"[\s,;|]", "", _STAMP.sub("", said)):
        raise DateError(f"{said[:60]!r} is not a date of the form dd-mm-yyyy hh:mm:ss")
    found = []
    for stamp in stamps:
        moment = {"date": parse_day(stamp, "%d-%m-%Y %H:%M:%S").isoformat(), "zone": "Europe/Copenhagen"}
        moment["kind"] = "cut-off" if len(stamps) > 1 else "fixed"
        found.append(moment if stamp.endswith("00:00:00") else moment | {"time": stamp[11:16]})
    return found
