"""One result as shown in a list: what it is, until when, for whom, and how we know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from search import gist, licence, regions, timing
from search.facets import BY_NAME
from search.i18n import gettext as _
from search.i18n import ngettext
from search.query import Hit
from search.records import Call, Entry, Fund, Product
from search.sources import SourceFacts
from search.vocabulary import Kind, Origin, TextUse, label
from webapp import hints, links, text, words
from webapp.text import Span
from webapp.words import Age, When

RECENT = timedelta(days=35)
MOST_PLACES = 4


NO_WORDS = text.Words()


@dataclass(frozen=True)
class Label:
    """A facet value of an entry and how it is known; origin None = no evidence was recorded."""

    text: str
    origin: Origin | None


@dataclass(frozen=True)
class Title:
    """A title as read: English where the source gives one, with the original beside it."""

    text: Markup
    lang: str
    original: Markup | None
    original_lang: str


@dataclass(frozen=True)
class Card:
    """One result. line: the level's line; lead, kicker: the words above the title; notes: changes worth knowing."""

    entry: Call | Fund | Product
    href: str
    line: str
    lead: str
    kicker: list[str]
    title: Title
    when: When
    gist: str
    summary: Markup | None
    who: list[Label]
    place: str | None
    budget: str | None
    tags: list[Label]
    source: str
    age: Age
    notes: list[str]
    gone: str | None


def card(hit: Hit, facts: Mapping[str, SourceFacts], now: datetime, asked: text.Words = NO_WORDS) -> Card:
    """The card of one result; `asked`: the words to mark."""
    source = facts.get(hit.stored.entry.source)
    entry = licence.apply(hit.stored.entry, source.text_use if source else TextUse.FACTS)
    body = first_text(entry)
    return Card(
        entry=entry,
        href=links.entry_address(entry),
        line=hints.LINES[entry.level],
        lead=lead(entry, hit, now),
        kicker=kicker(entry),
        title=found_title(entry, asked),
        when=words.when(entry, hit.status, now),
        gist=words.unbroken(gist.gist(entry, now)),
        summary=text.extract(body, asked, entry.lang) if body else None,
        who=labels(entry, hints.WHO),
        place=place(entry),
        budget=words.unbroken(gist.budget_words(entry.budget) or "") or None,
        tags=[label for name in hints.TAGS for label in labels(entry, name)],
        source=source.title if source else entry.source,
        age=words.age(hit.stored.last_seen, now),
        notes=_notes(hit, now),
        gone=words.day_of(gone) if (gone := hit.stored.no_longer_listed_since) else None,
    )


def lead(entry: Entry, hit: Hit, now: datetime) -> str:
    """The first words: "Open call", "Fund", "Loan or guarantee"."""
    if isinstance(entry, Call) and timing.invited_only(entry, now):
        return _("Second stage, only for those invited")
    if isinstance(entry, Call):
        return _(hints.STATUS_WORDS[hit.status])
    return _(hints.KIND_WORDS[Kind.FUND if isinstance(entry, Fund) else Kind.PRODUCT])


def kicker(entry: Call | Fund | Product) -> list[str]:
    """What stands above the title after the first words."""
    parts = [label(entry.funding_type) if entry.funding_type else None, entry.programme]
    if isinstance(entry, Call):
        parts.append(entry.identifier)
    elif isinstance(entry, Fund):
        parts = [entry.fund, entry.area_en, None if entry.programme in (None, entry.fund) else entry.programme]
    elif isinstance(entry, Product):
        parts.append(entry.provider)
    lead = _(hints.KIND_WORDS[Kind.PRODUCT]) if isinstance(entry, Product) else None
    return [part for part in dict.fromkeys(parts) if part and part != lead]


def title(entry: Entry, own: Sequence[Span], english: Sequence[Span]) -> Title:
    """An entry's title with the spans of the own and of the English title marked."""
    marked = text.marked(entry.title, own)
    if not entry.title_en or entry.title_en == entry.title:
        return Title(marked, entry.lang, None, entry.lang)
    return Title(text.marked(entry.title_en, english), "en", marked, entry.lang)


def found_title(entry: Entry, asked: text.Words) -> Title:
    """The same with the words of a search marked."""
    return title(entry, text.found_words(entry.title, asked, entry.lang), text.found_words(entry.title_en or "", asked, "en"))


def labels(entry: Entry, facet: str) -> list[Label]:
    """The values of a facet an entry carries, each with its origin; values derived from others are left out."""
    row = BY_NAME[facet]
    origins = {quote.value: quote.origin for quote in reversed(entry.evidence.get(facet, ()))}
    values = row.values(entry) if row.values else ()
    return [Label(row.label_of(value), origins.get(value)) for value in values if value not in row.extra]


def place(entry: Entry) -> str | None:
    """Where the money may be used, regions with their countries; None = not stated."""
    if isinstance(entry, Fund):
        own = gist.place(entry)
        return ", ".join([own, *_countries(entry)]) if own and entry.regions else own
    if not entry.regions:
        return _some([label(country) for country in entry.countries])
    return ", ".join([str(_some([regions.display(code) for code in entry.regions])), *_countries(entry)])


def _countries(entry: Entry) -> list[str]:
    """The countries as they stand behind regions; none where a region is named like its country, or they are many."""
    names = {regions.display(code) for code in entry.regions}
    found = [label(country) for country in entry.countries]
    return found if len(found) <= MOST_PLACES and not names & set(found) else []


def _some(names: list[str]) -> str | None:
    """The first of some names, and how many more there are."""
    more = len(names) - MOST_PLACES
    if more <= 0:
        return ", ".join(names) or None
    shown = ", ".join(names[:MOST_PLACES])
    return ngettext("%(places)s and %(count)s more", "%(places)s and %(count)s more", more, places=shown, count=more)


def first_text(entry: Entry) -> str | None:
    """What an entry says of itself first: the summary, else the first of its texts. Only what its licence lets us show."""
    names = ("summary", "objectives", "description", "expected_outcomes", "scope", "final_recipients", "conditions_text")
    return next((value for name in names if (value := getattr(entry, name, None))), None)


def _notes(hit: Hit, now: datetime) -> list[str]:
    stored = hit.stored
    changed = datetime.fromisoformat(stored.last_changed)
    if stored.last_changed != stored.first_seen and now - changed < RECENT:
        return [_("changed %(day)s", day=words.day_of(changed))]
    return []
