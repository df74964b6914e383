"""The pages. Each view asks search/, has the answer put into words, and fills a template."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from search import clock, query
from search.i18n import gettext as _
from search.vocabulary import Kind
from webapp import around, details, help, links, pictures, results, shortcuts, sources, state, tree

pages = Blueprint("pages", __name__)


@pages.get("/")
def search() -> str:
    """The search: form, filters and results in one page whose address is its state."""
    generation, now = state.generation(), state.now()
    params = state.as_answered(links.asked(generation, request.args.items(multi=True)))
    answer = generation.search(params, now)
    states = state.known_states()
    shown = results.view(answer, generation.sources, states, now)
    shown["start"] = not request.args
    shown["here"] = links.search_address(params, page=params.page)
    shown |= shortcuts.view(answer, generation.columns, now)
    shown["tree"] = tree.branches(params, generation, now)
    shown |= pictures.view(answer, generation, now)
    shown["help"] = None if answer.total else help.view(generation, answer, states, now)
    return render_template("search.html", **shown)


@pages.get("/calls/<entry_id>")
def call(entry_id: str) -> str | Response:
    """One call."""
    return _entry(Kind.CALL, entry_id)


@pages.get("/funds/<entry_id>")
def fund(entry_id: str) -> str | Response:
    """One fund."""
    return _entry(Kind.FUND, entry_id)


@pages.get("/products/<entry_id>")
def product(entry_id: str) -> str | Response:
    """One loan or guarantee."""
    return _entry(Kind.PRODUCT, entry_id)


def _entry(kind: Kind, entry_id: str) -> str | Response:
    """The page of one entry; one of another kind, or a copy of another, leads to its own address."""
    generation, now = state.generation(), state.now()
    hit = query.find(generation, entry_id, now)
    if hit is None:
        abort(404, _("We have no entry under this address. It may be misspelt, or from another collection."))
    if hit.stored.entry.kind != kind or hit.stored.entry.id != entry_id:
        return redirect(links.entry_address(hit.stored.entry))
    shown = details.view(hit, generation.sources, now) | around.view(hit)
    return render_template(f"{kind}.html", back=links.back_to_search(generation), **shown)


@pages.get("/sources")
def sources_page() -> str:
    """Every source and its health."""
    return render_template("sources.html", **sources.view(state.source_states(), clock.now()))


@pages.get("/about")
def about() -> str:
    """What this is, and what it is not."""
    return render_template("about.html")


@pages.get("/accessibility")
def accessibility() -> str:
    """What works for whom, and what does not."""
    return render_template("accessibility.html", contact=state.published().settings.contact)


@pages.get("/privacy")
def privacy() -> str:
    """What is noted of visitors, and of people named in calls."""
    return render_template("privacy.html", contact=state.published().settings.contact)
