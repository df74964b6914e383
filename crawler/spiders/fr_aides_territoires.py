"""France, aides-territoires: aids of the state, regions, departments and agencies for local authorities, associations and firms, in French.

The key of one's account is changed for a pass of 24 hours -> JSON pages of 100, newest number first, with the total. The
pass is sometimes refused before its time: it is then asked for once more. Aids that are advice, not money, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.normalise import from_html, parse_day, plain, web_address
from crawler.platforms import DOCUMENTED, EU, NATIONAL, REGIONAL, Page, Paged, calls_of, put, put_all, put_labels, put_places, table
from crawler.platforms.fields import call, conditions, texts
from crawler.source import SourceError, need_keys
from search.vocabulary import Beneficiary, Country, Fund, FundingType, TextUse

SITE = "https://aides-territoires.beta.gouv.fr"
SIGN_IN, LIST = f"{SITE}/api/connexion/", f"{SITE}/api/aids/all/?itemsPerPage=100&page={{}}"
MONEY = "Aide financière"
TYPES = table(FundingType, GRANT="subvention", LOAN="prêt; avance récupérable")
FUNDS = {"FSE+": Fund.ESF_PLUS, "FEDER": Fund.ERDF, "FTJ": Fund.JTF}  # first word of a programme's name
APPLICANTS = table(
    Beneficiary, SME="entreprises privées", LARGE_COMPANY="entreprises privées", OTHER="associations; particuliers; agriculteurs; recherche",
    PUBLIC_AUTHORITY="communes; intercommunalités / pays; départements; régions; collectivités d'outre-mer à statuts particuliers",
)  # fmt: skip
UNION = ("Union européenne", "Europe")
WHOLE = ("Pays", "Continent")  # scales of a perimeter that are no part of the country
NEEDED = (
    "id name url description eligibility perimeter perimeter_scale origin_url application_url targeted_audiences aid_types aid_types_full programs "
    "categories financers start_date submission_deadline recurrence"
).split()


class FrAidesTerritoiresSpider(Paged):
    name = "fr_aides_territoires"
    allowed_domains = ["aides-territoires.beta.gouv.fr"]
    facts = calls_of(
        Country.FR, name, "Aides-territoires (France)", f"{SITE}/aides/", licence="Licence Ouverte 2.0 (Etalab)", text_use=TextUse.FULL,
        attribution="Aides-territoires, Agence nationale de la cohésion des territoires", format_seen=DOCUMENTED,
    )  # fmt: skip
    needs_token = "AIDES_TERRITOIRES_TOKEN"  # the name of a variable
    min_entries = 6
    min_dated = 0.2

    def first(self) -> Iterator[Request]:
        self.renewed = False
        yield self.sign_in(1, 0)

    def sign_in(self, number: int, read: int) -> Request:
        """The request for a pass, to go on with a page of the list."""
        headers = {"X-AUTH-TOKEN": self.token()}
        # A redirect would carry the key to whatever host it names.
        meta, asked = {"dont_redirect": True}, {"number": number, "read": read}
        return self.ask(SIGN_IN, self.parse_pass, method="POST", headers=headers, meta=meta, cb_kwargs=asked)

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

    def parse_pass(self, response: Response, number: int, read: int) -> Request:
        payload, _ = self.json_of(response)
        need_keys(payload, ["token"], "the answer to the key")
        self.headers = {"Authorization": f"Bearer {payload['token']}"}
        return self.ask_page(LIST.format(number), number, read)

    def ask_page(self, url: str, number: int, read: int, **kwargs: Any) -> Request:
        return super().ask_page(url, number, read, headers=self.headers, **kwargs)

    def read_page(self, response: Response, number: int) -> Page:
        payload, mended = self.json_of(response)
        need_keys(payload, ("count", "results"), f"page {number} of the list")
        return Page(payload["results"], payload["count"], LIST.format(number + 1) if payload.get("next") else None, mended)

    def take(self, row: dict[str, Any], suspect: bool) -> Iterator[Any]:
        need_keys(row, NEEDED, "an aid")
        if any((kind.get("group") or {}).get("name") == MONEY for kind in row["aid_types_full"]):
            yield from self.drafted(str(row["id"]), row, fields_of, suspect)


def fields_of(aid: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an aid. Raises DateError."""
    closes, first_closes = aid["submission_deadline"], aid.get("predeposit_date")
    stages = [("stage-1", first_closes, "pré-dépôt"), ("stage-2" if first_closes else "fixed", closes, None)]
    ends = [{"date": parse_day(day).isoformat(), "zone": "Europe/Paris", "kind": kind, "text": text} for kind, day, text in stages if day]
    rates = [f"{aid[f'subvention_rate_{end}_bound']} %" for end in ("lower", "upper") if aid.get(f"subvention_rate_{end}_bound")]
    more = {"Taux de subvention": " – ".join(rates), "Thèmes": ", ".join(aid["categories"]), "Programmes": ", ".join(aid["programs"])}
    fields = call(
        "fr", aid["name"], SITE + aid["url"], **texts(from_html(aid["description"] or "")), apply_url=web_address(aid["application_url"] or ""),
        also_at=[link] if (link := web_address(aid["origin_url"] or "")) else [], deadline_model=aid["recurrence"],
        eligibility=from_html(aid["eligibility"] or "") or ", ".join(aid["targeted_audiences"]) or None,
        conditions=conditions({heading: plain(text) for heading, text in more.items()}),
        types_of_action=[plain(kind) for kind in aid["aid_types"]],
        opening_date=parse_day(aid["start_date"]).isoformat() if aid["start_date"] else None, deadlines=ends,
        deadline_kind="fixed" if closes else "rolling" if aid["recurrence"] == "Permanente" else "not-stated",
        authority={"name": plain(" – ".join(aid["financers"]))} if aid["financers"] else None,
    )  # fmt: skip
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
        put(fields, "level", [EU], place, "perimeter of the aid")
        return
    put(fields, "country", [Country.FR], place or SITE, "aids for places in France")
    put_places(fields, [place], "FR")
    put(fields, "level", [REGIONAL if scale and scale not in WHOLE else NATIONAL], place or SITE, "scale of the perimeter")
    put_all(fields, "beneficiary", aid["targeted_audiences"], APPLICANTS, "audiences of the aid")
