"""Italy, www.sviluppo.toscana.it: calls of the region, posts `bando` (crawler.platforms.wordpress).

A post is a title and a link: its text comes empty, and nobody has recorded the page behind.
"""

from __future__ import annotations

from crawler.platforms.facts import REGIONAL, calls_of
from crawler.platforms.wordpress import LIST, RegionalPosts
from search.sources import FormatSeen
from search.vocabulary import Country

SITE = "https://www.sviluppo.toscana.it"


class ItToscanaSpider(RegionalPosts):
    name = "it_toscana"
    allowed_domains = ["www.sviluppo.toscana.it"]
    facts = calls_of(
        Country.IT, name, "Sviluppo Toscana, calls of the Tuscan region (Italy)", f"{SITE}/bandi/",
        attribution="Sviluppo Toscana, Regione Toscana", format_seen=FormatSeen.RECORDED, level=(REGIONAL,),
    )  # fmt: skip
    min_entries = 5
    posts_url = LIST.format(SITE, "bando?")
    region, nuts = "Regione Toscana", "ITI1"
