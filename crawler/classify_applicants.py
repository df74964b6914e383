"""Who may apply: from the passages that say so, and from what is put out to tender."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from crawler.classify_text import ELIGIBILITY, TITLES, Found, Text, Values, derived, of, quotes
from search.concepts import Match
from search.doubt import TENDERS
from search.records import Quote
from search.vocabulary import Beneficiary

HEADING_WORDS = 3  # a sentence with fewer words beside its cue is a heading of the next lines
ANY_COMPANY = "company"  # the concept of companies of whatever size


def beneficiaries(found: Sequence[Found], read: Sequence[Text], by_title: bool = True) -> Values:
    """Who may apply: only from passages that say so, never from a sentence that shuts somebody out; else whom the title names.

    by_title: whether the title counts; a programme's name says nothing about who may apply.
    """
    groups: dict[str, list[Found]] = defaultdict(list)
    for text in read:
        cues = [f.match for f in found if f.text is text and f.match.facet == "cue"]
        named = [f for f in of(found, "beneficiary") if f.text is text]
        passages = _passages(text, cues)
        for item in named:
            number = text.sentence_of(item.match.start)
            if number in passages and item.match.end <= text.sentences[number][1]:
                groups[item.match.value].append(item)
    if by_title and not any(groups.values()):
        for item in of(found, "beneficiary"):
            if item.text.field in TITLES:
                groups[item.match.value].append(item)
        if groups[Beneficiary.SME]:
            groups[Beneficiary.SME] += [f for f in of(found, "beneficiary", Beneficiary.SME) if f.match.concept != ANY_COMPANY]
    if _sized(groups[Beneficiary.SME]) and not _sized(groups[Beneficiary.LARGE_COMPANY]):
        groups[Beneficiary.LARGE_COMPANY] = []  # "companies" of a size named elsewhere
    return {value: quotes(value, items, "named as applicant") for value, items in sorted(groups.items()) if items}


def bidders(about: Sequence[Quote]) -> Values:
    """Companies of every size, who bid for a tender that names nobody. about: what made it one."""
    return derived(Beneficiary.LARGE_COMPANY, about, TENDERS) | derived(Beneficiary.SME, about, TENDERS)


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
