"""Form, never meaning: texts, markup, dates, money and addresses as our records hold them. Pure functions."""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from bs4 import BeautifulSoup

from crawler.persons import scrub

LONGEST_TEXT = 200_000
LONGEST_TITLE = 1_000

_BLOCKS = {"p", "br", "li", "ul", "ol", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "th", "span", "section", "dl", "dt", "dd"}
_ACTIVE = re.compile(r"<\s*/?\s*(?:script|iframe|img|svg|object|embed|style|link|meta|base|a|form|input|button|video|audio|math|template)\b", re.I)
# What is left of an attack when its tags are gone: a torn attribute's end, a script address, a template's expression.
_REMAINS = re.compile(r"javascript:\S*|[\"']\s?/?>|\{\{[^{}]{0,200}\}\}|\$\{[^{}]{0,200}\}|<%[^%]{0,200}%>|\{%[^%]{0,200}%\}", re.I)
LONGEST_MARKUP = 1_000_000
DEEPEST = 200
DEEPEST_READ = 4000  # making it safe takes time with the square of the depth, 40 seconds at 100 000; tags left open count, so no page gets here
_SPACES = re.compile(r"[^\S\n]+")
# Letters that show as nothing: joiners, overrides of the direction of writing, tags, fillers, variants of the letter before.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


class DateError(ValueError):
    """A date that does not have the form the source is known to use."""


def squeeze(text: str) -> str:
    """One line: NFC, no control or invisible characters, single spaces."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text).split())


def plain(text: str) -> str:
    """A title or other one-line text: markup taken out (also when it was escaped), entities read, mail addresses left out."""
    for _ in range(3):
        bare = html.unescape(nh3.clean(text, tags=set()))
        if bare == text:
            break
        text = bare
    return scrub(squeeze(_REMAINS.sub("", text)))


def had_markup(text: str) -> bool:
    """Whether a text that should be plain carries tags."""
    return bool(re.search(r"</?[a-zA-Z][^<>]*>", html.unescape(text)))


def defuse(text: str) -> str:
    """A plain text without active markup that stood in it escaped, and without its remains; "<5 %" and the like stay."""
    text = html.unescape(nh3.clean(text, tags=set())) if _ACTIVE.search(text) else text
    return _REMAINS.sub("", text)


def depth(markup: str) -> int:
    """How deep the elements of clean markup nest."""
    deepest = now = 0
    for match in re.finditer(r"<(/?)(\w+)", markup):
        if match.group(2) != "br":
            now += -1 if match.group(1) else 1
            deepest = max(deepest, now)
    return deepest


@lru_cache(maxsize=4096)  # conditions repeat from call to call
def from_html(markup: str) -> str:
    """A longer text from HTML: made safe, then plain, paragraphs apart by a blank line, list items with a bullet."""
    markup = markup[:LONGEST_MARKUP]
    if depth(markup) > DEEPEST_READ:
        markup = re.sub(r"<[^<>]*>", " ", markup)
    safe = nh3.clean(markup, tags=_BLOCKS, attributes={})
    if depth(safe) > DEEPEST:  # no page of a portal; walking it would take long
        return tidy(defuse(html.unescape(nh3.clean(safe, tags=set()))))
    soup = BeautifulSoup(safe, "lxml")
    for item in soup.find_all("li"):
        item.insert(0, "• ")
        item.append("\n")
    for block in soup.find_all(["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "tr", "table", "section", "dt", "dd"]):
        block.append("\n\n" if block.name not in ("tr", "dt") else "\n")
    for line_break in soup.find_all("br"):
        line_break.replace_with("\n")
    return tidy(defuse(soup.get_text()))


def tidy(text: str) -> str:
    """A longer plain text: NFC, single spaces, at most one blank line, mail addresses left out."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return scrub(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())


def cut(text: str, limit: int = LONGEST_TEXT) -> tuple[str, bool]:
    """A text of at most `limit` characters, and whether it was cut."""
    return (text, False) if len(text) <= limit else (text[: limit - 1] + "…", True)


def lead(text: str, limit: int = 600) -> str:
    """The beginning of a text as a summary: whole sentences where they fit."""
    text = squeeze(text)
    if len(text) <= limit:
        return text
    sentences = re.match(rf"(.{{80,{limit - 1}}}[.!?])\s", text)
    return sentences.group(1) if sentences else text[: limit - 1].rsplit(" ", 1)[0] + "…"


def parse_day(text: str, form: str = "%Y-%m-%d") -> date:
    """A date in the one form the source uses (strptime). Raises DateError."""
    try:
        return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 a calendar day has no zone
    except ValueError as error:
        raise DateError(f"{text[:60]!r} is not a date of the form {form}") from error


def plausible_day(day: date, today: date) -> bool:
    """Whether a date can belong to a call of today: not before 2007, not more than ten years ahead."""
    return date(2007, 1, 1) <= day <= today + timedelta(days=3653)


def parse_amount(text: str) -> float | None:
    """A plain number string as money; 0, negative and empty mean not stated. Raises ValueError on anything else."""
    amount = float(text) if text.strip() else 0.0
    if not amount < 1e13:
        raise ValueError(f"{text[:60]!r} is no plausible amount")
    return amount if amount > 0 else None


def web_address(url: str) -> str | None:
    """An http(s) address without user name and password, or None when it is none."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return url if usable and not re.search(r"[\s<>\"]", url) else None


def decode(body: bytes) -> tuple[str, bool]:
    """A page that says it is UTF-8: its text, and whether it had to be read as Windows-1252 instead."""
    try:
        return body.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace"), True


def inside_a_word(text: str) -> bool:
    """Whether a question mark stands inside a word: a letter that no character set of the page had."""
    return any("/" not in word and re.search(r"\w\?+\w", word) for word in text.split())


def lost_letters(text: str) -> bool:
    """Whether letters may have been lost on the way: a question mark inside or before a word, several in a row, one in
    mid-sentence or before a closing quote. Strict, for pages already known to lie about their character set.
    """
    bare = " ".join(word for word in text.split() if "/" not in word)  # addresses have question marks of their own
    return bool(re.search(r"\w\?\w|(?:^|[\s(])\?+\w|(?:^|\s)\?+(?:\s|$)|\?{2,}\w|\w\?{2,}|\?[\"”’')\]]|\?\s+[a-z]|\ufffd", bare))
