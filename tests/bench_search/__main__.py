"""Build, ask, compare and print. See `--help`."""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from search import collector, generations, matching, suggest
from search.generation import Generation
from search.store import Harvest, Store
from tests.bench_search import asked as asked_module
from tests.bench_search import memory
from tests.search import corpus

ENGINES = {"ours": "this search", "tantivy_engine": "Tantivy", "fts5": "SQLite FTS5", "whoosh_plain": "plain Whoosh"}

COUNTING = "counting and filtering median ms"
SLOW, FEW, MANY = ("whoosh_plain", "fts5"), 10, 10_000  # engines that are asked few searches over more entries than many
# Of this search, at most, at 100 000 entries.
LIMITS = {
    "warm p99 ms": 25, "open ms": 300, "first search ms": 50, "private MB of a worker": 250, "slowest hard search ms": 250, "cold slowest ms": 250,
    "suggestions slowest ms": 10,
}  # fmt: skip


def engine(name: str) -> Any:
    return importlib.import_module(f"tests.bench_search.engines.{name}").Engine()


def make_store(folder: Path, size: int, words: int) -> Store:
    """The store of the corpus, made once."""
    path = folder / "funding.db"
    store = Store(f"sqlite:///{path}")
    if not store.digests():
        store.finish_run(store.start_run("made", corpus.NOW), Harvest(corpus.entries(size, words_of_a_text=words)), corpus.NOW, {}, {})
    return store


def published(folder: Path, size: int, words: int = corpus.BODY) -> dict[str, float]:
    """The figures of publishing; published anew where nothing is, or nothing that this version can read."""
    figures = folder / "publish.json"
    try:
        generations.open_current(folder / "ours").close()
    except generations.GenerationError:
        for engine_folder in ENGINES:
            shutil.rmtree(folder / engine_folder, ignore_errors=True)
        figures.write_text(json.dumps(publish(folder, size, words)))
    return json.loads(figures.read_text()) if figures.exists() else {}


def publish(folder: Path, size: int, words: int = corpus.BODY) -> dict[str, float]:
    """Publish the corpus, and again with one entry in twenty changed; what that took."""
    store, index, figures = make_store(folder, size, words), folder / "ours", {}
    started, cpu = time.perf_counter(), time.process_time()
    with memory.Peak() as peak:
        generations.publish(store, index, corpus.NOW)
    figures["publish s"] = time.perf_counter() - started
    figures["largest process MB"] = peak.megabytes
    opened = generations.open_current(index)
    figures["tokens"] = sum(len(held.positions) for held in opened.postings.fields.values())
    figures["tokens a second"] = figures["tokens"] / figures["publish s"]
    opened.close()
    figures["processor s of this process"] = time.process_time() - cpu
    run = store.start_run("made", corpus.NOW)  # the first has the entries as they are, the second changes some, the third takes that back
    changed = 0 if run % 2 else size // 20
    store.finish_run(run, Harvest(corpus.entries(size, changed=changed, words_of_a_text=words)), corpus.NOW, {}, {})
    started, cpu = time.perf_counter(), time.process_time()
    with memory.Peak() as peak:
        generations.publish(store, index, corpus.NOW)
    figures["publish again, 5 % changed, s"] = time.perf_counter() - started
    figures["largest process MB then"] = peak.megabytes
    figures["processor s of this process then"] = time.process_time() - cpu
    store.close()
    return figures


class Timed(Iterator[asked_module.Document]):
    """Documents, and the seconds that they took to be made."""

    def __init__(self, documents: Iterator[asked_module.Document]) -> None:
        self.documents = documents
        self.seconds = 0.0

    def __next__(self) -> asked_module.Document:
        started = time.perf_counter()
        try:
            return next(self.documents)
        finally:
            self.seconds += time.perf_counter() - started


def build(name: str, folder: Path) -> float:
    """Build another engine from the published entries; the seconds it took without reading them."""
    done = folder / name / "seconds"
    if not done.exists():
        (folder / name).mkdir(exist_ok=True)
        generation = generations.open_current(folder / "ours")
        documents, started = Timed(asked_module.documents(generation)), time.perf_counter()
        engine(name).build(folder / name, documents)
        done.write_text(str(time.perf_counter() - started - documents.seconds))
    return float(done.read_text())


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def measure(name: str, folder: Path, count: int) -> dict[str, Any]:
    """Open an engine in this fresh process and ask every search, twice."""
    matching.warm()
    collector.settle()  # as webapp.server does
    generation = generations.open_current(folder / "ours")
    searches = asked_module.searches(generation, count + 1)
    reader, before = engine(name), memory.private()
    started = time.perf_counter()
    reader.open(folder / name)
    figures: dict[str, Any] = {"open ms": (time.perf_counter() - started) * 1000}
    first, searches = searches[0], searches[1:]
    figures["first search ms"] = timed(reader.search, first)[0]
    for round_name in ("cold", "warm"):
        times, answers = zip(*(timed(reader.search, search) for search in searches), strict=True)
        figures |= {f"{round_name} median ms": statistics.median(times), f"{round_name} p99 ms": percentile(list(times), 0.99)}
        figures[f"{round_name} slowest ms"] = max(times)
    figures["times"] = times
    if name == "ours":
        whole = [timed(reader.without_results, search)[0] for search in searches]
        words = [timed(reader.words_only, search)[0] for search in searches]
        figures[COUNTING] = statistics.median(max(a - b, 0.0) for a, b in zip(whole, words, strict=True))
        figures |= hard(reader, generation) | suggesting(generation, searches)
    else:
        figures["private MB"] = memory.private() - before
    if name == "tantivy_engine":
        queries = [(reader._query(search.words), search) for search in searches]
        figures[COUNTING] = statistics.median(timed(lambda pair: reader.counts(*pair), pair)[0] for pair in queries)
    comparable = [name != "ours" or reader.only_whole(search) for search in searches]
    figures["answers"] = [[answer.total, answer.counts if fits else {}] for answer, fits in zip(answers, comparable, strict=True)]
    return figures


def hard(reader: Any, generation: Generation) -> dict[str, float]:
    """The searches that must not take long, each once, unprepared."""
    times = {text: timed(reader.search, asked_module.typed(text, generation))[0] for text in asked_module.HARD}
    worst = max(times, key=times.__getitem__)
    print(f"the slowest hard search is {worst[:60]!r}", file=sys.stderr)
    return {"slowest hard search ms": times[worst]}


def suggesting(generation: Generation, searches: Sequence[asked_module.Search]) -> dict[str, float]:
    """Suggestions for every beginning of the words of the searches, as somebody types them."""
    typed = [search.params.q[:end] for search in searches for end in range(suggest.SHORTEST, min(len(search.params.q), 12) + 1)]
    times = [timed(lambda text: suggest.suggestions(text, generation), text)[0] for text in typed]
    return {"suggestions median ms": statistics.median(times), "suggestions p99 ms": percentile(times, 0.99), "suggestions slowest ms": max(times)}


def timed(call: Any, argument: Any) -> tuple[float, Any]:
    """Milliseconds, and the result."""
    started = time.perf_counter()
    result = call(argument)
    return (time.perf_counter() - started) * 1000, result


def apart(name: str, folder: Path, count: int) -> dict[str, Any]:
    """`measure` in a process of its own."""
    command = [sys.executable, "-m", "tests.bench_search", "0", "--folder", str(folder), "--searches", str(count), "--measure", name]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def agreement(ours: list[Any], other: list[Any]) -> str:
    """In how many searches two engines found as many entries, and counted every facet alike where both list the same entries."""
    same = sum(a[0] == b[0] for a, b in zip(ours, other, strict=False))
    both = [(a[1], b[1]) for a, b in zip(ours, other, strict=False) if a[1]]
    counted = sum(a == {name: {v: n for v, n in held.items() if n} for name, held in b.items()} for a, b in both)
    return f"same totals in {same} of {len(other)} searches, every count the same in {counted} of {len(both)} that are comparable"


def main() -> None:
    """Read the arguments and run."""
    reader = argparse.ArgumentParser(prog="tests.bench_search", description=__doc__)
    reader.add_argument("size", type=int, help="entries of the corpus, e.g. 10000 or 100000")
    reader.add_argument("--folder", type=Path, default=Path("var/bench"), help="where corpus and indexes are made and kept")
    reader.add_argument("--words", type=int, default=corpus.BODY, help="of a text, in the median")
    reader.add_argument("--searches", type=int, default=200)
    reader.add_argument("--without", nargs="*", default=[], choices=list(ENGINES), help="engines to leave out")
    reader.add_argument("--measure", choices=list(ENGINES), help=argparse.SUPPRESS)
    given = reader.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.folder, given.searches)))
        return
    folder = given.folder / (str(given.size) if given.words == corpus.BODY else f"{given.size}-{given.words}")
    folder.mkdir(parents=True, exist_ok=True)
    figures = published(folder, given.size, given.words)
    print(", ".join(f"{what} {figure:,.0f}" for what, figure in figures.items()))
    names = [name for name in ENGINES if name not in given.without]
    seconds = {name: build(name, folder) for name in names if name != "ours"}
    few = min(FEW, given.searches) if given.size > MANY else given.searches
    found = {name: apart(name, folder, few if name in SLOW else given.searches) for name in names}
    generation = generations.open_current(folder / "ours")
    workers = memory.of_workers(folder, asked_module.searches(generation, given.searches))
    found["ours"]["private MB of a worker"] = max(workers)
    for name in names:
        print(f"\n{ENGINES[name]}" + (f" (built in {seconds[name]:.0f} s)" if name in seconds else ""))
        print("  " + ", ".join(f"{what} {figure:.1f}" for what, figure in found[name].items() if what not in ("answers", "times")))
        if name != "ours":
            print("  " + agreement(found["ours"]["answers"], found[name]["answers"]))
    print("\n" + "\n".join(reached(found, figures)))


def times_slower(ours: dict[str, Any], other: dict[str, Any]) -> float:
    """The warm median of another engine in ours, over the searches that both were asked."""
    own: float = statistics.median(ours["times"][: len(other["times"])])
    return statistics.median(other["times"]) / own


def reached(found: dict[str, dict[str, Any]], publishing: dict[str, float]) -> Iterator[str]:
    """What was to be reached at 100 000 entries, and what was."""
    ours = found["ours"]
    tantivy, plain = found.get("tantivy_engine"), found.get("whoosh_plain")
    if tantivy:
        yield f"counting and filtering: {ours[COUNTING] / tantivy[COUNTING]:.2f} of Tantivy's median (at most 0.20)"
        yield f"whole search: {1 / times_slower(ours, tantivy):.2f} of Tantivy's median (at most 1.00)"
    if plain:
        yield f"whole search: 1/{times_slower(ours, plain):.0f} of plain Whoosh's median in {len(plain['times'])} searches (at most 1/100)"
    for what, most in LIMITS.items():
        yield f"{what}: {ours[what]:.1f} (at most {most})"
    if publishing:
        yield f"tokens published a second: {publishing['tokens a second']:,.0f} (at least 100,000)"
        yield f"largest process while publishing, MB: {publishing['largest process MB']:,.0f}"
        yield f"published again with 5 % changed: {publishing['publish again, 5 % changed, s']:.0f} s (under 60)"


if __name__ == "__main__":
    main()
