"""Every region by every name: its own, English, other languages', its code, without accents, with a letter wrong."""

from __future__ import annotations

import csv
import random
import unicodedata
from collections import defaultdict

import pytest

from search import i18n, regions
from search.analysis import fold

FORMS = ("own", "English", "exonym", "code", "without accents", "capitals", "one letter wrong")


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def with_a_typo(text: str, rng: random.Random) -> str:
    """A letter left out, doubled, or swapped with the one before."""
    place = rng.choice([n for n in range(1, len(text)) if text[n].isalpha() and text[n - 1].isalpha()])
    kind = rng.randrange(3)
    if kind == 2 and text[place] != text[place - 1]:
        return text[: place - 1] + text[place] + text[place - 1] + text[place + 1 :]
    return text[:place] + text[place + 1 :] if kind else text[:place] + text[place] + text[place:]


@pytest.fixture(scope="module")
def asked() -> dict[str, list[tuple[str, str, str]]]:
    """How it is typed -> (code, name, typed) of every NUTS 1 and 2 unit."""
    exonyms = defaultdict(set)
    with regions.EXONYMS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            exonyms[row["code"]].add(row["name"])
    rng, found = random.Random(1), defaultdict(list)
    for unit in (u for u in regions.units().values() if u.level in (1, 2) and not u.code.endswith("Z")):
        others = sorted(exonyms[unit.code] - unit.names())
        typed = [("own", unit.name), ("English", unit.name_en), ("code", unit.code), ("without accents", without_accents(unit.name))]
        typed += [("exonym", name) for name in rng.sample(others, min(2, len(others)))] + [("capitals", unit.name.upper())]
        typed += [("one letter wrong", with_a_typo(unit.name, rng))] if len(unit.name) > 4 else []
        for form, text in typed:
            found[form].append((unit.code, unit.name, text))
    return found


def means(text: str, code: str, name: str) -> bool:
    """Whether a place is read as a unit, or as another of its name, of which the page then tells."""
    read = regions.resolve(text)
    return read is not None and (code in regions.equivalents(read) or {code, read} <= set(regions.known_names()[fold(name)]))


@pytest.mark.parametrize("form", FORMS)
def test_a_region_is_known_by_every_name(asked, form):
    missed = [text for code, name, text in asked[form] if not means(text, code, name if form == "one letter wrong" else text)]
    assert len(asked[form]) > 250
    assert len(missed) <= (0.1 if form == "one letter wrong" else 0.02) * len(asked[form]), missed


@pytest.mark.parametrize("form", ["own", "English", "exonym", "without accents"])
def test_a_region_is_read_among_other_words(asked, form):
    missed = []
    for code, _, text in asked[form]:
        codes = {c for _, _, read in regions.named_in(f"welding courses {text}") for c in read}
        missed += [] if code in codes else [text]
    assert len(missed) <= 0.02 * len(asked[form]), missed


@pytest.mark.parametrize(
    "text", ["lazione", "marché", "marchés publics", "formazione", "nordic skills", "lot 2", "var", "fri", "centro", "Lombardize"]
)
def test_other_words_are_no_places(text):
    assert regions.named_in(text) == ()


@pytest.mark.parametrize(
    ("text", "code"), [("Marche", "ITI3"), ("lazio", "ITI4"), ("Var", "FRL05"), ("ITC", "ITC"), ("itc4", "ITC4"), ("marche", "ITI3")]
)
def test_names_of_few_letters_are_places_where_they_are_written_as_such(text, code):
    assert regions.named_in(text)[0][2][0] == code


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("de", "DE2", "Bayern"),
        ("de", "AT33", "Tirol"),
        ("de", "ITC4", "Lombardy (Lombardia)"),
        ("el", "EL43", "Κρήτη"),
        ("en", "DE2", "Bavaria (Bayern)"),
        ("en", "IE05", "Southern"),
        ("fr", "DE", "Allemagne (Deutschland)"),
    ],
)
def test_a_region_has_its_own_name_where_its_language_is_spoken(language, code, name):
    with i18n.speaking(language):
        assert regions.display(code) == name
