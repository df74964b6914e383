"""The language of a text that no source declares, among the 24 official languages of the Union."""

from __future__ import annotations

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from search.vocabulary import LANGUAGES

SHORTEST = 25  # characters: a shorter text is guessed too often
LEAST_PROBABILITY = 0.8


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def language_of(text: str, otherwise: str) -> str:
    """ISO 639-1 code of a text's language; `otherwise` (the language of its source) where the text is too short to tell."""
    if len(text) < SHORTEST:
        return otherwise
    language, probability = _identifier().classify(text)
    return str(language) if probability >= LEAST_PROBABILITY else otherwise
