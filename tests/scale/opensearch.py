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
from dataclasses import dataclass
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
    """One node. port: of HTTP; transport: of what nodes tell each other."""

    port: int
    transport: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return f"node-{self.port}"

    def get(self, path: str, timeout: float = 10) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as answer:
            return json.loads(answer.read())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)


@dataclass
class Cluster:
    """The nodes of one cluster, in the folder that they share the programs of. heap: of each, in MB."""

    folder: Path
    heap: int
    nodes: list[Node]

    def url(self, **options: Any) -> str:
        """A SEARCH_URL with a prefix of its own."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        told = "&".join(f"{name}={value}" for name, value in options.items())
        return f"opensearch+http://{hosts}/t{uuid.uuid4().hex[:12]}" + (f"?{told}" if told else "")

    def start(self, node: Node) -> None:
        """Start one of the nodes, or start it again with its ports and data."""
        name, heap = node.name, self.heap
        where = {"path.data": self.folder / name / "data", "path.logs": self.folder / name / "logs"}
        settings = {
            **where, "node.name": name, "cluster.name": self.folder.name, "network.host": "127.0.0.1", "http.port": node.port,
            "transport.port": node.transport, "cluster.routing.allocation.disk.threshold_enabled": "false",
            "indices.query.bool.max_clause_count": 65536,
        }  # fmt: skip
        if len(self.nodes) == 1:
            settings["discovery.type"] = "single-node"
        else:
            settings["discovery.seed_hosts"] = ",".join(f"127.0.0.1:{other.transport}" for other in self.nodes)
            settings["cluster.initial_cluster_manager_nodes"] = ",".join(other.name for other in self.nodes)
        own = {"OPENSEARCH_JAVA_HOME": str(java_home()), "OPENSEARCH_JAVA_OPTS": f"-Xms{heap}m -Xmx{heap}m", "PATH": os.environ["PATH"]}
        own["OPENSEARCH_PATH_CONF"] = str(self.folder / name / "config")
        own["OPENSEARCH_TMPDIR"] = str(self.folder / "tmp")
        command = ["bash", str(self.folder / "bin" / "opensearch"), *(f"-E{key}={value}" for key, value in settings.items())]
        account: dict[str, Any] = {"user": ACCOUNT, "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.folder / f"{name}.log").open("ab") as log:
            node.process = subprocess.Popen(command, stdout=log, stderr=log, env=own, cwd=self.folder, start_new_session=True, **account)

    def wait(self, node: Node, size: int) -> None:
        """Until a node answers and sees so many nodes."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and all(each.process and each.process.poll() is None for each in self.nodes):
            try:
                if node.get("/_cluster/health")["number_of_nodes"] >= size:
                    return
            except (OSError, ValueError):
                pass
            time.sleep(0.5)
        told = "\n".join((self.folder / f"{each.name}.log").read_text(errors="replace")[-1500:] for each in self.nodes)
        raise RuntimeError(f"OpenSearch did not start: {told}")


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
        running = Cluster(next(whole.glob("opensearch-*")), heap, [Node(free_port(), free_port()) for _ in range(size)])
        (running.folder / "tmp").mkdir()
        for node in running.nodes:  # each makes a key store in its own
            shutil.copytree(running.folder / "config", running.folder / node.name / "config")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", ACCOUNT, str(whole)], check=True)
        try:
            for node in running.nodes:
                running.start(node)
            for node in running.nodes:
                running.wait(node, size)
            yield running
        finally:
            for node in running.nodes:
                node.stop()
    finally:
        shutil.rmtree(whole, ignore_errors=True)
