"""In which of the official languages a search is written: what its words alone can tell.

Who searches does not say it, and the same letters may be a word of several languages ("formation"). Each word counts for
every language that knows it; of the languages that know a word, those that know most of the search are meant.
"""

from __future__ import annotations

from functools import cache, lru_cache

from search import concepts, dictionary
from search.analysis import fold, stem, words
from search.vocabulary import LANGUAGES

# Words that carry no meaning of their own: not required, never marked.
SMALL_WORDS = {
    "bg": "в във и на за от с със до при по към или се да",
    "cs": "a v ve na o do pro s se z ze k ke i nebo od po u za",
    "da": "og i på til af for med om en et den det de der som fra ved eller",
    "de": "der die das und für von vom mit im in den dem des ein eine einer eines zu zum zur auf aus bei an oder am als nach",
    "el": "ο η το οι τα του της των τον την στο στη στην στον στα στις για και με σε απο ή ως",
    "en": "a an and are as at by for from in into is of on or the to with how what which who your my our i we that be",
    "es": "el la los las un una y o de del en para con por a al que se su",
    "et": "ja ning või on ei ka kui",
    "fi": "ja tai on sekä että",
    "fr": "le la les l d un une des du de et ou en pour dans sur au aux par avec qui que",
    "ga": "agus an na i ar do le ag as o den don san",
    "hr": "i u na za o od do s sa iz po te ili se",
    "hu": "a az és egy vagy is hogy",
    "it": "il lo la gli le l un uno una e ed o di del dello della dei degli delle in nel nella nei nelle per con da dal al alla ai a su sul che",
    "lt": "ir ar su į iš dėl už apie prie",
    "lv": "un vai ar no uz par pie",
    "mt": "u f fi ta il l ma ghal ghall tal fil bil li jew",
    "nl": "de het een en of van voor in op met te aan bij uit naar om tot als",
    "pl": "i w we na z ze do dla o od po przez lub oraz się u za",
    "pt": "o a os as um uma e ou de do da dos das em no na nos nas para com por ao aos que",
    "ro": "și si în in la de din pe cu pentru un o a al ale sau prin",
    "sk": "a v vo na o do pre s so z zo k ku i alebo od po za",
    "sl": "in v na za o od do s z iz po ali se pri",
    "sv": "och i på till av för med om en ett den det de som från vid eller",
}
_SMALL = {language: frozenset(map(fold, text.split())) for language, text in SMALL_WORDS.items()}
# Left out of a search in whatever language, unless they name something ("AI"): the small words of the languages most type here.
SMALL = frozenset().union(*(_SMALL[language] for language in ("de", "en", "es", "fr", "it", "pt")))


@cache
def _named() -> dict[str, frozenset[str]]:
    """Language -> the folded words of its concept terms."""
    found: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for term in concepts.table():
        if term.language in found:
            found[term.language].update(stem(word, term.language) for word, _ in term.words)
    return {language: frozenset(held) for language, held in found.items()}


@lru_cache(maxsize=8192)
def knowing(word: str) -> frozenset[str]:
    """The languages that know a folded word."""
    named = _named()
    known = dictionary.languages_of(word)
    return frozenset(lang for lang in LANGUAGES if lang in known or stem(word, lang) in named[lang] or word in _SMALL[lang])


def is_small(text: str, word: str) -> bool:
    """Whether a folded word of a search carries no meaning of its own."""
    return word in SMALL or any(word in _SMALL[language] for language in meant(text, word))


@lru_cache(maxsize=4096)
def meant(text: str, word: str) -> frozenset[str]:
    """The languages in which a folded word of a search is most likely meant; every one where none knows it."""
    candidates = knowing(word)
    if len(candidates) < 2:
        return candidates or frozenset(LANGUAGES)
    counts = dict.fromkeys(candidates, 0)
    for token in {token.text for token in words(text)}:
        for language in candidates & knowing(token):
            counts[language] += 1
    most = max(counts.values())
    return frozenset(language for language, count in counts.items() if count == most)
