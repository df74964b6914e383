"""OpenSearch nodes of our own: on loopback, with small heaps, in a temporary folder, gone afterwards. They do not run as root."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import free_port

ACCOUNT = "nobody"
ARCHIVES = Path(__file__).parents[2] / "var" / "opensearch"
OLDEST_JAVA = 21
PATIENCE = 180  # seconds until a node answers


def java_home() -> Path:
    """A JDK that is new enough."""
    named = [Path(os.environ[name]) for name in ("OPENSEARCH_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    for home in [*named, *sorted(Path("/usr/lib/jvm").glob("*"))]:
        if (home / "bin" / "java").exists():
            told = subprocess.run([str(home / "bin" / "java"), "-version"], capture_output=True, text=True, check=False).stderr
            if (version := re.search(r'"(\d+)', told)) and int(version[1]) >= OLDEST_JAVA:
                return home
    raise RuntimeError(f"there is no Java {OLDEST_JAVA} or newer: run tools/install-opensearch, or name one by OPENSEARCH_JAVA_HOME")


@dataclass
class Node:
    """One node. port: of HTTP."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def get(self, path: str, timeout: float = 10) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as answer:
            return json.loads(answer.read())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(60)


@dataclass
class Cluster:
    """The nodes of one cluster, in the folder that they share the programs of."""

    folder: Path
    nodes: list[Node] = field(default_factory=list)

    def url(self, **options: Any) -> str:
        """A SEARCH_URL with a prefix of its own."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        told = "&".join(f"{name}={value}" for name, value in options.items())
        return f"opensearch+http://{hosts}/t{uuid.uuid4().hex[:12]}" + (f"?{told}" if told else "")

    def start(self, heap: int, seeds: list[int], transport: int, http: int) -> Node:
        """Start one node of these ports; seeds: the transport ports of the nodes that begin the cluster."""
        name = f"node-{http}"
        where = {"path.data": self.folder / name / "data", "path.logs": self.folder / name / "logs"}
        settings = {
            **where, "node.name": name, "cluster.name": self.folder.name, "network.host": "127.0.0.1", "http.port": http,
            "transport.port": transport, "cluster.routing.allocation.disk.threshold_enabled": "false",
            "indices.query.bool.max_clause_count": 65536,
        }  # fmt: skip
        if len(seeds) == 1:
            settings["discovery.type"] = "single-node"
        else:
            settings["discovery.seed_hosts"] = ",".join(f"127.0.0.1:{port}" for port in seeds)
            settings["cluster.initial_cluster_manager_nodes"] = ",".join(f"node-{port + 100}" for port in seeds)
        own = {"OPENSEARCH_JAVA_HOME": str(java_home()), "OPENSEARCH_JAVA_OPTS": f"-Xms{heap}m -Xmx{heap}m", "PATH": os.environ["PATH"]}
        own["OPENSEARCH_TMPDIR"] = str(self.folder / "tmp")
        command = ["bash", str(self.folder / "bin" / "opensearch"), *(f"-E{key}={value}" for key, value in settings.items())]
        account: dict[str, Any] = {"user": ACCOUNT, "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=own, cwd=self.folder, start_new_session=True, **account)
        return Node(name, http, process)

    def restart(self, node: Node, heap: int) -> Node:
        """Start a node that ended, with its ports and data."""
        fresh = self.start(heap, [other.port - 100 for other in self.nodes], node.port - 100, node.port)
        self.nodes[self.nodes.index(node)] = fresh
        return fresh

    def wait(self, node: Node, size: int) -> None:
        """Until a node answers and sees so many nodes."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and node.process.poll() is None:
            try:
                if node.get("/_cluster/health")["number_of_nodes"] >= size:
                    return
            except (OSError, ValueError):
                pass
            time.sleep(0.5)
        raise RuntimeError(f"OpenSearch did not start: {(self.folder / f'{node.name}.log').read_text(errors='replace')[-2000:]}")


@contextmanager
def cluster(size: int = 1, heap: int = 512) -> Iterator[Cluster]:
    """A running cluster of so many nodes, each with a heap of so many MB."""
    archive = max(ARCHIVES.glob("opensearch-*.zip"), default=None)
    if archive is None:
        raise RuntimeError("OpenSearch is not installed: run tools/install-opensearch")
    whole = Path(tempfile.mkdtemp(prefix="opensearch-"))
    try:
        with zipfile.ZipFile(archive) as content:
            content.extractall(whole)
        running = Cluster(next(whole.glob("opensearch-*")))
        (running.folder / "tmp").mkdir()
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", ACCOUNT, str(whole)], check=True)
        first = free_port()
        transports = [first + 10 * n for n in range(size)]
        try:
            running.nodes = [running.start(heap, transports, port, port + 100) for port in transports]
            for node in running.nodes:
                running.wait(node, size)
            yield running
        finally:
            for node in running.nodes:
                if node.process.poll() is None:
                    node.stop()
    finally:
        shutil.rmtree(whole, ignore_errors=True)
