"""From text to tokens: folding, stems of every language, words written together."""

from __future__ import annotations

import pytest

from search import dictionary
from search.analysis import STEMMERS, fold, forms, squeezed, stem
from search.compounds import parts
from search.matching import matches
from search.stems import ENDINGS
from search.vocabulary import LANGUAGES
from tests.search import corpus
from tests.search.test_matching import CALLS, call


def test_every_official_language_has_stems():
    assert STEMMERS.keys() | ENDINGS.keys() == set(LANGUAGES)
    assert not STEMMERS.keys() & ENDINGS.keys()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("bg", "обучение обучения обучението обученията"),
        ("bg", "програма програми програмата програмите"),
        ("lv", "mācības mācību mācībām mācībās"),
        ("lv", "uzņēmums uzņēmumi uzņēmumiem uzņēmumu"),
        ("sk", "vzdelávanie vzdelávania vzdelávaním vzdelávaní"),
        ("sk", "podnik podniky podnikov podnikoch podnikom"),
        ("sl", "usposabljanje usposabljanja usposabljanju usposabljanjem"),
        ("sl", "podjetje podjetja podjetij podjetjem"),
        ("mt", "impjieg impjiegi"),
        ("mt", "kumpanija kumpaniji"),
        ("it", "formazione formazioni"),
        ("el", "κατάρτιση κατάρτισης"),
        ("hr", "osposobljavanje osposobljavanja"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(language, words):
    assert len({stem(fold(word), language) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("language", "word", "held"),
    [
        ("de", "Weiterbildungsmaßnahmen", ["Weiterbildung", "Maßnahme"]),
        ("de", "Pflegeausbildung", ["Pflege", "Ausbildung"]),
        ("nl", "beroepsonderwijs", ["beroep", "onderwijs"]),
        ("sv", "arbetsmarknadsutbildning", ["arbetsmarknad", "utbildning"]),
        ("da", "erhvervsuddannelse", ["erhverv", "uddannelse"]),
        ("fi", "ammattikoulutus", ["ammatti", "koulutus"]),
        ("et", "kutseharidus", ["kutse", "haridus"]),
        ("hu", "felnőttképzés", ["felnőtt", "képzés"]),
        ("de", "Umschulung", []),
        ("de", "Förderung", []),
        ("en", "apprenticeship", []),
    ],
)
def test_words_written_together_are_taken_apart(language, word, held):
    assert [stem(part, language) for part in parts(fold(word), language)] == [stem(fold(part), language) for part in held]


def test_a_part_of_a_compound_is_found_and_a_compound_by_its_parts(tmp_path):
    with corpus.published(tmp_path, [call("de-bavaria"), call("eu").model_copy(update={"title": "Pflegeausbildung", "lang": "de"})]) as made:
        assert "made:eu" in {made.columns.ids[row] for row in matches("Pflege", made, expand=False).rows}
        assert CALLS["eu"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GINOP PLUSZ 1.4", "ginopplusz14"),
        ("horizon-cl2_2026", "horizoncl22026"),
        ("skills", ""),
        ("a-1", ""),
        ("BG05SFPR001-4.001", "bg05sfpr0014001"),
    ],
)
def test_what_parts_an_identifier_is_left_out(text, code):
    assert squeezed(text) == code


def test_capitals_accents_final_sigma_and_both_romanian_spellings_are_one():
    assert fold("ΚΑΤΆΡΤΙΣΗΣ") == fold("κατάρτισης") == fold("καταρτισησ")
    assert fold("Ş Ţ") == fold("ș ț") == "s t"
    assert forms("skills", ["en", "it"])[0] == "skills"


def test_the_dictionary_read_backwards_has_the_stems_of_today():
    """Made anew by `python -m search.data.induce` when the stems change."""
    for language in LANGUAGES:
        if language != "en":
            sure = {
                t.word
                for word in ("energy", "health", "water", "transport")
                for t in dictionary.translations(word, ("en",))
                if t.language == language
            }
            assert all(language in dictionary.languages_of(fold(word)) for word in sure), language
            assert sure, language
            assert {stem(fold(word), language) for word in sure} <= dictionary.stems_of(language)
