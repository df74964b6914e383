"""Gathers the texts of the interface for translators: `make messages`.

Writes search/translations/messages.pot and brings every catalogue up to date with it: new texts are added empty, translations are
kept, those of texts that are gone stay as comments and come back when the text does. No line numbers and no dates, and nothing is
guessed from similar texts: a catalogue only changes where a text changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from search import i18n
from search.vocabulary import LANGUAGES

ROOT = Path(__file__).parents[1]
TEMPLATE = i18n.FOLDER / "messages.pot"
METHODS = [("search/**.py", "python"), ("webapp/**.py", "python"), ("webapp/templates/**.html", "jinja2.ext:babel_extract")]
# As the application sets Jinja up, so that a text is the same here and there.
OPTIONS = {"webapp/templates/**.html": {"newstyle_gettext": "true", "trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true",
                                        "silent": "false"}}  # fmt: skip
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
NOTE = "Translators:"  # what a comment in the code begins with that translators should read


class Catalogue(Catalog):
    """A catalogue that says of itself only what does not change by itself."""

    reviewed: bool | None = None

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
        reviewed = ("X-Reviewed", "yes" if self.reviewed else "no")
        own = [("Language", str(self.locale_identifier)), reviewed, ("Plural-Forms", self.plural_forms)] if self.locale else []
        return [*own, ("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit")]


def gather() -> Catalogue:
    """Every text of the code and the templates, without its places."""
    found = Catalogue(charset="utf-8", fuzzy=False, header_comment="# The English texts. Made by `make messages`: do not edit.")
    for folder in ("search", "webapp"):
        methods = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS if pattern.startswith(f"{folder}/")]
        options = {pattern.removeprefix(f"{folder}/"): values for pattern, values in OPTIONS.items()}
        for _, _, message, comments, context in extract_from_dir(ROOT / folder, methods, options, KEYWORDS, (NOTE,), strip_comment_tags=True):
            found.add(message, None, auto_comments=comments, context=context)
    return found


def updated(code: str, template: Catalogue) -> Catalogue:
    """A language's catalogue with the texts of the template and the translations it has."""
    file = i18n.catalogue_file(code)
    old = Catalog(locale=code)
    if file.exists():
        with file.open("rb") as lines:
            old = read_po(lines, locale=code, charset="utf-8")
    fresh = Catalogue(locale=code, charset="utf-8", fuzzy=False, header_comment="# Corrections are welcome: see docs/translating.md.")
    fresh.reviewed = file.exists() and i18n.reviewed(code)
    known = {_key(message): message for message in (*old.obsolete.values(), *old) if message.id and _translated(message)}
    for message in template:
        if message.id:
            mine = known.pop(_key(message), None)
            fresh.add(message.id, _string(message, mine, fresh.num_plurals), (), message.flags, message.auto_comments,
                      mine.user_comments if mine else (), context=message.context)  # fmt: skip
    fresh.obsolete.update({_key(message): message for message in known.values()})  # type: ignore[misc]
    return fresh


def _key(message: Message) -> tuple[str | None, str]:
    """The first form and the context: a plural that was none before keeps what fits."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _translated(message: Message) -> bool:
    return any(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def _string(message: Message, mine: Message | None, forms: int) -> str | tuple[str, ...]:
    """The translation there is, where its shape still fits."""
    if message.pluralizable:
        kept = tuple(mine.string) if mine and mine.pluralizable else ()
        return kept if len(kept) == forms else ("",) * forms
    return mine.string if mine and not mine.pluralizable else ""


def write(catalogue: Catalogue, file: Path) -> None:
    """Write it, sorted by its texts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        write_po(out, catalogue, width=0, no_location=True, sort_output=True)


def main() -> None:
    """Everything; what each language lacks is printed."""
    template = gather()
    write(template, TEMPLATE)
    for code in LANGUAGES:
        if code != i18n.SOURCE:
            catalogue = updated(code, template)
            write(catalogue, i18n.catalogue_file(code))
            missing = sum(not _translated(message) for message in catalogue if message.id)
            print(f"{code}: {len(catalogue) - missing} of {len(catalogue)} texts" + (", read and approved" if catalogue.reviewed else ""))


if __name__ == "__main__":
    sys.exit(main())
