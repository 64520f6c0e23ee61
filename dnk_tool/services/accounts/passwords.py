"""Hashes and verifies passwords, at most two at a time, and refuses those that are easily guessed.

Judges by zxcvbn how many guesses a password takes, in bounded time.
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dnk_tool.services.accounts import leaked_passwords

MIN_LENGTH = 12
MAX_LENGTH = 1000
MIN_DISTINCT_CHARACTERS = 5

# OWASP's first choice, about 55 ms. The library's default fills both cores with four sign-ins.
_HASHER = PasswordHasher(memory_cost=46 * 1024, time_cost=1, parallelism=1)
_HASHING_SLOTS = threading.Semaphore(2)

_ROWS = (
    "1234567890",
    "qwertzuiop",
    "qwertyuiop",
    "asdfghjkl",
    "yxcvbnm",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
)


MIN_SCORE = 3  # of 4: at least 10^8 guesses
# zxcvbn's time grows with the square of the length, and with the ways to read symbols as letters.
_LONGEST_PART, _LONGEST_PART_OF_SYMBOLS = 32, 12
_SYMBOLS_FOR_LETTERS = frozenset("@48({[<3691!|70$5+%2")
_MANY_SYMBOLS = 6
_PRODUCT_WORDS = ("dnk", "dnktool", "nachhaltigkeit", "nachhaltigkeitskodex", "nachhaltigkeitserklärung")
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
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
        return int(zxcvbn(part, user_inputs=[*personal_words, *_PRODUCT_WORDS, *_everyday_words()])["score"])


@cache
def _everyday_words() -> list[str]:
    """Words that German-speaking people think of first, which zxcvbn's English lists lack; ä as ae, too."""
    words = (Path(__file__).with_name("everyday_words.txt")).read_text("utf-8").split()
    return list(dict.fromkeys(spelt for word in words for spelt in (word, word.translate(_TWO_LETTERS))))


class Weakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    TOO_COMMON = "too-common"
    LEAKED = "leaked"
    TOO_PERSONAL = "too-personal"


def normalised(password: str) -> str:
    """The password in Unicode's NFKD form, so that every keyboard's way to enter it gives the same hash."""
    return unicodedata.normalize("NFKD", password)


def hashed(password: str) -> str:
    """The Argon2 hash to store. Takes about 55 ms of CPU time; waits while two others are hashed."""
    with _HASHING_SLOTS:
        return _HASHER.hash(normalised(password))


def matches(password: str, password_hash: str) -> bool:
    """Whether the hash was made from this password. An empty or malformed hash matches nothing."""
    if len(password) > MAX_LENGTH:
        return False
    with _HASHING_SLOTS:
        try:
            return _HASHER.verify(password_hash, normalised(password))
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def weakness(
    password: str,
    *,
    email: str = "",
    name: str = "",
    companies: Sequence[str] = (),
    password_file: Path | None = None,
) -> Weakness | None:
    """Why the password must not be used, or None. Digits and special characters are not required.

    Length makes a password strong; common words and parts of `email`, `name` and `companies` do not count
    towards it. `password_file`: a local copy of Pwned Passwords (`leaked_passwords.is_in_password_file`).
    """
    if len(password) < MIN_LENGTH:
        return Weakness.TOO_SHORT
    if len(password) > MAX_LENGTH:
        return Weakness.TOO_LONG
    plain = password.casefold()
    if len(set(plain)) < MIN_DISTINCT_CHARACTERS or _is_pattern(plain):
        return Weakness.TOO_COMMON
    words = _personal_words(email, name, companies)
    rest = plain
    for word in words:
        rest = rest.replace(word, "")
    if len(_unguessed(rest)) < len(_unguessed(plain)) and len(_unguessed(rest)) < MIN_DISTINCT_CHARACTERS:
        return Weakness.TOO_PERSONAL
    if len(_unguessed(plain)) < MIN_DISTINCT_CHARACTERS:
        return Weakness.TOO_COMMON
    if any(map(leaked_passwords.is_widely_known, _roots(plain))) or (
        password_file and leaked_passwords.is_in_password_file(password, password_file)
    ):
        return Weakness.LEAKED
    return None if is_strong(password, words) else Weakness.TOO_COMMON


def _personal_words(email: str, name: str, companies: Sequence[str]) -> list[str]:
    """The words that somebody who knows the person tries first, the longest first."""
    words = re.split(r"[\W_]+", " ".join((email, name, *companies)).casefold())
    return sorted({word for word in words if len(word) >= 3}, key=len, reverse=True)


def _roots(plain: str) -> set[str]:
    """The password, and what is left of it without digits and special characters at its end and beginning."""
    tail = re.sub(r"[\W\d_]+$", "", plain)
    return {plain, tail, re.sub(r"^[\W\d_]+", "", tail)}


def _unguessed(plain: str) -> str:
    """The letters without common words, digits and special characters, which are guessed first."""
    letters = re.sub(r"[\W\d_]", "", plain.translate(str.maketrans("013457@$", "oieastas")))
    without = re.sub(r"[\W\d_]", "", plain)
    return min((_without_words(text) for text in (letters, without)), key=len)


def _without_words(letters: str) -> str:
    for word in sorted(_common_words(), key=len, reverse=True):
        letters = letters.replace(word, "")
    return letters


def _is_pattern(plain: str) -> bool:
    """Whether it repeats a piece of at most four characters, or mostly follows the keyboard or alphabet."""
    if any(plain == (plain[:n] * len(plain))[: len(plain)] for n in range(1, 5)):
        return True
    walks = [row + row for row in (*_ROWS, *(row[::-1] for row in _ROWS))]
    steps = sum(any(plain[i : i + 3] in walk for walk in walks) for i in range(len(plain) - 2))
    return steps > (len(plain) - 2) * 0.6


@cache
def _common_words() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").split())
