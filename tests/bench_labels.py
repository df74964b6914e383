"""Timings of the labels, printed, never tested: `python -m tests.bench_labels` (make bench-labels).

Loading the tables, in a process of its own; then the labels of calls of 2 000 words on one core, put together from the
sample records of each language that has enough of them: the first call of a language, and the median of the next.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict

from crawler import fixture_server
from crawler.classify import classify
from search.records import Call

WORDS, CALLS, ENOUGH = 2000, 20, 200
LOADING = (
    "import time; t = time.perf_counter(); from search import concepts, regions; concepts.table(); regions.units(); print(time.perf_counter() - t)"
)


def texts() -> dict[str, list[str]]:
    """Language -> the words of the sample calls in it, sentence after sentence."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in fixture_server.folders():
        for entry in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["entries"]:
            if entry["kind"] == "call":
                found[entry["lang"]] += filter(None, (entry.get(name) for name in ("title", "objectives", "scope", "description", "eligibility")))
    return {language: several for language, several in sorted(found.items()) if sum(len(t.split()) for t in several) >= ENOUGH}


def call(language: str, sentences: list[str], draw: random.Random) -> Call:
    """A call of WORDS words."""
    words: list[str] = []
    while len(words) < WORDS:
        words += [*draw.choice(sentences).split(), "\n"]
    own = {"id": "bench:1", "source": "bench", "native_id": "1", "url": "https://example.org", "level": "national", "countries": ["IT"]}
    return Call(title=" ".join(words[:12]), description=" ".join(words[:WORDS]), lang=language, **own)


def main() -> None:
    """Load, label, print."""
    loaded = [float(subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    print(f"loading the tables: {min(loaded):.2f} s")
    draw = random.Random(1)
    for language, sentences in texts().items():
        times = []
        for _ in range(CALLS):
            made = call(language, sentences, draw)
            begun = time.process_time()
            classify(made)
            times.append((time.process_time() - begun) * 1000)
        print(f"{language}: first {times[0]:.1f} ms, then median {statistics.median(times[1:]):.1f} ms, worst {max(times[1:]):.1f} ms")


if __name__ == "__main__":
    main()
