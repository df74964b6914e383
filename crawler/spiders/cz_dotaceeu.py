"""Czechia, dotaceeu.cz: calls of the operational programmes, of the EU's own programmes, and financial instruments, in Czech.

Three feeds of HTML fragments, five calls each, until a fragment is empty -> one page per call: label and `<strong>` value,
then the text. Amounts stand in the text only.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import DateError, from_html, lead, parse_day, squeeze
from crawler.platforms.list_and_page import ListAndPage, files
from crawler.platforms.mapped import put, put_labels
from crawler.source import Draft, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Fund, FundingType, Kind, Level, TextUse

FEED = "https://dotaceeu.cz/cs/ajax-pages/{}?page={}"
GRANTS, UNION, INSTRUMENTS = "vyzvyfeeddotace", "vyzvyfeedeuprog", "vyzvyfeedfinanc"
PER_PAGE = 5
STATUSES = ("Otevřená", "Plánovaná", "Uzavřená", "Ukončená")
PROGRAMMES = {  # programmes of one fund, and the EU's own under the names that its portal gives them
    "Operační program Zaměstnanost plus": Fund.ESF_PLUS, "Integrovaný regionální operační program": Fund.ERDF,
    "Operační program Technologie a aplikace pro konkurenceschopnost": Fund.ERDF, "Operační program Spravedlivá transformace": Fund.JTF,
    "Národní plán obnovy": Fund.RRF, "Horizont Evropa": "Horizon Europe", "Kreativní Evropa": "Creative Europe",
}  # fmt: skip
APPLICANTS = {
    "malé a střední podniky": [Beneficiary.SME], "velké podniky": [Beneficiary.LARGE_COMPANY], "obce": [Beneficiary.PUBLIC_AUTHORITY],
    "kraje": [Beneficiary.PUBLIC_AUTHORITY], "školy a školská zařízení": [Beneficiary.PROVIDER], "vysoké školy": [Beneficiary.PROVIDER],
    "sociální partneři": [Beneficiary.SOCIAL_PARTNER], "nestátní neziskové organizace": [Beneficiary.OTHER],
}  # fmt: skip
_WINDOW = re.compile(r"Termín pro podání žádosti:\s*(\d+\. \d+\. \d{4})?\s*-?\s*(\d+\. \d+\. \d{4})?")
_AMOUNT = re.compile(r"[^.]*\b[Aa]lokac\w+[^.]{0,60}?\b(\d[\d ]*(?:,\d+)?) (mil\. |mld\. )?Kč")


class CzDotaceeuSpider(ListAndPage):
    name = "cz_dotaceeu"
    allowed_domains = ["dotaceeu.cz"]
    facts = SourceFacts(
        source="cz_dotaceeu",
        title="DotaceEU, calls (Czechia)",
        homepage="https://dotaceeu.cz/cs/jak-ziskat-dotaci/vyzvy",
        countries=[Country.CZ],
        level=[Level.NATIONAL, Level.EU],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.INFERRED,
        licence="not stated",
        attribution="DotaceEU.cz, Ministerstvo pro místní rozvoj ČR",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 8
    min_dated = 0.5

    def first(self) -> Iterator[Request]:
        for feed in (GRANTS, UNION, INSTRUMENTS):
            yield self.ask_page(feed, 1, PER_PAGE)

    def ask_page(self, feed: str, number: int, before: int) -> Request:
        return self.ask(FEED.format(feed, number), self.parse, cb_kwargs={"feed": feed, "number": number, "before": before})

    async def parse(self, response: Response, feed: str, number: int, before: int) -> AsyncIterator[Any]:
        """A fragment of a feed. before: how many calls the one before had; an empty one after a full one is asked for again."""
        html, mended = self.text_of(response)
        items = Selector(html or "<html/>").css("li.js-ajax-item")
        if not items and html.strip():
            raise SourceError(f"the feed {feed} has another shape: no li.js-ajax-item on page {number}")
        if not items and (number == 1 or (before == PER_PAGE and not response.meta.get("empty_tries"))):
            yield await self.again(response, f"page {number} of the feed {feed} came empty")
            return
        for item in items:
            for request in self.read_item(item, response, feed, mended):
                yield request
        if items:
            yield self.ask_page(feed, number + 1, len(items))

    def read_item(self, item: Selector, response: Response, feed: str, mended: bool) -> Iterator[Request]:
        """The request for the page of a listed call."""
        href, title = item.css("a[href^='/Jak-ziskat']::attr(href)").get(""), squeeze(item.css("h3").xpath("string()").get(""))
        tags, line = [squeeze(tag) for tag in item.css(".tag").xpath("string()").getall()], squeeze(item.xpath("string()").get(""))
        window = _WINDOW.search(line)
        if not href or not title or not tags or not window:
            raise SourceError(f"a call in the feed {feed} has another shape: no link, h3, .tag or Termín pro podání žádosti")
        said = {"feed": feed, "title": title, "programme": tags[0], "opens": window[1], "closes": window[2]}
        said["status"] = next((tag for tag in tags if tag in STATUSES), None)
        made = Draft(href, {"id": f"{self.name}:{href.strip('/').replace('/', ':')}"}, payload=said, suspect=mended)
        return self.ask_call(response.urljoin(href), made, line, self.parse_call)

    def parse_call(self, response: Response, made: Draft) -> Iterator[Draft]:
        """The page of a call; those of the EU's own programmes have neither number nor applicants."""
        page, mended = self.page_of(response)
        made.suspect = made.suspect or mended
        said, labels = made.payload, read_labels(page)
        if "Stav výzvy" not in labels:
            raise SourceError(f"a call has another shape: no Stav výzvy ({response.url})")
        text = from_html("".join(page.css("div.text").getall()))
        try:
            opens = day(labels.get("Zahájení příjmu žádostí") or said["opens"])
            closes = day(labels.get("Ukončení příjmu žádostí") or said["closes"])
        except DateError as error:
            self.refuse(made, str(error))
            return
        made.fields |= {
            "kind": "call",
            "title": said["title"],
            "lang": "cs",
            "url": response.url,
            "identifier": labels.get("Číslo výzvy"),
            "deadline_model": labels.get("Druh výzvy"),
            "description": text or None,
            "summary": lead(text) or None,
            "eligibility": labels.get("Oprávnění žadatelé"),
            "conditions": [{"heading": name, "text": labels[name]} for name in ("Operační program", "Program", "Prioritní osa") if labels.get(name)],
            "opening_date": opens,
            "deadlines": [{"date": closes, "zone": "Europe/Prague"}] if closes else [],
            "deadline_kind": "fixed" if closes else "rolling" if labels.get("Druh výzvy") == "Průběžná" else "not-stated",
            "budget": budget(text),
            "source_status": labels["Stav výzvy"],
            "documents": files(response, page.css("a[href*='/media/']"), "Dokument"),
        }
        label(made.fields, said, labels)
        yield made


def read_labels(page: Selector) -> dict[str, str]:
    """The page's labels with their values: text that ends in a colon before a `strong`."""
    pairs = ((squeeze(strong.xpath("preceding-sibling::text()[1]").get("")), strong) for strong in page.css("strong"))
    return {before.rstrip(": "): squeeze(strong.xpath("string()").get("")) for before, strong in pairs if before.endswith(":")}


def day(said: str | None) -> str | None:
    """`d. m. yyyy`, or None where nothing is said. Raises DateError."""
    return parse_day(said, "%d. %m. %Y").isoformat() if said else None


def budget(text: str) -> dict[str, Any] | None:
    """The allocation in the text: `500 mil. Kč`, `5,5 mil. Kč` or `10 000 000 Kč`."""
    found = _AMOUNT.search(squeeze(text))
    if not found:
        return None
    unit = {"mil. ": 1e6, "mld. ": 1e9}.get(found[2] or "", 1)
    return {
        "total": round(float(found[1].replace(" ", "").replace(",", ".")) * unit, 2),
        "currency": "CZK",
        "scope": "call",
        "text": found[0].strip(),
    }


def label(fields: dict[str, Any], said: dict[str, str], labels: dict[str, str]) -> None:
    """What feed, programme and applicants decide."""
    programme, feed = said["programme"], said["feed"]
    put(fields, "programme", [PROGRAMMES.get(programme, programme)], programme, "programme of the call")
    if feed == UNION:
        put(fields, "level", [Level.EU], programme, "feed of the EU's own programmes")
        put(fields, "country", [Country.EU_WIDE], programme, "feed of the EU's own programmes")
    else:
        put(fields, "level", [Level.NATIONAL], programme, "programme managed by a ministry")
        put(fields, "country", [Country.CZ], programme, "programme of Czechia")
    if feed != UNION:
        put(fields, "type", [FundingType.LOAN if feed == INSTRUMENTS else FundingType.GRANT], feed, "feed of the call")
    applicants = [part.strip() for part in labels.get("Oprávnění žadatelé", "").split(",") if part.strip()]
    if all(part.casefold() in APPLICANTS for part in applicants):  # else the words of the text tell more than a part of the labels
        put_labels(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source")
