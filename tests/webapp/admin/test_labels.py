"""The review of labels: the least certain first, answered by a press, corrected where wrong, not asked twice."""

from __future__ import annotations

import pytest

from search import audit, generations, relabelling, single
from tests.webapp import samples
from tests.webapp.admin.staff import NAME, crawled, own_copy, send
from tests.webapp.conftest import checked

SUMMARY = "The centre trains welders, and helps people who lost their trade to learn another one."


def read(value: str, words: str, rule: str) -> dict:
    """Evidence read from the summary."""
    return samples.quote(value, "inferred", SUMMARY, "summary", words, rule)


READ = samples.call(
    "eu_sample",
    "READ",
    "Help for a region",
    summary=SUMMARY,
    areas=["upskilling", "reskilling"],
    ecosystems=["cross-sectoral"],
    skills="part",
    evidence={
        "area": [read("upskilling", "trains welders", "training of people"), read("reskilling", "learn another one", "retraining")],
        "ecosystem": [read("cross-sectoral", "trains welders", "skills without a sector")],
        "skills": [read("part", "trains welders", "training people, as a part")],
    },
)


@pytest.fixture(scope="module")
def data(folder, tmp_path_factory):
    return crawled(own_copy(folder, tmp_path_factory.mktemp("labels") / "data"), READ)


def question(client, address: str = "/admin/labels/"):
    """The fields of the form, and how many labels wait."""
    soup = checked(client.get(address).get_data(as_text=True))
    waiting = int(soup.find("p", role="status").get_text().split()[0])
    names = ("entry", "facet", "value", "words", "only", "skip")
    return soup, {name: soup.find("input", {"name": name})["value"] for name in names} if soup.find("input", {"name": "words"}) else {}, waiting


def test_the_least_certain_comes_first_with_its_words_around_it(client):
    soup, asked, waiting = question(client)
    assert waiting > 3
    certain = []
    for skip in range(waiting):
        page, _, _ = question(client, f"/admin/labels/?skip={skip}")
        certain.append(float(page.select_one("section p.small").get_text().split()[1]))
    assert certain == sorted(certain)
    assert soup.find("mark").get_text()
    assert asked["entry"] in soup.select_one("a[href^='/admin/entry']")["href"].replace("%3A", ":")
    assert [b["accesskey"] for b in soup.select("button[name=answer]")][:1] == [["y"]]
    assert soup.select_one("script[src*='admin.js']")
    assert "That was the last one" in client.get(f"/admin/labels/?skip={waiting}").get_data(as_text=True)


def test_right_is_not_asked_again_and_changes_nothing_for_visitors(client, store):
    _, asked, waiting = question(client)
    before = store.digests()
    assert send(client, "/admin/labels/answer", **asked, answer="right").status_code == 303
    _, following, left = question(client)
    assert (left, following != asked, store.digests()) == (waiting - 1, True, before)
    assert audit.lines(store)[0].what == f"found {asked['facet']} right"
    assert send(client, "/admin/labels/answer", **asked, answer="right").status_code == 409


def asked_about(client, facet: str, one_of_several: bool) -> dict:
    """The fields of the first question about a value of a facet that stands alone, or beside other ones."""
    _, asked, waiting = question(client, f"/admin/labels/?facet={facet}")
    for skip in range(waiting):
        _, asked, _ = question(client, f"/admin/labels/?facet={facet}&skip={skip}")
        form = client.get("/admin/entry", query_string={"id": asked["entry"]}).get_data(as_text=True)
        chosen = checked(form).select(f"#facet-{facet} input[checked]")
        if (len(chosen) > 1) is one_of_several:
            return asked
    raise AssertionError("there is no such question")


def test_one_wrong_value_of_several_corrects_nothing_that_nobody_looked_at(client, store):
    asked = asked_about(client, "area", one_of_several=True)
    before = store.digests(), relabelling.corrected(store)
    answer = send(client, "/admin/labels/answer", **asked, answer="wrong")
    assert (answer.status_code, store.digests(), relabelling.corrected(store)) == (303, *before)
    address, facet = answer.headers["Location"].split("#")
    opened = checked(client.get(address).get_data(as_text=True)).select_one("details[open]")
    assert (opened["id"], opened.find("input", {"name": "entry"})["value"]) == (facet, asked["entry"])


def test_wrong_is_a_correction_that_is_published(client, store, data):
    asked, waiting = asked_about(client, "ecosystem", one_of_several=False), question(client, "/admin/labels/?facet=ecosystem")[2]
    answer = send(client, "/admin/labels/answer", **asked, answer="wrong")
    assert answer.headers["Location"].startswith("/admin/labels/?facet=ecosystem")
    (made,) = [c for c in relabelling.corrected(store)[asked["entry"]] if c.facet == "ecosystem"]
    assert asked["value"] not in made.values
    assert "an editor looked at" in made.why
    assert question(client, "/admin/labels/?facet=ecosystem")[2] < waiting
    line = audit.lines(store)[0]
    assert (line.who, line.what, line.about) == (NAME, "corrected ecosystem", asked["entry"])
    generations.publish(store, data / "index", samples.NOW)
    assert made.why in checked(client.get(f"/calls/{asked['entry']}").get_data(as_text=True)).select_one("#why").get_text()


def test_a_facet_of_one_value_is_answered_with_the_right_one(client, store):
    soup, asked, _ = question(client, "/admin/labels/?facet=skills")
    answers = {b["value"]: b["data-key"] for b in soup.select("button[name=answer]")}
    assert answers == {"right": "y"} | {v: str(n) for n, v in enumerate([v for v in ("core", "part", "none") if v != asked["value"]], 1)}
    assert send(client, "/admin/labels/answer", **asked, answer="wrong").status_code == 400
    send(client, "/admin/labels/answer", **asked, answer="none")
    assert single.find(store, asked["entry"]).shown.skills == "none"
