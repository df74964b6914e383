"""Persons, mail addresses and telephone numbers in texts: left out of every record, and nothing else with them."""

from __future__ import annotations

import pytest

from crawler import pipelines
from crawler.normalise import LONGEST_TEXT
from crawler.persons import LONGEST, MAIL_LEFT_OUT, PERSON_LEFT_OUT, PHONE_LEFT_OUT, scrub


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to jane.doe@example.org.", f"Write to {MAIL_LEFT_OUT}."),
        ("jane (at) example.org", MAIL_LEFT_OUT),
        ("Contact person: Jane Doe, Tel. 030 1234567", f"Contact person: {PERSON_LEFT_OUT}"),
        ("Ansprechpartnerin:\nErika Muster\nnext", f"Ansprechpartnerin:\n{PERSON_LEFT_OUT}\nnext"),
        ("Responsabile del procedimento: Mario Rossi; scadenza 3/12/2026", f"Responsabile del procedimento: {PERSON_LEFT_OUT}; scadenza 3/12/2026"),
        ("Kontakt pro žadatele: Jan Novák", f"Kontakt pro žadatele: {PERSON_LEFT_OUT}"),
        ("Call +32 2 555 01 23.", f"Call {PHONE_LEFT_OUT}."),
        ("0049 30 1234567", PHONE_LEFT_OUT),
        ("teléfono 912 345 678", PHONE_LEFT_OUT),
        ("Tél.: 01 23 45 67 89", PHONE_LEFT_OUT),
    ],
)
def test_persons_are_left_out_of_texts(text, left):
    assert scrub(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Budget: 12 000 000 - 14 000 000 EUR, 1 001 234 567 890",
        "2021-2027, 00 12, 10.000.000,00",
        "Contact: https://example.org/contact",
        "Contacts among future specialists: the grant pays for travel",
        "Regulation (EU) 2021/1060, CCI 2021DE05SFPR001",
        "from 03/12/2026 to 31/01/2027 12:00",
    ],
)
def test_amounts_dates_codes_and_pages_stay(text):
    assert scrub(text) == text


def test_every_text_of_a_record_is_scrubbed_but_its_keys_and_addresses():
    fields = {
        "authority": {"name": "Office, jane@example.org", "url": "https://example.org/?to=jane@example.org"},
        "conditions": [{"heading": "Who", "text": "Contact person: Jane Doe"}],
        "summary": "https://example.org/a Contact person: Erika Muster, erika@example.org",
        "deadlines": [{"date": "2026-12-03"}],
    }
    assert pipelines.without_contacts(fields) == {
        "authority": {"name": f"Office, {MAIL_LEFT_OUT}", "url": "https://example.org/?to=jane@example.org"},
        "conditions": [{"heading": "Who", "text": f"Contact person: {PERSON_LEFT_OUT}"}],
        "summary": f"https://example.org/a Contact person: {PERSON_LEFT_OUT}",
        "deadlines": [{"date": "2026-12-03"}],
    }


def test_of_an_endless_text_the_beginning_is_read():
    """Reading five million letters takes seconds, and no record keeps so many."""
    assert LONGEST_TEXT < len(scrub("Skills for all. " * 300_000)) <= LONGEST
