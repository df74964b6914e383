"""Texts as XML can hold them."""

from __future__ import annotations

import re

# All that XML 1.0 does not allow, not even escaped: control characters, halves of pairs, and two that are no characters.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    """The text with a space in place of each character that XML forbids."""
    return _FORBIDDEN.sub(" ", text)
