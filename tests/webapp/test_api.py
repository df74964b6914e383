"""The API: what its description promises, the examples of its documentation, and answers that are not sent twice."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from search import generations
from search.params import PARAMETERS
from search.store import Store
from tests.webapp import samples
from tests.webapp.conftest import settings
from webapp import create_app
from webapp.openapi import document

EXAMPLES = re.findall(r"^    GET (/api/v1/\S+)$", (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8"), re.M)
ENTRY = "/api/v1/calls/eu_sample:49669831TOPICSen"


def held_to(name: str, answer: Any) -> None:
    """Check an answer against a shape of the description."""
    jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}", **document()}).validate(answer)


@pytest.mark.parametrize("address", EXAMPLES)
def test_a_documented_example_works(client, address):
    response = client.get(address)
    assert response.status_code == 200
    answer = response.get_json()
    assert [w for w in answer.get("warnings", []) if w["parameter"] not in ("programme",)] == []
    names = {
        "calls": "Answer",
        "funds": "Answer",
        "products": "Answer",
        "facets": "Facets",
        "suggest": "Suggestions",
        "changes": "Changes",
        "sources": "Sources",
    }
    held_to(names[address.split("/")[3].split("?")[0]], answer)


def test_the_examples_cover_every_address_without_a_key():
    asked = {address.split("?")[0].removeprefix("/api/v1") for address in EXAMPLES}
    assert asked == {path for path in document()["paths"] if "{" not in path}


def test_every_address_of_the_api_is_described(app: Flask):
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")) for rule in app.url_map.iter_rules() if "/api/v1/" in rule.rule}
    assert rules == {*document()["paths"], "/openapi.json"}


def test_every_parameter_of_a_search_is_described():
    assert {row["name"] for row in document()["paths"]["/calls"]["get"]["parameters"]} == {*PARAMETERS, "strict"}


def test_the_description_is_valid_and_names_its_server(client):
    answer = client.get("/api/v1/openapi.json").get_json()
    validate(answer)
    assert answer["servers"] == [{"url": "http://localhost/api/v1"}]


@pytest.mark.parametrize("row", [*samples.CALLS, *samples.FUNDS, samples.PRODUCT], ids=lambda row: row["id"])
def test_every_kind_of_entry_is_as_described(client, row):
    answer = client.get(f"/api/v1/{row['kind']}s/{row['id']}").get_json()
    held_to("Entry", answer)
    assert answer["id"] == row["id"]


def test_an_entry_of_another_kind_is_not_found_under_its_plural(client):
    assert client.get("/api/v1/funds/eu_sample:FUTURE").status_code == 404
    assert client.get("/api/v1/calls/fund_list:pl-jtf").status_code == 200


def test_funds_and_products_are_searches_of_their_kind(client):
    assert {r["kind"] for r in client.get("/api/v1/funds?kind=call").get_json()["results"]} == {"fund"}
    assert [r["id"] for r in client.get("/api/v1/products").get_json()["results"]] == ["eu_sample:guarantee"]


def test_the_facets_count_everything(client):
    rows = {row["name"]: row for row in client.get("/api/v1/facets").get_json()["facets"]}
    counts = {value["value"]: value["count"] for value in rows["kind"]["values"]}
    assert counts == {"call": len(samples.CALLS), "fund": len(samples.FUNDS), "product": 1}
    assert rows["skills"]["default"] == ["core", "part"]


def test_sources_say_how_they_are(client):
    rows = {row["source"]: row for row in client.get("/api/v1/sources").get_json()["sources"]}
    assert rows["it_sample"]["health"] == "failing"
    assert rows["mt_closed"]["why_not"] == "answers programs with a challenge page"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/calls?q=skills", ENTRY, "/api/v1/facets", "/api/v1/sources", "/api/v1/changes", "/changes", "/search.csv", "/search.atom?q=skills"],
)
def test_what_is_known_is_not_sent_again(client: FlaskClient, path: str):
    first = client.get(path)
    tag = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == tag
    assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200
    first.close()


def test_another_address_generation_or_passed_date_is_another_answer(tmp_path, monkeypatch):
    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    samples.fill(store, [samples.BUILD])
    generations.publish(store, tmp_path / "index", samples.NOW)
    client = create_app(settings(tmp_path)).test_client()

    def tag(path: str = "/api/v1/calls") -> str:
        return client.get(path).headers["ETag"]

    first = tag()
    assert tag("/api/v1/calls?q=skills") != first
    monkeypatch.setenv("FUNDING_NOW", (samples.NOW + timedelta(days=5)).isoformat())
    assert tag() == first
    monkeypatch.setenv("FUNDING_NOW", (samples.NOW + timedelta(days=50)).isoformat())
    assert tag() != first
    monkeypatch.setenv("FUNDING_NOW", samples.NOW.isoformat())
    generations.publish(store, tmp_path / "index", samples.NOW + timedelta(hours=1))
    assert tag() != first
    store.close()


@pytest.mark.parametrize("path", document()["paths"])
def test_answers_are_as_described_whatever_is_asked(app: Flask, path: str):
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)[path]["GET"]

    @given(case=operation.as_strategy())
    @effort(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, checks=checks)

    ask()
