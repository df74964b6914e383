"""In which language a page is answered, and that whoever reads one stays in it."""

from __future__ import annotations

import gettext
import re
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from search import funds, i18n, regions, vocabulary
from search.vocabulary import LANGUAGES
from tests.webapp.conftest import checked
from webapp import phrases

CALL = "/calls/eu_sample:49669831TOPICSen"
FUND = "/funds/fund_list:2021IT05SFPR010"
PAGES = ("/", "/?q=training&country=IT", CALL, FUND, "/changes", "/sources", "/about", "/accessibility", "/privacy")


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de-AT,en;q=0.8", "de"),
        ("DE", "de"),
        ("nb,da;q=0.5,en;q=0.3", "da"),
        ("en-US,fr;q=0.9", "en"),
        ("fr;q=0.4,mt;q=0.9", "mt"),
        ("zh-Hans-CN, ja", "en"),
        ("*", "en"),
        ("ga, *;q=0.1", "ga"),
        ("de;q=0, el;q=0.1", "el"),
        ("", "en"),
        ("no such thing;;q=x", "en"),
    ],
)
def test_without_a_language_in_the_address_the_browser_decides(client, wish, language):
    answer = client.get("/about", headers={"Accept-Language": wish})
    assert answer.headers["Content-Language"] == language
    assert BeautifulSoup(answer.text, "html.parser").html["lang"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_program_that_asks_for_no_language_gets_english(client):
    assert client.get("/api/v1/calls").headers["Content-Language"] == "en"


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_address_wins_and_its_answer_varies_with_nothing_else(client, code):
    answer = client.get(f"/{code}/about", headers={"Accept-Language": "fi"})
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == code
    assert "Accept-Language" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_stays_in_its_language(client, path):
    soup = BeautifulSoup(client.get(f"/de{path}").text, "html.parser")
    assert soup.html["lang"] == "de"
    main = [tag for tag in soup.find_all(["a", "form"]) if not tag.find_parent(class_="langs")]
    inner = [str(tag.get("href") or tag.get("action")) for tag in main]
    own = [address for address in inner if address.startswith("/")]
    assert own
    assert not [address for address in own if not address.startswith("/de/")]
    assert urlsplit(soup.find("link", rel="canonical")["href"]).path == f"/de{path.split('?')[0]}"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_itself_in_every_language(client, path):
    soup = BeautifulSoup(client.get(f"/de{path}").text, "html.parser")
    others = {link["hreflang"]: link["href"].removeprefix("http://localhost") for link in soup.find_all("link", hreflang=True)}
    assert others == {**{code: f"/{code}{path}" for code in LANGUAGES}, "x-default": path}
    switch = {a["hreflang"]: a["href"] for a in soup.select(".langs a")}
    assert switch == {code: f"/{code}{path}" if path != "/changes" else switch[code] for code in LANGUAGES}
    assert soup.select_one(".langs [aria-current]")["hreflang"] == "de"
    for code in ("bg", "mt"):
        assert client.get(switch[code]).headers["Content-Language"] == code


def test_the_switch_of_the_changes_page_keeps_what_is_asked_for(client):
    soup = BeautifulSoup(client.get("/changes?since=2026-01-01&event=new").text, "html.parser")
    assert soup.select_one(".langs a[hreflang=fr]")["href"].startswith("/fr/changes?since=2026-01-01&")
    assert "event=new" in soup.select_one(".langs a[hreflang=fr]")["href"]


def test_answers_in_different_languages_are_different_answers(client):
    english, german = (client.get("/api/v1/calls", headers={"Accept-Language": code}) for code in ("en", "de"))
    assert english.headers["ETag"] != german.headers["ETag"]
    known = client.get("/api/v1/calls", headers={"Accept-Language": "de", "If-None-Match": english.headers["ETag"]})
    assert known.status_code == 200
    again = client.get("/api/v1/calls", headers={"Accept-Language": "de", "If-None-Match": german.headers["ETag"]})
    assert again.status_code == 304
    assert "Accept-Language" in again.headers["Vary"]


def test_a_language_without_a_slash_leads_to_its_first_page(client):
    answer = client.get("/el?q=x")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/el/?q=x")


@pytest.mark.parametrize(
    "path", ["/xx/", "/no/about", "/DE/", "/de/nothing", "/de/de/", "/de/robots.txt", "/de/healthz/live", "/de/static/style.css"]
)
def test_what_is_no_page_in_a_language_is_none(client, path):
    assert client.get(path).status_code == 404


def test_files_for_machines_have_one_address(client):
    soup = BeautifulSoup(client.get("/fr/").text, "html.parser")
    assert soup.find("link", rel="stylesheet")["href"].startswith("/static/")
    assert soup.find("script", src=True)["src"].startswith("/static/")
    assert "Accept-Language" not in client.get("/robots.txt", headers={"Accept-Language": "fr"}).headers.get("Vary", "")


@pytest.mark.parametrize(("language", "name"), [("it", "Lombardia"), ("de", "Lombardy (Lombardia)")])
def test_a_region_has_the_name_it_has_everywhere(client, language, name):
    soup = checked(client.get(f"/{language}/calls/it_sample:moda").get_data(as_text=True), language)
    assert [d.get_text().split(", NUTS")[0] for d in soup.select(".sheet dd") if "NUTS" in d.get_text()] == [name]


def test_a_file_is_written_in_the_language_of_its_address_to_its_end(client):
    for form, mark in (("atom", b'xml:lang="lt"'), ("csv", b"/lt/calls/"), ("ics", b"/lt/calls/")):
        answer = client.get(f"/lt/search.{form}")
        assert mark in answer.get_data(), form
    assert i18n.language() == "en"


def test_the_foot_says_where_a_translation_can_be_corrected(client):
    assert "search/translations/pl/LC_MESSAGES/messages.po" in client.get("/pl/about").text
    assert "messages.po" not in client.get("/en/about").text


def pages_of_every_kind() -> tuple[str, ...]:
    nothing = "/?q=zzzzqq&region=ITC4&country=IT&deadline_from=2026-01-01&budget_min=1&dated=1"
    odd = '/?q=train*+"vocational+training"+-x&where=Limburg&status=closed&as_of=2020-01&foo=1&cross=0&include_silent=1'
    return (*PAGES, nothing, odd, "/products/eu_sample:guarantee", "/changes?since=2026-01-01&minor=1&event=no")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_kind_of_page_can_be_read_in_every_language(client, code):
    for path in pages_of_every_kind():
        answer = client.get(f"/{code}{path}")
        assert answer.status_code == 200, path
        soup = checked(answer.text, code)
        assert not [piece for piece in ("%(", "\x00", "%s") if piece in soup.get_text()], path
    assert checked(client.get(f"/{code}/nothing").text, code)
    for form in ("atom", "ics", "csv", "xlsx"):
        with client.get(f"/{code}/search.{form}") as file:
            assert (file.status_code, file.headers["Content-Language"]) == (200, code), form
    assert client.get(f"/{code}/api/v1/calls?status=nonsense").json["warnings"][0]["message"]


class Marked(gettext.NullTranslations):
    """A language in which every text is the English one in brackets."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def ngettext(self, one, many, n):
        return f"⟦{one if n == 1 else many}⟧"

    def pgettext(self, _, message):
        return f"⟦{message}⟧"

    def npgettext(self, _, one, many, n):
        return f"⟦{one if n == 1 else many}⟧"


@pytest.fixture
def marked(monkeypatch):
    """Finnish is the marked language."""

    def forget():
        for remembered in (vocabulary._labels, funds._spoken, phrases._text):
            remembered.cache_clear()

    before = i18n._catalogue
    monkeypatch.setattr(i18n, "_catalogue", lambda code: Marked() if code == "fi" else before(code))
    forget()
    yield
    forget()


def outside_of_brackets(soup: BeautifulSoup) -> list[str]:
    """The pieces of a page's texts that come from no catalogue."""
    for tag in soup.find_all(lambda tag: tag.name in ("script", "style", "code") or (tag.get("lang") not in (None, "fi"))):
        if not tag.decomposed:
            tag.decompose()
    texts = [str(text) for text in soup.body.find_all(string=True)]
    texts += [str(tag[name]) for tag in soup.find_all(True) for name in ("aria-label", "title", "data-label", "placeholder", "alt") if tag.get(name)]
    depth, pieces = 0, []
    for text in texts:
        kept = []
        for letter in text:
            depth += (letter == "⟦") - (letter == "⟧")
            kept.append(letter if depth == 0 and letter != "⟧" else "·")
        pieces += [piece.strip(" .") for piece in re.split(r"[·,;:()–“”→]", "".join(kept))]
    return [piece for piece in pieces if re.search(r"[A-Za-z]{2}", piece)]


@pytest.mark.usefixtures("marked")
def test_no_text_of_a_page_comes_around_the_catalogues(client):
    """What stands outside of the brackets is of the records, of CLDR, of NUTS, or a name of ours."""
    entries = client.get("/fi/api/v1/calls?status=&skills=&per_page=200").json["results"]
    records = [client.get(f"/fi/api/v1/calls/{entry['id']}").text for entry in entries]
    own = ["Skills Funding Finder", "ESF+ ERDF JTF NUTS JSON html", "suomi", *(unit.name_en + unit.name for unit in regions.units().values())]
    cldr = [*i18n.locale_of("fi").territories.values(), *i18n.locale_of("fi").languages.values(), "Bryssel"]
    dates = [name for form in ("format", "stand-alone") for name in i18n.locale_of("fi").months[form]["abbreviated"].values()]
    dates += [*i18n.locale_of("fi").days["format"]["abbreviated"].values(), "ja"]
    with i18n.speaking("fi"):
        known = " ".join([*records, client.get("/fi/api/v1/sources").text, *own, *cldr, *dates]).casefold()
    paths = [*pages_of_every_kind(), *(f"/{entry['kind']}s/{entry['id']}" for entry in entries), "/nothing"]
    leaks = {}
    for path in paths:
        for piece in outside_of_brackets(BeautifulSoup(client.get(f"/fi{path}").text, "html.parser")):
            if not all(word in known for word in re.findall(r"[^\W\d_]{2,}", piece.casefold())):
                leaks[piece] = path
    assert not leaks
