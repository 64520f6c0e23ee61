"""Finds entries of a long list by words or codes, as people type them."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MOST_FOUND = 12
MAX_QUERY_LENGTH = 100

_IGNORED = frozenset(
    [
        "a",
        "am",
        "an",
        "and",
        "das",
        "der",
        "die",
        "ein",
        "eine",
        "für",
        "fur",
        "im",
        "in",
        "mit",
        "of",
        "or",
        "the",
        "und",
        "von",
        "with",
        "zu",
    ]
)
_OWN_WORDS_WEIGHT = 2
_EXACT, _BEGINNING, _BEGUN, _PART, _HOLDS, _SIMILAR = 10, 6, 5, 4, 3, 2
_WHOLE = 12
_SIMILARITY = 0.8


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """An entry by its code; `words` are what people call it, and count more than its titles."""

    key: str
    titles: tuple[str, ...]
    words: tuple[str, ...] = ()


def folded_word(text: str) -> str:
    """The text without case and accents; "ä", "ae" and "a" become the same."""
    plain = text.casefold().replace("ß", "ss")
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", plain) if not unicodedata.combining(letter)
    )
    return re.sub(r"([aou])e", r"\1", plain)


def _tokens(text: str) -> tuple[str, ...]:
    tokens = re.findall(r"\w+", text.replace("*", ""))
    return tuple(
        folded_word(token) for token in tokens if len(token) > 1 and token.casefold() not in _IGNORED
    )


def _digits(text: str) -> str:
    return "".join(re.findall(r"\d", text))


class WordIndex:
    """An index of entries. Finds also parts of compounds, other endings, and words with a typing error."""

    def __init__(self, entries: Iterable[SearchEntry]) -> None:
        self._titles: dict[str, frozenset[str]] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._phrases: dict[str, frozenset[tuple[str, ...]]] = {}
        self._order: dict[str, int] = {}
        for entry in entries:
            # An entry that changes stands twice; its texts are found together.
            self._order.setdefault(entry.key, len(self._order))
            titles = {token for text in entry.titles for token in _tokens(text)}
            words = {token for text in entry.words for token in _tokens(text)}
            phrases = {_tokens(text) for text in entry.words}
            self._titles[entry.key] = self._titles.get(entry.key, frozenset()) | titles
            self._words[entry.key] = self._words.get(entry.key, frozenset()) | words
            self._phrases[entry.key] = self._phrases.get(entry.key, frozenset()) | phrases
        self._vocabulary = sorted(frozenset().union(*self._titles.values(), *self._words.values()))

    def find(self, query: str, most: int = MOST_FOUND) -> list[str]:
        """The codes of the entries that fit the words or begin with the digits, the best first."""
        asked = query[:MAX_QUERY_LENGTH]
        if _digits(asked) and not re.search(r"[^\W\d_]", asked):
            return [key for key in self._order if _digits(key).startswith(_digits(asked))][:most]
        tokens = _tokens(asked)
        similar = {token: self._similar(token) for token in tokens}
        scores = {key: self._score(key, tokens, similar) for key in self._order}
        matching = [key for key, (matched, _points) in scores.items() if matched]
        matching.sort(key=lambda key: (*(-part for part in scores[key]), self._order[key]))
        if matching:
            # A word that only resembles what was typed is of no use beside the word itself.
            count, best = scores[matching[0]]
            matching = [key for key in matching if scores[key][0] == count and scores[key][1] * 4 >= best]
        return matching[:most]

    def _similar(self, token: str) -> frozenset[str]:
        if len(token) < 5:
            return frozenset()
        return frozenset(difflib.get_close_matches(token, self._vocabulary, n=8, cutoff=_SIMILARITY))

    def _score(
        self, key: str, tokens: tuple[str, ...], similar: dict[str, frozenset[str]]
    ) -> tuple[int, int]:
        """How many words of the query fit, and how well all of them do."""
        best = [
            max(
                _OWN_WORDS_WEIGHT * _best_fit(token, self._words[key], similar[token]),
                _best_fit(token, self._titles[key], similar[token]),
            )
            for token in tokens
        ]
        whole = _WHOLE if tokens in self._phrases[key] else 0
        return sum(1 for points in best if points), sum(best) + whole


def _best_fit(token: str, words: frozenset[str], similar: frozenset[str]) -> int:
    if token in words:
        return _EXACT
    return max((_fit(token, word, similar) for word in words), default=0)


def _fit(token: str, word: str, similar: frozenset[str]) -> int:
    if len(token) >= 3 and word.startswith(token):
        return _BEGINNING
    if (
        len(word) >= 4 and token.startswith(word) and 3 * len(word) >= len(token)
    ):  # not "Kunst" of Kunststoffspritzguss
        return _BEGUN
    if len(token) >= 4 and token in word:
        return _PART
    if len(word) >= 5 and word in token:
        return _HOLDS
    return _SIMILAR if word in similar else 0
