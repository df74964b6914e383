"""Czechia, dotaceeu.cz: calls of the operational programmes, of the EU's own programmes, and financial instruments, in Czech.

Three feeds of HTML fragments, five calls each, until a fragment is empty -> one page per call: label and `<strong>` value,
then the text. Amounts stand in the text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import from_html, parse_day, squeeze
from crawler.platforms import EU, INFERRED, NATIONAL, ListAndPage, Page, Paged, calls_of, files, put, put_all, table, words
from crawler.platforms.fields import call, conditions, texts, window
from crawler.source import Draft, SourceError, needed
from search.vocabulary import Beneficiary, Country, Fund, FundingType

FEED = "https://dotaceeu.cz/cs/ajax-pages/{}?page={}"
GRANTS, UNION, INSTRUMENTS = "vyzvyfeeddotace", "vyzvyfeedeuprog", "vyzvyfeedfinanc"
STATUSES = ("Otevřená", "Plánovaná", "Uzavřená", "Ukončená")
PROGRAMMES = {  # programmes of one fund, and the EU's own under the names that its portal gives them
    "Operační program Zaměstnanost plus": Fund.ESF_PLUS, "Integrovaný regionální operační program": Fund.ERDF,
    "Operační program Technologie a aplikace pro konkurenceschopnost": Fund.ERDF, "Operační program Spravedlivá transformace": Fund.JTF,
    "Národní plán obnovy": Fund.RRF, "Horizont Evropa": "Horizon Europe", "Kreativní Evropa": "Creative Europe",
}  # fmt: skip
APPLICANTS = table(
    Beneficiary, SME="malé a střední podniky", LARGE_COMPANY="velké podniky", PUBLIC_AUTHORITY="obce; kraje",
    PROVIDER="školy a školská zařízení; vysoké školy", SOCIAL_PARTNER="sociální partneři", OTHER="nestátní neziskové organizace",
)  # fmt: skip
_WINDOW = re.compile(r"Termín pro podání žádosti:\s*(\d+\. \d+\. \d{4})?\s*-?\s*(\d+\. \d+\. \d{4})?")
_AMOUNT = re.compile(r"[^.]*\b[Aa]lokac\w+[^.]{0,60}?\b(\d{1,3}(?: \d{3})+|\d+(?:,\d+)?) (mil\. |mld\. )?Kč")


class CzDotaceeuSpider(Paged, ListAndPage):
    name = "cz_dotaceeu"
    allowed_domains = ["dotaceeu.cz"]
    facts = calls_of(
        Country.CZ, name, "DotaceEU, calls (Czechia)", "https://dotaceeu.cz/cs/jak-ziskat-dotaci/vyzvy",
        attribution="DotaceEU.cz, Ministerstvo pro místní rozvoj ČR", format_seen=INFERRED, level=(NATIONAL, EU),
    )  # fmt: skip
    min_entries = 8
    min_dated = 0.5

    page_size = 5

    def first(self) -> Iterator[Request]:
        for feed in (GRANTS, UNION, INSTRUMENTS):
            yield self.ask_page(FEED.format(feed, 1), 1, 0)

    def read_page(self, response: Response, number: int) -> Page:
        """A fragment of a feed."""
        html, mended = self.text_of(response)
        feed = response.url.split("?")[0].rsplit("/", 1)[-1]
        items = Selector(html or "<html/>").css("li.js-ajax-item")
        needed(items or not html.strip(), f"page {number} of the feed {feed}", "li.js-ajax-item")
        return Page([(item, feed) for item in items], None, FEED.format(feed, number + 1), mended)

    def take(self, row: tuple[Selector, str], suspect: bool) -> Iterator[Any]:
        item, feed = row
        href, title, line = item.css("a[href^='/Jak-ziskat']::attr(href)").get(""), words(item.css("h3")), words(item)
        tags, dates = [squeeze(tag) for tag in item.css(".tag").xpath("string()").getall()], _WINDOW.search(line)
        if not href or not title or not tags or not dates:
            raise SourceError(f"a call in the feed {feed} has another shape: no link, h3, .tag or Termín pro podání žádosti")
        said = {"feed": feed, "title": title, "programme": tags[0], "opens": dates[1], "closes": dates[2]}
        said["status"] = next((tag for tag in tags if tag in STATUSES), None)
        made = Draft(href, {"id": f"{self.name}:{href.strip('/').replace('/', ':')}"}, payload=said, suspect=suspect)
        yield from self.ask_call(urljoin(FEED, href), made, line)

    def read_call(self, page: Selector, response: Response, made: Draft) -> dict[str, Any]:
        """The page of a call; those of the EU's own programmes have neither number nor applicants."""
        said, labels = made.payload, read_labels(page)
        needed("Stav výzvy" in labels, f"a call ({response.url})", "Stav výzvy")
        text = from_html("".join(page.css("div.text").getall()))
        fields = call(
            "cs", said["title"], response.url, identifier=labels.get("Číslo výzvy"), deadline_model=labels.get("Druh výzvy"), **texts(text),
            eligibility=labels.get("Oprávnění žadatelé"),
            conditions=conditions({name: labels.get(name) for name in ("Operační program", "Program", "Prioritní osa")}),
            **window(
                "Europe/Prague", day(labels.get("Zahájení příjmu žádostí") or said["opens"]),
                day(labels.get("Ukončení příjmu žádostí") or said["closes"]),
                otherwise="rolling" if labels.get("Druh výzvy") == "Průběžná" else "not-stated",
            ),
            budget=budget(text), source_status=labels["Stav výzvy"], documents=files(response, page.css("a[href*='/media/']"), "Dokument"),
        )  # fmt: skip
        label(fields, said, labels)
        return fields


def read_labels(page: Selector) -> dict[str, str]:
    """The page's labels with their values: text that ends in a colon before a `strong`."""
    pairs = ((squeeze(strong.xpath("preceding-sibling::text()[1]").get("")), strong) for strong in page.css("strong"))
    return {before.rstrip(": "): words(strong) for before, strong in pairs if before.endswith(":")}


def day(said: str | None) -> str | None:
    """`d. m. yyyy`, or None where nothing is said. Raises DateError."""
    return parse_day(said, "%d. %m. %Y").isoformat() if said else None


def budget(text: str) -> dict[str, Any] | None:
    """The allocation in the text: `500 mil. Kč`, `5,5 mil. Kč` or `10 000 000 Kč`."""
    found = _AMOUNT.search(squeeze(text))
    if not found:
        return None
    unit = {"mil. ": 1e6, "mld. ": 1e9}.get(found[2] or "", 1)
    total = round(float(found[1].replace(" ", "").replace(",", ".")) * unit, 2)
    return {"total": total, "currency": "CZK", "scope": "call", "text": found[0].strip()}


def label(fields: dict[str, Any], said: dict[str, str], labels: dict[str, str]) -> None:
    """What feed, programme and applicants decide."""
    programme, feed = said["programme"], said["feed"]
    put(fields, "programme", [PROGRAMMES.get(programme, programme)], programme, "programme of the call")
    union = "feed of the EU's own programmes"
    put(fields, "level", [EU if feed == UNION else NATIONAL], programme, union if feed == UNION else "programme managed by a ministry")
    put(fields, "country", [Country.EU_WIDE if feed == UNION else Country.CZ], programme, union if feed == UNION else "programme of Czechia")
    if feed != UNION:
        put(fields, "type", [FundingType.LOAN if feed == INSTRUMENTS else FundingType.GRANT], feed, "feed of the call")
    applicants = [part.strip() for part in labels.get("Oprávnění žadatelé", "").split(",") if part.strip()]
    put_all(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source")
