"""Imprint, privacy, accessibility, access: the operator's texts in the instance folder, in two languages.

`access` says on the start page how one gets an account.
Each is a file `pages/<name>.<language>.txt`, written here or with any editor on the server.
Reads the files of legal texts in the usual encodings, and locks their folder for a change.
Splits a legal text into headings and paragraphs, and paragraphs into text and links.
"""

import codecs
import contextlib
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.domain.text import MAX_LENGTH, normalised
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.paths import replace_private_file, sync_to_disk
from dnk_tool.report.text.marked_line import addresses

FOLDER = "pages"
# Signs that turn the direction of what follows, and so can show something else than is written.
_DIRECTIONS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


# No text that is shown needs more; a character takes four bytes at most.
MAX_BYTES = 400_004


HEADING = "## "

_PLACEHOLDER = re.compile(r"\[([^\[\]\n]{1,200})\](?!\()")
# info [at] example.org: an address that programs shall not collect.
_AT_AND_DOT = frozenset({"at", "ät", "dot", "punkt"})


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of a paragraph; with `href` it is a link."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A heading or a paragraph, whose line breaks are kept."""

    parts: tuple[TextPart, ...]
    is_heading: bool = False


def split_text(text: str) -> tuple[TextBlock, ...]:
    """The blocks of a normalised text: empty lines part paragraphs, and `## ` begins a heading."""
    blocks: list[TextBlock] = []
    lines: list[str] = []
    for line in (*text.split("\n"), ""):
        is_heading = line.startswith(HEADING)
        if line and not is_heading:
            lines.append(line)
            continue
        if lines:
            blocks.append(TextBlock(tuple(_parts("\n".join(lines).strip()))))
            lines = []
        if is_heading:
            blocks.append(TextBlock((TextPart(line.removeprefix(HEADING).strip()),), is_heading=True))
    return tuple(blocks)


def placeholders(text: str) -> tuple[str, ...]:
    """What still stands in square brackets to be filled in, such as "[Name]", each once."""
    return tuple(
        dict.fromkeys(
            match[0]
            for match in _PLACEHOLDER.finditer(text)
            if match[1].strip().casefold() not in _AT_AND_DOT and re.search(r"[^\W\d_]{2}|…|\.\.\.", match[1])
        )
    )


def _parts(paragraph: str) -> Iterator[TextPart]:
    position = 0
    for start, end, href in addresses(paragraph):
        if start > position:
            yield TextPart(paragraph[position:start])
        yield TextPart(paragraph[start:end], href)
        position = end
    if position < len(paragraph):
        yield TextPart(paragraph[position:])


@dataclass(frozen=True, slots=True)
class TextFile:
    """What a file says. `version`: the hash of its bytes; `is_cut`: there is more than `MAX_BYTES`."""

    text: str
    version: str
    changed_at: datetime
    is_cut: bool


def read_legal_text_file(path: Path) -> TextFile | None:
    """The file's text; None if there is no file. Raises OSError for one that cannot be read as a file."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path.name} is no file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    changed_at = datetime.fromtimestamp(status.st_mtime, UTC)
    is_cut = len(content) > MAX_BYTES
    return TextFile(_decoded(content), hashlib.sha256(content).hexdigest(), changed_at, is_cut)


@contextmanager
def legal_texts_locked(folder: Path) -> Iterator[None]:
    """Keep other writers out of the folder, which is made if it is missing. Raises OSError.

    A file system without locks, such as some network drives, is used without them.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or else what Windows editors wrote before."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A character that the limit cut in two is no sign of another encoding.
        is_cut_character = len(content) > MAX_BYTES and error.start > MAX_BYTES - 4
        return content.decode("utf-8-sig" if is_cut_character else "cp1252", errors="replace")


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
        file = read_legal_text_file(instance / file_name(name, language))
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
    with legal_texts_locked(path.parent):
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
