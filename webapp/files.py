"""Any search as a file to keep or to follow: CSV, Excel, calendar, Atom. Exactly its results, all of them, no account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from flask import Blueprint, Response, abort, request, send_file, stream_with_context, url_for

from search import output, query
from search.generations import Generation
from search.params import SearchParams
from search.query import Hit
from search.store import Store
from search.vocabulary import TextUse
from webapp import feeds, freshness, history, languages, links, results, spreadsheets, state
from webapp.feeds import Head, Item
from webapp.history import Happened

files = Blueprint("files", __name__)
freshness.register(files)

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 200  # entries whose history is read together


@dataclass(frozen=True)
class Asked:
    """A search to be written out, with what it is answered from: the request is over before a long file is."""

    params: SearchParams
    generation: Generation
    now: datetime

    def hits(self) -> Iterator[Hit]:
        """Every result, in order."""
        return self.generation.each(self.params, self.now)

    def record(self, hit: Hit) -> dict[str, Any]:
        """The result as the API gives it, the licence applied."""
        facts = self.generation.sources.get(hit.stored.entry.source)
        return output.record(hit.stored, facts, self.now, hit.tier, details=False)

    def events(self, hit: Hit, past: list[dict[str, Any]]) -> list[Happened]:
        """What happened to the result, in words, the licence applied."""
        facts = self.generation.sources.get(hit.stored.entry.source)
        return history.events(past, facts.text_use if facts else TextUse.FACTS)

    def rows(self) -> Iterator[dict[str, spreadsheets.Value]]:
        """The results as flat rows."""
        return (spreadsheets.row(self.record(hit), _page(hit)) for hit in self.hits())

    def with_history(self, hits: Iterator[Hit], store: Store) -> Iterator[tuple[Hit, list[dict[str, Any]]]]:
        """Each result with what happened to it until it was published, newest first."""
        while some := list(islice(hits, AT_ONCE)):
            known = store.histories([hit.stored.entry.id for hit in some], self.generation.manifest["published"])
            yield from ((hit, known.get(hit.stored.entry.id, [])) for hit in some)


@files.get("/search.<form>")
def search_file(form: str) -> Response:
    """A search as a file of one of FORMS."""
    if form not in FORMS:
        abort(404)
    generation = state.generation()
    params = state.as_answered(links.asked(generation, request.args.items(multi=True)))
    return _named(FORMS[form](Asked(params, generation, state.now())), form)


@files.get("/calls/<entry_id>.ics")
def call_file(entry_id: str) -> Response:
    """The deadlines of one call, to be followed as a calendar."""
    from webapp import calendars

    generation, now = state.generation(), state.now()
    hit = query.find(generation, entry_id, now)
    if hit is None:
        abort(404)
    asked = Asked(SearchParams(), generation, now)
    entries = [calendars.Dated(asked.record(found), _page(found), past) for found, past in asked.with_history(iter([hit]), state.store())]
    entry, address = hit.stored.entry, links.absolute(url_for("files.call_file", entry_id=hit.stored.entry.id))
    return _named(Response(b"".join(calendars.as_ics(entry.title_en or entry.title, address, entries)), mimetype="text/calendar"), "ics")


def _named(response: Response, form: str) -> Response:
    """An answer that browsers keep as a file, under a name with the day of what it says."""
    response.headers.set("Content-Disposition", "attachment", filename=f"skills-funding-{state.now():%Y-%m-%d}.{form}")
    return response


def _page(hit: Hit) -> str:
    return links.absolute(links.entry_address(hit.stored.entry))


def _streamed(parts: Iterator[bytes], kind: str) -> Response:
    """An answer sent while it is made; its generation stays open until it is through."""
    response = Response(stream_with_context(languages.spoken_throughout(parts)), mimetype=kind)
    response.call_on_close(state.keep())
    return response


def _csv(asked: Asked) -> Response:
    return _streamed(spreadsheets.as_csv(asked.rows()), "text/csv")


def _xlsx(asked: Asked) -> Response:
    return send_file(spreadsheets.as_xlsx(asked.rows()), mimetype=EXCEL)


def _ics(asked: Asked) -> Response:
    from webapp import calendars  # here, because its library takes a tenth of a second to load, and most requests never need it

    title = results.sentence(asked.generation.search(asked.params, asked.now))
    address = links.absolute(links.file_address(asked.params, "ics"))
    entries = (calendars.Dated(asked.record(hit), _page(hit), past) for hit, past in asked.with_history(asked.hits(), state.store()))
    return _streamed(calendars.as_ics(title, address, entries), "text/calendar")


def _atom(asked: Asked) -> Response:
    generation, published = asked.generation, asked.generation.manifest["published"]
    last = state.store().last_events(published)
    found = generation.search(asked.params, asked.now)
    updated = {entry_id: last.get(entry_id, published) for entry_id in (generation.columns.ids[row] for row in found.rows)}
    newest_first = sorted(updated, key=lambda entry_id: updated[entry_id], reverse=True)
    hits = (hit for entry_id in newest_first if (hit := query.find(generation, entry_id, asked.now)))
    items = (
        Item(hit, asked.record(hit), _page(hit), asked.events(hit, past), updated[hit.stored.entry.id])
        for hit, past in asked.with_history(hits, state.store())
    )
    head = Head(
        title=results.sentence(found),
        address=links.absolute(links.file_address(asked.params, "atom")),
        page=links.absolute(links.search_address(asked.params)),
        updated=max(updated.values(), default=published),
        note=generation.manifest["note"],
    )
    return _streamed(feeds.as_atom(head, items), "application/atom+xml")


FORMS: dict[str, Callable[[Asked], Response]] = {"csv": _csv, "xlsx": _xlsx, "ics": _ics, "atom": _atom}
