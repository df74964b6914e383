"""The language in which the tool speaks to its reader, and its texts in it.

The texts in the code are English and are their own keys; `translations/<language>/LC_MESSAGES/messages.po` holds what they are
in another language, and what has no translation is shown in English. A catalogue is read once per process, when its language is
first asked for. Names of countries, languages and currencies, dates and numbers come from CLDR (Babel): see `locale`.
Nothing that is stored or indexed may depend on the language.
"""

from __future__ import annotations

import gettext as standard
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# The 24 official languages: https://european-union.europa.eu/principles-countries-history/languages_en
LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr",
    "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
)  # fmt: skip
SOURCE = "en"  # the language of the texts in the code
_WRITTEN_AS_IN = {"en": "GB", "pt": "PT"}  # CLDR takes the other side of the Atlantic where no country is named
FOLDER = Path(__file__).with_name("translations")
_REVIEWED = re.compile(r'^"X-Reviewed: yes\\n"$', re.MULTILINE)
_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def language() -> str:
    """The code of the language spoken now: one of LANGUAGES."""
    return _language.get()


def speak(code: str) -> None:
    """Speak a language from now on. Raises ValueError for one that is none of LANGUAGES."""
    if code not in LANGUAGES:
        raise ValueError(f"{code!r} is no language of the interface")
    _language.set(code)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for a while. Raises ValueError for one that is none of LANGUAGES."""
    before = language()
    speak(code)
    try:
        yield
    finally:
        _language.set(before)


def locale() -> Locale:
    """How dates, numbers and names are written in the language spoken now."""
    return locale_of(_language.get())


@cache
def locale_of(code: str) -> Locale:
    """How they are written in a language, as it is written in the Union."""
    return Locale(code, _WRITTEN_AS_IN.get(code))


def catalogue_file(code: str) -> Path:
    """The file that holds the texts in a language; the English ones stand in the code."""
    return FOLDER / code / "LC_MESSAGES" / "messages.po"


@cache
def reviewed(code: str) -> bool:
    """Whether somebody who knows the language well has read all of its texts."""
    return code == SOURCE or bool(_REVIEWED.search(catalogue_file(code).read_text(encoding="utf-8")))


@cache
def _catalogue(code: str) -> standard.NullTranslations:
    """The texts in a language, compiled in memory: no file of a build can be older than what was corrected."""
    if code == SOURCE:
        return standard.NullTranslations()
    compiled = BytesIO()
    with catalogue_file(code).open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=code, charset="utf-8"))
    compiled.seek(0)
    return standard.GNUTranslations(compiled)


def gettext(message: str, **values: object) -> str:
    """A text in the language spoken now. values: what stands in place of its %(name)s; without any, a % is a %."""
    text = _catalogue(_language.get()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """A text that depends on a number, in the form that the language has for n."""
    text = _catalogue(_language.get()).ngettext(one, many, n)
    return text % values if values else text


def pgettext(context: str, message: str, **values: object) -> str:
    """A text that other languages say differently depending on where it stands, which `context` tells the translators."""
    text = _catalogue(_language.get()).pgettext(context, message)
    return text % values if values else text


def npgettext(context: str, one: str, many: str, n: int, **values: object) -> str:
    """Both: a text that depends on where it stands and on a number."""
    text = _catalogue(_language.get()).npgettext(context, one, many, n)
    return text % values if values else text


def N_(message: str) -> str:  # noqa: N802 - the name all tools know
    """Marks a text of a table: it is gathered for translators here, and translated when it is shown."""
    return message


def inside(text: str) -> str:
    """A label as it stands inside a sentence: begun small, but for abbreviations and in German, whose nouns are written large."""
    return text if language() == "de" or text[:2].isupper() else text[:1].lower() + text[1:]


def begun(text: str) -> str:
    """A text as it begins a sentence or a line."""
    return text[:1].upper() + text[1:]
