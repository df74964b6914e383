"""Portugal 2030: calls ("avisos") of the programmes of 2021-2027.

The WordPress list of calls (100 a page: code, page, applicants) -> the portal's own query (5 a page whatever is asked, until
a page comes empty; open, scheduled and closed calls apart: titles, dates, amounts, documents). Joined by the call's code.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from scrapy import Request
from scrapy.http import Response

from crawler.normalise import parse_amount, parse_day, plain, squeeze, web_address
from crawler.platforms import DOCUMENTED, NATIONAL, REGIONAL, call, calls_of, conditions, put, put_all, put_labels, table, texts, window
from crawler.platforms.wordpress import posts_of
from crawler.source import Draft, Source, SourceError, needed
from search.analysis import fold
from search.vocabulary import Beneficiary, Country

SITE = "https://portugal2030.pt/"
POSTS = SITE + "wp-json/wp/v2/aviso-2024?per_page=100&page={}&orderby=date&order=desc"
STATES = (7, 6, 8)  # open, scheduled, closed
PER_PAGE = 5
MOST_MISSING = 0.1  # the two lists of the portal may differ by calls that are being published
FUNDS = {"fse+": ["ESF+"], "feder": ["ERDF"], "ftj": ["JTF"], "fc": ["CF"], "fami": ["AMIF"], "feampa": ["EMFAF"]}
# Regional programmes follow the regions of 2013; here in the units of NUTS 2024 that make them up.
REGIONS = {
    "norte": ["PT11"], "centro": ["PT19", "PT1D1", "PT1D2"], "lisboa": ["PT1A", "PT1B"], "alentejo": ["PT1C", "PT1D3"],
    "algarve": ["PT15"], "acores": ["PT20"], "madeira": ["PT30"],
}  # fmt: skip
APPLICANTS = table(
    Beneficiary, LARGE_COMPANY="empresas; empresas de todas as dimensões", OTHER="entidades da economia social",
    SME="empresas; empresas de todas as dimensões; pme; pequenas e médias empresas; pequenas e médias empresas (pme)",
    PROVIDER="entidades formadoras certificadas; escolas profissionais", EMPLOYMENT_SERVICE="instituto de emprego; iefp",
    PUBLIC_AUTHORITY="administração pública local; administração pública regional; autarquias locais",
)  # fmt: skip


class Pt2030Spider(Source):
    name = "pt_2030"
    allowed_domains = ["portugal2030.pt"]
    facts = calls_of(Country.PT, name, "Portugal 2030", f"{SITE}avisos/", attribution="Portugal 2030", format_seen=DOCUMENTED)
    min_entries = 8
    min_dated = 0.5

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.posts: dict[str, dict[str, Any]] = {}
        self.seen: set[tuple[int, str]] = set()

    def first(self) -> Iterator[Request]:
        yield self.ask_posts(1)

    def ask_posts(self, page: int) -> Request:
        return self.ask(POSTS.format(page), self.parse_posts, cb_kwargs={"page": page})

    def ask_calls(self, state: int, page: int, after_full: bool = False) -> Request:
        form = {"page": page, "estadoAvisoId": state, "wpml_language": "pt-pt"}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        asked = {"state": state, "page": page, "after_full": after_full}
        url = f"{SITE}wp-json/avisos/query?page={page}&estadoAvisoId={state}"  # the form decides; in the address it tells recorded pages apart
        return self.ask(url, self.parse_calls, method="POST", body=urlencode(form), headers=headers, cb_kwargs=asked)

    async def parse_posts(self, response: Response, page: int) -> Any:
        """A page of the WordPress list, kept by the call's code."""
        posts = posts_of(self, response, page, ("acf",), POSTS)
        needed(all("codigo" in row["acf"] for row in posts.rows), "the list of calls", "acf.codigo")
        if not posts.rows:
            return await self.again(response, f"page {page} of the list of calls came empty")
        self.posts |= {squeeze(row["acf"]["codigo"]): row for row in posts.rows}
        return self.ask_posts(page + 1) if posts.following else self.ask_calls(STATES[0], 1)

    async def parse_calls(self, response: Response, state: int, page: int, after_full: bool) -> AsyncIterator[Any]:
        """Five calls of one state; an empty page is the end of the state."""
        payload, suspect = self.json_of(response)
        rows = payload.get("avisos") if isinstance(payload, dict) else None
        if not isinstance(rows, list):
            raise SourceError("the portal's query has another shape: no avisos")
        if not rows and after_full and "empty_tries" not in response.meta:  # the end, or a hiccup
            yield await self.again(response, "an empty page after a full one")
            return
        codes = {(state, squeeze(read(row, "aviso", "codigoAviso"))) for row in rows}
        if rows and codes <= self.seen:
            raise SourceError(f"page {page} of the portal's query repeats calls of earlier pages")
        self.seen |= codes
        for row in rows:
            try:
                made = draft(row, self.posts.get(squeeze(read(row, "aviso", "codigoAviso"))))
            except ValueError as error:
                self.refuse(Draft(str(read(row, "aviso", "avisoGlobalId")), {}, payload=row), str(error))
                continue
            made.suspect = suspect
            yield made
        if rows:
            yield self.ask_calls(state, page + 1, after_full=len(rows) == PER_PAGE)
        elif state != STATES[-1]:
            yield self.ask_calls(STATES[STATES.index(state) + 1], 1)
        else:
            self.compare_lists()

    def compare_lists(self) -> None:
        """Both lists must bring the same calls, or one of them ended early."""
        missing = set(self.posts) - {code for _, code in self.seen}
        if len(missing) > MOST_MISSING * len(self.posts):
            raise SourceError(f"{len(missing)} of {len(self.posts)} listed calls are missing in the portal's query")
        if missing:
            self.warn("calls of the list that the query lacks", len(missing))


def read(row: Mapping[str, Any], *path: str) -> Any:
    """A value that every call has. Raises SourceError naming what is missing."""
    value: Any = row
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            raise SourceError(f"a call has another shape: no {'.'.join(path)}")
        value = value[name]
    return value


def draft(row: Mapping[str, Any], post: Mapping[str, Any] | None) -> Draft:
    """One call of the query, with what only its post says. Raises ValueError for values that cannot be read."""
    calendar, parts = read(row, "calendario"), read(row, "estrutura")
    ends, first_end = read(calendar, "dataFimAtual"), calendar.get("dataFim")
    programmes = list(dict.fromkeys(plain(part["programaOperacionalDesignacao"]) for part in parts))
    funds = said(parts, "fundoDesignacao")
    opens = moment(calendar["dataInicio"]) if calendar.get("dataInicio") else None
    kind = plain(row["aviso"].get("classificacaoAvisoDesignacao") or "")
    fields = call(
        "pt", read(row, "aviso", "designacaoPT"), (web_address(post.get("link", "")) if post else None) or f"{SITE}avisos/",
        title_en=row["aviso"].get("designacaoEN") or None, identifier=squeeze(row["aviso"]["codigoAviso"]),
        **window("Europe/Lisbon", opens, moment(ends) if ends else None),
        **texts("\n\n".join(said(parts, "tipologiaOperacaoDesignacao", "objetivoEspecificoDesignacao", "prioridadeDesignacao"))),
        types_of_action=[kind] if kind else [], conditions=conditions({"Programa": ", ".join(programmes), "Fundo": ", ".join(funds)}),
        budget=budget(parts), documents=[link for raw in row.get("documentos") or [] if (link := document(raw))],
        notices=[f"Prazo: {first_end[:10]} → {ends[:10]}"] if ends and first_end and first_end != ends else [],
    )  # fmt: skip
    put(fields, "country", [Country.PT], "Portugal 2030", "programmes of Portugal")
    put_labels(fields, "programme", funds, FUNDS, "fund of the source")
    add_place(fields, programmes)
    if post:
        add_post(fields, post["acf"])
    return Draft(str(read(row, "aviso", "avisoGlobalId")), fields, payload=row)


def moment(stamp: str) -> dict[str, str]:
    """A wall-clock stamp: midnight means that no time is stated."""
    found = {"date": parse_day(stamp, "%Y-%m-%dT%H:%M:%S").isoformat()}
    return found if stamp.endswith("T00:00:00") else found | {"time": stamp[11:16]}


def said(parts: Sequence[Mapping[str, Any]], *names: str) -> list[str]:
    """What the parts of a call say under these names, each once."""
    return list(dict.fromkeys(plain(part[name]) for name in names for part in parts if part.get(name)))


def budget(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The sum of the amounts, where every part states one."""
    amounts = [parse_amount(str(part.get("dotacao") or "")) for part in parts]
    return {"total": sum(a for a in amounts if a), "currency": "EUR"} if amounts and all(amounts) else None


def document(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    if not raw.get("container") or not raw.get("path"):
        return None
    address = f"{SITE}wp-json/avisos/download?" + urlencode({"container": raw["container"], "path": raw["path"]}, quote_via=quote)
    return {"url": address, "label": plain(raw.get("documentoDesignacao") or "Documento"), "basis": "crawled"}


def add_place(fields: dict[str, Any], programmes: Sequence[str]) -> None:
    """Regional where every programme is a region's; the regions are then those of the programmes."""
    found = {name: region for name in programmes for region in REGIONS if region in fold(name).split()}
    if programmes and len(found) == len(programmes):
        put(fields, "level", [REGIONAL], ", ".join(programmes), "regional programme")
        for name, region in found.items():
            put(fields, "region", REGIONS[region], name, "regional programme")
    else:
        put(fields, "level", [NATIONAL], ", ".join(programmes), "national programme")


def add_post(fields: dict[str, Any], acf: Mapping[str, Any]) -> None:
    """Who may apply, and the share that is paid."""
    applicants = [plain(label) for label in acf.get("beneficiario") or []]
    fields["eligibility"] = ", ".join(applicants) or None
    put_all(fields, "beneficiary", applicants, APPLICANTS, "applicants named by the source")
    if acf.get("comparticipacao"):
        fields["conditions"].append({"heading": "Taxa de comparticipação", "text": f"{acf['comparticipacao']} %"})
