"""What a crawl must look like before it replaces last month's."""

from __future__ import annotations

import pytest

from crawler import guards
from search import records


def entries(count, dated=True):
    base = {"kind": "call", "source": "s", "title": "x", "lang": "en", "url": "https://example.org", "level": "eu", "countries": ["IT"]}
    deadlines = [{"date": "2026-12-01"}] if dated else []
    return [records.load(base | {"id": f"s:{n}", "native_id": str(n), "deadlines": deadlines}) for n in range(count)]


BEFORE = {"found": 100, "share_deadline": 1.0, "share_budget": 0.0, "share_country": 1.0}


@pytest.mark.parametrize(
    ("found", "refused", "before", "says"),
    [
        (entries(100), 0, None, None),
        (entries(100), 0, BEFORE, None),
        (entries(75), 0, BEFORE, None),
        (entries(74), 0, BEFORE, "a shrink of more than 25% is refused"),
        (entries(9), 0, None, "only 9 entries"),
        (entries(100, dated=False), 0, None, "have a deadline"),
        (entries(100, dated=False), 0, BEFORE, "100% in the last good run"),
        (entries(40), 60, None, "had to be quarantined"),
    ],
)
def test_guards(found, refused, before, says):
    wrong = guards.problems(found, refused, len(found) + refused, before, 10, 0.5)
    assert bool(wrong) is (says is not None)
    assert says is None or says in "; ".join(wrong)
