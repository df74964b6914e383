"""Estonia, Riigi Tugiteenuste Keskus (rtk.ee): all rounds for support on one page, in Estonian.

Three sections (open, opening soon, closed); per round a button with its address, then a list of labels with their texts.
The periods are prose. Rounds of one measure share an address, so the opening day is part of the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from scrapy.http import Response

from crawler.normalise import from_html, lead, parse_day
from crawler.platforms import DOCUMENTED, NATIONAL, ListAndPage, Page, Paged, budget_in, call, calls_of, conditions, put, put_labels, table, words
from crawler.source import SourceError, needed
from search.vocabulary import Beneficiary, Country, Fund

OFFICE = "Riigi Tugiteenuste Keskus"
LIST = "https://www.rtk.ee/toetused-taotlemine/taotlusvoorud/avatud-ja-suletud-taotlusvoorud"

SECTIONS = {"Avatud_taotlusvoorud": "Avatud", "Peagi_avanevad_taotlusvoorud": "Peagi avanev", "Suletud_taotlusvoorud": "Suletud"}
PROGRAMMES: dict[str, list[str]] = {"rrf": [Fund.RRF], "emp": ["EEA Grants"], "norra": ["Norway Grants"]}  # SF and RE name no single fund
APPLICANTS = table(
    Beneficiary, LARGE_COMPANY="ettevõtjad", SME="ettevõtjad; mikro- ja väikeettevõtjad",
    PROVIDER="kutsehariduskeskused; kutseõppeasutused; ülikoolid", OTHER="mittetulundusühingud; sihtasutused",
    PUBLIC_AUTHORITY="kohalikud omavalitsused; kohaliku omavalitsuse üksused",
)  # fmt: skip
_NEW_TAB = re.compile(r"\s*avaneb uues vahekaardis\s*$")
_TAG = re.compile(r"\((SF|RRF|EMP|Norra|RE)\)$")
_DAY = r"(\d{1,2}\.\d{1,2}\.\d{4})"
_END = re.compile(rf"(?:kuni|[-–])\s*{_DAY}(?:\s*kell\s*(\d{{1,2}})[.:](\d{{2}}))?", re.I)

LEAST_ADDRESSES = 0.75  # of the rounds; the portal itself gives one round or two the page of another


class EeRtkSpider(Paged, ListAndPage):
    name = "ee_rtk"
    allowed_domains = ["www.rtk.ee"]
    facts = calls_of(Country.EE, name, f"{OFFICE}, taotlusvoorud", LIST, attribution=OFFICE, format_seen=DOCUMENTED, level=(NATIONAL,))
    min_entries = 6
    min_dated = 0.3
    list_url = LIST

    def read_page(self, response: Response, number: int) -> Page:  # noqa: ARG002 there is one
        page, mended = self.page_of(response)
        for name in SECTIONS:
            needed(page.css(f"a[name={name}]"), "the page", f"section {name}")
        found = list(rounds(page))
        if not found and "Taotlemine:" in response.text:
            raise SourceError("the page has another shape: no a.btn.btn-secondary before the labels of a round")
        addresses = {row["href"] for row in found}
        if len(addresses) < LEAST_ADDRESSES * len(found):  # our keys are made of them
            raise SourceError(f"the page has another shape: {len(found)} rounds lead to {len(addresses)} addresses only")
        return Page(found, len(found), suspect=mended)

    def take(self, row: dict[str, str], suspect: bool) -> Iterator[Any]:
        yield from self.drafted(key_of(row), row, fields_of, suspect)


def rounds(page: Selector) -> Iterator[dict[str, str]]:
    """What the page says of each round, by label; in the order of the page."""
    section = ""
    said: dict[str, str] = {}
    for node in page.xpath("//a[@name] | //a[contains(@class, 'btn-secondary')] | //li[h6/strong]"):
        if node.attrib.get("name") in SECTIONS:
            if said:
                yield said
            section, said = node.attrib["name"], {}
        elif "href" in node.attrib and section:
            if said:
                yield said
            title = _NEW_TAB.sub("", words(node))
            said = {"section": section, "title": title, "href": node.attrib["href"]}
        elif said:
            label = words(node.xpath("h6/strong"))
            said[label.rstrip(":")] = from_html(node.get()).removeprefix("•").strip().removeprefix(label).strip()
    if said:
        yield said


def key_of(said: dict[str, str]) -> str:
    """The address's path and the day the round opens."""
    parts = urlsplit(urljoin(LIST, said["href"]))
    place = "" if (parts.hostname or "").endswith("rtk.ee") else f"{parts.hostname}/"
    words = re.sub(r"[\s:?#\\]+", "-", place + parts.path.strip("/")).replace("/", ":")
    opens = re.search(_DAY, _END.sub("", said.get("Taotlemine", "")))
    return f"{words}:{opens[1]}" if opens else words


def fields_of(said: dict[str, str]) -> dict[str, Any]:
    """The fields of a round. Raises ValueError."""
    period, tag = said.get("Taotlemine", ""), _TAG.search(said["title"])
    opens, ends = re.search(_DAY, _END.sub("", period)), deadlines(period)
    exhausted = "eelarvevahendite" in period
    fields = call(
        "et", said["title"], urljoin(LIST, said["href"]), opening_date=parse_day(opens[1], "%d.%m.%Y").isoformat() if opens else None, deadlines=ends,
        deadline_kind=("cut-offs" if len(ends) > 1 else "fixed") if ends else "until-exhausted" if exhausted else "not-stated",
        summary=lead(said.get("Eesmärk", "")) or None, objectives=said.get("Eesmärk") or None, eligibility=said.get("Sihtgrupp") or None,
        budget=budget_in(said.get("Eesmärk", ""), "[Ee]elarve on", "eurot"),
        source_status=SECTIONS[said["section"]], authority={"name": OFFICE, "url": "https://www.rtk.ee/", "url_basis": "crawled"},
        conditions=conditions({label: said.get(label) for label in ("Taotlemine", "Valdkond")}),
    )  # fmt: skip
    put(fields, "country", [Country.EE], OFFICE, "rounds of the Estonian state")
    put(fields, "level", [NATIONAL], OFFICE, "rounds of the Estonian state")
    if tag:
        put_labels(fields, "programme", [tag[1]], PROGRAMMES, "fund in the title")
    put_labels(fields, "beneficiary", re.split(r"[,;\n]", said.get("Sihtgrupp", "")), APPLICANTS, "applicants named by the source")
    return fields


def deadlines(period: str) -> list[dict[str, str]]:
    """The days after "kuni" or a dash, with the hour where one is stated. Raises DateError."""
    ends = list(_END.finditer(period))
    found = []
    for end in ends:
        moment = {"date": parse_day(end[1], "%d.%m.%Y").isoformat(), "zone": "Europe/Tallinn", "text": period[:500]}
        moment["kind"] = "cut-off" if len(ends) > 1 else "fixed"
        found.append(moment | {"time": f"{int(end[2]):02}:{end[3]}"} if end[2] else moment)
    return found
