"""A search as the files that programs take: read by strict parsers."""

from __future__ import annotations

import csv
import io
from itertools import zip_longest

import feedparser
import openpyxl
from flask.testing import FlaskClient
from icalendar import Calendar

FORMS = ("csv", "xlsx", "atom", "ics")


def rows_csv(client: FlaskClient, query: str) -> list[dict[str, str]]:
    response = client.get("/search.csv?" + query)
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"), newline=""), strict=True))


def rows_xlsx(client: FlaskClient, query: str) -> list[dict[str, object]]:
    with client.get("/search.xlsx?" + query) as response:
        sheet = openpyxl.load_workbook(io.BytesIO(response.get_data()), read_only=True).worksheets[0]
    heads, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip_longest(heads, line)) for line in lines]


def feed(client: FlaskClient, query: str) -> feedparser.FeedParserDict:
    response = client.get("/search.atom?" + query)
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    parsed = feedparser.parse(response.get_data())
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def events(client: FlaskClient, query: str) -> dict[str, list]:
    """Entry id -> its events, in order."""
    response = client.get("/search.ics?" + query)
    assert response.mimetype == "text/calendar"
    calendar = Calendar.from_ical(response.get_data())
    assert not calendar.errors
    found: dict[str, list] = {}
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        found.setdefault(str(event["UID"]).rsplit("/", 1)[0], []).append(event)
    return found


def api(client: FlaskClient, query: str) -> list[dict]:
    """Every result of the API, page after page."""
    found, page = [], 1
    while True:
        answer = client.get(f"/api/v1/calls?{query}&per_page=200&page={page}").get_json()
        found += answer["results"]
        if len(found) >= answer["total"]:
            return found
        page += 1


def ids_of_feed(parsed: feedparser.FeedParserDict) -> list[str]:
    return [entry.link.rsplit("/", 1)[1] for entry in parsed.entries]
