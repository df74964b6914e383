"""Italy, Regione Emilia-Romagna: the calls on territorial policies, a Plone site (crawler.platforms.plone_bandi)."""

from __future__ import annotations

from crawler.platforms.facts import REGIONAL, calls_of
from crawler.platforms.plone_bandi import APPLICANTS, SEARCH, PloneBandi
from search.sources import FormatSeen
from search.vocabulary import Country

__all__ = ["APPLICANTS", "NUTS", "REGION", "ItEmiliaRomagnaSpider"]

SITE = "https://politicheterritoriali.regione.emilia-romagna.it"
REGION, NUTS = "Regione Emilia-Romagna", "ITH5"


class ItEmiliaRomagnaSpider(PloneBandi):
    name = "it_emilia_romagna"
    allowed_domains = ["politicheterritoriali.regione.emilia-romagna.it"]
    facts = calls_of(
        Country.IT, name, "Regione Emilia-Romagna, calls on territorial policies (Italy)", f"{SITE}/leggi-atti-bandi/bandi",
        attribution=REGION, format_seen=FormatSeen.RECORDED, level=(REGIONAL,),
    )  # fmt: skip
    min_entries = 8
    min_dated = 0.4
    list_url = f"{SITE}/++api++/{SEARCH}"
    region, nuts = REGION, NUTS
