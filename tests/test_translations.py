"""The catalogues: what is in the code is in them, placeholders and plurals fit, and what equals another language is meant so."""

from __future__ import annotations

import gettext
import importlib.util
import itertools
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from search import i18n
from search.vocabulary import LANGUAGES

ROOT = Path(__file__).parents[1]
OTHERS = [code for code in LANGUAGES if code != i18n.SOURCE]
ALIKE = 0.05  # of the texts of two languages may be the same without a word about it
PLACEHOLDER, TAG = re.compile(r"%\((\w+)\)s"), re.compile(r"</?\w[^>]*>")
NUMBERS = {"num", "count", "days", "number"}  # placeholders that a form for one number only may leave out
SHEET = ("Calls and funds", 31, set("[]:*?/\\"))  # the name of a sheet in Excel: how long it may be, and what it may not hold


@cache
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def catalogue(code: str) -> Catalog:
    with i18n.catalogue_file(code).open("rb") as lines:
        return read_po(lines, locale=code, charset="utf-8", abort_invalid=True)


def messages(code: str) -> list[Message]:
    return [message for message in catalogue(code) if message.id]


def key(message: Message) -> tuple[object, ...]:
    return message.context, message.id


def sides(message: Message) -> list[tuple[str, str, int | None]]:
    """(English, translation, number of the plural form) of what is translated."""
    if not message.pluralizable:
        return [(str(message.id), str(message.string), None)] if message.string else []
    return [(message.id[1], text, form) for form, text in enumerate(message.string) if text]


@cache
def missing(code: str) -> list[str]:
    """The texts without a translation, or with one for some numbers only."""
    return [str(m.id) for m in messages(code) if not (all(m.string) if m.pluralizable else m.string)]


def complete() -> list[str]:
    return [code for code in OTHERS if not missing(code)]


@cache
def single_forms(code: str) -> set[int]:
    """The plural forms of a language that stand for one number only."""
    form = gettext.c2py(catalogue(code).plural_expr)
    uses = Counter(form(n) for n in itertools.chain(range(1001), (1_000_000,)))
    return {number for number, times in uses.items() if times == 1}


def test_every_text_of_the_code_is_in_every_catalogue_and_nothing_else():
    gathered = {key(message) for message in tool().gather() if message.id}
    with (i18n.FOLDER / "messages.pot").open("rb") as lines:
        assert {key(message) for message in read_po(lines) if message.id} == gathered, "run: make messages"
    for code in OTHERS:
        assert {key(message) for message in messages(code)} == gathered, f"{code}: run: make messages"


def test_gathering_again_changes_nothing():
    template = tool().gather()
    for code in ("de", "ga"):
        fresh = tool().updated(code, template)
        assert {key(m): m.string for m in fresh if m.id} == {key(m): m.string for m in messages(code)}
        assert fresh.reviewed == i18n.reviewed(code)


def test_every_catalogue_is_complete():
    lacking = {code: missing(code) for code in OTHERS if missing(code)}
    assert not lacking, lacking


@pytest.mark.parametrize("code", OTHERS)
def test_placeholders_tags_and_edges_are_those_of_the_english_text(code):
    problems = []
    for message in messages(code):
        for english, text, form in sides(message):
            wanted, found = set(PLACEHOLDER.findall(english)), set(PLACEHOLDER.findall(text))
            lacking = wanted - found - (NUMBERS if form in single_forms(code) and form is not None else set())
            if lacking or found - wanted:
                problems.append(f"placeholders: {text}")
            elif sorted(TAG.findall(text)) != sorted(TAG.findall(english)):
                problems.append(f"tags: {text}")
            elif (text[:1].isspace(), text[-1:].isspace()) != (english[:1].isspace(), english[-1:].isspace()):
                problems.append(f"blanks at an edge: {text!r}")
            elif wanted or "%%" in english:
                assert text % dict.fromkeys(wanted, "1")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("code", OTHERS)
def test_plurals_are_whole_and_the_head_says_what_the_language_has(code):
    held = catalogue(code)
    form = gettext.c2py(held.plural_expr)
    assert {form(n) for n in range(1001)} == set(range(held.num_plurals))
    text = i18n.catalogue_file(code).read_text(encoding="utf-8")
    assert f'"Language: {code}\\n"' in text
    assert re.search(r'^"X-Reviewed: (yes|no)\\n"$', text, re.M)
    for message in messages(code):
        assert not message.fuzzy, message.id
        if message.pluralizable:
            assert len(message.string) == held.num_plurals
            assert all(message.string) or not any(message.string), f"{code}: some forms are missing: {message.id[1]}"


@pytest.mark.parametrize("code", OTHERS)
def test_the_name_of_a_sheet_is_one_that_excel_takes(code):
    text, longest, forbidden = SHEET
    with i18n.speaking(code):
        name = i18n.gettext(text)
    assert len(name) <= longest
    assert not set(name) & forbidden


@cache
def kept(code: str) -> dict[str, set[str]]:
    """language -> the English texts whose translation may be the same in it, each with a reason."""
    file = i18n.FOLDER / code / "same.toml"
    found: dict[str, set[str]] = {}
    for group in tomllib.loads(file.read_text(encoding="utf-8"))["same"] if file.exists() else []:
        assert group["reason"].strip(), file
        found.setdefault(group["as"], set()).update(group["texts"])
    return found


def first_form(message: Message) -> tuple[str, str]:
    """The English text and its translation; of a plural the last form, which is the commonest."""
    return (message.id[1], message.string[-1]) if message.pluralizable else (str(message.id), str(message.string))


def telling(text: str) -> bool:
    """Whether there are words in it beside placeholders and tags."""
    return any(c.isalpha() for c in TAG.sub("", PLACEHOLDER.sub("", text)))


def test_what_is_the_same_in_english_is_on_the_list():
    problems = []
    for code in complete():
        same = {english for english, text in map(first_form, messages(code)) if english == text and telling(english)}
        listed = kept(code).get(i18n.SOURCE, set())
        problems += [f"{code}: the same as in English, and not in same.toml: {text}" for text in sorted(same - listed)]
        problems += [f"{code}: in same.toml, but not the same as in English: {text}" for text in sorted(listed - same)]
    assert not problems, "\n".join(problems)


def test_what_is_the_same_in_two_languages_is_on_a_list_where_it_is_much():
    problems = []
    for one, other in itertools.combinations(complete(), 2):
        pairs = zip(map(first_form, messages(one)), map(first_form, messages(other)), strict=True)
        same = {english for (english, mine), (_, theirs) in pairs if mine == theirs != english and telling(mine)}
        listed = kept(one).get(other, set()) | kept(other).get(one, set())
        if len(same) > ALIKE * len(messages(one)):
            problems += [f"{one} and {other}: the same, and in neither same.toml: {text}" for text in sorted(same - listed)]
    assert not problems, "\n".join(problems)
