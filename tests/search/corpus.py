"""Generated entries in many languages for tests and for the bench: the same each time for the same seed.

Words come from the concept table and the names of regions, and from the CPV titles of the shared vocabularies where they
lie beside the project. Titles have about 10 words, bodies 300 (median) to 1 500 (95th percentile), the words of a language
are as unevenly common as words are (Zipf), and the languages have the shares of the portals we read: English leads.
"""

from __future__ import annotations

import csv
import gzip
import math
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from search import generations, records, regions
from search.concepts import table
from search.index import searched_texts
from search.store import Harvest, Store
from search.vocabulary import Area, Beneficiary, Country, Ecosystem, FundingType, Level, Skills

NOW = datetime.fromisoformat("2026-11-20T00:00:00+01:00")
VOCABULARY = Path(__file__).parents[3] / "shared" / "data" / "vocab" / "eforms_cpv.tsv.gz"
SHARES = {"en": 40, "it": 12, "pt": 7, "fr": 6, "es": 5, "de": 5, "pl": 4, "hu": 3, "ro": 3, "bg": 2, "cs": 2, "el": 2, "fi": 2, "et": 2,
          "nl": 2, "sk": 1, "sl": 1, "hr": 1, "lt": 1, "lv": 1, "da": 1, "sv": 1, "ga": 1, "mt": 1}  # fmt: skip
TITLE, BODY, SPREAD = 10, 300, math.log(5) / 1.645  # 1 500 words stand 1.645 standard deviations above the median
LONGEST = 12_000


@cache
def vocabulary(language: str) -> tuple[list[str], list[float]]:
    """The words of a language, and the sums of their weights, for `random.choices`."""
    words = {word for term in table() if term.language == language for word in term.text.replace("*", "").split()}
    words |= {word for unit in regions.units().values() for name in unit.names() for word in name.split()} if language == "en" else set()
    if VOCABULARY.exists():
        with gzip.open(VOCABULARY, "rt", encoding="utf-8", newline="") as lines:
            words |= {w for row in csv.DictReader(lines, delimiter="\t") for w in (row[language] or "").replace(",", " ").split()}
    ordered = sorted(words)
    random.Random(f"order {language}").shuffle(ordered)
    return ordered, list(accumulate(1 / (rank + 3) for rank in range(len(ordered))))


def _some(rng: random.Random, values: Any, most: int) -> list[str]:
    return [str(v) for v in rng.sample(list(values), rng.randint(0, most))]


def record(number: int, seed: int = 1, change: int = 0, words_of_a_text: int = BODY) -> dict[str, Any]:
    """One entry as plain values; another `change` gives the same entry with another text. words_of_a_text: the median."""
    rng = random.Random(f"{seed} {number} {change}")
    language = rng.choices(list(SHARES), list(SHARES.values()))[0]
    words, weights = vocabulary(language)

    def text(length: int) -> str:
        return " ".join(rng.choices(words, cum_weights=weights, k=length))

    opening = NOW.date() + timedelta(days=rng.randint(-300, 60))
    deadlines = [opening + timedelta(days=rng.randint(30, 400))] if rng.random() < 0.8 else []
    country = rng.choice(["eu-wide"] * 8 + [c for c in Country if c != Country.EU_WIDE])
    codes = _codes(country)
    return {
        "kind": "call",
        "id": f"made:{number:07d}",
        "source": "made",
        "native_id": f"MADE-{number % 97}-2026-{number:07d}",
        "title": text(max(3, round(rng.gauss(TITLE, 3))))[:900],
        "lang": language,
        "summary": text(30) if rng.random() < 0.5 else None,
        "description": text(min(LONGEST, max(5, round(rng.lognormvariate(math.log(words_of_a_text), SPREAD))))),
        "url": f"https://example.org/{number}",
        "level": rng.choice(list(Level)),
        "programme": f"Programme {number % 40}",
        "funding_type": rng.choice([*FundingType, None]),
        "ecosystems": _some(rng, Ecosystem, 3),
        "countries": [country],
        "regions": [rng.choice(codes)] if codes and rng.random() < 0.3 else [],
        "areas": _some(rng, Area, 2),
        "beneficiaries": _some(rng, Beneficiary, 4),
        "skills": rng.choice(list(Skills)),
        "opening_date": opening,
        "deadlines": [{"date": day} for day in deadlines],
        "deadline_kind": "fixed" if deadlines else rng.choice(["rolling", "not-stated"]),
        "budget": {"total": round(rng.lognormvariate(13, 1.5)), "currency": "EUR"} if rng.random() < 0.6 else None,
    }


@cache
def _codes(country: str) -> list[str]:
    return sorted(code for code in regions.units() if regions.country_of(code) == country and len(code) == 4)


def entries(count: int, seed: int = 1, changed: int = 0, words_of_a_text: int = BODY) -> Iterator[records.Call]:
    """`count` entries one after the other, of which `changed`, spread evenly, have another text than without."""
    step = count // changed if changed else 0
    for number in range(count):
        yield records.load(record(number, seed, int(bool(step) and number % step == 0), words_of_a_text))  # type: ignore[misc]


def filled(folder: Path, made: Iterable[records.Call]) -> Store:
    """A store of these entries."""
    store = Store(f"sqlite:///{folder}/funding.db")
    store.finish_run(store.start_run("made", NOW), Harvest(made), NOW, {}, {})
    return store


@contextmanager
def published(folder: Path, made: Iterable[records.Call]) -> Iterator[generations.Generation]:
    """A generation of these entries, open."""
    store = filled(folder, made)
    generations.publish(store, folder / "index", NOW)
    store.close()
    generation = generations.open_current(folder / "index")
    yield generation
    generation.close()


def tokens_of(generation: generations.Generation, field: str) -> list[list[str]]:
    """The tokens of a field, entry by entry."""
    return [searched_texts(generation.stored(row).entry)[field] for row in range(len(generation.columns))]
