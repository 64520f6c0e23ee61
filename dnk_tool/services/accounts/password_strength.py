"""Judges by zxcvbn how many guesses a password takes, in bounded time."""

import threading
from collections.abc import Sequence

MIN_SCORE = 3  # of 4: at least 10^8 guesses
# zxcvbn's time grows with the square of the length, and with the ways to read symbols as letters.
_LONGEST_PART, _LONGEST_PART_OF_SYMBOLS = 32, 12
_SYMBOLS_FOR_LETTERS = frozenset("@48({[<3691!|70$5+%2")
_MANY_SYMBOLS = 6
_PRODUCT_WORDS = ("dnk", "dnktool", "nachhaltigkeit", "nachhaltigkeitskodex", "nachhaltigkeitserklärung")
# zxcvbn keeps the words of the person it was last asked for in a global variable.
_lock = threading.Lock()


def is_strong(password: str, personal_words: Sequence[str] = ()) -> bool:
    """Whether the password takes at least 10^8 guesses of somebody who knows `personal_words`.

    Of a long password its beginning and its end are judged: one of them being strong makes the whole strong.
    """
    return any(_score(part, personal_words) >= MIN_SCORE for part in _judged_parts(password))


def _judged_parts(password: str) -> list[str]:
    head = password[:_LONGEST_PART]
    is_symbolic = len(_SYMBOLS_FOR_LETTERS & set(head)) > _MANY_SYMBOLS
    length = _LONGEST_PART_OF_SYMBOLS if is_symbolic else _LONGEST_PART
    return [password] if len(password) <= length else [password[:length], password[-length:]]


def _score(part: str, personal_words: Sequence[str]) -> int:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists of words take 13 MB, for new passwords alone

    with _lock:
        return int(zxcvbn(part, user_inputs=[*personal_words, *_PRODUCT_WORDS])["score"])
