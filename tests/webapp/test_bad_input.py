"""What visitors may type, follow or send by mistake: a page with a named warning, never an error of ours."""

from __future__ import annotations

import pytest

from tests.webapp.conftest import Page

BAD_SEARCHES = [
    ("country=XX", "country", "XX"),
    ("ecosystem=<script>", "ecosystem", "<script>"),
    ("status=opened&status=open", "status", "opened"),
    ("programme=Nothing", "programme", "Nothing"),
    ("page=-1", "page", "-1"),
    ("page=zwei", "page", "zwei"),
    ("page=99999999999999999999999", "page", "99999999999999999999999"),
    ("per_page=100000", "per_page", "100000"),
    ("deadline_from=31.12.2026", "deadline_from", "31.12.2026"),
    ("deadline_to=2026-02-30", "deadline_to", "2026-02-30"),
    ("deadline_from=2027-01-01&deadline_to=2026-01-01", "deadline_to", "2026-01-01"),
    ("opening_from=2027-01-01&opening_to=2026-01-01", "opening_to", "2026-01-01"),
    ("budget_min=lots", "budget_min", "lots"),
    ("budget_max=1e99", "budget_max", "1e99"),
    ("where=Atlantis", "where", "Atlantis"),
    ("region=ZZ9", "region", "ZZ9"),
    ("sort=best", "sort", "best"),
    ("eu_wide=yes", "eu_wide", "yes"),
    ("as_of=2026-10-01", "as_of", "2026-10-01"),
    ("colour=blue", "colour", "blue"),
    ("q=" + "training+" * 1200, "q", "training training"),
]

ODD_SEARCHES = [
    "q=%00%01%1f",
    "q=%ff%fe",
    "q=%ED%A0%80",
    "q=" + "%22" * 50,
    "q=-",
    "q=*",
    "q=a*",
    "q=%F0%9F%92%B0",
    "q=NOT+AND+OR+()",
    "q=title:x",
    "where=%00",
    "status=%00",
    "q=%2B%2B&sort=relevance",
    "&&&=&=1",
    "q",
    "q=a&q=b",
    "page=",
    "%00=1",
    "q=" + "x" * 10_000,
    "&".join(f"country=X{n}" for n in range(300)),
    "deadline_from=0001-01-01&deadline_to=9999-12-31",
    "opening_from=0001-01-01&opening_to=9999-12-31",
    "changed_since=0001-01-01",
    "changed_since=9999-12-31",
    "page=100000&per_page=200",
    "budget_min=0&budget_max=0",
    "q=of+the",
    "q=a%3F*b*c%3F%3F+*+%3F",
    "q=trai*+educ*+inno*+digi*+comm*+serv*",
    "q=" + "+".join(f"term{n}" for n in range(200)),
    "q=" + "(" * 60 + "a" + ")" * 60 + "+[[{{",
    "q=[a-z]%2B.*(skills|training){2,}$^\\\\",
    "q=" + "a-b-c-d-" * 60,
    "q=-training+-skills+-" + "digital+-" * 30,
]


@pytest.mark.parametrize(("query", "parameter", "value"), BAD_SEARCHES)
def test_a_bad_value_is_named_and_the_rest_answered(page: Page, client, query, parameter, value):
    soup = page("/?" + query)
    warnings = [item.get_text() for item in soup.select(".note[role=status] li")]
    assert any(w.startswith(parameter) and value in w and len(w) > len(parameter + value) + 10 for w in warnings), warnings
    answer = client.get("/api/v1/calls?" + query).get_json()
    assert parameter in [w["parameter"] for w in answer["warnings"]]
    strict = client.get("/api/v1/calls?strict=1&" + query)
    assert strict.status_code == 400
    assert strict.get_json()["warnings"] == answer["warnings"]


@pytest.mark.parametrize("query", ODD_SEARCHES)
def test_odd_searches_are_answered(page: Page, client, query):
    page("/?" + query)
    assert client.get("/api/v1/calls?" + query).status_code == 200


def test_strict_without_a_mistake_is_no_mistake(client):
    assert client.get("/api/v1/calls?strict=1&country=IT").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/calls/none:1",
        "/calls/%00",
        "/calls/eu_sample:49669831TOPICSen%00",
        "/funds/..%2f..%2fetc",
        "/products/" + "x" * 3000,
        "/calls/",
        "/calls/%ff",
        "/static/../views.py",
        "/static/nothing.css",
        "/change",
    ],
)
def test_unknown_addresses_are_a_page_with_a_search_box(page: Page, path):
    soup = page(path, status=404)
    assert soup.select_one("form[role=search] input[name=q]")


@pytest.mark.parametrize("path", ["/api/v1/calls/none:1", "/api/v1/nothing", "/api/"])
def test_unknown_addresses_for_programs_are_json(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response.get_json()["error"]["status"] == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options", "trace"])
@pytest.mark.parametrize("path", ["/", "/sources", "/calls/eu_sample:FUTURE", "/api/v1/calls"])
def test_other_methods_are_refused(client, method, path):
    response = getattr(client, method)(path)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert (response.mimetype == "application/json") == path.startswith("/api/")


def test_a_large_body_is_refused(client):
    assert client.post("/", data=b"x" * 100_000).status_code == 413
    assert client.get("/", data=b"x" * 100_000).status_code == 413


def test_head_is_answered_without_a_body(client):
    response = client.head("/?q=skills")
    assert response.status_code == 200
    assert not response.data
