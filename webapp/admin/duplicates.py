"""One call on two portals: which were taken for one and why, two entries side by side, and what an editor decides about them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from search import clock, pairs, timing
from search.generations import GenerationError
from search.pairs import Pair
from search.records import Call
from search.single import Held
from search.store import Stored
from webapp import state
from webapp.admin import door, entries
from webapp.admin.door import rooms

ON_A_PAGE = 50
NOT_COMPARED = ("evidence", "id", "kind")


@dataclass(frozen=True)
class Field:
    """A field of two entries in words."""

    name: str
    one: str
    other: str

    @property
    def same(self) -> bool:
        return self.one == self.other


@rooms.get("/duplicates/")
def duplicates() -> str:
    """The calls that are published once though several portals list them, and every decision."""
    page = max(request.args.get("page", 1, type=int), 1)
    found, more = _joined((page - 1) * ON_A_PAGE)
    with door.store().engine.connect() as connection:
        decided = pairs.held(connection)
    return render_template("admin/duplicates.html", joined=found, more=more, page=page, decided=decided)


def _joined(skip: int) -> tuple[list[Stored], bool]:
    """Published entries that stand for others too, and whether there are more of them."""
    try:
        generation = state.generation()
    except GenerationError:
        return [], False
    shown = sorted(set(generation.copies.values()))
    rows = [generation.columns.row_of[entry_id] for entry_id in shown[skip : skip + ON_A_PAGE]]
    return [generation.stored(row) for row in rows], len(shown) > skip + ON_A_PAGE


@rooms.get("/pair")
def pair() -> str:
    """Two entries side by side."""
    one, other = _two(request.args.get("one", "").strip(), request.args.get("other", "").strip())
    with door.store().engine.connect() as connection:
        ids = frozenset((one.entry.id, other.entry.id))
        decided = pairs.of(connection, ids)
    return render_template(
        "admin/pair.html", one=one.shown, other=other.shown, fields=_fields(one, other), decided=decided, joined=_published_as_one(ids)
    )


def _two(one: str, other: str) -> tuple[Held, Held]:
    first, second = entries.known(one), entries.known(other)
    if one == other:
        abort(400, "Name two different entries.")
    if not (isinstance(first.entry, Call) and isinstance(second.entry, Call)):
        abort(400, "Only calls are joined.")
    return first, second


def _fields(one: Held, other: Held) -> list[Field]:
    names = [name for name in type(one.entry).model_fields if name not in NOT_COMPARED and (one.record.get(name) or other.record.get(name))]
    return [Field(name.replace("_", " "), *(entries.value_words(side.record.get(name)) for side in (one, other))) for name in names]


def _published_as_one(ids: frozenset[str]) -> bool:
    try:
        copies = state.generation().copies
    except GenerationError:
        return False
    return len({copies.get(entry_id, entry_id) for entry_id in ids}) == 1


@rooms.post("/pair/decide")
def decide() -> BaseResponse:
    """Keep two entries apart or join them, whatever the rules say, from the next publishing on."""
    one, other = _two(request.form.get("one", ""), request.form.get("other", ""))
    if request.form.get("decision") not in ("apart", "same"):
        abort(400, "That is no decision.")
    same, why = request.form["decision"] == "same", door.required("why", "why")
    decided = pairs.pair(one.entry.id, other.entry.id, same, why, g.editor.name, timing.utc(clock.now()))
    with door.store().engine.begin() as connection:
        before = _said(pairs.of(connection, decided.ids))
        pairs.decide(connection, decided)
    door.note("decided about two entries", f"{decided.one} and {decided.other}", before, _said(decided), why)
    return redirect(url_for("admin.pair", one=decided.one, other=decided.other), 303)


@rooms.post("/pair/forget")
def leave_to_the_rules() -> BaseResponse:
    """Take a decision back."""
    ids = frozenset((request.form.get("one", ""), request.form.get("other", "")))
    with door.store().engine.begin() as connection:
        decided = pairs.of(connection, ids)
        if decided is None:
            abort(404, "There is no decision about these two.")
        pairs.forget(connection, decided)
    door.note("took a decision back", f"{decided.one} and {decided.other}", _said(decided), _said(None))
    return redirect(url_for("admin.duplicates"), 303)


def _said(decided: Pair | None) -> str:
    return "as the rules say" if decided is None else "one call" if decided.same else "two calls"
