"""Compressed answers: the same when unpacked, only where they are asked for, and a first visit that stays small."""

from __future__ import annotations

import gzip

import pytest

from tests.webapp.conftest import Page

PACKED = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize("path", ["/", "/?q=skills", "/api/v1/openapi.json", "/static/style.css", "/static/search.js"])
def test_an_answer_is_the_same_when_unpacked(client, path):
    with client.get(path) as plain, client.get(path, headers=PACKED) as packed:
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert int(packed.headers["Content-Length"]) == len(packed.get_data()) < len(plain.get_data()) / 2
        assert gzip.decompress(packed.get_data()) == plain.get_data()


@pytest.mark.parametrize("path", ["/search.csv", "/search.xlsx", "/static/icon.svg", "/nothing"])
def test_files_and_short_answers_are_left_as_they_are(client, path):
    with client.get(path, headers=PACKED) as answer:
        assert "Content-Encoding" not in answer.headers


def test_what_is_known_is_not_sent_again_compressed_either(client):
    first = client.get("/api/v1/facets", headers=PACKED)
    again = client.get("/api/v1/facets", headers={**PACKED, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_a_first_visit_is_small(client, page: Page):
    soup = page("/?q=skills")
    files = [tag.get("href") or tag.get("src") for tag in soup.select("link[rel=stylesheet], link[rel=icon], script[src]")]
    sizes = {}
    for path in ["/?q=skills", *files]:
        with client.get(path, headers=PACKED) as answer:
            sizes[path] = len(answer.get_data())
    assert len(sizes) == 4
    assert sum(sizes.values()) <= 70_000
