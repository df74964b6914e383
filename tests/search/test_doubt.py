"""How sure a label is that was read from words."""

from __future__ import annotations

from search import doubt
from search.records import Call, Quote
from search.vocabulary import Origin
from tests.webapp import samples


def quote(words: str, field: str = "summary", rule: str = "words of the sector", origin: Origin = Origin.INFERRED, value: str = "digital") -> Quote:
    return Quote(value=value, origin=origin, quote=words, field=field, start=0, end=len(words), rule=rule)


def test_more_words_in_better_places_make_a_label_surer():
    one = doubt.certainty([quote("cloud")])
    assert doubt.certainty([quote("cloud"), quote("Cloud")]) == one, "the same wording twice"
    assert doubt.certainty([quote("cloud"), quote("robots")]) > one
    assert doubt.certainty([quote("cloud", "title")]) > one
    assert doubt.certainty([quote("cloud", "call_title")]) < one
    assert doubt.certainty([quote("cloud", rule=doubt.NO_SECTOR)]) < one


def entry(**evidence: list[Quote]) -> Call:
    return Call.model_validate(samples.call("eu_sample", "X", "A call", evidence=evidence))


def test_what_is_stated_mapped_or_corrected_is_not_doubted():
    sure = [[quote("cloud", origin=origin)] for origin in (Origin.STATED, Origin.MAPPED, Origin.CORRECTED)]
    assert [doubt.labels(entry(ecosystem=quotes)) for quotes in (*sure, [quote("cloud"), quote("c", origin=Origin.MAPPED)])] == [[], [], [], []]
    (label,) = doubt.labels(entry(ecosystem=[quote("cloud")], programme=[quote("cloud", value="x")]))
    assert (label.facet, label.value, label.certainty) == ("ecosystem", "digital", 1.0)


def test_other_words_are_another_question():
    labels = [doubt.labels(entry(ecosystem=quotes))[0].words for quotes in ([quote("cloud")], [quote("Cloud")], [quote("robots")])]
    assert labels[0] == labels[1] != labels[2]
