"""Italy, calabriaeuropa.regione.calabria.it: calls of the region, posts `bando` (crawler.platforms.wordpress).

A post is a title and a link: its text comes empty, and nobody has recorded the page behind.
"""

from __future__ import annotations

from crawler.platforms.facts import REGIONAL, calls_of
from crawler.platforms.wordpress import LIST, RegionalPosts
from search.sources import FormatSeen
from search.vocabulary import Country

SITE = "https://calabriaeuropa.regione.calabria.it"


class ItCalabriaSpider(RegionalPosts):
    name = "it_calabria"
    allowed_domains = ["calabriaeuropa.regione.calabria.it"]
    facts = calls_of(
        Country.IT, name, "Calabria Europa, calls of the Calabria region (Italy)", f"{SITE}/bandi/",
        attribution="Regione Calabria, Calabria Europa", format_seen=FormatSeen.RECORDED, level=(REGIONAL,),
    )  # fmt: skip
    min_entries = 5
    posts_url = LIST.format(SITE, "bando?")
    region, nuts = "Regione Calabria", "ITF6"
