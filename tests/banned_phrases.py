"""Finds words that no text of the product uses; tests/contract/banned_phrases.toml lists them."""

import re
import tomllib
from pathlib import Path

FILE = Path(__file__).parent / "contract/banned_phrases.toml"
# Between letters, or after a word: the typographic one is ’.
STRAIGHT_APOSTROPHE = re.compile(r"\w'(?=\w|\s|$)")
BANNED: dict[str, dict[str, str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
_PATTERNS = {
    language: [
        (re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE), better)
        for pattern, better in words.items()
    ]
    for language, words in BANNED.items()
}


def banned_phrases(text: str, language: str) -> list[str]:
    """The banned phrases in the text, each with what to write instead."""
    return [
        f"{match.group()} (instead: {better})"
        for pattern, better in _PATTERNS[language]
        for match in pattern.finditer(text)
    ]
