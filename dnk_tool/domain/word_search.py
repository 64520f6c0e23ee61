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
        self._phrases: dict[str, frozenset[tuple[str, ...]]] = {}
        self._order: dict[str, int] = {}
        # The weight of each word at each entry that has it.
        self._weights: dict[str, dict[str, int]] = {}
        for entry in entries:
            # An entry that changes stands twice; its texts are found together.
            self._order.setdefault(entry.key, len(self._order))
            phrases = {_tokens(text) for text in entry.words}
            self._phrases[entry.key] = self._phrases.get(entry.key, frozenset()) | phrases
            for texts, weight in ((entry.titles, 1), (entry.words, _OWN_WORDS_WEIGHT)):
                for token in (token for text in texts for token in _tokens(text)):
                    weights = self._weights.setdefault(token, {})
                    weights[entry.key] = max(weight, weights.get(entry.key, 0))
        self._vocabulary = {word: frozenset(word) for word in sorted(self._weights)}

    def find(self, query: str, most: int = MOST_FOUND) -> list[str]:
        """The codes of the entries that fit the words or begin with the digits, the best first."""
        asked = query[:MAX_QUERY_LENGTH]
        if _digits(asked) and not re.search(r"[^\W\d_]", asked):
            return [key for key in self._order if _digits(key).startswith(_digits(asked))][:most]
        tokens = _tokens(asked)
        scores = self._scores(tokens)
        matching = sorted(scores, key=lambda key: (*(-part for part in scores[key]), self._order[key]))
        if matching:
            # A word that only resembles what was typed is of no use beside the word itself.
            count, best = scores[matching[0]]
            matching = [key for key in matching if scores[key][0] == count and scores[key][1] * 4 >= best]
        return matching[:most]

    def _similar(self, token: str) -> frozenset[str]:
        if len(token) < 5:
            return frozenset()
        letters = frozenset(token)
        # Most words are too long or too short, or have too few letters in common, to be compared by letters.
        possible = [
            word
            for word, others in self._vocabulary.items()
            if 2 * min(len(token), len(word)) / (len(token) + len(word)) >= _SIMILARITY
            and 2
            * min(len(token) - len(letters - others), len(word) - len(others - letters))
            / (len(token) + len(word))
            >= _SIMILARITY
        ]
        return frozenset(difflib.get_close_matches(token, possible, n=8, cutoff=_SIMILARITY))

    def _scores(self, tokens: tuple[str, ...]) -> dict[str, tuple[int, int]]:
        """How many words of the query fit an entry, and how well all do; none but entries that fit."""
        best: dict[str, list[int]] = {}
        for token in tokens:
            best_points: dict[str, int] = {}
            similar = self._similar(token)
            for word in self._vocabulary:
                is_part = token in word or word in token
                if (is_part or word in similar) and (points := _fit(token, word, similar)):
                    for key, weight in self._weights[word].items():
                        best_points[key] = max(weight * points, best_points.get(key, 0))
            for key, points in best_points.items():
                best.setdefault(key, []).append(points)
        return {
            key: (len(points), sum(points) + (_WHOLE if tokens in self._phrases[key] else 0))
            for key, points in best.items()
        }


def _fit(token: str, word: str, similar: frozenset[str]) -> int:
    if token == word:
        return _EXACT
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
