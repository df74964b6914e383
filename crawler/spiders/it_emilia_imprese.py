"""Italy, Regione Emilia-Romagna: the calls for firms, a Plone site (crawler.platforms.plone_bandi)."""

from __future__ import annotations

from crawler.platforms.facts import REGIONAL, calls_of
from crawler.platforms.plone_bandi import SEARCH, PloneBandi
from search.sources import FormatSeen
from search.vocabulary import Country

SITE = "https://imprese.regione.emilia-romagna.it"


class ItEmiliaImpreseSpider(PloneBandi):
    name = "it_emilia_imprese"
    allowed_domains = ["imprese.regione.emilia-romagna.it"]
    facts = calls_of(
        Country.IT, name, "Regione Emilia-Romagna, calls for firms (Italy)", f"{SITE}/leggi-atti-bandi/tutti-i-bandi",
        attribution="Regione Emilia-Romagna", format_seen=FormatSeen.DOCUMENTED, level=(REGIONAL,),
    )  # fmt: skip
    min_entries = 4
    min_dated = 0.4
    list_url = f"{SITE}/++api++/{SEARCH}"
    region, nuts = "Regione Emilia-Romagna", "ITH5"
