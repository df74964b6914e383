"""What stands around an entry on its page: what happened to it, what is like it, and where it can be read in another language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from search import gist, i18n, languages, licence, wording
from search.params import SearchParams
from search.query import Hit
from search.records import Call, Entry
from search.store import StoreError
from search.vocabulary import Country, Kind, TextUse
from webapp import history, links, state, words
from webapp.history import Happened

MOST_SIMILAR = 4
MOST_WORDS = 10  # of a title: the first say what it is about
# Nothing is sent there unless the reader presses the link; they choose the language there.
TRANSLATORS: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("Google Translate", "https://translate.google.com/translate?", {"sl": "auto"}, "u"),
    ("Microsoft Translator", "https://www.translatetheweb.com/?", {}, "a"),
)


@dataclass(frozen=True)
class Like:
    """A call like this one."""

    href: str
    title: str
    lang: str
    gist: str


def view(hit: Hit) -> dict[str, Any]:
    """Everything the templates show of it. happened: newest first, None when the store cannot be read."""
    entry = hit.stored.entry
    return {
        "happened": _happened(hit),
        "similar": similar(hit) if isinstance(entry, Call) else [],
        "translators": [] if entry.lang == i18n.language() else translators(entry),
    }


def _use(entry: Entry) -> TextUse:
    facts = state.generation().sources.get(entry.source)
    return facts.text_use if facts else TextUse.FACTS


def _happened(hit: Hit) -> list[Happened] | None:
    """What happened to an entry until it was published."""
    entry = hit.stored.entry
    try:
        known = state.store().histories([entry.id], state.generation().manifest["published"])
    except StoreError:
        return None
    return history.events(known.get(entry.id, []), _use(entry))


def similar(hit: Hit) -> list[Like]:
    """Calls one may still apply for, open to the same countries, whose words fit the title of this one best."""
    entry, generation, now = hit.stored.entry, state.generation(), state.now()
    asked = [p for p in wording.read(entry.title_en or entry.title) if not p.excluded and p.words[0] not in languages.SMALL]
    text = " ".join(word for p in asked for word in p.words if word.isalpha())
    countries = tuple(c for c in entry.countries if c is not Country.EU_WIDE)
    chosen: dict[str, tuple[str, ...]] = {"kind": (Kind.CALL,)} | ({"country": countries} if countries else {})
    params = SearchParams(q=" ".join(text.split()[:MOST_WORDS]), chosen=chosen, expand=False, per_page=MOST_SIMILAR + 1)
    if not params.q:
        return []
    others = [other for other in generation.search(params, now).hits if other.stored.entry.id != entry.id]
    return [_like(other) for other in others[:MOST_SIMILAR]]


def _like(hit: Hit) -> Like:
    entry = licence.apply(hit.stored.entry, _use(hit.stored.entry))
    title, lang = (entry.title_en, "en") if entry.title_en else (entry.title, entry.lang)
    return Like(links.entry_address(entry), title, lang, words.unbroken(gist.gist(entry, state.now())))


def translators(entry: Entry) -> list[tuple[str, str]]:
    """(name, address) of translation services that can open the source's page."""
    return [(name, address + urlencode({**fixed, own: str(entry.url)})) for name, address, fixed, own in TRANSLATORS]
