"""Sectors, skills and types of funding: from terms found in an entry to facet values, each with the words behind it.

Every rule answers {value: quotes}, the surest value first; nothing found is an empty answer ("not stated").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from crawler.classify_text import PURPOSE, TITLES, Found, Text, Values, derived, of, purpose, quotes, strong
from search.doubt import A_PART, GENERAL, MANY_SECTORS, NO_SECTOR
from search.records import Quote
from search.vocabulary import Ecosystem, Skills

STRONG, WEAK, REPEAT = 2.0, 1.0, 0.25
MOST_ECOSYSTEMS = 3
LEAST_POINTS = 2.0  # one strong term, or two different weak ones, in a text that is no heading
LEAST_IN_LONG = 3.0  # in a text of more than LONG_TEXT words one term away from the title is a passing mention
LONG_TEXT = 60
HEADS = (*TITLES, "call_title", "summary", "objectives")  # a word of a sector here is no passing mention
LONG_FIELD = 600  # characters: in a field longer than this, one word of a sector is a passing mention
SHORT_FIELD = 80  # characters: a field no longer than a title says what one says
LEAST_MATCHES = 2  # of strong words in fields that long
SHARE_OF_BEST = 0.5  # an ecosystem far behind the best one is a passing mention
CORE_TERMS, CORE_PER_WORDS = 3, 60  # several different terms, at least one in every so many words
CORE_SENTENCES = 2  # all of them in one sentence may be one clause that every call repeats
LISTED_SECTORS = 4  # named in one sentence: an enumeration, which says that many sectors are meant and not which


def _points(found: Sequence[Found]) -> float:
    """How much a text speaks for a value: each term once at its best place, and a little for every repetition."""
    best: dict[str, float] = defaultdict(float)
    times: dict[str, int] = defaultdict(int)
    for item in found:
        worth = (STRONG if item.match.strength == "strong" else WEAK) * item.weight
        best[item.match.term] = max(best[item.match.term], worth)
        times[item.match.term] += 1
    return sum(best[term] * (1 + REPEAT * min(times[term] - 1, 4)) for term in best)


def _enough(found: Sequence[Found]) -> bool:
    return bool(strong(found)) or len({f.match.term for f in found}) >= 2


def _aside(found: Sequence[Found], read: Sequence[Text]) -> bool:
    """Whether a value is mentioned in passing only: not in a title, and too seldom for the length of the text."""
    if any(f.text.field in TITLES and f.match.strength == "strong" for f in found):
        return False
    words = sum(len(t.text.split()) for t in read if t.weight >= 1)
    least = LEAST_IN_LONG if words > LONG_TEXT else LEAST_POINTS
    return _points(found) < least or all(f.weight < 1 for f in found)


def _anchored(found: Sequence[Found]) -> bool:
    """Whether a heading or a short text names a sector, or the long ones do so more than once."""
    headed = any(f.text.field in HEADS for f in found)
    near = [f for f in found if f.weight >= 1 and len(f.text.text) <= LONG_FIELD]
    return headed or _enough(near) or len([f for f in strong(found) if f.weight >= 1]) >= LEAST_MATCHES


def ecosystems(found: Sequence[Found], read: Sequence[Text], skills: Skills, about: Sequence[Quote]) -> Values:
    """At most three ecosystems, ranked; every sector only where the words say so or skills are all there is.

    about: what made the entry one about skills: words, or a code of the source.
    """
    groups: dict[str, list[Found]] = defaultdict(list)
    enumerated = enumerations(found)
    for item in of(found, "ecosystem"):
        if item.sentence not in enumerated or item.match.value == Ecosystem.CROSS_SECTORAL:
            groups[item.match.value].append(item)
    every = groups.pop(Ecosystem.CROSS_SECTORAL, [])
    named = {value: items for value, items in groups.items() if _enough(items) and _anchored(items)}
    points = {value: _points(items) for value, items in named.items() if not _aside(items, read)}
    best = max(points.values(), default=0.0)
    headed = {v for v in points if any(f.text.field in TITLES for f in strong(groups[v]))}
    ranked = [v for v in sorted(points, key=lambda v: (-points[v], v)) if v in headed or points[v] >= SHARE_OF_BEST * best]
    if strong(every) and not headed:
        return {Ecosystem.CROSS_SECTORAL: quotes(Ecosystem.CROSS_SECTORAL, strong(every), "open to every sector")}
    if ranked:
        return {v: quotes(v, groups[v], "words of the sector") for v in ranked[:MOST_ECOSYSTEMS]}
    if skills is Skills.CORE:
        return derived(Ecosystem.CROSS_SECTORAL, about, NO_SECTOR)
    if general := _general(every):
        return {Ecosystem.CROSS_SECTORAL: quotes(Ecosystem.CROSS_SECTORAL, general, GENERAL)}
    listed = [f for f in strong(of(found, "ecosystem")) if f.sentence in enumerated]
    return {Ecosystem.CROSS_SECTORAL: quotes(Ecosystem.CROSS_SECTORAL, listed, MANY_SECTORS)} if listed else {}


def beside(sectors: Values, known: Sequence[str]) -> Values:
    """What the title adds to the sectors that a code of the source stands for."""
    if Ecosystem.CROSS_SECTORAL in known:
        return {}
    return {
        value: found for value, found in sectors.items()
        if value not in (*known, Ecosystem.CROSS_SECTORAL) and any(quote.field in TITLES for quote in found)
    }  # fmt: skip


def enumerations(found: Sequence[Found]) -> set[tuple[str, int]]:
    """The sentences, of no title, that name so many sectors that none of them is what the money is for."""
    named: dict[tuple[str, int], set[str]] = defaultdict(set)
    for item in of(found, "ecosystem"):
        if item.text.field not in TITLES:
            named[item.sentence].add(item.match.value)
    return {sentence for sentence, values in named.items() if len(values - {Ecosystem.CROSS_SECTORAL}) >= LISTED_SECTORS}


def _general(every: Sequence[Found]) -> list[Found]:
    """Words for firms, jobs or learning in general where they say what the money is for: in a title or a short text, or two different ones."""
    near = [f for f in every if f.weight >= 1]
    short = any(f.text.field in TITLES or len(f.text.text) <= SHORT_FIELD for f in near)
    return near if short or _enough(near) else []


def skills(found: Sequence[Found], read: Sequence[Text]) -> tuple[Skills, list[Quote]]:
    """Whether the money pays for training people: the title says so or the text keeps saying so (core), or names it (part)."""
    found, read = purpose(found), [t for t in read if t.field in PURPOSE]
    about = [f for f in found if f.match.facet == "skills" or (f.match.facet == "area" and f.match.strength == "strong")]
    sure = strong(about)
    titled = [f for f in about if f.text.field in TITLES]
    if strong(titled):
        return Skills.CORE, quotes(Skills.CORE, titled, "training people, in the title")
    body = [f for f in sure if f.weight >= 1]
    words = sum(len(t.text.split()) for t in read if t.weight >= 1)
    spread = len({f.match.term for f in body}) >= CORE_TERMS and len({f.sentence for f in body}) >= CORE_SENTENCES
    if spread and len(body) * CORE_PER_WORDS >= words:
        return Skills.CORE, quotes(Skills.CORE, body, "training people, several times")
    if sure or _enough(titled):
        return Skills.PART, quotes(Skills.PART, sure or titled, A_PART)
    return Skills.NONE, []


def funding_type(found: Sequence[Found], read: Sequence[Text]) -> Values:
    """The one type of funding the words speak for; where two are level, none."""
    groups = {value: of(found, "type", value) for value in sorted({f.match.value for f in of(found, "type")})}
    points = {value: _points(items) for value, items in groups.items() if _enough(items) and not _aside(items, read)}
    ranked = sorted(points, key=lambda v: -points[v])
    if not ranked or (len(ranked) > 1 and points[ranked[0]] == points[ranked[1]]):
        return {}
    return {ranked[0]: quotes(ranked[0], groups[ranked[0]], "words of the funding type")}
