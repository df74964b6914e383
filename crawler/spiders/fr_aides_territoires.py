"""France, aides-territoires: aids of the state, regions, departments and agencies for local authorities, associations and firms, in French.

The key of one's account is changed for a pass of 24 hours -> JSON pages of 100, newest number first, with the total. The
pass is sometimes refused before its time: it is then asked for once more. Aids that are advice, not money, are left out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.normalise import DateError, from_html, lead, parse_day, plain, web_address
from crawler.platforms.mapped import put, put_labels
from crawler.platforms.places import put_places
from crawler.source import Draft, Source, SourceError
from search.sources import FormatSeen, SourceFacts
from search.vocabulary import Beneficiary, Country, Fund, FundingType, Kind, Level, TextUse

SITE = "https://aides-territoires.beta.gouv.fr"
SIGN_IN, LIST = f"{SITE}/api/connexion/", f"{SITE}/api/aids/all/?itemsPerPage=100&page={{}}"
MONEY = "Aide financière"
TYPES = {"subvention": [FundingType.GRANT], "prêt": [FundingType.LOAN], "avance récupérable": [FundingType.LOAN]}
FUNDS = {"FSE+": Fund.ESF_PLUS, "FEDER": Fund.ERDF, "FTJ": Fund.JTF}  # first word of a programme's name
APPLICANTS = {
    "communes": [Beneficiary.PUBLIC_AUTHORITY], "intercommunalités / pays": [Beneficiary.PUBLIC_AUTHORITY],
    "départements": [Beneficiary.PUBLIC_AUTHORITY], "régions": [Beneficiary.PUBLIC_AUTHORITY],
    "collectivités d'outre-mer à statuts particuliers": [Beneficiary.PUBLIC_AUTHORITY],
    "entreprises privées": [Beneficiary.SME, Beneficiary.LARGE_COMPANY], "associations": [Beneficiary.OTHER],
    "particuliers": [Beneficiary.OTHER], "agriculteurs": [Beneficiary.OTHER], "recherche": [Beneficiary.OTHER],
}  # fmt: skip
UNION = ("Union européenne", "Europe")
WHOLE = ("Pays", "Continent")  # scales of a perimeter that are no part of the country


class FrAidesTerritoiresSpider(Source):
    name = "fr_aides_territoires"
    allowed_domains = ["aides-territoires.beta.gouv.fr"]
    facts = SourceFacts(
        source="fr_aides_territoires",
        title="Aides-territoires (France)",
        homepage=f"{SITE}/aides/",
        countries=[Country.FR],
        level=[Level.NATIONAL, Level.REGIONAL],
        kinds=[Kind.CALL],
        format_seen=FormatSeen.DOCUMENTED,
        licence="Licence Ouverte 2.0 (Etalab)",
        attribution="Aides-territoires, Agence nationale de la cohésion des territoires",
        text_use=TextUse.FULL,
    )
    needs_token = "AIDES_TERRITOIRES_TOKEN"  # the name of a variable
    min_entries = 6
    min_dated = 0.2

    def first(self) -> Iterator[Request]:
        self.headers: dict[str, str] = {}
        self.renewed = False
        yield self.sign_in(1, 0)

    def sign_in(self, page: int, read: int) -> Request:
        """The request for a pass, to go on with a page of the list."""
        headers = {"X-AUTH-TOKEN": self.token()}
        return self.ask(SIGN_IN, self.parse_pass, method="POST", headers=headers, cb_kwargs={"page": page, "read": read})

    def ask_page(self, page: int, read: int) -> Request:
        return self.ask(LIST.format(page), self.parse, headers=self.headers, cb_kwargs={"page": page, "read": read})

    def failed(self, failure: Any) -> Any:
        request, error = failure.request, failure.value
        if isinstance(error, HttpError) and error.response.status == 401:
            if request.url == SIGN_IN:
                raise SourceError(f"the key in {self.needs_token} is not accepted (HTTP 401)")
            if not self.renewed:
                self.renewed = True
                self.warn("the pass was refused: asked for another")
                return self.sign_in(**request.cb_kwargs)
        return super().failed(failure)

    def parse_pass(self, response: Response, page: int, read: int) -> Request:
        payload, _ = self.json_of(response)
        if not isinstance(payload, dict) or not isinstance(payload.get("token"), str):
            raise SourceError("the answer to the key has another shape: no token")
        self.headers = {"Authorization": f"Bearer {payload['token']}"}
        return self.ask_page(page, read)

    async def parse(self, response: Response, page: int, read: int) -> AsyncIterator[Any]:
        """A page of aids. read: how many the pages before had."""
        payload, mended = self.json_of(response)
        aids = payload.get("results") if isinstance(payload, dict) else None
        if not isinstance(aids, list) or not isinstance(payload.get("count"), int):
            raise SourceError(f"page {page} of the list has another shape: no results with count")
        if not aids:
            yield await self.again(response, f"page {page} of the list came empty")
            return
        for aid in aids:
            if not any((kind.get("group") or {}).get("name") == MONEY for kind in aid.get("aid_types_full") or []):
                continue
            made = Draft(str(aid.get("id") or ""), {}, payload=aid, suspect=mended)
            try:
                made.fields = fields_of(aid)
            except KeyError as error:
                raise SourceError(f"an aid has another shape: no {error}") from error
            except DateError as error:
                self.refuse(made, str(error))
                continue
            yield made
        read += len(aids)
        if payload.get("next"):
            yield self.ask_page(page + 1, read)
        elif read < payload["count"]:
            raise SourceError(f"the list ends after {read} of {payload['count']} aids")


def fields_of(aid: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an aid. Raises DateError or KeyError."""
    about, closes, first_closes = from_html(aid["description"] or ""), aid["submission_deadline"], aid.get("predeposit_date")
    stages = [("stage-1", first_closes, "pré-dépôt"), ("stage-2" if first_closes else "fixed", closes, None)]
    ends = [{"date": parse_day(day).isoformat(), "zone": "Europe/Paris", "kind": kind, "text": text} for kind, day, text in stages if day]
    rates = [f"{aid[f'subvention_rate_{end}_bound']} %" for end in ("lower", "upper") if aid.get(f"subvention_rate_{end}_bound")]
    more = {"Taux de subvention": " – ".join(rates), "Thèmes": ", ".join(aid["categories"]), "Programmes": ", ".join(aid["programs"])}
    fields: dict[str, Any] = {
        "kind": "call",
        "title": aid["name"],
        "lang": "fr",
        "url": SITE + aid["url"],
        "also_at": [link] if (link := web_address(aid["origin_url"] or "")) else [],
        "apply_url": web_address(aid["application_url"] or ""),
        "description": about or None,
        "summary": lead(about) or None,
        "eligibility": from_html(aid["eligibility"] or "") or ", ".join(aid["targeted_audiences"]) or None,
        "conditions": [{"heading": heading, "text": plain(text)} for heading, text in more.items() if text],
        "types_of_action": [plain(kind) for kind in aid["aid_types"]],
        "opening_date": parse_day(aid["start_date"]).isoformat() if aid["start_date"] else None,
        "deadlines": ends,
        "deadline_kind": "fixed" if closes else "rolling" if aid["recurrence"] == "Permanente" else "not-stated",
        "deadline_model": aid["recurrence"],
        "authority": {"name": plain(" – ".join(aid["financers"]))} if aid["financers"] else None,
    }
    label(fields, aid)
    return fields


def label(fields: dict[str, Any], aid: Mapping[str, Any]) -> None:
    """What kind of aid, programme, perimeter and audiences decide."""
    place, scale = aid["perimeter"] or "", aid["perimeter_scale"] or ""
    put_labels(fields, "type", aid["aid_types"], TYPES, "kind of the aid")
    for programme in aid["programs"]:
        put(fields, "programme", [FUNDS.get(programme.split(" ")[0], programme)], programme, "programme of the aid")
    if place in UNION:
        put(fields, "country", [Country.EU_WIDE], place, "perimeter of the aid")
        put(fields, "level", [Level.EU], place, "perimeter of the aid")
        return
    put(fields, "country", [Country.FR], place or SITE, "aids for places in France")
    put_places(fields, [place], "FR")
    put(fields, "level", [Level.REGIONAL if scale and scale not in WHOLE else Level.NATIONAL], place or SITE, "scale of the perimeter")
    if all(name.casefold() in APPLICANTS for name in aid["targeted_audiences"]):  # else the words of the text tell more than a part of the labels
        put_labels(fields, "beneficiary", aid["targeted_audiences"], APPLICANTS, "audiences of the aid")
