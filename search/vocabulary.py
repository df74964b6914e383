"""The controlled vocabularies: one StrEnum each, with the address that defines it, and labels.

A value's label is `label(value)` in the language spoken now, `LABELS[value]` in English; values of different vocabularies
never share a spelling with different labels, except `not-stated`, which is the same everywhere.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from search import i18n
from search.i18n import LANGUAGES as LANGUAGES
from search.i18n import N_

NOT_STATED = "not-stated"


class Kind(StrEnum):
    """What an entry is; results come in these blocks, in this order."""

    CALL = "call"
    FUND = "fund"
    PRODUCT = "product"


class Ecosystem(StrEnum):
    """The 14 industrial ecosystems of the EU Industrial Strategy, and every sector.

    https://single-market-economy.ec.europa.eu/industry/strategy_en (COM(2021) 350, annex)
    """

    AEROSPACE_DEFENCE = "aerospace-defence"
    AGRI_FOOD = "agri-food"
    CONSTRUCTION = "construction"
    CREATIVE_CULTURAL = "creative-cultural"
    DIGITAL = "digital"
    ELECTRONICS = "electronics"
    ENERGY_INTENSIVE = "energy-intensive"
    ENERGY_RENEWABLES = "energy-renewables"
    HEALTH = "health"
    MOBILITY = "mobility-transport-automotive"
    PROXIMITY = "proximity-social-economy"
    RETAIL = "retail"
    TEXTILE = "textile"
    TOURISM = "tourism"
    CROSS_SECTORAL = "cross-sectoral"


class Country(StrEnum):
    """The 27 Member States and the whole Union. ISO 3166-1 alpha-2: https://www.iso.org/iso-3166-country-codes.html"""

    AT = "AT"
    BE = "BE"
    BG = "BG"
    CY = "CY"
    CZ = "CZ"
    DE = "DE"
    DK = "DK"
    EE = "EE"
    EL = "GR"  # NUTS writes EL
    ES = "ES"
    FI = "FI"
    FR = "FR"
    HR = "HR"
    HU = "HU"
    IE = "IE"
    IT = "IT"
    LT = "LT"
    LU = "LU"
    LV = "LV"
    MT = "MT"
    NL = "NL"
    PL = "PL"
    PT = "PT"
    RO = "RO"
    SE = "SE"
    SI = "SI"
    SK = "SK"
    EU_WIDE = "eu-wide"


class FundingType(StrEnum):
    """How money is given. Pact for Skills funding tool: https://pact-for-skills.ec.europa.eu"""

    GRANT = "grant"
    PROCUREMENT = "procurement"
    LOAN = "loan"  # with guarantees and other financial instruments


class Level(StrEnum):
    """Who manages the money. Pact for Skills funding tool: https://pact-for-skills.ec.europa.eu"""

    EU = "eu"
    NATIONAL = "national"
    REGIONAL = "regional"


class Area(StrEnum):
    """Area of intervention. Definitions: https://esco.ec.europa.eu and COM(2020) 274 (Skills Agenda)."""

    UPSKILLING = "upskilling"
    RESKILLING = "reskilling"


BOTH_AREAS = "both"  # derived: an entry that carries the two


class Beneficiary(StrEnum):
    """Who may apply (not who is trained). After the members of https://pact-for-skills.ec.europa.eu"""

    LARGE_COMPANY = "large-company"
    SME = "sme"
    PROVIDER = "education-training-provider"
    SOCIAL_PARTNER = "social-partner"
    PUBLIC_AUTHORITY = "public-authority"
    EMPLOYMENT_SERVICE = "employment-service"
    CHAMBER = "chamber-of-commerce"
    SECTORAL = "sectoral-organisation"
    OTHER = "other"


class Skills(StrEnum):
    """Whether the money pays for skills: the activity itself, a component of it, or not at all."""

    CORE = "core"
    PART = "part"
    NONE = "none"


class Status(StrEnum):
    """Computed from the dates when asked, never stored."""

    OPEN = "open"
    FORTHCOMING = "forthcoming"
    CONTINUOUS = "continuous"
    UNKNOWN = "unknown"
    CLOSED = "closed"


class DeadlineKind(StrEnum):
    """What sort of end an entry has."""

    FIXED = "fixed"
    CUT_OFFS = "cut-offs"
    ROLLING = "rolling"
    UNTIL_EXHAUSTED = "until-exhausted"
    PROGRAMME_END = "programme-end"
    NOT_STATED = "not-stated"


class DeadlineRole(StrEnum):
    """What one date among an entry's deadlines is."""

    FIXED = "fixed"
    STAGE_1 = "stage-1"
    STAGE_2 = "stage-2"
    CUT_OFF = "cut-off"


class BudgetScope(StrEnum):
    """What a budget figure covers."""

    TOPIC = "topic"
    SHARED_POT = "shared-pot"
    CALL = "call"


class Origin(StrEnum):
    """How a label is known: said by the source, mapped from its code or label, inferred from its words, or corrected by a maintainer."""

    STATED = "stated"
    MAPPED = "mapped"
    INFERRED = "inferred"
    CORRECTED = "corrected"


class Fund(StrEnum):
    """EU funds under shared management and the RRF. https://eur-lex.europa.eu/eli/reg/2021/1060/oj"""

    ESF_PLUS = "ESF+"
    ERDF = "ERDF"
    JTF = "JTF"
    RRF = "RRF"
    CF = "CF"


class Basis(StrEnum):
    """How a link or name came to us: read by the crawler, seen in a record by us, or only recalled."""

    CRAWLED = "crawled"
    SEEN = "seen"
    RECALLED = "recalled"


class TextUse(StrEnum):
    """What a source's licence lets us show of its texts."""

    FULL = "full"
    EXTRACT = "extract"
    FACTS = "facts"


LABELS: dict[str, str] = {
    NOT_STATED: N_("Not stated"),
    Kind.CALL: N_("Calls"),
    Kind.FUND: N_("Funds"),
    Kind.PRODUCT: N_("Loans and guarantees"),
    Ecosystem.AEROSPACE_DEFENCE: N_("Aerospace and defence"),
    Ecosystem.AGRI_FOOD: N_("Agri-food"),
    Ecosystem.CONSTRUCTION: N_("Construction"),
    Ecosystem.CREATIVE_CULTURAL: N_("Cultural and creative industries"),
    Ecosystem.DIGITAL: N_("Digital"),
    Ecosystem.ELECTRONICS: N_("Electronics"),
    Ecosystem.ENERGY_INTENSIVE: N_("Energy-intensive industries"),
    Ecosystem.ENERGY_RENEWABLES: N_("Energy: renewables"),
    Ecosystem.HEALTH: N_("Health"),
    Ecosystem.MOBILITY: N_("Mobility, transport, automotive"),
    Ecosystem.PROXIMITY: N_("Proximity and social economy"),
    Ecosystem.RETAIL: N_("Retail"),
    Ecosystem.TEXTILE: N_("Textile"),
    Ecosystem.TOURISM: N_("Tourism"),
    Ecosystem.CROSS_SECTORAL: N_("Every sector"),
    Country.AT: "Austria",
    Country.BE: "Belgium",
    Country.BG: "Bulgaria",
    Country.CY: "Cyprus",
    Country.CZ: "Czechia",
    Country.DE: "Germany",
    Country.DK: "Denmark",
    Country.EE: "Estonia",
    Country.EL: "Greece",
    Country.ES: "Spain",
    Country.FI: "Finland",
    Country.FR: "France",
    Country.HR: "Croatia",
    Country.HU: "Hungary",
    Country.IE: "Ireland",
    Country.IT: "Italy",
    Country.LT: "Lithuania",
    Country.LU: "Luxembourg",
    Country.LV: "Latvia",
    Country.MT: "Malta",
    Country.NL: "Netherlands",
    Country.PL: "Poland",
    Country.PT: "Portugal",
    Country.RO: "Romania",
    Country.SE: "Sweden",
    Country.SI: "Slovenia",
    Country.SK: "Slovakia",
    Country.EU_WIDE: N_("EU-wide"),
    FundingType.GRANT: N_("Grant"),
    FundingType.PROCUREMENT: N_("Procurement"),
    FundingType.LOAN: N_("Loan or guarantee"),
    Level.EU: N_("EU"),
    Level.NATIONAL: N_("National"),
    Level.REGIONAL: N_("Regional"),
    Area.UPSKILLING: N_("Upskilling"),
    Area.RESKILLING: N_("Reskilling"),
    BOTH_AREAS: N_("Both"),
    Beneficiary.LARGE_COMPANY: N_("Large companies"),
    Beneficiary.SME: N_("Small and medium-sized companies"),
    Beneficiary.PROVIDER: N_("Education and training providers"),
    Beneficiary.SOCIAL_PARTNER: N_("Social partners"),
    Beneficiary.PUBLIC_AUTHORITY: N_("Public authorities"),
    Beneficiary.EMPLOYMENT_SERVICE: N_("Employment services"),
    Beneficiary.CHAMBER: N_("Chambers of commerce"),
    Beneficiary.SECTORAL: N_("Sectoral organisations"),
    Beneficiary.OTHER: N_("Others"),
    Skills.CORE: N_("Skills are the purpose"),
    Skills.PART: N_("Skills are a part"),
    Skills.NONE: N_("Not about skills"),
    Status.OPEN: N_("Open"),
    Status.FORTHCOMING: N_("Opening soon"),
    Status.CONTINUOUS: N_("Open all year"),
    Status.UNKNOWN: N_("Status unknown"),
    Status.CLOSED: N_("Closed"),
}


def label(value: str) -> str:
    """What people read for a value; the value itself where it belongs to no vocabulary."""
    return _labels(i18n.language()).get(value, value)


@cache
def _labels(code: str) -> dict[str, str]:
    """The labels in a language; those of the countries come from CLDR."""
    if code == i18n.SOURCE:
        return LABELS
    countries = {str(c): str(i18n.locale_of(code).territories[c]) for c in Country if c is not Country.EU_WIDE}
    with i18n.speaking(code):
        return {str(value): i18n.gettext(text) for value, text in LABELS.items()} | countries
