"""What is said of a fund: until when, with the clock; and whether its facts were seen."""

from __future__ import annotations

from datetime import date

import pytest

from search.funds import FUND_TEXTS
from search.vocabulary import Basis, Fund


@pytest.mark.parametrize(
    ("today", "milestones", "payments"),
    [
        ("2026-08-31", "have to be met by 31 August 2026", "pays the Member States until 31 December 2026"),
        ("2026-09-01", "were due by 31 August 2026", "pays the Member States until 31 December 2026"),
        ("2026-12-31", "were due by 31 August 2026", "pays the Member States until 31 December 2026"),
        ("2027-01-01", "were due by 31 August 2026", "ended on 31 December 2026"),
    ],
)
def test_recovery_plans_end_in_two_steps(today, milestones, payments):
    first, second = FUND_TEXTS[Fund.RRF].standing(date.fromisoformat(today))
    assert milestones in first
    assert payments in second


def test_shared_funds_end_with_spending():
    for fund in (Fund.ESF_PLUS, Fund.ERDF, Fund.JTF, Fund.CF):
        (words,) = FUND_TEXTS[fund].standing(date(2029, 12, 31))
        assert "counts" in words
        (words,) = FUND_TEXTS[fund].standing(date(2030, 1, 1))
        assert "counted" in words


def test_each_paragraph_says_whether_it_was_seen():
    for text in FUND_TEXTS.values():
        assert text.ends_on == text.limits[0].until
        for paragraph in text.paragraphs:
            assert paragraph.basis is (Basis.SEEN if paragraph.seen_in else Basis.RECALLED)
    seen = [p for text in FUND_TEXTS.values() for p in text.paragraphs if p.basis is Basis.SEEN]
    assert len(seen) >= 6
