"""Every text of the pages, feeds and calendars comes from the catalogues.

With a catalogue that marks what it hands out, nothing that a visitor sees or hears stays without a mark but data: titles, names,
numbers, codes. Greek, so that what CLDR says of dates, countries and languages is told from English by its letters.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup, Comment, Doctype, NavigableString, Tag
from flask.testing import FlaskClient
from icalendar import Calendar
from jinja2 import Environment

import webapp
from search import i18n, regions
from tests.webapp import samples
from tests.webapp.test_axe import PAGES
from webapp import phrases

LANGUAGE = "el"
BEGIN, END = "⟦", "⟧"
PLACE = re.compile(r"%\(\w+\)[sd]")
MARKED = re.compile(rf"{BEGIN}[^{BEGIN}{END}]*{END}")
WORD = re.compile(r"[A-Za-z][A-Za-z’'-]+")
CODE = re.compile(r"[a-z-]+|Open|not stated")  # what records call things is not what a page may call them
SPOKEN = ("aria-label", "title", "alt", "placeholder", "data-label", "content")
UNSEEN = ("script", "style", "code")
# Names of forms and codes, of this tool, and of what others offer; the word that one of the searches is corrected to, and those
# that another is made for as well; the events of the changes, as the address has them.
NAMES = {"EUR", "NUTS", "JSON", "CCI", "Skills Funding Finder", "Google Translate", "Microsoft Translator",
         "construction", "training", "formazione", "new, changed, opened, closed, gone, back"}  # fmt: skip
MORE = [
    "/?" + "&".join(f"x{number}=1" for number in range(30)),
    '/?q="courses for" -digital upskil* in&status=',
    "/?q=обучение",
    "/?q=nosuchwordatall skills&expand=0&country=IT",
    "/?q=skill+lern&expand=0",
    "/?q=skills&page=9",
    "/?q=skills&per_page=2&page=2",
    "/?where=Italy&region=ITC4&country=PT&include_silent=1",
    "/?where=Lombardia&eu_wide=0",
    "/?country=IT&budget_min=1000&budget_max=9000000&deadline_from=2026-11-01&deadline_to=2027-11-01&dated=1&changed_since=2026-11-01&cross=0",
    "/?opening_from=2026-01-01&opening_to=2027-01-01&status=&ecosystem=textile&ecosystem=digital",
    "/?ecosystem=textile&as_of=2020-01-01",
    "/?country=MT&skills=core",
    *(f"/calls/{row['id']}" for row in samples.CALLS),
    *(f"/funds/{row['id']}" for row in samples.FUNDS),
    "/changes?per_page=3&page=2&minor=1",
    "/changes?event=bad&since=2020-01-01&until=2019-02-01&q=x&region=ITC4&where=Italy",
]


class Marking(gettext.NullTranslations):
    """A catalogue of English texts between marks; what stands in a text's places stands outside of them."""

    def gettext(self, message: str) -> str:
        return BEGIN + PLACE.sub(rf"{END}\g<0>{BEGIN}", message) + END

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 - the interface of catalogues
        return self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG002 - as above
        return self.ngettext(msgid1, msgid2, n)


def strings(value: Any) -> Iterator[str]:
    """The strings of a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in strings(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in strings(item))


def one_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Finds the texts, the longest first."""
    longest_first = sorted(filter(None, texts), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)" if longest_first else "$^")


@pytest.fixture(scope="module")
def data() -> re.Pattern[str]:
    """What is data: every string of the sample records and sources, the names of regions, and names."""
    records = [*samples.CALLS, *samples.FUNDS, samples.PRODUCT, *(source.model_dump(mode="json") for source in samples.SOURCES)]
    texts = {text for record in records for text in strings(record) if not CODE.fullmatch(text)}
    known = texts | {sentence for text in texts for sentence in text.split(". ")} | {samples.NOTE} | NAMES
    known |= {record["native_id"] for record in records if "native_id" in record}
    known |= {name for unit in regions.units().values() for name in (unit.name, unit.name_en)}
    return one_of(known)


def unmarked(soup: BeautifulSoup) -> Iterator[str]:
    """The texts of a page that stand outside of the marks, but for those in a language of their own."""
    depth = 0
    for node in soup.descendants:
        if isinstance(node, Tag):
            yield from (MARKED.sub("|", str(node[name])) for name in SPOKEN if node.has_attr(name) and _is_text(node))
        elif isinstance(node, NavigableString) and not isinstance(node, Comment | Doctype):
            outside = ""
            for letter in node:
                depth += (letter == BEGIN) - (letter == END)
                outside += "|" if letter in (BEGIN, END) else "" if depth else letter
            if not any(parent.name in UNSEEN or parent.get("lang", LANGUAGE) != LANGUAGE for parent in node.parents if isinstance(parent, Tag)):
                yield outside
    assert depth == 0


def _is_text(tag: Tag) -> bool:
    """Whether the attributes of a tag are for people."""
    return tag.get("name") != "viewport" and tag.get("property") not in ("og:type", "og:url")


def english(texts: Iterable[str], *known: re.Pattern[str]) -> list[str]:
    """Those of the texts in which something is left when the data are taken out."""
    left = set(texts)
    for pattern in known:
        left = {pattern.sub("·", text) for text in left}
    return sorted(" ".join(text.split()) for text in left if WORD.search(text))


@pytest.fixture
def marking(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A visitor who gets the marked texts; no text looked up before or in this test is kept."""
    monkeypatch.setattr(i18n, "_catalogue", lambda _: Marking())
    phrases._text.cache_clear()
    yield client
    phrases._text.cache_clear()


@pytest.mark.parametrize("address", [*PAGES.values(), *MORE])
def test_every_text_of_a_page_comes_from_the_catalogues(marking, data, address):
    soup = BeautifulSoup(marking.get(f"/{LANGUAGE}{address}").get_data(as_text=True), "html.parser")
    assert soup.html is not None
    assert soup.html["lang"] == LANGUAGE
    typed = one_of(word for _, value in parse_qsl(urlsplit(address).query) for word in (value, *re.findall("[A-Za-z]+", value)))
    assert english(unmarked(soup), data, typed) == []


def test_every_text_of_a_feed_comes_from_the_catalogues(marking, data):
    feed = ElementTree.fromstring(marking.get(f"/{LANGUAGE}/search.atom?status=").get_data())
    own = [tag for tag in feed.iter() if "{http://www.w3.org/XML/1998/namespace}lang" not in tag.attrib]
    texts = [tag.text or "" for tag in own if tag.tag.rpartition("}")[2] in ("title", "subtitle", "summary", "content")]
    texts += [tag.get("label", "") for tag in own if tag.get("label") != tag.get("term")]
    assert len(texts) > 100
    assert english((MARKED.sub("|", text) for text in texts), data) == []


def test_every_text_of_a_calendar_comes_from_the_catalogues(marking, data):
    calendar = Calendar.from_ical(marking.get(f"/{LANGUAGE}/search.ics?status=").get_data())
    texts = [str(part[name]) for part in calendar.walk() for name in ("NAME", "X-WR-CALNAME", "SUMMARY", "DESCRIPTION") if name in part]
    assert len(texts) > 10
    assert english((MARKED.sub("|", text) for text in texts), data) == []


def test_a_text_that_is_in_no_catalogue_is_found(data):
    page = f'<html lang="el"><p title="Budget">{BEGIN}From <b>{END}Bandi di prova{BEGIN}</b>{END}, read <i lang="it">oggi</i></p></html>'
    assert english(unmarked(BeautifulSoup(page, "html.parser")), data) == ["Budget", "|, read"]


TEMPLATES = sorted((Path(webapp.__file__).parent / "templates").glob("*.html"))


def written_in(template: str) -> str:
    """What a template writes as it stands: all but what is in expressions, in other blocks than texts to translate, and in comments."""
    written, statement, translating = "", "", False
    for _, kind, value in Environment().lex(template):
        if kind == "block_begin":
            statement = ""
        elif kind == "name" and not statement:
            statement = value
            translating = value == "trans" or (translating and value != "endtrans")
        elif kind == "data" and not translating:
            written += value
        elif kind == "variable_begin" and not translating:
            written += "·"
    return written


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_no_template_writes_a_text_as_it_stands(template):
    """Also where no page of the samples shows it."""
    soup = BeautifulSoup(written_in(template.read_text(encoding="utf-8")), "html.parser")
    assert english(unmarked(soup), one_of(NAMES)) == []


def test_a_text_that_a_template_writes_as_it_stands_is_found():
    template = '<p title="Bad">{{ _("Good") }} {% trans n=3 %}good {{ n }}{% pluralize %}goods{% endtrans %} bad {{ "x" }}</p>'
    assert english(unmarked(BeautifulSoup(written_in(template), "html.parser"))) == ["Bad", "· bad ·"]
