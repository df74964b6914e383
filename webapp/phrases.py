"""The texts of the catalogues in the templates, as Jinja's i18n extension in its new style has them, but cheaper.

A page has some hundred of them: each is looked up and marked as safe once per language, and only those with values are put together.
Catalogues are part of the program, so their texts are markup; what is put into their placeholders is escaped.
"""

from __future__ import annotations

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from search import i18n

KEPT = 32_768  # texts in all languages


@lru_cache(maxsize=KEPT)
def _text(_: str, message: str, context: str | None = None) -> Markup:
    """A text in the language spoken now, which the first argument names."""
    return Markup(i18n.pgettext(context, message) if context else i18n.gettext(message))


def _filled(text: Markup, values: dict[str, object]) -> Markup:
    return text % values if values or "%" in text else text


def gettext(message: str, **values: object) -> Markup:
    """A text with its values, which are escaped; %% is a percent sign."""
    return _filled(_text(i18n.language(), message), values)


def pgettext(context: str, message: str, **values: object) -> Markup:
    """The same for a text that depends on where it stands."""
    return _filled(_text(i18n.language(), message, context), values)


def ngettext(one: str, many: str, n: int, **values: object) -> Markup:
    """The same for a text that depends on a number, which its %(num)s stands for unless it is given as a value."""
    return Markup(i18n.ngettext(one, many, n)) % {"num": n, **values}


def npgettext(context: str, one: str, many: str, n: int, **values: object) -> Markup:
    """Both."""
    return Markup(i18n.npgettext(context, one, many, n)) % {"num": n, **values}


def install(app: Flask) -> None:
    """Have every template of the application find them, `{% trans %}` included."""
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    app.jinja_env.globals.update(gettext=gettext, ngettext=ngettext, pgettext=pgettext, npgettext=npgettext, _=gettext)
