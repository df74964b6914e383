"""`make prove-scale`: three OpenSearch nodes on this machine against the embedded engine, and what happens when nodes are killed.

python -m tests.scale.prove [ENTRIES [WORDS]]   prints the figures of docs/scaling.md. WORDS: the median of a text. Exits with 1 when
an answer was wrong or a write lost.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from search.engines.embedded import EmbeddedEngine
from search.engines.engine import Engine
from search.engines.opensearch.client import Client, ClusterError
from search.engines.opensearch.engine import OpenSearchEngine
from search.generation import Generation
from search.opening import GenerationError
from search.params import SearchParams
from search.query import Results
from search.store import Harvest, Store
from tests.bench_search import memory
from tests.bench_search.asked import searches
from tests.scale import opensearch
from tests.search import corpus
from tests.search.corpus import NOW

NODES, SHARDS, HEAP = 3, 3, 512
ASKED = 200  # different searches
WHOLE = 20  # of them, whose every row is compared
LOADED = 20.0  # seconds of load before and after a node is killed
HEALTHY = 600.0  # seconds a cluster may take


def say(name: str, value: Any) -> None:
    print(f"{name:<66}{value}", flush=True)


def answer(results: Results) -> tuple[Any, ...]:
    """What must be the same whoever answers."""
    return results.total, results.tiers, [(c.value, c.count) for found in results.facets.values() for c in found]


def timed(generation: Generation, asked: list[SearchParams]) -> tuple[list[Any], str]:
    """The answers, and how long one took; each search is asked once before."""
    for params in asked[:20]:
        generation.search(params, NOW)
    answers, times = [], []
    for params in asked:
        started = time.perf_counter()
        answers.append(answer(generation.search(params, NOW)))
        times.append((time.perf_counter() - started) * 1000)
    return answers, f"p50 {np.percentile(times, 50):.1f} ms, p99 {np.percentile(times, 99):.1f} ms"


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@dataclass
class Load:
    """Searches asked without a pause by two threads. wrong: answers that are not the true ones; refused: when one failed."""

    ask: Callable[[SearchParams], Results]
    asked: list[SearchParams]
    truth: list[Any]
    answered: int = 0
    wrong: int = 0
    refused: list[float] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        while not self.ended.is_set():
            number = int(rng.integers(len(self.asked)))
            try:
                found = answer(self.ask(self.asked[number]))
            except GenerationError:
                self.refused.append(time.monotonic())
                continue
            self.answered += 1
            self.wrong += found != self.truth[number]

    def __enter__(self) -> Load:
        self.threads = [threading.Thread(target=self.run, args=(seed,)) for seed in (1, 2)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join()


def manager(client: Client, cluster: opensearch.Cluster) -> opensearch.Node:
    """The node that manages the cluster now."""
    (row,) = client.ask("GET", "/_cat/cluster_manager?format=json")
    return next(node for node in cluster.nodes if node.name == row["node"])


def seconds_until(client: Client, colour: str, nodes: int, started: float) -> float:
    """Until the cluster has this colour with so many nodes, from an instant on."""
    while time.monotonic() - started < HEALTHY:
        try:
            health = client.ask("GET", "/_cluster/health?timeout=1s", patience=0, timeout=5)
            if health["status"] == colour and health["number_of_nodes"] == nodes:
                return time.monotonic() - started
        except ClusterError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"the cluster was not {colour} with {nodes} nodes in time")


def killed(cluster: opensearch.Cluster, node: opensearch.Node, load: Load, client: Client) -> None:
    """Kill one node and bring it back, with searches going on; prints what was seen."""
    with load:
        time.sleep(LOADED)
        node.stop(signal.SIGKILL)
        at = time.monotonic()
        say("  until the other two nodes serve every shard twice again, s", f"{seconds_until(client, 'green', NODES - 1, at):.1f}")
        time.sleep(LOADED)
        again = time.monotonic()
        cluster.start(node)
        cluster.wait(node, NODES)
        say("  until all three nodes do, after the killed one was started, s", f"{seconds_until(client, 'green', NODES, again):.1f}")
    gap = max((at_time - at for at_time in load.refused), default=0.0)
    say("  searches answered, answers that were wrong, searches refused", f"{load.answered}, {load.wrong}, {len(load.refused)}")
    say("  last search refused, s after the kill", f"{gap:.1f}")


def publish_while_killed(engine: OpenSearchEngine, store: Store, cluster: opensearch.Cluster, load: Load, entries: int) -> bool:
    """Publish a generation and kill the manager in the midst of it; whether nothing was lost."""
    outcome: list[str] = []

    def publish() -> None:
        try:
            outcome.append(engine.publish(store, NOW + timedelta(days=1)))
        except GenerationError as error:
            outcome.append(f"refused: {error}")

    before = engine.current_name()
    writer = threading.Thread(target=publish)
    writer.start()
    while not any(facts.get("entries") is None for _, facts in engine._all()):
        time.sleep(0.1)  # it is building
    node = manager(engine.client, cluster)
    with load:
        node.stop(signal.SIGKILL)
        started = time.monotonic()
        while True:
            try:
                engine.client.ask("PUT", f"/{engine.client.prefix}-written/_doc/1", {"n": 1}, patience=0, timeout=5)
                break
            except ClusterError:
                time.sleep(0.1)
        say("  until the cluster takes writes again, s", f"{time.monotonic() - started:.1f}")
        say("  until the other two nodes serve every shard twice again, s", f"{seconds_until(engine.client, 'green', NODES - 1, started):.1f}")
        writer.join()
        again = time.monotonic()
        cluster.start(node)
        cluster.wait(node, NODES)
        say("  until all three nodes do, after the killed one was started, s", f"{seconds_until(engine.client, 'green', NODES, again):.1f}")
    say("  the publish that was going on", outcome[0])
    say("  searches answered, answers that were wrong, searches refused", f"{load.answered}, {load.wrong}, {len(load.refused)}")
    held = engine.open_current()
    kept = held.name == (before if outcome[0].startswith("refused") else outcome[0])
    lost = entries - len(held.search(SearchParams(chosen={"status": (), "skills": ()}), NOW).rows)
    say("  entries lost of the generation in use", lost)
    return kept and lost == 0


def compared(one: Generation, other: Generation, asked: list[SearchParams]) -> int:
    """How many searches find other rows."""
    return sum(one.search(params, NOW).rows.tolist() != other.search(params, NOW).rows.tolist() for params in asked)


def built(engine: Engine, store: Store, entries: int, name: str) -> Generation:
    started = time.monotonic()
    with memory.Peak() as peak:
        engine.publish(store, NOW)
    took = time.monotonic() - started
    say(f"{name} in, s; entries a second", f"{took:.0f}; {entries / took:.0f}")
    say("  memory of the largest process meanwhile, MB", f"{peak.megabytes:.0f}")
    return engine.open_current()


def main(entries: int = 1_000_000, words: int = corpus.BODY) -> int:
    """Everything, on so many generated entries with so many words."""
    with tempfile.TemporaryDirectory(prefix="prove-scale-") as name, opensearch.cluster(NODES, HEAP) as cluster:
        folder = Path(name)
        store = Store(f"sqlite:///{folder}/funding.db")
        store.finish_run(store.start_run("made", NOW), Harvest(corpus.entries(entries, words_of_a_text=words)), NOW, {}, {})
        say("words of a text (median)", words)
        say("entries; nodes, shards, heap of a node in MB; cores", f"{entries}; {NODES}, {SHARDS}, {HEAP}; {os.cpu_count()}")
        embedded = built(EmbeddedEngine(folder / "index"), store, entries, "embedded: published")
        say("embedded: bytes on the disk", size_of(folder / "index"))
        engine = OpenSearchEngine(cluster.url(shards=SHARDS, replicas="0-1"), folder / "index")
        remote = built(engine, store, entries, "cluster: taken over, nothing changed, and sent")
        stats = engine.client.ask("GET", f"/{engine.client.prefix}-generation-*/_stats/store")["_all"]
        say(
            "cluster: bytes on the disk, of one copy and of both",
            f"{stats['primaries']['store']['size_in_bytes']}, {stats['total']['store']['size_in_bytes']}",
        )
        say("cluster: bytes each web node fetches", size_of(folder / "index" / "fetched"))
        asked = [search.params for search in searches(embedded, ASKED)]
        truth, took = timed(embedded, asked)
        say("embedded: a search", took)
        answers, took = timed(remote, asked)
        say("cluster: a search", took)
        differing = sum(one != other for one, other in zip(truth, answers, strict=True)) + compared(remote, embedded, asked[:WHOLE])
        say("searches with other hits or counts than the embedded engine's", differing)
        loads = [Load(lambda params: remote.search(params, NOW), asked, truth) for _ in range(2)]
        chief = manager(engine.client, cluster)
        say("a node is killed (SIGKILL) while two threads search", "")
        killed(cluster, next(node for node in cluster.nodes if node is not chief), loads[0], engine.client)
        say("the cluster manager is killed while a generation is published", "")
        sound = publish_while_killed(engine, store, cluster, loads[1], entries)
        store.close()
    return int(differing > 0 or not sound or any(load.wrong for load in loads))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
