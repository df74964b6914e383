"""What a password of the dashboard must be when it is set, and its hash. Nothing is asked of anybody: the lists are zxcvbn's."""

from __future__ import annotations

import re
from collections.abc import Iterable

from werkzeug.security import check_password_hash, generate_password_hash

SHORTEST, LONGEST = 12, 1000
STRONG = 4  # zxcvbn's best mark: more than 10 000 000 000 guesses by who knows the lists
JUDGED = 100  # characters looked at: what is strong so far is not weaker with more behind it
OWN = 8  # letters and digits that must be left without the words of this place
# Words anybody would try here first. Those of an installation (its host, the account's name) come beside them.
OF_THIS_PLACE = ("skills", "skill", "funding", "fund", "finder", "find", "pact", "grant", "editor", "admin", "dashboard", "password")


def why_not(text: str, around: Iterable[str] = ()) -> str | None:
    """Why a text may not become a password, None when it may. around: names of the installation, such as its host and the account."""
    from zxcvbn import zxcvbn  # its lists are read where a password is set, not by every worker

    if len(text) < SHORTEST:
        return f"a password has at least {SHORTEST} characters"
    if len(text) > LONGEST:
        return f"a password has at most {LONGEST} characters"
    known = {*OF_THIS_PLACE, *(word for name in around for word in (name.casefold(), *re.split(r"[\W_]+", name.casefold())) if len(word) > 2)}
    left = re.sub("|".join(map(re.escape, sorted(known, key=len, reverse=True))), "", text.casefold())
    if len(re.sub(r"[\W_]", "", left)) < OWN:
        return "a password is more than words of this place: its name, its host, the account"
    judged = zxcvbn(text[:JUDGED], user_inputs=sorted(known), max_length=JUDGED)
    if judged["score"] < STRONG:
        why = str(judged["feedback"]["warning"]) or "It is guessed from lists of passwords, names and words."
        return f"this password is easy to guess. {why} Take more words that have nothing to do with each other"
    return None


def hashed(text: str) -> str:
    """The hash of a password, as the settings take it."""
    return generate_password_hash(text, method="scrypt")


def is_right(text: str, held: str) -> bool:
    """Whether a text is the password of a hash. One that could not have been set takes as long and is none."""
    return check_password_hash(held, text[:LONGEST]) and len(text) <= LONGEST
