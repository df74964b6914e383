"""Misspelt words, near spellings, and suggestions while typing."""

from __future__ import annotations

import pytest

from search import near, regions, titles
from search.matching import matches
from search.suggest import suggestions
from tests.search import corpus
from tests.search.test_matching import CALLS, call


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with corpus.published(tmp_path_factory.mktemp("spelling"), [call(name) for name in CALLS]) as generation:
        yield generation


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("tourism", "tourism", 0), ("tourism", "torism", 1), ("tourism", "toursim", 1), ("tourism", "turizm", 2), ("tourism", "welding", 3)],
)
def test_letters_left_out_added_changed_and_swapped_are_counted(one, other, far):
    assert near.distance(one, other, 2) == far == near.distance(other, one, 2)


def test_near_spellings_are_those_that_counting_every_pair_finds():
    words = ["tourism", "tourist", "turismo", "skill", "skills", "kills", "занятост", "заетост"]
    for word in ("tourizm", "skils", "заетсот", "turist"):
        slow = sorted((far, w) for w in words if 0 < (far := near.distance(word, w, 2)) <= near.allowed(word))
        assert near.Words.of(words).near(word) == slow
    assert near.Words.of(words).near("ski") == [], "short words are left as they are"


@pytest.mark.parametrize(
    ("typed", "read", "name"),
    [
        ("apprentiseship Lombardy", "apprenticeship Lombardy", "it-lombardy"),
        ("tourism Lombrady", "tourism lombardy", "it-lombardy"),
        ("allainces", "alliances", "eu"),
        ("обучениe", "обучение", "bg"),
        ("retraining Upper Bavarai", "retraining upper bavaria", "de-bavaria"),
    ],
)
def test_a_misspelt_word_is_read_as_the_nearest_known(made, typed, read, name):
    answer = matches(typed, made)
    assert answer.text == read
    assert [typed[c.start : c.end] for c in answer.corrections]
    best = max(range(len(answer.rows)), key=lambda n: answer.scores[n])
    assert made.columns.ids[answer.rows[best]] == f"made:{name}"


@pytest.mark.parametrize("typed", ["apprenticeship Lombardy", "HORIZON-CL4-2027", "Hitelprogram", "zzzzzzzz", "data sets", "Umschulung im Handwerk"])
def test_known_words_codes_and_words_like_nothing_are_left_as_they_are(made, typed):
    assert matches(typed, made).corrections == []


def test_at_most_four_words_are_corrected(made):
    assert len(matches("allainces allainces lombardai touirsm data apprentiseship retrainign", made).corrections) == 4


def test_as_typed_nothing_is_corrected(made):
    assert matches("allainces", made, expand=False).corrections == []
    assert len(matches("allainces", made, expand=False).rows) == 0


@pytest.mark.parametrize(("typed", "code"), [("Lombrady", "ITC4"), ("lombardai", "ITC4"), ("Bayrn", "DE2"), ("Zzzz", None), ("IT", "IT")])
def test_a_place_may_have_one_letter_wrong(typed, code):
    assert regions.resolve(typed) == code


@pytest.mark.parametrize(
    ("typed", "text", "kind"),
    [
        ("apprenticesh", "apprenticeship", "concept"),
        ("tourism Lomb", "tourism Lombardy", "place"),
        ("large data se", "large data sets", "word"),
        ("формаре", "", ""),
        ("обуч", "обучение", "word"),
        ("ΚΑΤΑΡΤ", "κατάρτιση", "concept"),
    ],
)
def test_suggestions_are_concepts_places_and_words_of_titles(made, typed, text, kind):
    found = [(s.text, s.kind) for s in suggestions(typed, made)]
    assert ((text, kind) in found) if text else not found


def test_suggestions_need_two_letters(made):
    assert suggestions("a", made) == suggestions("", made) == suggestions("tourism l", made) == []


def test_of_no_titles_nothing_is_near(tmp_path):
    titles.save(tmp_path / "titles", [])
    held = titles.TitleWords(tmp_path / "titles")
    assert (held.times("tourism"), held.beginning("tour"), held.spellings.near("tourism")) == (0, [], [])


@pytest.mark.parametrize("typed", ["apprenticesh*", "tourizm*"])
def test_the_beginning_of_a_word_is_not_taken_for_a_misspelt_one(made, typed):
    assert matches(typed, made).text == typed


def test_a_word_counts_once_in_a_title_that_has_it_twice(tmp_path):
    titles.save(tmp_path / "titles", ["Skills for skills", "More Skills"])
    held = titles.TitleWords(tmp_path / "titles")
    assert held.times("skills") == 2
    assert held.beginning("skil") == [("skills", "Skills", 2)]
