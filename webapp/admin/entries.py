"""One entry behind the scenes: its labels with the words behind them, corrected by hand; its versions side by side."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from search import audit, clock, corrections, relabelling, single, timing
from search.corrections import Correction
from search.facets import BY_NAME
from search.records import Entry
from search.single import Held
from search.vocabulary import NOT_STATED, label
from webapp import evidence, links
from webapp.admin import door
from webapp.admin.door import rooms

LONGEST_VALUE = 4_000  # characters of a field in a comparison


@dataclass(frozen=True)
class Form:
    """The form of one facet. values: (value, label, chosen); several: whether more than one may be; made: its correction."""

    facet: str
    label: str
    values: list[tuple[str, str, bool]]
    several: bool
    codes: str
    made: Correction | None


@rooms.get("/entries/")
def entries() -> str | BaseResponse:
    """A way to an entry by its id or address, and every correction."""
    wanted = request.args.get("find", "").strip()
    if wanted and (entry_id := _id_in(wanted)):
        return redirect(url_for("admin.entry", id=entry_id))
    made = [correction for several in relabelling.corrected(door.store()).values() for correction in several]
    made.sort(key=lambda correction: correction.made, reverse=True)
    return render_template("admin/entries.html", wanted=wanted, made=made)


def _id_in(text: str) -> str | None:
    """The id of an entry that a text names, by itself or as the address of its page."""
    path = unquote(urlsplit(text).path)
    for candidate in (text, path.split("/calls/")[-1], path.split("/funds/")[-1], path.split("/products/")[-1]):
        if single.find(door.store(), candidate):
            return candidate
    return None


@rooms.get("/entry")
def entry() -> str:
    """One entry: labels, evidence, corrections, versions."""
    held = known(request.args.get("id", ""))
    shown = held.shown
    history = door.store().histories([shown.id], timing.utc(clock.now())).get(shown.id, [])
    versions = single.versions(held.record, history)
    newer, older = (_place(name, len(versions), otherwise) for name, otherwise in (("newer", 0), ("older", 1)))
    return render_template(
        "admin/entry.html",
        entry=shown,
        held=held,
        why=evidence.rows(shown, {}),
        forms=[_form(facet, shown, held) for facet in corrections.ATTRIBUTES],
        opened=request.args.get("facet", ""),
        versions=versions,
        newer=newer,
        older=older,
        compared=_compared(versions[older].record, versions[newer].record) if versions else [],
        address=links.entry_address(held.entry),
        lines=audit.lines(door.store(), shown.id, 20),
    )


def known(entry_id: str) -> Held:
    """The entry of an id. Answers 404 where there is none."""
    found = single.find(door.store(), entry_id)
    if found is None:
        abort(404, "There is no such entry in the store.")
    return found


def _place(name: str, count: int, otherwise: int) -> int:
    return min(max(request.args.get(name, otherwise, type=int), 0), max(count - 1, 0))


def _compared(older: Any, newer: Any) -> list[tuple[str, str, str]]:
    """(field, before, after) of every field that differs."""
    return [(name.replace("_", " "), value_words(older.get(name)), value_words(newer.get(name))) for name in single.differing(older, newer)]


def value_words(value: Any) -> str:
    """A field of a record as editors read it."""
    text = value if isinstance(value, str) else "not stated" if value in (None, [], {}) else json.dumps(value, ensure_ascii=False, indent=1)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"


def facet_label(facet: str) -> str:
    """What editors read for a facet that can be corrected."""
    return BY_NAME[facet].label if facet in BY_NAME else facet.capitalize()


def _form(facet: str, shown: Entry, held: Held) -> Form:
    attribute, vocabulary = corrections.ATTRIBUTES[facet]
    value = getattr(shown, attribute)
    chosen = [str(v) for v in value] if isinstance(value, list) else [str(value)] if value else []
    made = next((correction for correction in held.made if correction.facet == facet), None)
    legal = [] if vocabulary is str else [str(v) for v in vocabulary.__members__.values()]
    if facet not in corrections.NEEDED and not isinstance(value, list):
        legal.append(NOT_STATED)
        chosen = chosen or [NOT_STATED]
    values = [(v, label(v), v in chosen) for v in legal]
    return Form(facet, facet_label(facet), values, isinstance(value, list), " ".join(chosen) if vocabulary is str else "", made)


@rooms.post("/corrections/add")
def correct() -> BaseResponse:
    """Set one facet of an entry by hand."""
    held, facet, why = known(request.form.get("entry", "")), request.form.get("facet", ""), door.required("why", "why, for the page of the entry")
    try:
        chosen = corrections.checked(facet, request.form.getlist("values") + request.form.get("codes", "").split())
    except ValueError as error:
        abort(400, str(error))
    apply(held, facet, chosen, why)
    return redirect(url_for("admin.entry", id=held.entry.id), 303)


def apply(held: Held, facet: str, chosen: tuple[str, ...], why: str) -> None:
    """Keep a correction, and note it."""
    before = values_of(held.shown, facet)
    relabelling.correct(door.store(), Correction(held.entry.id, facet, chosen, why, timing.utc(clock.now())))
    door.note(f"corrected {facet}", held.entry.id, before, ", ".join(chosen) or NOT_STATED, why)


def values_of(entry: Entry, facet: str) -> str:
    """The values of a facet in words."""
    value = getattr(entry, corrections.ATTRIBUTES[facet][0])
    return ", ".join(map(str, value)) if isinstance(value, list) and value else str(value) if value and not isinstance(value, list) else NOT_STATED


@rooms.post("/corrections/withdraw")
def withdraw() -> BaseResponse:
    """Take a correction back: the facet is again what the source and its words say."""
    held, facet = known(request.form.get("entry", "")), request.form.get("facet", "")
    if facet not in corrections.ATTRIBUTES or not relabelling.undo(door.store(), held.entry.id, facet):
        abort(404, "There is no such correction.")
    door.note(f"withdrew the correction of {facet}", held.entry.id, values_of(held.shown, facet), values_of(held.entry, facet))
    return redirect(url_for("admin.entry", id=held.entry.id), 303)
