"""Light stems for the languages that Snowball has none for: endings of inflection are taken off, folded as the words are.

Endings of nouns and adjectives as grammars list them (Bulgarian with its articles, which come off first), the longest that
fits; at least SHORTEST letters stay.
"""

from __future__ import annotations

from functools import cache

SHORTEST = 4

# Language -> steps, one after the other; of each step at most one ending comes off.
ENDINGS = {
    "bg": ("ият то та те ът ят", "ове еве ища ета ни на но ен и е я а о у ю"),
    "lv": ("ajiem ajam ajai ajos ajas ajis iem ais iet am ai as os us es is im em ei ij a e i o u s",),
    "mt": ("ijiet ijet iet iji ija ati at in u i a",),
    "sk": ("iach iami ovia ami och ich ych ach iam eho emu ymi imi om ou ej ov ev ia iu ie im ym am in y a e i o u",),
    "sl": ("ijami ijah ega emu ami imi ima oma ama ijo iji ije ija jem jih ih im em om ah eh ov ev ij je ji jo ja ju a e i o u",),
}


@cache
def _steps(language: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(sorted(set(step.split()), key=lambda ending: (-len(ending), ending))) for step in ENDINGS[language])


def light(word: str, language: str) -> str:
    """The stem of a folded word of one of these languages."""
    for endings in _steps(language):
        for ending in endings:
            if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
                word = word[: -len(ending)]
                break
    return word
