"""Vinnova's moments become days: local ones as they stand, UTC ones in Sweden; anything else is refused."""

from __future__ import annotations

import pytest

from crawler.normalise import DateError
from crawler.spiders.se_vinnova import day_of, links


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2027-01-20T14:00:00", "2027-01-20"), ("2026-12-30T23:30:00Z", "2026-12-31"), ("2026-06-30T22:30:00Z", "2026-07-01"), (None, None), ("", None)],
)
def test_days(moment, day):
    assert day_of(moment) == day


def test_what_is_no_moment_is_refused():
    with pytest.raises(DateError):
        day_of("20 januari 2027")


def test_only_addresses_become_links():
    row = {"LankLista": [{"Lank": "se sidan"}, {"Lank": "", "URL": "https://www.vinnova.se/e/a"}, {"URL": None, "Lank": "javascript:x"}]}
    assert list(links(row)) == ["https://www.vinnova.se/e/a"]
    assert list(links({"LankLista": None})) == []
