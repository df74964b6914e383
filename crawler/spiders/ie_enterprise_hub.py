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

from crawler.normalise import from_html
from crawler.platforms import INFERRED, NATIONAL, budget_in, call, calls_of, put, put_labels, put_places, table, texts, words
from crawler.source import Draft, Source, SourceError, needed
from search.vocabulary import Beneficiary, Country, FundingType

HUB, SITE = "National Enterprise Hub", "https://www.neh.gov.ie"
FRAGMENT = SITE + "/service/pagination/neh-en/120482?view=asCategoryContainerPagination&pageNum={}"
TYPES = table(FundingType, GRANT="grant; voucher", LOAN="loan; loan guarantee; equity")
APPLICANTS = table(
    Beneficiary, SME="small and medium businesses; micro businesses; start-ups", LARGE_COMPANY="large businesses",
    PROVIDER="training providers", OTHER="social enterprises",
)  # fmt: skip


class IeEnterpriseHubSpider(Source):
    name = "ie_enterprise_hub"
    allowed_domains = ["www.neh.gov.ie"]
    facts = calls_of(
        Country.IE, name, HUB, f"{SITE}/business-supports", attribution="National Enterprise Hub, Government of Ireland", format_seen=INFERRED
    )
    min_entries = 6

    def first(self) -> Iterator[Request]:
        self.listed: set[str] = set()
        yield self.ask(self.facts.homepage, self.parse_agencies)

    def parse_agencies(self, response: Response) -> Iterator[Request]:
        """The names of the agencies, by their numbers in the cards."""
        radios = Selector(self.text_of(response)[0]).css("input[type=radio][value]")
        agencies = {radio.attrib["value"]: words(radio.xpath("..")) for radio in radios}
        self.agencies = needed(agencies, "the page of supports", "agencies to choose from")
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
        link, title = (needed(said, "a card", "data-link or no h4") for said in (card.attrib.get("data-link", ""), words(card.css("h4"))))
        who, kind = words(card.css(".who-is-for-container")), words(card.css("p.tag"))
        agency = next((self.agencies[tag] for tag in card.attrib.get("data-filter", "").split(",") if tag in self.agencies), "")
        about = from_html(card.css(".text-wrapper").get(""))
        fields = call(
            "en", title, link if link.startswith("https://") else SITE + link, **texts(about),
            eligibility=who or None, deadline_kind="not-stated", budget=budget_in(about, "[Tt]otal budget:"),
            authority={"name": agency} if agency else None,
            types_of_action=[kind] if kind else [],
        )  # fmt: skip
        put(fields, "country", [Country.IE], agency or HUB, "supports for businesses in Ireland")
        put_places(fields, [words(card.css(".top-title"))], "IE")
        put(fields, "level", [NATIONAL], agency or HUB, "supports of Ireland's agencies")
        put_labels(fields, "type", [kind], TYPES, "tag of the source")
        put_labels(fields, "beneficiary", who.split(","), APPLICANTS, "whom the source says it is for")
        key = re.sub(r"[\s:?#\\]+", "-", link.removeprefix("/business-supports/").strip("/")).replace("/", ":")
        return Draft(link, fields | {"id": f"{self.name}:{key}"}, suspect=suspect)
