"""Imprint, privacy, accessibility, access: the operator's texts in the instance folder, in two languages.

`access` says on the start page how one gets an account.
Each is a file `pages/<name>.<language>.txt`, written here or with any editor on the server.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.domain.text import MAX_LENGTH, normalised
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.paths import replace_private_file, sync_to_disk
from dnk_tool.services.operation import legal_text_files
from dnk_tool.services.operation.legal_text_parts import placeholders

FOLDER = "pages"
# Signs that turn the direction of what follows, and so can show something else than is written.
_DIRECTIONS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


class LegalText(StrEnum):
    """The texts, named as their files."""

    IMPRINT = "imprint"
    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"
    ACCESS = "access"


REQUIRED = (LegalText.IMPRINT, LegalText.PRIVACY)


class TextState(StrEnum):
    """How far a text is. UNFINISHED: with placeholders; TOO_LONG: only its beginning is shown."""

    MISSING = "missing"
    UNFINISHED = "unfinished"
    COMPLETE = "complete"
    TOO_LONG = "too-long"
    UNREADABLE = "unreadable"


FAULTY = frozenset({TextState.UNFINISHED, TextState.TOO_LONG, TextState.UNREADABLE})


class TextTooLong(ValueError):
    """The text has more than MAX_LENGTH characters."""


class TextNotEditable(Exception):
    """The file is too long to be edited here, or cannot be read: saving would lose what it says."""


class TextChanged(Exception):
    """The file was changed since the text was opened; `present` is what it says now."""

    def __init__(self, present: "StoredText") -> None:
        self.present = present
        super().__init__("the text was changed meanwhile")


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text as it stands in its file. `version`: what `save_text` compares; "" without a file."""

    name: LegalText
    language: Language
    state: TextState
    text: str = ""
    version: str = ""
    changed_at: datetime | None = None

    @property
    def is_editable(self) -> bool:
        """Whether the whole text is known, so that saving loses nothing."""
        return self.state not in (TextState.TOO_LONG, TextState.UNREADABLE)


def file_name(name: LegalText, language: Language) -> str:
    """The path of the file below the instance folder."""
    return f"{FOLDER}/{name}.{language}.txt"


def read_text(instance: Path, name: LegalText, language: Language) -> StoredText:
    """What the file says, at most MAX_LENGTH characters of it."""
    try:
        file = legal_text_files.read_file(instance / file_name(name, language))
    except OSError:
        return StoredText(name, language, TextState.UNREADABLE)
    if file is None:
        return StoredText(name, language, TextState.MISSING)
    text = clean(file.text)
    is_too_long = file.is_cut or len(text) > MAX_LENGTH
    state = TextState.TOO_LONG if is_too_long else state_of(text)
    return StoredText(name, language, state, text[:MAX_LENGTH], file.version, file.changed_at)


def read_all(instance: Path) -> tuple[StoredText, ...]:
    """Each text in each language."""
    return tuple(read_text(instance, name, language) for name in LegalText for language in LANGUAGES)


def shown_text(instance: Path, name: LegalText, language: Language) -> StoredText:
    """The text that a page in this language shows: the one in the other language if its own is missing."""
    texts = [read_text(instance, name, wanted) for wanted in dict.fromkeys((language, *LANGUAGES))]
    return next((text for text in texts if text.text), texts[0])


def missing_texts(instance: Path) -> tuple[LegalText, ...]:
    """The required texts that visitors cannot read yet as they should.

    The German one must be complete. An English one may be missing, as the German one is shown in its place,
    but must be complete if it is there.
    """
    return missing_among(read_all(instance))


def missing_among(texts: Iterable[StoredText]) -> tuple[LegalText, ...]:
    """What `missing_texts` says, of texts that were read already."""
    missing = {text.name for text in texts if is_fault(text)}
    return tuple(name for name in REQUIRED if name in missing)


def is_fault(text: StoredText) -> bool:
    """Whether the operator must do something about this text, which counts for optional ones too."""
    is_needed = text.name in REQUIRED and text.language == "de"
    return text.state in FAULTY or (is_needed and text.state == TextState.MISSING)


def state_of(text: str) -> TextState:
    """How far a text is that has been cleaned and is not too long."""
    if not text:
        return TextState.MISSING
    return TextState.UNFINISHED if placeholders(text) else TextState.COMPLETE


def clean(text: str) -> str:
    """The text as it is stored and shown: without control characters and signs of direction."""
    return normalised(_DIRECTIONS.sub("", text))


def save_text(
    instance: Path, name: LegalText, language: Language, text: str, *, version: str, actor: Actor
) -> bool:
    """Write the text into its file; an empty one deletes the file. Returns whether anything changed.

    `version`: of the text as it was opened. Raises NotPermitted, TextTooLong, TextNotEditable, TextChanged,
    and OSError if the file cannot be written; then it says what it said before.
    """
    require(Permission.INSTALLATION_RUN, actor)
    text, path = clean(text), instance / file_name(name, language)
    if len(text) > MAX_LENGTH:
        raise TextTooLong
    with legal_text_files.locked(path.parent):
        present = read_text(instance, name, language)
        if not present.is_editable:
            raise TextNotEditable
        if present.text == text:
            return False
        if present.version != version:
            raise TextChanged(present)
        if text:
            replace_private_file(path, f"{text}\n".encode())
        else:
            path.unlink()
            sync_to_disk(path.parent)
    return True
