"""Plain texts of the sources as safe markup: paragraphs, lists, and marked places. Every piece is escaped here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap, takewhile

from markupsafe import Markup, escape

from search import licence, wording

LONGEST_SEARCHED = 6_000  # characters of a text in which a place worth showing is looked for
LEAD = 90  # characters shown before the first found word
_BULLET = re.compile(r"\s*[•●▪*–-]\s+")


@dataclass(frozen=True)
class Span:
    """A place in a text. anchor: the id it gets, so that it can be linked to."""

    start: int
    end: int
    anchor: str | None = None


def joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order; those that overlap become one, with the first one's anchor."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Span(last.start, max(last.end, span.end), last.anchor or span.anchor)
        else:
            merged.append(span)
    return merged


def marked(text: str, spans: Sequence[Span] = (), start: int = 0, end: int | None = None) -> Markup:
    """A piece of a text, escaped, with the spans (in order, apart) that lie in it marked."""
    end = len(text) if end is None else end
    pieces, place = list[str](), start
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        if first >= last:
            continue
        anchor = f' id="{escape(span.anchor)}"' if span.anchor and first == span.start else ""
        pieces.append(f"{escape(text[place:first])}<mark{anchor}>{escape(text[first:last])}</mark>")
        place = last
    return Markup("".join(pieces)) + escape(text[place:end])


def _blocks(text: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """The parts of a longer text: ("p" or "ul", places of its lines); a blank line ends a paragraph, but not a list."""
    blocks: list[tuple[str, list[tuple[int, int]]]] = []
    apart, place = True, 0
    for line in text.split("\n"):
        start, end = place, place + len(line)
        place = end + 1
        if not line.strip():
            apart = True
            continue
        bullet = _BULLET.match(line)
        kind = "ul" if bullet else "p"
        lines = (start + (bullet.end() if bullet else 0), end)
        if blocks and blocks[-1][0] == kind and (bullet or not apart):
            blocks[-1][1].append(lines)
        else:
            blocks.append((kind, [lines]))
        apart = False
    return blocks


def paragraphs(text: str, spans: Sequence[Span] = ()) -> Markup:
    """A longer text: blank lines part paragraphs, lines with a bullet become a list, other lines keep their break."""
    spans, out = joined(spans), Markup("")
    for kind, places in _blocks(text):
        lines = [marked(text, spans, start, end) for start, end in places]
        if kind == "ul":
            out += Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(line) for line in lines))
        else:
            out += Markup("<p>{}</p>").format(Markup("<br>").join(lines))
    return out


@dataclass(frozen=True)
class Words:
    """The words of a search that texts are marked by. expanded: also in their other wordings."""

    text: str = ""
    expanded: bool = False


def found_words(text: str, asked: Words, language: str) -> list[Span]:
    """Where the words of a search stand in a text."""
    return list(starmap(Span, wording.marks(text, asked.text, language, asked.expanded))) if text and asked.text else []


def extract(text: str, asked: Words, language: str) -> Markup:
    """About 300 characters of a text with the words of the search marked, from near the first of them."""
    text, start = " ".join(text[:LONGEST_SEARCHED].split()), 0
    found = found_words(text, asked, language)
    if found and found[0].end > licence.EXTRACT_LENGTH - LEAD:
        start = text.find(" ", max(0, found[0].start - LEAD)) + 1
    shown = licence.extract(text[start:])
    near = takewhile(lambda span: span.start < start + len(shown), found)
    shifted = [Span(s.start - start, s.end - start) for s in near if s.start >= start]
    body = shown.removesuffix("…") if shown != text[start:] else shown
    return Markup("… " if start else "") + marked(body, shifted) + Markup("…" if body != shown else "")
