"""The application around the pages: headers, notes, publishing while it runs, and failing well."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote_plus

import pytest

from search import generations
from search.funds import FUND_TEXTS, INTERREG
from search.settings import Settings
from search.store import Harvest, Store
from search.vocabulary import Fund
from tests.search.test_changes import call
from tests.webapp import samples
from tests.webapp.conftest import Page, checked, settings
from webapp import create_app, state

EVERYWHERE = [
    "/",
    "/?q=zzz",
    "/sources",
    "/about",
    "/calls/eu_sample:FUTURE",
    "/api/v1/calls",
    "/nothing",
    "/api/nothing",
    "/static/style.css",
]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_has_strict_headers(client, path):
    with client.get(path) as response:
        headers = response.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/?q=zzz", "/sources", "/about", "/calls/eu_sample:FUTURE", "/funds/fund_list:pl-jtf"])
def test_sample_records_are_announced_on_every_page(page: Page, path):
    assert samples.NOTE in page(path).select_one(".banner").get_text()


def test_about_says_whose_site_it_is_not(page: Page):
    assert "not a site of the European Union" in page("/about").get_text()


def test_the_sources_and_their_health(page: Page):
    soup = page("/sources")
    rows = {row["id"]: " ".join(row.get_text(" ").split()) for row in soup.select("tbody tr")}
    assert list(rows) == ["eu_sample", "fund_list", "it_sample", "pt_facts", "mt_closed"]
    assert "failing" in rows["it_sample"]
    assert "The list page answered with status 503" in rows["it_sample"]
    assert "2 days ago, 20 Nov 2026" in rows["it_sample"]
    assert "fresh" in rows["eu_sample"]
    assert "link only" in rows["mt_closed"]
    assert "Answers programs with a challenge page" in rows["mt_closed"]
    assert "Leave from its operator" in rows["mt_closed"]
    assert soup.find("a", href="https://mt-closed.example.org/")


@pytest.mark.parametrize("path", ["/", "/calls/eu_sample:FUTURE", "/sources"])
def test_nothing_published_is_said_with_the_command(tmp_path, path):
    response = create_app(settings(tmp_path)).test_client().get(path)
    assert response.status_code == 503
    soup = checked(response.get_data(as_text=True))
    assert "funding demo" in soup.get_text()
    assert str(tmp_path) not in soup.get_text()


def test_nothing_published_is_said_to_programs(tmp_path):
    response = create_app(settings(tmp_path)).test_client().get("/api/v1/calls")
    assert response.status_code == 503
    assert "funding crawl" in response.get_json()["error"]["message"]


def test_pages_that_need_nothing_published_work_without(tmp_path):
    client = create_app(settings(tmp_path)).test_client()
    assert client.get("/about").status_code == 200
    assert client.get("/nothing").status_code == 404


@pytest.fixture
def own(tmp_path) -> Settings:
    """A data folder of its own with one call published."""
    store = Store(f"sqlite:///{tmp_path / 'funding.db'}")
    samples.fill(store, [samples.BUILD])
    generations.publish(store, tmp_path / "index", samples.NOW)
    store.close()
    return settings(tmp_path)


def publish_again(own: Settings, rows: list[dict[str, object]]) -> None:
    store = Store(own.database_url)
    samples.fill(store, rows)
    generations.publish(store, own.index_folder, samples.NOW)
    store.close()


def test_a_new_generation_is_shown_at_the_next_request(own):
    client = create_app(own).test_client()
    assert client.get("/api/v1/calls").get_json()["total"] == 1
    publish_again(own, [samples.BUILD, samples.PRODUCT])
    answer = client.get("/api/v1/calls").get_json()
    assert (answer["total"], answer["generation"]) == (2, "generation-000002")


def test_a_reader_keeps_its_generation_while_another_is_published(own):
    published = state.Published(own)
    before = published.take()
    publish_again(own, [samples.BUILD, samples.PRODUCT])
    after = published.take()
    assert (before.generation.name, after.generation.name) == ("generation-000001", "generation-000002")
    assert before.generation.stored(0).entry.id == "eu_sample:49669831TOPICSen"
    published.give_back(before)
    assert before.generation.closed
    published.give_back(after)
    assert published.take() is after
    assert not after.generation.closed


def test_a_generation_in_use_that_is_also_asked_for_as_an_earlier_one_is_closed(own):
    published = state.Published(own)
    current, earlier = published.take(), published.take_earlier("generation-000001")
    publish_again(own, [samples.BUILD, samples.PRODUCT])
    published.give_back(published.take())
    published.give_back(current)
    assert current.generation.closed
    assert not earlier.generation.closed


def decay(own: Settings, name: str) -> None:
    """Spoil the records of a generation as a disk does: nothing was written, size and time are the same."""
    file = own.index_folder / name / "records" / "records.bin"
    stat = file.stat()
    file.write_bytes(bytes(stat.st_size))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.mark.parametrize("path", ["/api/v1/calls", "/", "/calls/eu_sample:49669831TOPICSen"])
def test_a_record_that_decayed_leaves_the_generation_before(own, path):
    publish_again(own, [samples.BUILD, samples.PRODUCT])
    decay(own, "generation-000002")
    client = create_app(own).test_client()
    assert client.get(path).status_code == 200
    answer = client.get("/api/v1/calls")
    assert (answer.get_json()["total"], answer.get_json()["generation"]) == (1, "generation-000001")
    assert client.get("/api/v1/calls", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    publish_again(own, [samples.BUILD, samples.PRODUCT])
    assert client.get("/api/v1/calls").get_json()["generation"] == "generation-000003"


def test_without_a_generation_before_a_decayed_record_is_said(own):
    decay(own, "generation-000001")
    client = create_app(own).test_client()
    assert [client.get(path).status_code for path in ("/", "/api/v1/calls", "/")] == [503] * 3


def test_health_is_that_of_today_whatever_time_is_asked_for(own, monkeypatch):
    monkeypatch.setenv("FUNDING_NOW", (samples.NOW + timedelta(days=70)).isoformat())
    month = f"{samples.NOW:%Y-%m}"
    app = create_app(own)
    found = []
    for address in ("/", f"/?as_of={month}"):
        with app.test_request_context(address):
            assert (state.now() < samples.NOW + timedelta(days=60)) == ("as_of" in address)
            found.append([(s.facts.source, s.health) for s in state.source_states()])
    assert found[0] == found[1]
    assert create_app(own).test_client().get(f"/healthz?as_of={month}").get_json()["problems"][0] == "what is published is 70 days old"


def test_a_call_that_closed_within_the_hour_is_told(own, monkeypatch):
    store = Store(own.database_url)
    closing = call("closing", deadlines=[{"date": "2026-12-01", "time": "10:30", "zone": "Europe/Brussels"}])
    store.finish_run(store.start_run("s", samples.NOW), Harvest([closing]), samples.NOW, {}, {})
    generations.publish(store, own.index_folder, samples.NOW)
    store.close()
    client = create_app(own).test_client()
    told = []
    for hour in ("10:10", "10:40"):
        monkeypatch.setenv("FUNDING_NOW", f"2026-12-01T{hour}:00+01:00")
        told.append(client.get("/api/v1/changes?since=2026-12-01&until=2026-12-31&skills=").get_json()["tally"]["closed"])
    assert told == [0, 1]


def test_a_damaged_generation_leaves_the_one_before(own):
    client = create_app(own).test_client()
    publish_again(own, [samples.BUILD, samples.PRODUCT])
    (own.index_folder / "generation-000002" / "manifest.json").write_text("{", encoding="utf-8")
    assert client.get("/api/v1/calls").get_json()["generation"] == "generation-000001"
    assert client.get("/").status_code == 200


def test_a_missing_store_is_said_and_the_search_goes_on(own):
    own.data.joinpath("funding.db").unlink()
    client = create_app(own).test_client()
    assert "health of the sources cannot be read" in client.get("/").get_data(as_text=True)
    assert client.get("/sources").status_code == 503


def test_an_error_of_ours_is_a_page_that_tells_nothing(own):
    app = create_app(own)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions[state.NAME].engine = None  # breaks every request inside
    response = app.test_client().get("/about")
    assert response.status_code == 500
    assert "Traceback" not in response.get_data(as_text=True)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert app.test_client().get("/api/v1/calls").get_json()["error"]["status"] == 500


def test_the_application_starts_as_gunicorn_starts_it(own, monkeypatch):
    monkeypatch.setenv("FUNDING_DATA", str(own.data))
    assert create_app().test_client().get("/").status_code == 200


def test_every_fund_has_its_text():
    assert set(FUND_TEXTS) == {*Fund, INTERREG}
    for text in FUND_TEXTS.values():
        assert text.text
        assert all(url.startswith("https://eur-lex.europa.eu/eli/reg/2021/") for _, url in text.articles)
        assert all("Article" in words for words, _ in text.articles)


def test_an_earlier_month_is_answered_by_its_own_generation(own):
    later = samples.NOW + timedelta(days=40)
    store = Store(own.database_url)
    samples.fill(store, [samples.BUILD, samples.PRODUCT])
    generations.publish(store, own.index_folder, later)
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNDING_NOW", later.isoformat())
        client = create_app(own).test_client()
        today, earlier, unknown = (client.get(f"/api/v1/calls{q}").get_json() for q in ("", f"?as_of={samples.NOW:%Y-%m}", "?as_of=2020-01"))
        page = client.get(f"/?as_of={samples.NOW:%Y-%m}").get_data(as_text=True)
    assert (today["total"], today["generation"], today["query"]["as_of"]) == (2, "generation-000002", None)
    assert (earlier["total"], earlier["generation"], earlier["warnings"]) == (1, "generation-000001", [])
    assert earlier["query"]["as_of"] == f"{samples.NOW:%Y-%m}"
    assert unknown["total"] == 2
    assert "nothing is kept from so long ago" in unknown["warnings"][0]["message"]
    assert f"as_of={samples.NOW:%Y-%m}&" in page.replace("&amp;", "&"), "links stay in that month"


def test_who_asks_at_the_same_time_gets_the_same_answers(app):
    words = ("skills", "formazione", '"construction of tomorrow"', "trai*", "constuction", "skills -digital", "")
    paths = [
        f"{language}{path}?q={quote_plus(q)}"
        for q in words
        for path in ("/", "/api/v1/calls", "/search.csv", "/search.ics")
        for language in ("", "/de")
    ]

    def ask(path: str) -> str:
        with app.test_client().get(path) as answer:
            return re.sub(r'"took_ms":[^,]*', "", answer.text)

    expected = [ask(path) for path in paths]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, paths)) == expected
