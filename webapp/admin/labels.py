"""The review of labels read from words: the least certain first, the words beside it, one key per answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from search import clock, corrections, doubt, reading, relabelling, timing
from search.doubt import Label
from search.generations import GenerationError
from search.records import Entry, Quote
from search.single import Held
from search.vocabulary import NOT_STATED
from search.vocabulary import label as label_of
from webapp import evidence, links, state
from webapp.admin import door, entries
from webapp.admin.door import rooms

NAME = "funding-admin-labels"
AROUND = 160  # characters of the text on either side of the words
RIGHT, WRONG = "right", "wrong"


@dataclass(frozen=True)
class Words:
    """Quoted words with what stands around them. field: where."""

    before: str
    quote: str
    after: str
    field: str
    rule: str


@dataclass(frozen=True)
class Answer:
    """A button. key: what gives the answer on the keyboard."""

    key: str
    value: str
    text: str


@rooms.get("/labels/")
def labels() -> str:
    """The label to look at next."""
    facet, skip = request.args.get("facet", ""), max(request.args.get("skip", 0, type=int), 0)
    waiting = [label for label in _waiting() if facet in ("", label.facet)]
    shown: dict[str, Any] = {"label": None}
    if skip < len(waiting):
        label = waiting[skip]
        held = entries.known(label.entry_id)
        shown = {
            "label": label,
            "entry": held.shown,
            "address": links.entry_address(held.entry),
            "facet_label": entries.facet_label(label.facet),
            "value_label": label_of(label.value),
            "words": [_around(held.entry, quote) for quote in label.quotes],
            "answers": _answers(label),
        }
    facets = [(name, entries.facet_label(name)) for name in doubt.FACETS]
    return render_template("admin/labels.html", waiting=len(waiting), facet=facet, facets=facets, skip=skip, **shown)


def _waiting() -> list[Label]:
    """The labels of what visitors see by default that nobody has looked at, least certain first."""
    corrected = {(c.entry_id, c.facet) for several in relabelling.corrected(door.store()).values() for c in several}
    with door.store().engine.connect() as connection:
        right = doubt.found_right(connection)
    return [
        label
        for label in _published()
        if (label.entry_id, label.facet) not in corrected and (label.entry_id, label.facet, label.value, label.words) not in right
    ]


def _published() -> list[Label]:
    """The labels of the generation in use, kept until another one is."""
    try:
        generation = state.generation()
    except GenerationError:
        return []
    kept: dict[str, list[Label]] = current_app.extensions.setdefault(NAME, {})
    found = kept.get(generation.name)
    if found is None:
        hits = generation.each(reading.parse([], generation.columns.values), clock.now())
        found = doubt.least_certain_first(hit.stored.entry for hit in hits)
        kept.clear()
        kept[generation.name] = found
    return found


def _around(entry: Entry, quote: Quote) -> Words:
    where = evidence.field_words(quote.field or "")
    if not evidence.stands_there(entry, quote):
        return Words("", quote.quote or "", "", where, quote.rule)
    assert quote.start is not None
    assert quote.end is not None
    text: str = getattr(entry, quote.field or "")
    begin, end = max(quote.start - AROUND, 0), quote.end + AROUND
    before, after = text[begin : quote.start], text[quote.end : end]
    return Words(("… " if begin else "") + before, text[quote.start : quote.end], after + (" …" if end < len(text) else ""), where, quote.rule)


def _answers(label: Label) -> list[Answer]:
    """Right or wrong; for a facet of one value, which other one it is."""
    attribute, vocabulary = corrections.ATTRIBUTES[label.facet]
    if isinstance(Entry.model_fields[attribute].default, list):
        return [Answer("y", RIGHT, "Right"), Answer("n", WRONG, "Wrong")]
    others = [str(v) for v in vocabulary.__members__.values() if v != label.value]
    others += [] if label.facet in corrections.NEEDED else [NOT_STATED]
    numbered = [Answer(str(n), value, f"No: {label_of(value)}") for n, value in enumerate(others, 1)]
    return [Answer("y", RIGHT, "Right"), *numbered]


@rooms.post("/labels/answer")
def answer() -> BaseResponse:
    """Right: it is not asked again while its words stay. Anything else is a correction; where the facet holds other values too, these are
    looked at as well: a correction sets all of it."""
    wanted = tuple(request.form.get(name, "") for name in ("entry", "facet", "value", "words"))
    label = next((one for one in _waiting() if (one.entry_id, one.facet, one.value, one.words) == wanted), None)
    if label is None:
        abort(409, "Somebody has answered that, or it is no longer published like this.")
    given = request.form.get("answer", "")
    if given not in {one.value for one in _answers(label)}:
        abort(400, "That is no answer.")
    if given == RIGHT:
        with door.store().engine.begin() as connection:
            doubt.note_right(connection, label, g.editor.name, timing.utc(clock.now()))
        door.note(f"found {label.facet} right", label.entry_id, label.value, label.value)
    else:
        held = entries.known(label.entry_id)
        value = getattr(held.shown, corrections.ATTRIBUTES[label.facet][0])
        if isinstance(value, list) and set(map(str, value)) - {label.value}:
            return redirect(url_for("admin.entry", id=label.entry_id, facet=label.facet, _anchor=f"facet-{label.facet}"), 303)
        _correct(label, held, [NOT_STATED] if isinstance(value, list) else [given])
    return redirect(url_for("admin.labels", facet=request.form.get("only") or None, skip=request.form.get("skip") or None), 303)


def _correct(label: Label, held: Held, wanted: list[str]) -> None:
    quoted = ", ".join(f"“{quote.quote}”" for quote in label.quotes if quote.quote)
    why = f"an editor looked at {quoted or 'the words'}: it is not {label.value}"
    try:
        chosen = corrections.checked(label.facet, wanted)
    except ValueError as error:
        abort(400, str(error))
    entries.apply(held, label.facet, chosen, why)
