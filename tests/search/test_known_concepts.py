"""Every concept in every language that has a word for it: the search knows it, and finds a call of another language by it."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from search import concepts, expansion, records
from search.matching import matches
from search.vocabulary import LANGUAGES
from tests.search import corpus

# Families of words that only labels use: nobody searches for "not an applicant".
NO_SEARCH = frozenset(
    {"misspellings", "machine-training", "machine-training-sentence", "programme-names", "simulation", "not-a-sector", "not-an-applicant"}
)


def first_terms() -> dict[str, dict[str, str]]:
    """Concept -> language -> its first term that is whole words."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for term in concepts.table():
        if (
            term.facet != "cue"
            and term.strength == "strong"
            and "*" not in term.text
            and term.concept not in NO_SEARCH
            and term.language in LANGUAGES
        ):
            found[term.concept].setdefault(term.language, term.text)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One call per concept, in a language drawn for it."""
    rng = random.Random(1)
    calls = []
    for concept, terms in sorted(first_terms().items()):
        language = rng.choice(sorted(terms))
        title = f"2026: {terms[language]}"
        calls.append(records.load({
            "kind": "call", "id": f"made:{concept}", "source": "made", "native_id": concept, "title": title, "lang": language,
            "url": "https://example.org/", "level": "eu", "countries": ["eu-wide"],
        }))  # fmt: skip
    with corpus.published(tmp_path_factory.mktemp("concepts"), calls) as generation:
        yield generation


def test_a_search_in_any_language_names_the_concept():
    terms = [(concept, language, text) for concept, held in first_terms().items() for language, text in held.items()]
    missed = [(c, lang, text) for c, lang, text in terms if c not in {asked.concept for asked in expansion.asked_for(text)}]
    assert len(terms) > 4000
    assert len(missed) <= 0.02 * len(terms), missed[:50]


def test_a_word_of_any_language_finds_the_call_of_another(made):
    missed, asked = [], 0
    for concept, terms in sorted(first_terms().items()):
        for language, text in sorted(terms.items()):
            answer = matches(text, made)
            ranked = sorted(zip(-answer.scores, answer.rows, strict=True))[:20]
            asked += 1
            if f"made:{concept}" not in {made.columns.ids[row] for _, row in ranked}:
                missed.append((concept, language, text))
    assert asked > 4000
    assert len(missed) <= 0.02 * asked, missed[:50]
