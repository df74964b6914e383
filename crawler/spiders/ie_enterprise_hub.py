"""Ireland, National Enterprise Hub (neh.gov.ie): supports of all agencies for businesses, in English.

The page of supports names the agencies by number -> fragments of five cards, as long as one announces another. Dates and
amounts are nowhere; the pages behind the cards say no more.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.normalise import from_html, lead, squeeze
from crawler.platforms.mapped import put, put_labels
from crawler.platforms.places import put_places
from crawler.source import Draft, Source, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, FundingType, Kind, Level, TextUse

SITE = "https://www.neh.gov.ie"
FRAGMENT = SITE + "/service/pagination/neh-en/120482?view=asCategoryContainerPagination&pageNum={}"
TYPES = {
    "grant": [FundingType.GRANT],
    "voucher": [FundingType.GRANT],
    "loan": [FundingType.LOAN],
    "loan guarantee": [FundingType.LOAN],
    "equity": [FundingType.LOAN],
}
APPLICANTS = {
    "small and medium businesses": [Beneficiary.SME],
    "micro businesses": [Beneficiary.SME],
    "start-ups": [Beneficiary.SME],
    "large businesses": [Beneficiary.LARGE_COMPANY],
    "training providers": [Beneficiary.PROVIDER],
    "social enterprises": [Beneficiary.OTHER],
}


class IeEnterpriseHubSpider(Source):
    name = "ie_enterprise_hub"
    allowed_domains = ["www.neh.gov.ie"]
    facts = SourceFacts(
        source="ie_enterprise_hub",
        title="National Enterprise Hub",
        homepage=f"{SITE}/business-supports",
        countries=[Country.IE],
        level=[Level.NATIONAL, Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.INFERRED,
        licence="not stated",
        attribution="National Enterprise Hub, Government of Ireland",
        text_use=TextUse.EXTRACT,
    )
    min_entries = 6

    def first(self) -> Iterator[Request]:
        self.listed: set[str] = set()
        self.agencies: dict[str, str] = {}
        yield self.ask(self.facts.homepage, self.parse_agencies)

    def parse_agencies(self, response: Response) -> Iterator[Request]:
        """The names of the agencies, by their numbers in the cards."""
        radios = Selector(self.text_of(response)[0]).css("input[type=radio][value]")
        self.agencies = {radio.attrib["value"]: squeeze(radio.xpath("string(..)").get("")) for radio in radios}
        if not self.agencies:
            raise SourceError("the page of supports has another shape: no agencies to choose from")
        yield self.ask(FRAGMENT.format(0), self.parse, cb_kwargs={"number": 0})

    async def parse(self, response: Response, number: int) -> AsyncIterator[Any]:
        """A fragment; each was announced, so an empty one is an error."""
        html, mended = self.text_of(response)
        cards = Selector(html or "<p></p>").css("div.filter-card")
        if not cards and "data-link" in html:
            raise SourceError("a fragment has another shape: no div.filter-card")
        if not cards:
            yield await self.again(response, f"fragment {number} came empty")
            return
        if not html.rstrip().endswith(">"):
            raise SourceError(f"fragment {number} ends in the middle")
        links = {card.attrib.get("data-link", "") for card in cards}
        if links <= self.listed:
            raise SourceError(f"fragment {number} repeats supports of earlier ones")
        self.listed |= links
        for card in cards:
            yield self.read(card, mended)
        if "shadow-filter" in html:
            yield self.ask(FRAGMENT.format(number + 1), self.parse, cb_kwargs={"number": number + 1})

    def read(self, card: Selector, suspect: bool) -> Draft:
        """The draft of a card. Raises SourceError where its link or title is missing."""
        link, title = card.attrib.get("data-link", ""), text(card, "h4")
        if not link or not title:
            raise SourceError("a card has another shape: no data-link or no h4")
        about, who, kind = from_html(card.css(".text-wrapper").get("")), text(card, ".who-is-for-container"), text(card, "p.tag")
        agency = next((self.agencies[tag] for tag in card.attrib.get("data-filter", "").split(",") if tag in self.agencies), "")
        fields: dict[str, Any] = {
            "kind": "call",
            "title": title,
            "lang": "en",
            "url": link if link.startswith("https://") else SITE + link,
            "summary": lead(about) or None,
            "description": about or None,
            "eligibility": who or None,
            "deadline_kind": "not-stated",
            "authority": {"name": agency} if agency else None,
            "types_of_action": [kind] if kind else [],
        }
        put(fields, "country", [Country.IE], agency or "National Enterprise Hub", "supports for businesses in Ireland")
        put_places(fields, [text(card, ".top-title")], "IE")
        put(fields, "level", [Level.NATIONAL], agency or "National Enterprise Hub", "supports of Ireland's agencies")
        put_labels(fields, "type", [kind], TYPES, "tag of the source")
        put_labels(fields, "beneficiary", who.split(","), APPLICANTS, "whom the source says it is for")
        return Draft(re.sub(r"[\s:?#\\]+", "-", link.removeprefix("/business-supports/").strip("/")).replace("/", ":"), fields, suspect=suspect)


def text(card: Selector, css: str) -> str:
    """The text of the first element, on one line."""
    return squeeze(card.css(css).xpath("string()").get(""))
