"""The area of intervention: upskilling, reskilling or both, from the words for training and for who is trained."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence

from crawler.classify_text import ELIGIBILITY, TITLES, Found, Values, of, purpose, quotes, strong, titled
from search.vocabulary import Area

WORKERS = "workers"  # the concept of people in work
JOINED = 2  # words between two things that an "and" joins: itself, and an article
LONGEST_AND = 30  # characters: enough to see that there are more words
ANDS = frozenset("and & + / und y e ed et i in a oraz og och en ja és ir un și si u agus και и sowie".split())


def areas(found: Sequence[Found]) -> Values:
    """Upskilling and reskilling; training is upskilling unless it is for people out of work. A title that says which wins over general words."""
    who, found = [f for f in found if f.text.field in ELIGIBILITY], purpose(found)
    named = strong(of(found, "area"))
    if _says_which(titled(found)):
        who, found = [], [*titled(found), *(f for f in named if f.text.field not in TITLES)]
    else:
        everybody = _for_everybody(found)
        found = [f for f in found if f.sentence not in everybody or f in named]
    trained = of(found, "skills")
    where = {f.sentence for f in trained} | {f.sentence for f in titled(found)}
    jobless = [f for f in of(found, "area", Area.RESKILLING) if f.match.strength == "weak" and f.sentence in where]
    if titled(trained):
        jobless += of(who, "area", Area.RESKILLING)
    re = strong(of(found, "area", Area.RESKILLING))
    up = strong(of(found, "area", Area.UPSKILLING))
    out: Values = {}
    if re or jobless:
        out[Area.RESKILLING] = quotes(Area.RESKILLING, re or jobless, "retraining" if re else "training of people out of work")
    if up:
        out[Area.UPSKILLING] = quotes(Area.UPSKILLING, up, "upskilling")
    elif trained and not out:
        out[Area.UPSKILLING] = quotes(Area.UPSKILLING, strong(trained) or trained, "training of people")
    elif not titled(of(found, "area")) and (general := strong(titled(trained))) and not jobless:
        out[Area.UPSKILLING] = quotes(Area.UPSKILLING, general, "training of people, in the title")
    elif not jobless and (both := _joined(strong(trained), re)):
        out[Area.UPSKILLING] = quotes(Area.UPSKILLING, both, "training as well as retraining")
    return out


def _says_which(found: Sequence[Found]) -> bool:
    """Whether a title says which area: by its name, or by who is trained."""
    trained = strong(of(found, "skills"))
    return bool(strong(of(found, "area"))) or (bool(trained) and any(f.match.facet == "area" or f.match.concept == WORKERS for f in found))


def _for_everybody(found: Sequence[Found]) -> set[tuple[str, int]]:
    """The sentences, of no title, that name people in and out of work alike: they tell no area."""
    body = [f for f in found if f.text.field not in TITLES]
    working = {f.sentence for f in body if f.match.concept == WORKERS}
    return working & {f.sentence for f in of(body, "area", Area.RESKILLING) if f.match.strength == "weak"}


def _joined(found: Iterable[Found], others: Iterable[Found]) -> list[Found]:
    """Those of the found that the nearest of the others stands before or after with nothing but an "and" between, and at no same place."""
    near: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for other in others:
        near[other.text.field].append((other.match.start, other.match.end))
    for places in near.values():
        places.sort()
    return [one for one in found if _beside(one, near[one.text.field])]


def _beside(one: Found, places: Sequence[tuple[int, int]]) -> bool:
    """Whether the nearest of some places, in order, is joined to one by an "and"; never where the two overlap."""
    nearest = bisect.bisect_left(places, (one.match.start, one.match.end))
    joined = False
    for start, end in places[max(0, nearest - 1) : nearest + 1]:
        if start < one.match.end and one.match.start < end:
            return False
        gap = one.text.text[min(end, one.match.end) : max(start, one.match.start)][:LONGEST_AND].replace("/", " / ").casefold().split()
        joined = joined or (0 < len(gap) <= JOINED and gap[0] in ANDS)
    return joined
