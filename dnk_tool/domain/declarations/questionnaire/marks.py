"""The mark of a field in a questionnaire's file: it stays when the words around it change."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from dnk_tool.language import Language

PREFIX = "dnk"
LONGEST_MARK = 64  # Word keeps no longer tag of a content control
# Words that the longest refs and parts have; in a mark one sign stands for each.
_SHORT = (("GRI-SRS-", "*"), ("-unit", "~"))
_MARK = re.compile(
    rf"{PREFIX}:([0-9a-f]{{8}}):([de])([\w.*-]{{1,40}})/([\w.=~-]{{1,24}})"
    r"(?:\+([0-9]{1,2}))?:([0-9]{1,6})",
    re.ASCII,
)
_LANGUAGES: dict[str, Language] = {"d": "de", "e": "en"}


@dataclass(frozen=True, slots=True)
class FieldMark:
    """Where a field belongs: the declaration's code, the ref of an answer or figure, and a part of it.

    `language` is the file's, `version` that of the answer when the file was made (0: there was none), and
    `place` counts the cells of a text that is too long for one.
    """

    declaration: str
    language: Language
    ref: str
    part: str
    version: int
    place: int = 0

    def __str__(self) -> str:
        place = f"+{self.place}" if self.place else ""
        where = f"{self.language[0]}{self.ref}/{self.part}{place}"
        for words, sign in _SHORT:
            where = where.replace(words, sign)
        return f"{PREFIX}:{self.declaration}:{where}:{self.version}"


def parse_mark(text: str) -> FieldMark | None:
    """The mark that the text says; None for any other text."""
    match = _MARK.fullmatch(text.strip())
    if match is None:
        return None
    declaration, language, ref, part, place, version = match.groups()
    for words, sign in _SHORT:
        ref, part = ref.replace(sign, words), part.replace(sign, words)
    return FieldMark(declaration, _LANGUAGES[language], ref, part, int(version), int(place or 0))


def declaration_code(declaration_id: int, edition: str, created_at: datetime) -> str:
    """A code that tells a declaration and its edition from others, also from those of other installations."""
    told = f"{declaration_id} {edition} {created_at.isoformat()}"
    return hashlib.sha256(told.encode()).hexdigest()[:8]
