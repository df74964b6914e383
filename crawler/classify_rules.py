"""The rules of classification: from terms found in an entry to facet values, each with the words behind it.

Every rule answers {value: quotes}, the surest value first; nothing found is an empty answer ("not stated").
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence

from crawler.classify_text import PURPOSE, TITLES, Found, Text, quotes
from search.concepts import Match
from search.records import Quote
from search.vocabulary import Area, Beneficiary, Ecosystem, Skills

Values = dict[str, list[Quote]]

STRONG, WEAK, REPEAT = 2.0, 1.0, 0.25
MOST_ECOSYSTEMS = 3
LEAST_POINTS = 2.0  # one strong term, or two different weak ones, in a text that is no heading
LEAST_IN_LONG = 3.0  # in a text of more than LONG_TEXT words one term away from the title is a passing mention
LONG_TEXT = 60
HEADS = (*TITLES, "call_title", "summary", "objectives")  # a word of a sector here is no passing mention
LONG_FIELD = 600  # characters: in a field longer than this, one word of a sector is a passing mention
LEAST_MATCHES = 2  # of strong words in fields that long
SHARE_OF_BEST = 0.5  # an ecosystem far behind the best one is a passing mention
CORE_TERMS, CORE_PER_WORDS = 3, 60  # several different terms, at least one in every so many words
CORE_SENTENCES = 2  # all of them in one sentence may be one clause that every call repeats
HEADING_WORDS = 3  # a sentence with fewer words beside its cue is a heading of the next lines
NO_SECTOR = "skills without a sector"
LISTED_SECTORS = 4  # named in one sentence: an enumeration, which says that many sectors are meant and not which
TENDERS = "a tender is open to companies"
DERIVED = (NO_SECTOR, TENDERS)  # rules that reason from another facet's value
ANY_COMPANY = "company"  # the concept of companies of whatever size
JOINED = 2  # words between two things that an "and" joins: itself, and an article
LONGEST_AND = 30  # characters: enough to see that there are more words
ANDS = frozenset("and & + / und y e ed et i in a oraz og och en ja és ir un și si u agus και и sowie".split())
ELIGIBILITY = ("eligibility", "final_recipients")


def _of(found: Iterable[Found], facet: str, value: str | None = None) -> list[Found]:
    return [f for f in found if f.match.facet == facet and value in (None, f.match.value)]


def _purpose(found: Iterable[Found]) -> list[Found]:
    """What stands in the fields that say what the money is for."""
    return [f for f in found if f.text.field in PURPOSE]


def _strong(found: Iterable[Found]) -> list[Found]:
    return [f for f in found if f.match.strength == "strong"]


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
    return bool(_strong(found)) or len({f.match.term for f in found}) >= 2


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
    return headed or _enough(near) or len([f for f in _strong(found) if f.weight >= 1]) >= LEAST_MATCHES


def ecosystems(found: Sequence[Found], read: Sequence[Text], skills: Skills, about: Sequence[Quote]) -> Values:
    """At most three ecosystems, ranked; every sector only where the words say so or skills are all there is.

    about: what made the entry one about skills: words, or a code of the source.
    """
    groups: dict[str, list[Found]] = defaultdict(list)
    enumerated = enumerations(found)
    for item in _of(found, "ecosystem"):
        if item.sentence not in enumerated or item.match.value == Ecosystem.CROSS_SECTORAL:
            groups[item.match.value].append(item)
    every = groups.pop(Ecosystem.CROSS_SECTORAL, [])
    named = {value: items for value, items in groups.items() if _enough(items) and _anchored(items)}
    points = {value: _points(items) for value, items in named.items() if not _aside(items, read)}
    best = max(points.values(), default=0.0)
    headed = {v for v in points if any(f.text.field in TITLES for f in _strong(groups[v]))}
    ranked = [v for v in sorted(points, key=lambda v: (-points[v], v)) if v in headed or points[v] >= SHARE_OF_BEST * best]
    if _strong(every) and not headed:
        return {Ecosystem.CROSS_SECTORAL: quotes(Ecosystem.CROSS_SECTORAL, _strong(every), "open to every sector")}
    if ranked:
        return {v: quotes(v, groups[v], "words of the sector") for v in ranked[:MOST_ECOSYSTEMS]}
    if skills is Skills.CORE:
        return _derived(Ecosystem.CROSS_SECTORAL, about, NO_SECTOR)
    if general := _general(every):
        return {Ecosystem.CROSS_SECTORAL: quotes(Ecosystem.CROSS_SECTORAL, general, "firms, jobs or learning, and no sector")}
    listed = [f for f in _strong(_of(found, "ecosystem")) if f.sentence in enumerated]
    return {Ecosystem.CROSS_SECTORAL: quotes(Ecosystem.CROSS_SECTORAL, listed, "many sectors named together")} if listed else {}


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
    for item in _of(found, "ecosystem"):
        if item.text.field not in TITLES:
            named[item.sentence].add(item.match.value)
    return {sentence for sentence, values in named.items() if len(values - {Ecosystem.CROSS_SECTORAL}) >= LISTED_SECTORS}


def _general(every: Sequence[Found]) -> list[Found]:
    """Words for firms, jobs or learning in general where they say what the money is for: in a title, or two different ones."""
    near = [f for f in every if f.weight >= 1]
    titled = any(f.text.field in TITLES for f in near)
    return near if titled or _enough(near) else []


def skills(found: Sequence[Found], read: Sequence[Text]) -> tuple[Skills, list[Quote]]:
    """Whether the money pays for training people: the title says so or the text keeps saying so (core), or names it (part)."""
    found, read = _purpose(found), [t for t in read if t.field in PURPOSE]
    about = [f for f in found if f.match.facet == "skills" or (f.match.facet == "area" and f.match.strength == "strong")]
    sure = _strong(about)
    titled = [f for f in about if f.text.field in TITLES]
    if _strong(titled):
        return Skills.CORE, quotes(Skills.CORE, titled, "training people, in the title")
    body = [f for f in sure if f.weight >= 1]
    words = sum(len(t.text.split()) for t in read if t.weight >= 1)
    spread = len({f.match.term for f in body}) >= CORE_TERMS and len({f.sentence for f in body}) >= CORE_SENTENCES
    if spread and len(body) * CORE_PER_WORDS >= words:
        return Skills.CORE, quotes(Skills.CORE, body, "training people, several times")
    if sure or _enough(titled):
        return Skills.PART, quotes(Skills.PART, sure or titled, "training people, as a part")
    return Skills.NONE, []


def areas(found: Sequence[Found]) -> Values:
    """Upskilling and reskilling; training is upskilling unless it is for people out of work."""
    who, found = [f for f in found if f.text.field in ELIGIBILITY], _purpose(found)
    trained = _of(found, "skills")
    where = {f.sentence for f in trained} | {f.sentence for f in found if f.text.field in TITLES}
    jobless = [f for f in _of(found, "area", Area.RESKILLING) if f.match.strength == "weak" and f.sentence in where]
    if any(f.text.field in TITLES for f in trained):
        jobless += _of(who, "area", Area.RESKILLING)
    re = _strong(_of(found, "area", Area.RESKILLING))
    up = _strong(_of(found, "area", Area.UPSKILLING))
    out: Values = {}
    if re or jobless:
        out[Area.RESKILLING] = quotes(Area.RESKILLING, re or jobless, "retraining" if re else "training of people out of work")
    if up:
        out[Area.UPSKILLING] = quotes(Area.UPSKILLING, up, "upskilling")
    elif trained and not out:
        out[Area.UPSKILLING] = quotes(Area.UPSKILLING, _strong(trained) or trained, "training of people")
    elif not jobless and (both := _joined(_strong(trained), re)):
        out[Area.UPSKILLING] = quotes(Area.UPSKILLING, both, "training as well as retraining")
    return out


def _joined(found: Iterable[Found], others: Iterable[Found]) -> list[Found]:
    """Those of the found that the nearest of the others stands before or after with nothing but an "and" between, and at no same place."""
    near: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for other in others:
        near[other.text.field].append((other.match.start, other.match.end))
    for places in near.values():
        places.sort()
    return [one for one in found if _beside(one, near[one.text.field])]


def _beside(one: Found, places: Sequence[tuple[int, int]]) -> bool:
    nearest = bisect.bisect_left(places, (one.match.start, one.match.end))
    joined = False
    for start, end in places[max(0, nearest - 1) : nearest + 1]:
        if start < one.match.end and one.match.start < end:
            return False
        gap = one.text.text[min(end, one.match.end) : max(start, one.match.start)][:LONGEST_AND].replace("/", " / ").casefold().split()
        joined = joined or (0 < len(gap) <= JOINED and gap[0] in ANDS)
    return joined


def funding_type(found: Sequence[Found], read: Sequence[Text]) -> Values:
    """The one type of funding the words speak for; where two are level, none."""
    groups = {value: _of(found, "type", value) for value in sorted({f.match.value for f in _of(found, "type")})}
    points = {value: _points(items) for value, items in groups.items() if _enough(items) and not _aside(items, read)}
    ranked = sorted(points, key=lambda v: -points[v])
    if not ranked or (len(ranked) > 1 and points[ranked[0]] == points[ranked[1]]):
        return {}
    return {ranked[0]: quotes(ranked[0], groups[ranked[0]], "words of the funding type")}


def beneficiaries(found: Sequence[Found], read: Sequence[Text], titled: bool = True) -> Values:
    """Who may apply: only from passages that say so, never from a sentence that shuts somebody out; else whom the title names.

    titled: whether the title counts; a programme's name says nothing about who may apply.
    """
    groups: dict[str, list[Found]] = defaultdict(list)
    for text in read:
        cues = [f.match for f in found if f.text is text and f.match.facet == "cue"]
        named = [f for f in _of(found, "beneficiary") if f.text is text]
        passages = _passages(text, cues)
        for item in named:
            number = text.sentence_of(item.match.start)
            if number in passages and item.match.end <= text.sentences[number][1]:
                groups[item.match.value].append(item)
    if titled and not any(groups.values()):
        for item in _of(found, "beneficiary"):
            if item.text.field in TITLES:
                groups[item.match.value].append(item)
    if _sized(groups[Beneficiary.SME]) and not _sized(groups[Beneficiary.LARGE_COMPANY]):
        groups[Beneficiary.LARGE_COMPANY] = []  # "companies" of a size named elsewhere
    return {value: quotes(value, items, "named as applicant") for value, items in sorted(groups.items()) if items}


def bidders(about: Sequence[Quote]) -> Values:
    """Companies of every size, who bid for a tender that names nobody. about: what made it one."""
    return _derived(Beneficiary.LARGE_COMPANY, about, TENDERS) | _derived(Beneficiary.SME, about, TENDERS)


def _derived(value: str, about: Sequence[Quote], rule: str) -> Values:
    """A value that follows from another facet's, with the words or the code behind that."""
    return {value: [quote.model_copy(update={"value": value, "rule": rule}) for quote in about]}


def _sized(found: Iterable[Found]) -> bool:
    """Whether words for companies name their size."""
    return any(f.match.concept != ANY_COMPANY for f in found)


def _passages(text: Text, cues: Sequence[Match]) -> set[int]:
    """The numbers of the sentences that say who may apply: all of an eligibility text, elsewhere those of a cue; none that shuts somebody out."""
    shut = {number for cue in cues if cue.value == "excluded" for number in _reach(text, cue)}
    if text.field in ELIGIBILITY:
        open_to = set(range(len(text.sentences)))
    else:
        open_to = {number for cue in cues if cue.value == "eligible" for number in _reach(text, cue)}
    return open_to - shut


def _reach(text: Text, cue: Match) -> range:
    """The sentences a cue speaks for: its own, and the next where its own has few words beside it, as a heading has."""
    number = text.sentence_of(cue.start)
    start, end = text.sentences[number]
    beside = text.words_between(start, cue.start) + text.words_between(cue.end, end)
    heading = beside < HEADING_WORDS and number + 1 < len(text.sentences)
    return range(number, number + (2 if heading else 1))
