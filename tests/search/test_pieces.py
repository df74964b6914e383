"""Pieces of texts that hold the words of a search: none is left out, wherever it stands and however often texts are met."""

from __future__ import annotations

import random

import pytest

from search import pieces
from search.analysis import stem, words
from tests.search import corpus

ODD = "(Skills), e-skills/skills… skillset,\u00a0up-skilling\u2003skills! reskillskills\nΔεξιότητες"


def _text(language: str, seed: int) -> str:
    listed, weights = corpus.vocabulary(language)
    rng = random.Random(seed)
    drawn = rng.choices(listed, cum_weights=weights, k=80)
    return "".join(word + rng.choice([" ", "\n", ", ", "\u00a0", ". "]) for word in drawn) + ODD


@pytest.mark.parametrize("kept", [pieces.MOST, 3], ids=["kept", "forgotten"])
@pytest.mark.parametrize("language", ["en", "de", "el", "bg"])
def test_the_pieces_are_those_that_looking_at_every_word_finds(monkeypatch, language, kept):
    monkeypatch.setattr(pieces, "MOST", kept)
    for seed in range(40):
        text = _text(language, seed)
        rng, met = random.Random(seed), list(words(text))
        asked = {stem(rng.choice(met).text, language), rng.choice(met).text, "skill"}
        starts = {rng.choice(met).text[: rng.choice([2, 3, 5])]} if seed % 3 == 0 else set()
        wanted = {t for t in met if t.text in asked or stem(t.text, language) in asked or t.text.startswith(tuple(starts))}
        found = pieces.holding(text, language, asked, starts)
        assert found == sorted(found)
        assert all(any(start <= token.start and token.end <= end for start, end in found) for token in wanted)
        assert all(not any(c.isspace() for c in text[start:end]) for start, end in found)
        held = {(start, end) for start, end in found for t in wanted if start <= t.start < end}
        assert len(held) == len(found), "and none that holds no such word"
