"""A questionnaire that came back: its fields by the ref of their answer, before they are understood."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from dnk_tool.domain.declarations.questionnaire.cells import FieldFault, GivenText, Misread
from dnk_tool.domain.declarations.questionnaire.comparison import (
    RejectedField,
    ReturnedEntry,
    StoredContents,
)
from dnk_tool.domain.declarations.questionnaire.fields import Content, Entry
from dnk_tool.domain.declarations.questionnaire.marks import FieldMark, parse_mark
from dnk_tool.domain.declarations.questionnaire.reading import read_entry
from dnk_tool.domain.editing.versions import UNKNOWN
from dnk_tool.domain.uploads import single_line
from dnk_tool.language import Language

SHORTEST_OUTSIDE = 3  # characters; shorter texts beside the fields are bullets and numbers
MAX_OUTSIDE = 20  # so many texts that stand in no field are shown


@dataclass
class ReturnedFields:
    """The fields under one ref: their texts by part, and what their marks say."""

    language: Language
    made_at: int
    texts: dict[str, GivenText] = field(default_factory=dict)
    is_twice: bool = False


@dataclass
class ReturnedFile:
    """The fields of a file for one declaration by ref, and the texts that stand in none of them.

    `foreign`: how many fields are of another declaration.
    """

    fields: dict[str, ReturnedFields] = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    foreign: int = 0

    @property
    def language(self) -> Language:
        """The language in which the file was made."""
        return next((fields.language for fields in self.fields.values()), "de")

    @property
    def made_at(self) -> dict[str, int]:
        """The version of each answer when the file was made, by ref."""
        return {ref: fields.made_at for ref, fields in self.fields.items()}


def collect_fields(
    marked: Iterable[tuple[str, str, bool]], outside: Iterable[str], code: str
) -> ReturnedFile:
    """Sort the marked texts of a file by ref; a text in several cells is put together.

    `marked`: (mark, text, whether it is a number). `code`: that of the declaration. A field that stands twice
    with different texts makes its answer one that cannot be understood.
    """
    found, foreign = dict[tuple[str, str, int], GivenText](), 0
    returned, stray = ReturnedFile(), list(outside)
    for said, text, is_number in marked:
        mark = parse_mark(said)
        if mark is None:
            stray.append(text)
        elif mark.declaration != code:
            foreign += 1
        else:
            _add(returned, found, mark, GivenText(text, is_number))
    for ref, part, _place in sorted(found):
        texts, given = returned.fields[ref].texts, found[ref, part, _place]
        texts[part] = GivenText(texts[part].text + given.text) if part in texts else given
    returned.outside, returned.foreign = tuple(stray), foreign
    return returned


def _add(
    returned: ReturnedFile, found: dict[tuple[str, str, int], GivenText], mark: FieldMark, given: GivenText
) -> None:
    fields = returned.fields.setdefault(mark.ref, ReturnedFields(mark.language, mark.version))
    fields.made_at = min(fields.made_at, mark.version)
    known = found.setdefault((mark.ref, mark.part, mark.place), given)
    fields.is_twice |= known != given


def understand(
    returned: ReturnedFile, entries: Mapping[str, Entry], stored: StoredContents
) -> tuple[list[ReturnedEntry], int, list[RejectedField]]:
    """What the fields say: entries that the file changes, how many it leaves, and what is left out.

    `entries`: those that may be filled in, by ref.
    """
    understood, untouched, rejected = dict[str, ReturnedEntry](), 0, list[RejectedField]()
    for ref, fields in returned.fields.items():
        entry = entries.get(ref)
        if entry is None:
            continue
        if fields.is_twice:
            rejected.append(RejectedField(FieldFault.TWICE, entry=entry))
            continue
        base = stored.at(entry, fields.made_at)
        before = stored.of(entry).content if base is UNKNOWN else base
        content, misread = _readable(entry, fields, before)
        rejected += [RejectedField(one.fault, one.detail, one.row, entry) for one in misread]
        if content is None:
            untouched += not misread
        elif entry.key in understood and understood[entry.key].content != content:
            rejected.append(RejectedField(FieldFault.TWICE, entry=entry))
        else:
            understood[entry.key] = ReturnedEntry(entry, content, fields.made_at)
    return list(understood.values()), untouched, rejected


def _readable(entry: Entry, fields: ReturnedFields, before: Content) -> tuple[Content | None, list[Misread]]:
    """The content without the parts that cannot be understood, and why they cannot."""
    texts, faults = dict(fields.texts), list[Misread]()
    while True:
        try:
            return read_entry(entry, texts, before, fields.language), faults
        except Misread as misread:
            faults.append(misread)
            if not misread.part:
                return None, faults
            del texts[misread.part]


def outside_fields(returned: ReturnedFile, printed: Collection[str]) -> list[RejectedField]:
    """The texts that somebody wrote beside the fields; `printed` are those that the file has anyway."""
    known = {single_line(text).casefold() for text in printed}
    strange = dict.fromkeys(
        words
        for text in returned.outside
        if len(words := single_line(text)) >= SHORTEST_OUTSIDE and words.casefold() not in known
    )
    return [RejectedField(FieldFault.OUTSIDE, shown=words) for words in list(strange)[:MAX_OUTSIDE]]
