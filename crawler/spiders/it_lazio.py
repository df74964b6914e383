"""Italy, Lazio Innova: the calls of the Lazio region's agency, posts `bandi` (crawler.platforms.wordpress).

Classes name themes, applicants and form; dates and money stand in the text.
"""

from __future__ import annotations

from crawler.platforms.facts import REGIONAL, calls_of
from crawler.platforms.wordpress import LIST, RegionalPosts
from search.sources import FormatSeen
from search.vocabulary import Beneficiary, Country, Ecosystem, FundingType

FORMS = {
    "tipologie-agevolazioni-a-fondo-perduto": [FundingType.GRANT], "tipologie-finanziamenti-agevolati": [FundingType.LOAN],
    "tipologie-agevolazioni-venture-capital": [FundingType.LOAN],
}  # fmt: skip
APPLICANTS = {
    "destinatari-micro-imprese": [Beneficiary.SME], "destinatari-piccole-imprese": [Beneficiary.SME], "destinatari-medie-imprese": [Beneficiary.SME],
    "destinatari-startup-e-spinoff": [Beneficiary.SME], "destinatari-grandi-imprese": [Beneficiary.LARGE_COMPANY],
    "destinatari-imprese": [Beneficiary.SME, Beneficiary.LARGE_COMPANY], "destinatari-pubblica-amministrazione": [Beneficiary.PUBLIC_AUTHORITY],
    "destinatari-no-profit": [Beneficiary.OTHER], "destinatari-altri-enti": [Beneficiary.OTHER],
    "destinatari-liberi-professionisti": [Beneficiary.SME], "destinatari-persone-fisiche": [Beneficiary.OTHER],
}  # fmt: skip
SECTORS = {
    "tematiche-aerospazio": [Ecosystem.AEROSPACE_DEFENCE], "tematiche-agrifood": [Ecosystem.AGRI_FOOD], "tematiche-ict": [Ecosystem.DIGITAL],
    "tematiche-creativita": [Ecosystem.CREATIVE_CULTURAL], "tematiche-cultura": [Ecosystem.CREATIVE_CULTURAL],
    "tematiche-spettacolo-dal-vivo": [Ecosystem.CREATIVE_CULTURAL], "tematiche-mobilita": [Ecosystem.MOBILITY],
    "tematiche-scienze-della-vita": [Ecosystem.HEALTH], "tematiche-turismo": [Ecosystem.TOURISM],
}  # fmt: skip


class ItLazioSpider(RegionalPosts):
    name = "it_lazio"
    allowed_domains = ["www.lazioinnova.it"]
    facts = calls_of(
        Country.IT, name, "Lazio Innova, calls of the Lazio region (Italy)", "https://www.lazioinnova.it/bandi/",
        attribution="Lazio Innova, Regione Lazio", format_seen=FormatSeen.RECORDED, level=(REGIONAL,),
    )  # fmt: skip
    min_entries = 6
    min_dated = 0.4
    posts_url = LIST.format("https://www.lazioinnova.it", "bandi?")
    region, nuts, agency = "Regione Lazio", "ITI4", "agency of a region"
    tables = {"type": FORMS, "beneficiary": APPLICANTS, "ecosystem": SECTORS}
