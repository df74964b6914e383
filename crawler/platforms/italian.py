"""What Italian prose says of a call: when one may apply, how much money there is. Pure functions.

`entro le ore 17:00 del 24 giugno 2026`, `fino al 06/01/2027`, `40 milioni di euro`.
"""

from __future__ import annotations

import re
from typing import Any

from parsel import Selector

from crawler.normalise import parse_day, squeeze

ZONE = "Europe/Rome"
MONTHS = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
BEFORE = 70  # characters before a date that may say what the date is

_DATE = re.compile(rf"(\d{{1,2}})[°º]? ({'|'.join(MONTHS)})(?: (\d{{4}}))?|\b(\d{{2}})[/.](\d{{2}})[/.](\d{{4}})")
_UNTIL = re.compile(r"\bentro\b|\bfino a|\balle (?:ore )?\d", re.I)
_ENDS = re.compile(r"\bscaden|\btermine\b|\bchiusura\b", re.I)
_OTHER = re.compile(r"completat|realizzat|rendicont|sostenut", re.I)  # an end of projects, not of applying
_FROM = re.compile(r"\bdal(?:le ore \d{1,2}(?:[:.]\d{2})? del)? ?$", re.I)
_HOUR = re.compile(r"\b(?:ore|alle) (\d{1,2})(?:[:.](\d{2}))?", re.I)
_AMOUNT = re.compile(r"(?:\bdotazione\b[^.;€]{0,80}?|^)(\d[\d.,]*)( milioni di)? euro\b", re.I)


def window(line: str) -> tuple[str | None, list[dict[str, Any]]]:
    """The opening day and the days until which one may apply, by the words before each date. Raises DateError."""
    sure: list[dict[str, Any]] = []
    likely: list[dict[str, Any]] = []
    opens, before = None, None
    for found in _DATE.finditer(line):
        words = line[max(found.start() - BEFORE, before.end() if before else 0) : found.start()]
        about = line[max(found.start() - BEFORE, 0) : found.start()]
        day = day_of(found)
        if day and not _OTHER.search(about) and (_UNTIL.search(words) or _ENDS.search(words)):
            strong = bool(_UNTIL.search(words))
            (sure if strong else likely).append(deadline(day, words, found[0]))
            if strong and before and _FROM.search(line[: before.start()]):
                opens = opens or day_of(before)
        before = found
    start = re.search(r"[Ss]portello aperto dal ", line)
    if start and not opens and (first := _DATE.match(line, start.end())):
        opens = day_of(first)
    ends = {end["date"]: end for end in sure or likely}
    if opens and ends and opens > min(ends):
        opens = None  # of a later round
    return opens, list(ends.values())


def day_of(found: re.Match[str]) -> str | None:
    """A date in words or digits; None where its year is left out. Raises DateError."""
    if found[6]:
        return parse_day(f"{found[4]}.{found[5]}.{found[6]}", "%d.%m.%Y").isoformat()
    return parse_day(f"{found[1]}.{MONTHS.index(found[2]) + 1}.{found[3]}", "%d.%m.%Y").isoformat() if found[3] else None


def deadline(day: str, words: str, date_words: str) -> dict[str, Any]:
    hours = _HOUR.findall(words)
    time = f"{int(hours[-1][0]):02d}:{hours[-1][1] or '00'}" if hours and int(hours[-1][0]) < 24 else None
    cue = max((m.start() for m in [*_UNTIL.finditer(words), *_ENDS.finditer(words)]), default=0)
    return {"date": day, "time": time, "zone": ZONE, "text": f"{words[cue:]}{date_words}".strip()}


def kind_of(line: str, ends: list[dict[str, Any]]) -> str:
    """What sort of end a call has."""
    if ends:
        return "fixed" if len(ends) == 1 else "cut-offs"
    if any(not day_of(found) and _UNTIL.search(line[max(found.start() - BEFORE, 0) : found.start()]) for found in _DATE.finditer(line)):
        return "not-stated"  # a date without its year is none
    if re.search(r"esaurimento (?:delle risorse|dei fondi|della dotazione)", line, re.I):
        return "until-exhausted"
    return "rolling" if re.search(r"\bsportello aperto\b", line, re.I) else "not-stated"


def budget(html: str, line: str) -> dict[str, Any] | None:
    """The money: a heading such as `40 milioni di euro`, else what the text calls its `dotazione`."""
    headings = [squeeze(heading) for heading in Selector(html or "<p/>").css("h2").xpath("string()").getall()]
    found = next((match for text in [*headings, line] if (match := _AMOUNT.search(text))), None)
    if not found or not re.fullmatch(r"\d{1,3}(?:\.\d{3})*(?:,\d+)?|\d+(?:,\d+)?", found[1].rstrip(".,")):
        return None
    total = float(found[1].rstrip(".,").replace(".", "").replace(",", ".")) * (1e6 if found[2] else 1)
    return {"total": total, "scope": "call", "text": found[0]}
