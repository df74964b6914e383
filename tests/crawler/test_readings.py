"""What single values of a source mean, where a hasty reading says more, or something else, than the source does."""

from __future__ import annotations

import asyncio
import json

import pytest
from scrapy.http import Request, TextResponse

from crawler.platforms import italian, plone_bandi
from crawler.source import SourceError
from crawler.spiders import el_espa, es_bdns, fi_haeavustuksia, hr_eufondovi, it_incentivi, it_lazio


@pytest.mark.parametrize(
    ("stamp", "date", "time"),
    [
        ("2026-06-24T15:00:00+00:00", "2026-06-24", "17:00"),
        ("2026-06-23T22:00:00+00:00", "2026-06-24", None),  # midnight there
        ("2026-06-24T00:00:00+00:00", "2026-06-24", None),  # midnight where it was written, not two in the morning
    ],
)
def test_midnight_states_no_hour(stamp, date, time):
    """A call that ends on a day is open all day."""
    end = {"date": date} | ({"time": time} if time else {})
    assert plone_bandi.closing(stamp) == end | {"zone": "Europe/Rome"}
    assert hr_eufondovi.moment(stamp.replace("+00:00", "Z")) == end


SIZES = ["Microimpresa", "Piccola Impresa", "Media Impresa", "Grande Impresa"]


@pytest.mark.parametrize(
    ("subjects", "sizes", "who"),
    [
        (["Impresa"], SIZES[:3], ["sme"]),
        (["Impresa", "Professionista"], SIZES[:1], ["sme"]),
        (["Impresa", "Cooperative/Associazioni Non Profit"], SIZES, ["large-company", "other", "sme"]),
        (["Università/Ente di Ricerca"], SIZES, ["education-training-provider"]),
        ([], SIZES[:2], ["sme"]),
    ],
)
def test_sizes_of_firms_count_where_firms_may_apply(subjects, sizes, who):
    document = {
        "zs_nid": "1", "zs_title": "Incentivo", "zs_url": "/it/catalogo/incentivo", "zm_field_subject_type_value": subjects,
        "zm_field_dimensions_value": sizes,
    }  # fmt: skip
    assert sorted(it_incentivi.fields_of(document)["beneficiaries"]) == who


@pytest.mark.parametrize(
    ("named", "codes"),
    [(["Lazio"], ["ITI4"]), (["Lazio", "Padania"], []), (["Lazio", "Umbria"], ["ITI4", "ITI2"]), ([], []), (list(it_incentivi.REGIONS), [])],
)
def test_an_unknown_region_does_not_leave_the_known_ones_as_the_limit(named, codes):
    fields = it_incentivi.fields_of({"zs_nid": "1", "zs_title": "Incentivo", "zs_url": "/x", "zm_field_regions_value": named})
    assert fields.get("regions", []) == codes


def test_professionals_are_small_firms_as_everywhere():
    assert it_lazio.APPLICANTS["destinatari-liberi-professionisti"] == ["sme"]


@pytest.mark.parametrize(
    ("period", "opens", "closes"),
    [
        ("15/10/2026 - 29/01/2027", "2026-10-15", "2027-01-29"),
        ("10/11/2026", "2026-11-10", None),
        ("01/06/2026 έως εξαντλήσεως του προϋπολογισμού", "2026-06-01", None),
        ("έως 29/01/2027", None, "2027-01-29"),
        ("Μέχρι τις 29/01/2027", None, "2027-01-29"),
    ],
)
def test_one_greek_date_is_an_end_where_the_words_say_so(period, opens, closes):
    said = dict.fromkeys(el_espa.LABELS, "") | {el_espa.PERIOD: period}
    fields = el_espa.read(said)
    assert (fields["opening_date"], [end["date"] for end in fields["deadlines"]]) == (opens, [closes] if closes else [])


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("WWW.SEDE.EXAMPLE.ES", "https://www.sede.example.es"),
        ("WWW.bop.es/Anuncio/A1?Id=B", "https://www.bop.es/Anuncio/A1?Id=B"),
        (" https://x.es/A ", "https://x.es/A"),
        ("", None),
        (None, None),
        ("no", None),
    ],
)
def test_a_path_keeps_its_capitals(address, read):
    assert es_bdns.site(address) == read


def page(spider, rows, dates="", total=None):
    number, total = 0, len(rows) if total is None else total
    said = {"content": rows, "totalElements": total, "number": number, "last": True}
    request = Request(es_bdns.LIST.format(number, dates))
    response = TextResponse(request.url, body=json.dumps(said).encode(), request=request)
    return asyncio.run(spider.parse(response, number, dates))


def test_of_a_register_too_large_the_last_year_is_listed_and_what_is_left_out_is_counted():
    rows = [
        {"numeroConvocatoria": str(n), "descripcion": title} for n, title in enumerate(["Formación de trabajadores", "Obras", "Ayudas al deporte"])
    ]
    spider = es_bdns.EsBdnsSpider()
    again = page(spider, rows, total=650_000)
    assert "&fechaDesde=" in again.url
    assert "&fechaHasta=" in again.url
    details = page(spider, rows, dates=again.cb_kwargs["dates"])
    assert [request.cb_kwargs["number"] for request in details] == ["0"]
    assert spider.account.warnings == {"calls of the last year whose title does not speak of training: left out": 2}


def test_a_list_whose_pages_are_all_the_same_is_not_complete():
    """The portal ignores the number of the page: the totals add up, and all but the first page is missing."""
    rows = [{"hakuasianAsianumero": f"VN/{n}", "nimi": {"fi": "Haku"}, "kuvaus": None, "hakuAlkaaDateTimeUtc": None} for n in range(2)]
    rows = [row | {"hakuPaattyyDateTimeUtc": None, "hakuTyyppi": "Jatkuva"} for row in rows]
    spider = fi_haeavustuksia.FiHaeavustuksiaSpider()
    request = Request(spider.list_url)
    said = {"hakuilmoitukset": rows, "totalCount": 4, "pageCount": 2}
    response = TextResponse(request.url, body=json.dumps(said).encode(), request=request)

    async def found(number, read):
        return [made async for made in spider.parse(response, number, read)]

    assert len(asyncio.run(found(1, 0))) == 3, "two calls and the next page"
    with pytest.raises(SourceError) as refused:
        asyncio.run(found(2, 2))
    assert refused.value.reason == "page 2 of the list is the same as an earlier one"


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("Domande entro il 24 giugno 2026.", ["2026-06-24"]),
        ("Sportello aperto fino al 06/01/2027.", ["2027-01-06"]),
        ("Sportello aperto dal 10 maggio 2026.", []),
        ("Domande entro il 24 giugno.", []),  # of which year?
    ],
)
def test_until_in_italian_and_no_end_where_none_is_stated(line, days):
    """Who knows one word for "until" only takes ended calls for open ones; who takes no date for an end closes open ones."""
    assert [end["date"] for end in italian.window(line)[1]] == days
