"""Denmark, Statens Tilskudspuljer: the state's grant pools, active or not, in Danish.

One CSV export (semicolons, ragged rows). It has neither a key nor applicants nor amounts; addresses may be missing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, cut, parse_day, plain, web_address
from crawler.platforms.mapped import put
from crawler.source import Draft, Source, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Country, FundingType, Kind, Level, TextUse

COLUMNS = {
    "IsActive", "Created", "Keywords", "IsEUFunded", "PoolViewLink", "AuthorityPoolApplicationLink", "AuthorityName", "Title",
    "NextDeadline", "AllDeadlines",
}  # fmt: skip
TRUTH = {"True": "Ja", "False": "Nej"}
_STAMP = re.compile(r"\d{2}-\d{2}-\d{4} \d{2}:\d{2}:\d{2}")


class DkTilskudspuljerSpider(Source):
    name = "dk_tilskudspuljer"
    allowed_domains = ["www.statens-tilskudspuljer.dk"]
    facts = SourceFacts(
        source="dk_tilskudspuljer",
        title="Statens Tilskudspuljer",
        homepage="https://www.statens-tilskudspuljer.dk/",
        countries=[Country.DK],
        level=[Level.NATIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.DOCUMENTED,
        licence="not stated",
        attribution="Statens Tilskudspuljer",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 6
    min_dated = 0.3

    export_url = "https://www.statens-tilskudspuljer.dk/DataExport/statens-tilskudspuljer.csv"

    def first(self) -> Iterator[Request]:
        yield self.ask(self.export_url, self.parse)

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        text, mended = self.text_of(response)
        header, _, body = text.partition("\n")
        names = [name.strip("? \r") for name in header.split(";")]  # "?": a byte order mark lost in a wrong character set
        if missing := COLUMNS - set(names):
            raise SourceError(f"the export has another shape: no column {', '.join(sorted(missing))}")
        if not text.endswith("\n"):
            raise SourceError("the export ends in the middle of a row")
        csv.field_size_limit(len(text))
        known = names[: names.index("AllDeadlines") + 1]
        rows = list(csv.DictReader(io.StringIO(body, newline=""), known, delimiter=";", restval="", restkey="beyond"))
        if not rows:
            yield await self.again(response, "the export came empty")
            return
        for row in rows:
            made = Draft(key_of(row), {}, payload=row, suspect=mended)
            try:
                made.fields = read(row)
            except ValueError as error:
                self.refuse(made, str(error))
            else:
                yield made


def key_of(row: dict[str, str]) -> str:
    """A key from what does not change: two pools of one authority may share a title, never the instant they were made."""
    return hashlib.sha256("|".join((row["AuthorityName"], row["Created"], row["Title"])).encode()).hexdigest()[:16]


def read(row: dict[str, str]) -> dict[str, Any]:
    """The fields of a pool. Raises ValueError for a row whose values stand in the wrong columns."""
    for name in ("IsActive", "IsEUFunded"):
        if row[name] not in TRUTH:
            raise ValueError(f"{name} is {row[name][:60]!r}, neither True nor False")
    dates = deadlines(row)
    fields: dict[str, Any] = {
        "kind": "call",
        "title": row["Title"],
        "lang": "da",
        "url": web_address(row["PoolViewLink"]) or DkTilskudspuljerSpider.facts.homepage,
        "deadlines": dates,
        "deadline_kind": ("cut-offs" if len(dates) > 1 else "fixed") if dates else "not-stated",
        "authority": {"name": plain(row["AuthorityName"])} if row["AuthorityName"].strip() else None,
        "source_status": f"IsActive={row['IsActive']}",
        "apply_url": web_address(row["AuthorityPoolApplicationLink"]),
        "conditions": [{"heading": "EU-finansieret", "text": TRUTH[row["IsEUFunded"]]}],
    }
    if keywords := [word.strip() for word in plain(cut(row["Keywords"], 2000)[0]).split(",") if word.strip()]:
        fields["conditions"].append({"heading": "Nøgleord", "text": ", ".join(keywords)})
    put(fields, "level", [Level.NATIONAL], "Statens Tilskudspuljer", "register of the state's pools")
    put(fields, "country", [Country.DK], "Statens Tilskudspuljer", "register of the state's pools")
    put(fields, "type", [FundingType.GRANT], "Statens Tilskudspuljer", "register of grants (tilskud)")
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
