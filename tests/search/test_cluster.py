"""What only a cluster does: answers that are not whole are refused, refused entries stop a publish, a second one waits for the first."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import urllib.request
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import trustme

from search import ranking
from search.engines.opensearch.client import Client, ClusterError, whole
from search.engines.opensearch.engine import OpenSearchEngine
from search.settings import SettingsError, load
from tests.conftest import free_port
from tests.search.corpus import entries, filled
from tests.search.test_query import NOW

WHOLE = {"timed_out": False, "_shards": {"total": 3, "successful": 3, "skipped": 0, "failed": 0}}
LESS = {"timed_out": False, "_shards": {"total": 3, "successful": 2, "skipped": 0, "failed": 1}}


def test_an_answer_of_a_part_of_the_cluster_is_no_answer():
    assert whole(WHOLE) is WHOLE
    for answer in (LESS, WHOLE | {"timed_out": True}, {"error": {"reason": "no such shard"}, "status": 503}):
        with pytest.raises(ClusterError):
            whole(answer)


def test_a_share_is_raised_to_a_power_by_products():
    assert ranking.COVERAGE == int(ranking.COVERAGE) > 0, "search.engines.opensearch.words multiplies by the share so many times"


@pytest.mark.parametrize("url", ["opensearch+http://h", "opensearch+http:///p", "http://h/p", "opensearch+http://h/P", "opensearch+http://h/p?x=1"])
def test_an_address_of_another_form_is_refused(url, tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_URL", url)
    with pytest.raises(SettingsError, match="SEARCH_URL"):
        load(tmp_path)


def test_the_password_of_an_address_is_percent_decoded():
    client = Client("opensearch+https://finder:p%40ss%2Fw%3Aord%E2%82%AC@h:9200,g:9200/p")
    assert base64.b64decode(client._headers["Authorization"].split()[1]).decode() == "finder:p@ss/w:ord€"
    assert client.nodes == ["https://h:9200", "https://g:9200"]
    assert Client("opensearch+http://h:9200/p")._headers == {}


def test_a_cluster_whose_certificate_does_not_hold_is_asked_nothing(tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "trusted.pem")
    asked: list[str] = []

    class Node(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers["Authorization"])
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Node)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        for host, file in (("localhost", None), ("127.0.0.1", "trusted.pem")):
            if file:
                monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / file))
            with pytest.raises(ClusterError, match="SSLError"):
                Client(f"opensearch+https://finder:secret@{host}:{server.server_port}/p").ask("GET", "/", patience=0)
        assert asked == [], "nothing is said to a node that is not who it claims to be"
        assert Client(f"opensearch+https://finder:secret@localhost:{server.server_port}/p").ask("GET", "/", patience=0) == {}
        assert len(asked) == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_cluster_that_nobody_hears_is_named(tmp_path):
    engine = OpenSearchEngine(f"opensearch+http://127.0.0.1:{free_port()}/t", tmp_path)
    with pytest.raises(ClusterError, match="no node"):
        engine.client.ask("GET", "/", patience=0.1)


@pytest.mark.scale
def test_a_node_that_is_gone_is_passed_over(url):
    node = url.split("//")[1].split("/")[0]
    client = Client(url.replace(node, f"127.0.0.1:{free_port()},{node}"))
    assert client.ask("GET", "/", patience=0)["version"]["distribution"] == "opensearch"


@pytest.mark.scale
def test_an_entry_that_is_refused_stops_the_publish_and_leaves_nothing(url, tmp_path, monkeypatch):
    store, engine = filled(tmp_path, entries(3)), OpenSearchEngine(url, tmp_path / "index")
    first = engine.publish(store, NOW)
    real = engine.client.ask

    def with_one_bad_entry(method, path, body=None, **more):
        if path.endswith("_bulk"):
            body[1]["budget"] = "much"
        return real(method, path, body, **more)

    monkeypatch.setattr(engine.client, "ask", with_one_bad_entry)
    with pytest.raises(ClusterError, match="1 of 3 entries were refused"):
        engine.publish(store, NOW + timedelta(days=1))
    monkeypatch.undo()
    assert [g.name for g in engine.listed()] == [engine.current_name()] == [first]
    assert engine.publish(store, NOW + timedelta(days=2)) > first


@pytest.mark.scale
def test_an_index_whose_making_nobody_was_told_of_is_made_anew(url, tmp_path, monkeypatch):
    store, engine = filled(tmp_path, entries(3)), OpenSearchEngine(url, tmp_path / "index")
    real = engine.client.ask

    def first_answer_lost(method, path, body=None, **more):
        if method == "PUT" and path.endswith("-generation-000001") and "-files-" not in path and not asked:
            asked.append(real(method, path, body, **more))
        return real(method, path, body, **more)

    asked = []
    monkeypatch.setattr(engine.client, "ask", first_answer_lost)
    assert engine.publish(store, NOW) == "generation-000001"
    assert asked
    assert len(engine.open_current().columns) == 3


@pytest.mark.scale
@pytest.mark.parametrize("what", ["publish", "roll_back"])
def test_a_second_publish_or_rollback_waits_for_the_one_under_way(what, url, tmp_path, monkeypatch):
    store, (engine, second) = filled(tmp_path, entries(3)), (OpenSearchEngine(url, tmp_path / "index") for _ in range(2))
    days = [NOW + timedelta(days=n) for n in range(4)]
    for now in days[:2]:
        engine.publish(store, now)
    second.current_name()  # it still remembers the second generation when its turn comes
    real, begun, told = engine.client.ask, threading.Event(), []
    todo = {"publish": lambda: told.append(second.publish(store, days[3])), "roll_back": lambda: told.append(second.roll_back())}[what]
    other = threading.Thread(target=todo)

    def meanwhile(method, path, body=None, **more):
        if path.endswith("_bulk"):
            other.start()
            assert not begun.wait(1), "it looks at the cluster while another writes to it"
        return real(method, path, body, **more)

    def noted(*args, real=second.client.ask, **more):
        begun.set()
        return real(*args, **more)

    monkeypatch.setattr(engine.client, "ask", meanwhile)
    monkeypatch.setattr(second.client, "ask", noted)
    third = engine.publish(store, days[2])
    other.join()
    assert told == {"publish": ["generation-000004"], "roll_back": [(third, "generation-000002")]}[what]
    assert len(second.open_generation(third).columns) == 3


@pytest.mark.scale
def test_a_publish_that_was_killed_leaves_nothing_that_counts(url, tmp_path):
    store, engine = filled(tmp_path, entries(3)), OpenSearchEngine(url, tmp_path / "index")
    engine.client.ask("PUT", f"/{engine.client.prefix}-generation-000007")
    assert engine.listed() == []
    assert engine.publish(store, NOW) == "generation-000008"
    assert [g.name for g in engine.listed()] == ["generation-000008"]


@pytest.mark.scale
def test_the_nodes_are_on_loopback_alone(opensearch_cluster):
    (node,) = opensearch_cluster.nodes
    with urllib.request.urlopen(f"http://127.0.0.1:{node.port}/_nodes/http,transport", timeout=10) as answer:
        told = json.loads(answer.read())["nodes"]
    assert all(address.startswith("127.0.0.1:") for n in told.values() for part in ("http", "transport") for address in n[part]["bound_address"])
