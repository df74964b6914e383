"""Requests to an OpenSearch cluster: any of its nodes answers, and an answer that is not whole is no answer."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

import urllib3

from search.opening import GenerationError

PATIENCE = 10.0  # seconds in which a cluster may choose another manager or find a lost node
WRITING = 180.0  # the same for requests of a publish: nobody looks at a page meanwhile
LONGEST = 60.0  # seconds for one answer
BUSY = (429, 502, 503, 504)


class ClusterError(GenerationError):
    """The cluster cannot be reached, refuses, or gave an answer that is not whole."""


class NotThereError(ClusterError):
    """There is no such index, alias or document."""


class Client:
    """Speaks to the nodes of `opensearch+http://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…]/PREFIX[?shards=N&replicas=0-1]`.

    USER, PASSWORD: percent-encoded; prefix: begins the names of all our indexes; shards, replicas: of each generation's index;
    search.settings checks the form.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        self.prefix = parts.path.strip("/")
        credentials, _, hosts = parts.netloc.rpartition("@")
        self.shards, self.replicas = int(options.get("shards", "1")), options.get("replicas", "0-1")
        self.nodes = [f"{parts.scheme.removeprefix('opensearch+')}://{host}" for host in hosts.split(",")]
        secret = base64.b64encode(unquote_to_bytes(credentials)).decode()
        self._headers = {"Authorization": f"Basic {secret}"} if credentials else {}
        self._first = 0  # the node that answered last
        self._pools: dict[int, urllib3.PoolManager] = {}  # per process: a worker must not share its parent's connections

    def _pool(self) -> urllib3.PoolManager:
        if os.getpid() not in self._pools:
            self._pools[os.getpid()] = urllib3.PoolManager(maxsize=8, retries=False)
        return self._pools[os.getpid()]

    def ask(self, method: str, path: str, body: Any = None, patience: float = PATIENCE, timeout: float = LONGEST) -> Any:
        """The answer to one request as JSON. body: JSON, or a list of lines. Raises NotThereError, ClusterError.

        A node that does not answer is passed over for the next; when none does, or the cluster is busy, it is asked again for
        as long as the patience lasts.
        """
        lines = isinstance(body, list)
        data = b"".join(json.dumps(line).encode() + b"\n" for line in body) if lines else json.dumps(body).encode() if body is not None else None
        headers = {**self._headers, "Content-Type": "application/x-ndjson" if lines else "application/json"}
        until, problem = time.monotonic() + patience, ""
        while True:
            for place in range(len(self.nodes)):
                number = (self._first + place) % len(self.nodes)
                try:
                    answer = self._pool().request(method, self.nodes[number] + path, body=data, headers=headers, timeout=timeout)
                except urllib3.exceptions.HTTPError as error:
                    problem = f"{self.nodes[number]}: {type(error).__name__}"
                    continue
                if answer.status not in BUSY:
                    self._first = number
                    return _read(answer, method, path)
                problem = f"{self.nodes[number]}: HTTP {answer.status}"
            if time.monotonic() > until:
                raise ClusterError(f"no node of the search cluster answers ({problem})")
            time.sleep(0.2)

    def write(self, method: str, path: str, body: Any = None) -> Any:
        """The same with the patience of a publish."""
        return self.ask(method, path, body, patience=WRITING)

    def search(self, index: str, body: dict[str, Any]) -> Any:
        """The whole answer to a search."""
        return whole(self.ask("POST", f"/{index}/_search?allow_partial_search_results=false", body))

    def searches(self, index: str, bodies: Iterable[dict[str, Any]]) -> list[Any]:
        """The whole answers to several searches asked at once."""
        lines = [line for body in bodies for line in ({"allow_partial_search_results": False}, body)]
        return [whole(answer) for answer in self.ask("POST", f"/{index}/_msearch", lines)["responses"]] if lines else []


def _read(answer: urllib3.BaseHTTPResponse, method: str, path: str) -> Any:
    try:
        found = json.loads(answer.data)
    except ValueError:
        found = answer.data[:200].decode("utf-8", "replace")
    if answer.status == 404:
        raise NotThereError(f"{method} {path}: there is none")
    if answer.status >= 400:
        raise ClusterError(f"{method} {path.split('?')[0]}: HTTP {answer.status}: {json.dumps(found)[:500]}")
    return found


def whole(answer: Mapping[str, Any]) -> Any:
    """The answer to a search, when every shard gave its part in time. Raises ClusterError."""
    if "error" in answer:
        raise ClusterError(f"a search failed: {json.dumps(answer['error'])[:500]}")
    shards = answer["_shards"]
    if answer["timed_out"] or shards["failed"] or shards["successful"] != shards["total"]:
        raise ClusterError(f"only a part of the cluster answered: {shards['successful']} of {shards['total']} shards")
    return answer
