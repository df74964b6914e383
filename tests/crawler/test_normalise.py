"""Form: texts, markup, dates, money, addresses, character sets. One row per wording met."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from crawler import normalise, pipelines, registry
from crawler.platforms import budget, budget_in
from crawler.platforms.fields import amount
from crawler.source import Draft
from crawler.spiders import cz_dotaceeu, ro_oportunitati


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Two\n lines\tand\u00a0spaces ", "Two lines and spaces"),
        ('Skills <script>alert("xss-1")</script>', "Skills"),
        ('Skills "><img src=x onerror=alert(1)>', "Skills"),
        ("Skills javascript:alert(3)", "Skills"),
        ("Skills {{7*7}}${7*7}<%= 7*7 %>{% raw %}", "Skills"),
        ("Skills &lt;script&gt;alert(8)&lt;/script&gt;", "Skills"),
        ("Skills &amp;lt;b&amp;gt; &amp; work", "Skills & work"),
        ("a < b and 5 > 3", "a < b and 5 > 3"),
        ("Εκπαίδευση και κατάρτιση", "Εκπαίδευση και κατάρτιση"),
        ("zero\u200bwidth\u202e", "zerowidth"),
        ("write to jane.doe@example.org or jane (at) example.org", "write to [mail address left out] or [mail address left out]"),
    ],
)
def test_plain(text, expected):
    assert normalise.plain(text) == expected


def test_from_html_keeps_paragraphs_and_lists_and_nothing_active():
    markup = (
        '<div class="x>"><p>One<br>two</p><ul><li>first</li><li>second</li></ul><script>evil()</script>'
        '<p onclick="x">Three &amp; <b>four</b></p></div>'
    )
    assert normalise.from_html(markup) == "One\ntwo\n\n• first\n• second\n\nThree & four"
    assert "<script" not in normalise.from_html("<p>&lt;script&gt;alert(1)&lt;/script&gt; and &lt;5 %</p>")
    assert normalise.from_html("<p>less than &lt;5 %</p>") == "less than <5 %"


@pytest.mark.parametrize("text", ["x" * 2_000_000, "a@" * 500_000, "<" * 300_000, "? " * 500_000, "at least " * 200_000, "/" * 1_000_000])
def test_long_texts_of_any_shape_come_through(text):
    """Shapes that make a careless pattern quadratic: at this length it would not end."""
    assert len(normalise.plain(text)) <= len(text) * 2
    assert len(normalise.tidy(text)) <= len(text) * 2
    assert len(normalise.lead(text)) <= 600
    normalise.lost_letters(text)


@pytest.mark.parametrize(("text", "expected"), [("2026-12-03", date(2026, 12, 3)), (" 2026-01-31 ", date(2026, 1, 31))])
def test_parse_day(text, expected):
    assert normalise.parse_day(text) == expected


@pytest.mark.parametrize("text", ["03/12/2026", "2026-02-30", "soon", ""])
def test_a_date_of_another_form_is_refused(text):
    with pytest.raises(normalise.DateError):
        normalise.parse_day(text)


@pytest.mark.parametrize(("day", "plausible"), [(date(2121, 9, 15), False), (date(2030, 1, 1), True), (date(1999, 1, 1), False)])
def test_plausible_day(day, plausible):
    assert normalise.plausible_day(day, date(2026, 11, 22)) is plausible


@pytest.mark.parametrize(("text", "amount"), [("30000000", 3e7), ("0", None), ("", None), ("-1", None), ("1250.50", 1250.5)])
def test_parse_amount(text, amount):
    assert normalise.parse_amount(text) == amount


@pytest.mark.parametrize("text", ["ten", "1e400", "nan"])
def test_an_amount_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"could not convert|plausible"):
        normalise.parse_amount(text)


@pytest.mark.parametrize(
    ("url", "usable"),
    [
        ("https://example.org/a?b=c", True),
        ("javascript:alert(1)", False),
        ("https://user:pass@example.org", False),
        ("//example.org", False),
        ("https://", False),
        ('https://example.org/"onclick', False),
        ("http://[broken", False),
    ],
)
def test_web_address(url, usable):
    assert (normalise.web_address(url) is not None) is usable


def test_decode_mends_a_page_that_lies_about_its_character_set():
    assert normalise.decode("Bürger".encode()) == ("Bürger", False)
    assert normalise.decode("Bürger".encode("cp1252")) == ("Bürger", True)


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("Ministerul ?i Fondurilor", True),
        ("?????????? ??????????", True),
        ("Zarz?d Województwa", True),
        ("with ?100 qubits", True),
        ("health? or the environment", True),
        ('the "built environment?" in towns', True),
        ("What is it for? Ask us.", False),
        ("see https://example.org/a?b=c", False),
        ("Plain text", False),
    ],
)
def test_lost_letters(text, lost):
    assert normalise.lost_letters(text) is lost


@pytest.mark.parametrize(("text", "lost"), [("Ministerul Investi?iilor", True), ("Why? Because", False), ("https://a.example/?b=c", False)])
def test_a_question_mark_inside_a_word(text, lost):
    assert normalise.inside_a_word(text) is lost


def test_markup_that_nests_without_end_is_read_flat():
    assert normalise.from_html("<div>" * 100_000 + "text") == "text"


def test_lead_ends_with_a_sentence_where_one_fits():
    text = "The first sentence says what the call is about and is long enough to stand alone here. " + "More words follow. " * 60
    assert normalise.lead(text).endswith(".")
    assert len(normalise.lead(text)) <= 600


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("Het budget is € 5.000.000.", 5e6),
        ("Het budget is 250.000 euro en geldt voor 2027.", 250e3),
        ("Het budget is 1 500 000,00 euro", 1.5e6),
        ("Het budget is 12,000,000 EUR", 12e6),
        ("Het budget is 5 miljoen euro.", None),
        ("Het budget is 30% van de kosten", None),
        ("Een budget van 250.000 euro", None),
        ("Het budget is € 5.000.000 voor 2027", None),
        ("Het budget is 2.5 miljoen euro", None),
        ("", None),
    ],
)
def test_money_right_after_given_words(text, total):
    found = budget_in(text, "[Hh]et budget is")
    assert (found["total"] if found else None) == total
    assert found is None or found["text"] in text


@pytest.mark.parametrize(("said", "total"), [("1.234.567,89", 1234567.89), ("1 234,5", 1234.5), ("4500000", 4.5e6), ("0,00", None), ("", None)])
def test_amounts_with_a_comma_before_cents(said, total):
    assert amount(said) == total


@pytest.mark.parametrize("said", ["1500000.00", "1,234,567.89", "1.5", "12.34.567"])
def test_an_amount_of_another_form_is_no_amount_a_hundred_times_as_high(said):
    with pytest.raises(ValueError, match="no amount of the form"):
        amount(said)
    assert budget(said) == {"text": said}
    assert ro_oportunitati.money(f"{said} EUR") == {"scope": "call", "text": f"{said} EUR"}


@pytest.mark.parametrize(
    ("text", "total"),
    [("Alokace je 10 000 000 Kč", 1e7), ("Alokace: 5,5 mil. Kč", 5.5e6), ("Alokace na rok 2026 500 mil. Kč", 5e8), ("Alokace je 500 tis. Kč", None)],
)
def test_an_allocation_in_czech(text, total):
    found = cz_dotaceeu.budget(text)
    assert (found["total"] if found else None) == total


@pytest.mark.parametrize("hidden", [chr(c) for c in (0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x202E, 0x2066, 0x3164, 0xFE0F, 0xFEFF, 0xE0041)])
def test_letters_that_show_as_nothing_or_turn_the_writing_round_are_taken_out(hidden):
    """A title reads as it is written: "gnp.exe" after an override would show as "exe.png"."""
    assert normalise.squeeze(f"Skills{hidden} for{hidden}") == "Skills for"
    assert normalise.tidy(f"{hidden}Skills") == "Skills"


def test_letters_of_other_alphabets_stay_as_the_source_wrote_them():
    """A look-alike is the source's own word: the search folds nothing that a language writes."""
    for text in ("Умения за всички", "Δεξιότητες", "Ｆｕｌｌ", "šŞţȚ", "Ⅳ"):
        assert normalise.squeeze(text) == text


@pytest.mark.parametrize(
    ("title", "mended", "refused"), [("In the built environment?", True, True), ("Skills for whom?", False, False), ("Skills", True, False)]
)
def test_a_question_mark_at_the_end_of_a_title_on_pages_that_lie_about_their_letters(title, mended, refused):
    """It may stand for a space that their character set lacks: the last good state stays."""
    source = registry.spiders()["be_1890"]()
    source.account.mended = mended
    passing = pipelines.Normalise(SimpleNamespace(spider=source))
    if refused:
        with pytest.raises(pipelines.RefusedError, match="letters were lost"):
            passing.pass_on(Draft("1", {"title": title}))
    else:
        assert passing.pass_on(Draft("1", {"title": title})).fields["title"] == title
