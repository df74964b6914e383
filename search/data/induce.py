"""Rebuild dictionary.tsv.gz: which words of the official languages translate which, induced from texts that exist in all of them.

    python -m search.data.induce VOCABULARIES
    python -m search.data.induce

IBM Model 1 in both directions over aligned labels and sentences (CPV, NACE, EuroVoc, eForms; see NOTICE), English on one
side; a pair's score is the geometric mean of the two probabilities. Words are compared as search stems; the commonest
spelling of a stem stands for it. `rejected_pairs.csv` lists pairs that are wrong. Without a folder only the
files made from the dictionary are made anew: needed when the stems of search.analysis change.
"""

from __future__ import annotations

import csv
import gzip
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from search.analysis import fold, stem, words
from search.data.build import UNTRANSLATED
from search.languages import SMALL
from search.vocabulary import LANGUAGES

HERE = Path(__file__).parent
LISTS = {
    "cpv": "eforms_cpv.tsv.gz", "nace": "nace_rev2_titles.tsv.gz",
    "eurovoc": "eurovoc_715_23langs.tsv.gz", "eforms": "eforms_prose_parallel.tsv.gz",
}  # fmt: skip
ROUNDS = 4  # of expectation and maximisation: more changes little
LEAST_SCORE = 0.2  # pairs below are mostly wrong
LEAST_SEEN = 2  # texts an English word must stand in
MOST = 2  # translations of a word into one language
LONGEST_TEXT = 60  # words: longer texts align badly

Pair = tuple[list[str], list[str]]


def _tokens(text: str, language: str, spellings: Counter[tuple[str, str]]) -> list[str]:
    """The stems of a text's words, without numbers, codes and small words."""
    found = []
    for token in words(text):
        if len(token.text) > 2 and token.text.isalpha() and token.text not in SMALL:
            root = stem(token.text, language)
            spellings[root, text[token.start : token.end].lower()] += 1
            found.append(root)
    return found


def pairs(folder: Path, language: str, spellings: dict[str, Counter[tuple[str, str]]]) -> Iterator[Pair]:
    """The aligned texts of English and a language, as stems."""
    for name, file in LISTS.items():
        if (name, language) in UNTRANSLATED:
            continue
        with gzip.open(folder / file, "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                english, other = row.get("en") or "", row.get(language) or ""
                if english and other and english != other:
                    pair = _tokens(english, "en", spellings["en"]), _tokens(other, language, spellings[language])
                    if all(0 < len(side) <= LONGEST_TEXT for side in pair):
                        yield pair


def model(texts: list[Pair]) -> dict[str, dict[str, float]]:
    """IBM Model 1: for each word of the first side, the probability of each word of the second."""
    table: dict[str, dict[str, float]] = {}
    for round_number in range(ROUNDS):
        counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for ours, theirs in texts:
            for word in theirs:
                if round_number == 0:
                    shares = [1.0 / len(ours)] * len(ours)
                else:
                    chances = [table[o].get(word, 0.0) for o in ours]
                    whole = sum(chances) or 1.0
                    shares = [chance / whole for chance in chances]
                for own, share in zip(ours, shares, strict=True):
                    if share > 1e-4:
                        counts[own][word] += share
        table = {own: {w: n / total for w, n in held.items() if n / total > 1e-3} for own, held in counts.items() if (total := sum(held.values()))}
    return table


def translations(texts: list[Pair]) -> Iterator[tuple[str, str, float]]:
    """(English stem, other stem, score) of the pairs worth keeping, best first within an English word."""
    forth, back = model(texts), model([(other, own) for own, other in texts])
    seen = Counter(word for own, _ in texts for word in set(own))
    for english in sorted(forth):
        scored = ((math.sqrt(p * back.get(other, {}).get(english, 0.0)), other) for other, p in forth[english].items())
        best = sorted((pair for pair in scored if pair[0] >= LEAST_SCORE), key=lambda pair: (-pair[0], pair[1]))[:MOST]
        if seen[english] >= LEAST_SEEN:
            yield from ((english, other, score) for score, other in best)


def build(folder: Path, target: Path) -> int:
    """Write the dictionary: one row per English word, one column per language, cells "word score; word score"."""
    spellings: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rejected = {tuple(row.values()) for row in csv.DictReader((HERE / "rejected_pairs.csv").read_text("utf-8").splitlines())}
    others = [language for language in LANGUAGES if language != "en"]
    for language in others:
        texts = list(pairs(folder, language, spellings))
        commonest: dict[str, str] = {}
        for (root, spelling), _ in sorted(spellings[language].items(), key=lambda item: (item[1], item[0])):
            commonest[root] = spelling
        for english, other, score in translations(texts):
            if (english, language, commonest[other]) not in rejected:
                found[english][language].append(f"{commonest[other]} {score:.2f}")
    rows = ["\t".join(("en", *others))]
    rows += ["\t".join((english, *("; ".join(found[english].get(language, ())) for language in others))) for english in sorted(found)]
    _pack(target, rows)
    return len(found)


def turn(source: Path, target: Path, listed: Path) -> int:
    """Write the dictionary the other way: stem, then "language:English score; English score" for each language that has it.

    listed: gets the folded words as they are written.
    """
    heading, *rows = gzip.decompress(source.read_bytes()).decode().splitlines()
    others = heading.split("\t")[1:]
    written: set[str] = set()
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        english, *cells = row.split("\t")
        for language, cell in zip(others, cells, strict=True):
            for pair in filter(None, cell.split("; ")):
                word, score = pair.rsplit(" ", 1)
                written.add(fold(word))
                held = found[stem(fold(word), language)][language]
                held[english] = max(held.get(english, 0.0), float(score))
    lines = ["stem\tmeanings"]
    for root in sorted(found):
        cells = [f"{language}:{'; '.join(f'{e} {s:.2f}' for e, s in sorted(held.items()))}" for language, held in sorted(found[root].items())]
        lines.append("\t".join([root, *cells]))
    _pack(target, lines)
    _pack(listed, ["word", *written])
    return len(found)


def _pack(target: Path, lines: list[str]) -> None:
    """Lines, sorted behind their heading by what stands before the first tab."""
    ordered = [lines[0], *sorted(lines[1:])]
    with gzip.GzipFile(target, "wb", mtime=0) as packed:
        packed.write(("\n".join(ordered) + "\n").encode())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(build(Path(sys.argv[1]), HERE / "dictionary.tsv.gz"), "English words")
    print(turn(HERE / "dictionary.tsv.gz", HERE / "meanings.tsv.gz", HERE / "spelled.txt.gz"), "stems of other languages")
