"""Finds words about the environment that consumers may be told only with care, each with its sentence.

It finds words, not meanings: whatever it finds is a question to the company. A question is no claim, and
neither is a word that its sentence denies or, where that is enough, proves by a label.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from dnk_tool.catalogue.claims import ClaimKind, Claims

# Signs that look like others, one for one, so that places in both texts are the same.
_LIKE = str.maketrans("₂\u2010\u2011\u2013’‘\u00a0\u202f", "2---''  ")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'“”«»)]*\s+(?=[\"'„“«»(*_-]*[A-ZÄÖÜ\d])|\n+")
_AROUND = 90  # characters that decide, and that are shown, on either side of a word


@dataclass(frozen=True, slots=True)
class Claim:
    """The words of one claim as they are written, and its sentence, cut where it is long."""

    kind: ClaimKind
    words: str
    sentence: str


def find_claims(text: str, claims: Claims) -> Iterator[Claim]:
    """Yield the claims of a text in their order, the same one in the same sentence once."""
    shown = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    for written in _SENTENCE_END.split(shown):
        sentence = " ".join(written.split())
        smooth = sentence.translate(_LIKE)
        if smooth.rstrip("\"'“”«») ").endswith("?"):
            continue
        for start, end, kind in sorted(_places(smooth, claims), key=lambda place: place[:2]):
            yield Claim(kind, sentence[start:end], _cut(sentence, start, end))


def _places(smooth: str, claims: Claims) -> Iterator[tuple[int, int, ClaimKind]]:
    """Where a sentence makes which claim, the same words once."""
    told: set[str] = set()
    small = smooth.casefold()
    for kind in claims.kinds:
        if not any(stem in small for stem in kind.stems):
            continue
        if kind.can_be_proved and claims.proof.search(smooth):
            continue
        for match in kind.pattern.finditer(smooth):
            start, end, words = match.start(), match.end(), match[0].casefold()
            is_denied = claims.denial.search(smooth[max(0, start - _AROUND) : start]) or (
                claims.denied_behind.search(smooth[end : end + _AROUND])
            )
            if not is_denied and words not in told:
                told.add(words)
                yield start, end, kind


def _cut(sentence: str, start: int, end: int) -> str:
    """The sentence around the words, cut between words."""
    first, last = max(0, start - _AROUND), min(len(sentence), end + _AROUND)
    if first:
        first = min(sentence.find(" ", first) + 1 or start, start)
    if last < len(sentence):
        last = max(sentence.rfind(" ", 0, last), end)
    return f"{'… ' if first else ''}{sentence[first:last]}{' …' if last < len(sentence) else ''}"
