"""Italy, EuroInfoSicilia: the notices of the Sicilian region on EU and cohesion money, posts of one category
(crawler.platforms.wordpress).

A post is a notice of a call or of a change to one, with its dates in the text; posts with rankings are no calls.
"""

from __future__ import annotations

from typing import Any

from crawler.platforms.facts import REGIONAL, calls_of
from crawler.platforms.wordpress import LIST, RegionalPosts
from search.sources import FormatSeen
from search.vocabulary import Beneficiary, Country, Ecosystem, Fund

SITE = "https://www.euroinfosicilia.it"
CLOSED = "category-bandi-e-avvisi-chiusi"


class ItSiciliaSpider(RegionalPosts):
    name = "it_sicilia"
    allowed_domains = ["www.euroinfosicilia.it"]
    facts = calls_of(
        Country.IT, name, "EuroInfoSicilia, calls of the Sicilian region (Italy)", f"{SITE}/bandi-e-avvisi-aperti/",
        attribution="EuroInfoSicilia, Regione Siciliana", format_seen=FormatSeen.RECORDED, level=(REGIONAL,),
    )  # fmt: skip
    min_entries = 5
    posts_url = LIST.format(SITE, "posts?categories=321&")
    region, nuts = "Regione Siciliana", "ITG1"
    no_call = frozenset({"category-graduatorie"})
    tables = {
        "programme": {"programmi-pr-fesr-sicilia-2021-2027": [Fund.ERDF]},
        "beneficiary": {
            "destinatari-imprese": [Beneficiary.SME, Beneficiary.LARGE_COMPANY], "destinatari-enti-pubblici": [Beneficiary.PUBLIC_AUTHORITY],
        },
        "ecosystem": {"argomenti-turismo": [Ecosystem.TOURISM]},
    }  # fmt: skip

    def fields_of(self, post: dict[str, Any]) -> dict[str, Any]:
        return super().fields_of(post) | {"source_status": "Bandi e avvisi chiusi" if CLOSED in post["class_list"] else None}
