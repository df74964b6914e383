"""The markup of every page type: an HTML5 parser finds no error, every tag is closed by its own, one h1, each id once."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import pytest
from justhtml import JustHTML

from tests.webapp.test_axe import OFTEN, PAGES

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Balance(HTMLParser):
    """Notes what HTML would forgive: a tag that is closed by another one, or by the end. wrong: (line, what stands there)."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[tuple[int, str]] = []
        self.headings, self.ids = 0, Counter[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.headings += tag == "h1"
        self.ids.update(str(value) for name, value in attrs if name == "id")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append((self.getpos()[0], f"</{tag}>"))


def faults(markup: str) -> list[str]:
    """Everything that is wrong with a page."""
    balance = Balance()
    balance.feed(markup)
    balance.close()
    found = [f"line {error.line}: {error.code}" for error in JustHTML(markup, sanitize=False, collect_errors=True).errors]
    found += [f"line {line}: {what}" for line, what in balance.wrong] + [f"never closed: {tag}" for tag in balance.open]
    found += [f"{times} times the id {name}" for name, times in balance.ids.items() if times > 1]
    return found + ([f"{balance.headings} h1"] if balance.headings != 1 else [])


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", OFTEN)
def test_the_markup_is_as_it_should_be(client, language, name):
    assert faults(client.get(f"/{language}{PAGES[name]}").get_data(as_text=True)) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>a</h1><p>b", "line 1: </body>"),
        ("<h1>a</h1><div><p>b</div>", "line 1: </div>"),
        ("<h1>a</h1><p><ul><li>b</li></ul></p>", "line 1: unexpected-end-tag"),
        ('<h1 id="a">a</h1><p id="a">b</p>', "2 times the id a"),
        ("<h1>a</h1><h1>b</h1>", "2 h1"),
    ],
)
def test_what_is_wrong_is_found(body, fault):
    assert fault in faults(f"<!doctype html><html lang=en><head><title>t</title></head><body>{body}</body></html>")
