"""Finds words in texts: all must occur, as parts of words too, and each place is known for a mark."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from dnk_tool.domain.word_search import folded_word

MAX_QUERY_LENGTH = 100
MAX_WORDS = 6
MIN_WORD_LENGTH = 2
EXCERPT_LENGTH = 170

# What a letter of a folded word stands for: "Müll", "Muell" and "Mull" are the same, and so are "ss" and "ß".
_LETTERS = {
    "a": "(?:ae|[aäàáâ])",
    "e": "[eéèêë]",
    "o": "(?:oe|[oöóòô])",
    "u": "(?:ue|[uüúùû])",
    "c": "[cç]",
    "2": "[2₂]",
}
# Labels may be broken by soft hyphens.
_BETWEEN = "\u00ad?"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of text; `is_hit` where it is one of the words looked for."""

    text: str
    is_hit: bool


@dataclass(frozen=True)
class TextQuery:
    """The words that somebody looks for."""

    words: tuple[str, ...]

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_pattern(word), re.IGNORECASE) for word in self.words)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        longest_first = sorted(map(_pattern, self.words), key=len, reverse=True)
        return re.compile("|".join(longest_first), re.IGNORECASE)

    def fits(self, *texts: str) -> bool:
        """Whether every word occurs in one of the texts."""
        return all(any(pattern.search(text) for text in texts) for pattern in self._patterns)

    def count(self, text: str) -> int:
        """How many of the words occur in the text."""
        return sum(bool(pattern.search(text)) for pattern in self._patterns)

    def marked(self, text: str) -> tuple[Excerpt, ...]:
        """The text in pieces, cut where the words begin and end."""
        pieces, end = [], 0
        for match in self._any.finditer(text):
            pieces += [Excerpt(text[end : match.start()], False), Excerpt(match[0], True)]
            end = match.end()
        pieces.append(Excerpt(text[end:], False))
        return tuple(piece for piece in pieces if piece.text)

    def excerpt(self, texts: Iterable[str]) -> tuple[Excerpt, ...]:
        """The sentence with most of the words, marked; the beginning of the first text if none has any."""
        sentences = [part for text in texts for part in _SENTENCE_END.split(text) if part]
        if not sentences:
            return ()
        best = max(sentences, key=self.count)  # the first of several
        return self.marked(self._shortened(best))

    def _shortened(self, sentence: str) -> str:
        """The sentence around its first hit if it is long; cut between words."""
        if len(sentence) <= EXCERPT_LENGTH:
            return sentence
        match = self._any.search(sentence)
        start = max(0, match.start() - EXCERPT_LENGTH // 3) if match else 0
        start = sentence.find(" ", start) + 1 if start else 0
        if match and start > match.start():
            start = match.start()
        piece = sentence[start : start + EXCERPT_LENGTH]
        if start + EXCERPT_LENGTH < len(sentence):
            end = piece.rfind(" ")
            piece = f"{piece[:end] if end > EXCERPT_LENGTH // 2 else piece} …"
        return f"… {piece}" if start else piece


def text_query(typed: str) -> TextQuery:
    """The words of what was typed; those of one letter are left out."""
    words = re.findall(r"\w[\w.,&+-]*", typed[:MAX_QUERY_LENGTH].casefold().replace("₂", "2"))
    clean = dict.fromkeys(word.rstrip(".,&+-") for word in words)
    return TextQuery(tuple(word for word in clean if len(word) >= MIN_WORD_LENGTH)[:MAX_WORDS])


def like_pattern(word: str) -> str:
    """A pattern for the database's LIKE that fits every text with the word, and some more."""
    letters = re.sub(r"ss|[^a-z0-9]|[aeouc2]", "%", folded_word(word))
    return re.sub("%+", "%", f"%{letters}%")


def _pattern(word: str) -> str:
    letters = re.findall(r"ss|.", folded_word(word), re.DOTALL)
    return _BETWEEN.join(
        "(?:ss|ß)" if each == "ss" else _LETTERS.get(each, re.escape(each)) for each in letters
    )
