"""Italy, portalebandi.regione.basilicata.it: calls of the region, posts `avvisi-e-bandi` (crawler.platforms.wordpress).

A post carries little more than its title, without dates; sales and concessions stand among the calls.
"""

from __future__ import annotations

from crawler.platforms.facts import REGIONAL, calls_of
from crawler.platforms.wordpress import LIST, RegionalPosts
from search.sources import FormatSeen
from search.vocabulary import Country

SITE = "https://portalebandi.regione.basilicata.it"


class ItBasilicataSpider(RegionalPosts):
    name = "it_basilicata"
    allowed_domains = ["portalebandi.regione.basilicata.it"]
    facts = calls_of(
        Country.IT, name, "Portale Bandi, notices of the Basilicata region (Italy)", f"{SITE}/avvisi-e-bandi/",
        attribution="Regione Basilicata", format_seen=FormatSeen.RECORDED, level=(REGIONAL,),
    )  # fmt: skip
    min_entries = 5
    posts_url = LIST.format(SITE, "avvisi-e-bandi?")
    region, nuts = "Regione Basilicata", "ITF5"
