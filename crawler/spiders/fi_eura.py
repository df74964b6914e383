"""Finland, EURA 2021: call notices ("hakuilmoitukset") of the regional and structural policy programme 2021-2027.

The list page carries all calls and the code lists as JSON in a script, with nothing cut off -> one page per call for its
description, read by its labels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup
from scrapy.http import Response

from crawler.normalise import from_html, parse_day, squeeze
from crawler.platforms import DOCUMENTED, NATIONAL, REGIONAL, Page, Paged, budget_in, call, calls_of, put, put_labels, texts, window
from crawler.source import Draft, SourceError, need_keys, needed
from search.vocabulary import Country

LIST = "https://eura2021.fi/hakuilmoitukset/"
PAGE = LIST + "hakuilmoitus/{}/"
DATA = 'script[type="__PREACT_CLI_DATA__"]'
DESCRIPTION = "Hankehaun kuvaus:"
WHOLE_COUNTRY = "VALTAKUNNALLINEN"
FUNDS = {"esr+": ["ESF+"], "eakr": ["ERDF"], "jtf": ["JTF"]}
# The regions' national codes in the units of NUTS 2024.
REGIONS = {
    "01": "FI1B1", "02": "FI1C1", "04": "FI196", "05": "FI1C2", "06": "FI19B", "07": "FI1C6", "08": "FI1C7", "09": "FI1C5", "10": "FI1DA",
    "11": "FI1DB", "12": "FI1DC", "13": "FI198", "14": "FI199", "15": "FI19A", "16": "FI1D5", "17": "FI1D9", "18": "FI1D8", "19": "FI1D7",
    "21": "FI200",
}  # fmt: skip


class FiEuraSpider(Paged):
    name = "fi_eura"
    allowed_domains = ["eura2021.fi"]
    facts = calls_of(Country.FI, name, "EURA 2021 – hakuilmoitukset", LIST, attribution="EURA 2021", format_seen=DOCUMENTED)
    min_entries = 6
    min_dated = 0.5
    list_url = LIST

    def read_page(self, response: Response, number: int) -> Page:  # noqa: ARG002 there is one
        text, suspect = self.text_of(response)
        script = needed(BeautifulSoup(text, "lxml").select_one(DATA), "the list page", DATA)
        try:
            data = json.loads(unquote(script.get_text()))["preRenderData"]
            calls, self.codes = data["hankehaku"], data["koodisto"]
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(f"the data of the list page have another shape: {error}") from error
        return Page(calls, len(calls), suspect=suspect)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        need_keys(row, ("id", "otsikko", "hakuaika", "rahasto"), "a call")
        for made in self.drafted(row["id"], row, lambda row: fields_of(row, self.codes), suspect):
            yield self.ask(PAGE.format(row["id"]), self.parse_call, optional=True, keep=True, meta={"draft": made})

    def failed(self, failure: Any) -> Any:
        """Without its page a call lacks only the description."""
        super().failed(failure)
        return iter([failure.request.meta["draft"]])

    def parse_call(self, response: Response) -> Iterator[Draft]:
        made: Draft = response.meta["draft"]
        text, mended = self.text_of(response)
        label = BeautifulSoup(text, "lxml").find(string=lambda words: words is not None and squeeze(words) == DESCRIPTION)
        value = label.parent.find_next_sibling() if label and label.parent else None
        if value is None:
            self.warn("pages of calls without a description")
        else:
            description = from_html(str(value))
            made.fields |= texts(description) | {"budget": budget_in(description, "[Hh]aettavana on", "euroa")}
            made.suspect |= mended
        yield made


def fields_of(notice: Mapping[str, Any], codes: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields without the description. Raises DateError."""
    opens, ends = (parse_day(day).isoformat() if (day := notice["hakuaika"].get(end)) else None for end in ("alku", "loppu"))
    office = name_of(codes, "viranomainen", notice.get("viranomainen"))
    fields = call(
        "fi", notice["otsikko"], PAGE.format(notice["id"]), identifier=notice.get("hakutunnus") or None, **window("Europe/Helsinki", opens, ends),
        source_status=None if ends else notice.get("tila"), authority={"name": office} if office else None,
    )  # fmt: skip
    put(fields, "country", [Country.FI], "EURA 2021", "calls of Finland")
    put_labels(fields, "programme", [notice["rahasto"]], FUNDS, "fund of the source")
    add_place(fields, notice, codes)
    return fields


def name_of(codes: Mapping[str, Any], kind: str, code: str | None) -> str | None:
    """The Finnish name of a code in the source's own lists."""
    return codes.get(kind, {}).get(code, {}).get("fi") if code else None


def add_place(fields: dict[str, Any], notice: Mapping[str, Any], codes: Mapping[str, Any]) -> None:
    """Regional where the call names regions or an area that is not the whole country."""
    found = {REGIONS[code]: name_of(codes, "maakunta", code) or code for code in notice.get("maakunnat") or [] if code in REGIONS}
    for region, name in found.items():
        put(fields, "region", [region], name, "region of the call")
    area = notice.get("alue")
    limited = found or (area and area != WHOLE_COUNTRY)
    words = ", ".join(found.values()) or name_of(codes, "alue", area) or area or "EURA 2021"
    put(fields, "level", [REGIONAL if limited else NATIONAL], words, "area of the call")
