"""The filters as shown: boxes per facet, chips of what is on, what the defaults leave out. All state is in the links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from search import regions, writing
from search.facets import FACETS, Facet
from search.i18n import N_, inside
from search.i18n import gettext as _
from search.params import DATES, DEFAULT_PAGE_SIZE, SORT_LABELS, SearchParams, Sort
from search.query import FacetCount, Results
from search.vocabulary import NOT_STATED
from webapp import hints, links
from webapp.hints import Hint

DATE_WORDS = {
    "deadline_from": N_("Deadline from"),
    "deadline_to": N_("Deadline until"),
    "opening_from": N_("Opening from"),
    "opening_to": N_("Opening until"),
    "changed_since": N_("Changed since"),
}
Address = Callable[..., str]
AMOUNT_WORDS = {"budget_min": N_("Budget from"), "budget_max": N_("Budget up to")}


@dataclass(frozen=True)
class Switch:
    """A yes-or-no filter: a box with its words."""

    name: str
    on: bool
    label: str
    note: str


@dataclass(frozen=True)
class Box:
    """One facet among the filters. has_default: absent and empty differ, so an empty value is always sent along."""

    name: str
    label: str
    hint: Hint
    open: bool
    has_default: bool
    shown: list[FacetCount]
    folded: list[FacetCount]
    switch: Switch | None


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address of the search without it."""

    facet: str
    value: str
    href: str


@dataclass(frozen=True)
class LeftOut:
    """Entries the defaults leave out, and the address of the search with them."""

    text: str
    count: int
    href: str


def boxes(results: Results) -> list[Box]:
    """The facets of the page, in the table's order."""
    return [_box(facet, results) for facet in FACETS if facet.on_page]


def _box(facet: Facet, results: Results) -> Box:
    hint, params = hints.hint(facet.name), results.params
    hint = replace(hint, note=_(hint.note) if hint.note else "")
    values = _ordered(facet, hint, results.facets[facet.name])
    shown = values if len(values) <= hint.shown + 2 else _first(values, hint.shown)
    changed = set(params.values(facet.name)) != set(facet.default)
    return Box(
        name=facet.name,
        label=facet.label,
        hint=hint,
        open=hint.open or changed,
        has_default=bool(facet.default),
        shown=shown,
        folded=[count for count in values if count not in shown],
        switch=_wide_switch(facet, hint, params) if facet.wide_switch else None,
    )


def _ordered(facet: Facet, hint: Hint, counts: list[FacetCount]) -> list[FacetCount]:
    """The values to show: own vocabulary whole, others only with entries; the wide value late, "not stated" last."""
    if facet.vocabulary is None:
        counts = [c for c in counts if c.count or c.selected]
    by_label = sorted(counts, key=lambda c: c.label.casefold()) if hint.by_label else counts
    return sorted(by_label, key=lambda c: (c.value == NOT_STATED, c.value == facet.wide))


def _first(values: list[FacetCount], number: int) -> list[FacetCount]:
    """The values outside the fold: chosen ones, the commonest, and "not stated"; in the order given."""
    commonest = sorted(values, key=lambda c: (not c.selected, c.value != NOT_STATED, -c.count))[:number]
    chosen = {c.value for c in commonest} | {c.value for c in values if c.selected}
    return [c for c in values if c.value in chosen]


def _wide_switch(facet: Facet, hint: Hint, params: SearchParams) -> Switch:
    name = str(facet.wide_switch)
    words = _(hint.switch) if hint.switch else _("With: %(what)s", what=facet.wide_label)
    return Switch(name, getattr(params, name), words, _(hint.switch_note) if hint.switch_note else "")


def further_switches(params: SearchParams) -> dict[str, Switch]:
    """The switches that belong to no single facet."""
    return {
        "include_silent": Switch("include_silent", params.include_silent, _("With entries that don’t say"),
                                 _("A source that is silent on a filter is kept, and shown last.")),
        "dated": Switch("dated", params.dated, _("Only with a stated date or amount"),
                        _("Otherwise entries that state none, or an amount in another currency, stay in a search by deadline or budget.")),
    }  # fmt: skip


def hidden(params: SearchParams, page_size: int = DEFAULT_PAGE_SIZE) -> list[tuple[str, str]]:
    """What the form sends along unseen: the parts of the search that have no control on the page. page_size: the page's usual one."""
    pairs = [(f.name, v) for f in FACETS if not f.on_page and f.name in params.chosen for v in params.chosen[f.name] or ("",)]
    pairs += [("expand", "0")] if not params.expand else []
    pairs += [("as_of", params.as_of)] if params.as_of else []
    pairs += [("per_page", str(params.per_page))] if params.per_page != page_size else []
    return pairs


def sorts(params: SearchParams) -> list[tuple[str, str, str, bool]]:
    """(value, words, address, in use) of the orders; best match only with words."""
    offered = [s for s in (Sort.DEADLINE, Sort.RELEVANCE, Sort.NEWEST, Sort.CHANGED, Sort.BUDGET) if params.q or s is not Sort.RELEVANCE]
    return [(str(s), _(SORT_LABELS[s]), links.search_address(params, sort=s), s is params.order) for s in offered]


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values)


def chips(params: SearchParams, address: Address = links.search_address) -> list[Chip]:
    """The filters that are on, each with the search without it. address: of the page with other filters."""
    found = [chip for facet in FACETS for chip in _facet_chips(facet, params, address)]
    if params.where_means:
        href = address(params, **links.without_place(params))
        found.append(Chip(_("Where"), regions.display(params.where_means), href))
    for code in params.region:
        if code == params.where_means:
            continue
        rest = tuple(c for c in params.region if c != code)
        found.append(Chip(_("Region"), regions.display(code), address(params, region=rest)))
    for name in DATES:
        value: date | None = getattr(params, name)
        if value:
            found.append(Chip(_(DATE_WORDS[name]), writing.day(value), address(params, **{name: None})))
    for name, words in AMOUNT_WORDS.items():
        amount: float | None = getattr(params, name)
        if amount is not None:
            found.append(Chip(_(words), writing.money(amount, "EUR"), address(params, **{name: None})))
    return found + _switch_chips(params, address)


def _facet_chips(facet: Facet, params: SearchParams, address: Address) -> list[Chip]:
    """One chip per chosen value; one for all of a facet with a default, which its removal brings back."""
    chosen = params.values(facet.name)
    if set(chosen) == set(facet.default):
        return []
    if facet.default:
        # Translators: “Status: all”
        words = _listed(facet.label_of(v) for v in chosen) or _("all")
        return [Chip(facet.label, words, address(params.choosing(facet.name, None)))]
    rest = {value: [v for v in chosen if v != value] or None for value in chosen}
    return [Chip(facet.label, facet.label_of(v), address(params.choosing(facet.name, rest[v]))) for v in chosen]


def _switch_chips(params: SearchParams, address: Address) -> list[Chip]:
    found = [
        # Translators: the value of a filter: “EU-wide: left out”
        Chip(str(facet.wide_label), _("left out"), address(params, **{facet.wide_switch: True}))
        for facet in FACETS
        if facet.wide_switch and not getattr(params, facet.wide_switch)
    ]
    if params.as_of:
        # Translators: “As of: 2026-08”
        found.append(Chip(_("As of"), params.as_of, address(params, as_of="")))
    if params.include_silent:
        # Translators: the value of a filter: “Entries that don’t say: included”
        found.append(Chip(_("Entries that don’t say"), _("included"), address(params, include_silent=False)))
    if params.dated:
        found.append(Chip(_("No date or amount stated"), _("left out"), address(params, dated=False)))
    return found


def left_out(results: Results, address: Address = links.search_address) -> list[LeftOut]:
    """What each default in force leaves out, with its count."""
    found = []
    for facet in FACETS:
        values = results.params.values(facet.name)
        if facet.default and set(values) == set(facet.default):
            missing = [c for c in results.facets[facet.name] if c.value not in values]
            href = address(results.params.choosing(facet.name, ()))
            found += [LeftOut(inside(c.label), c.count, href) for c in missing]
    return found


def cleared(params: SearchParams) -> str:
    """The same words without any filter."""
    return links.search_address(SearchParams(q=params.q, sort=params.sort, per_page=params.per_page))
