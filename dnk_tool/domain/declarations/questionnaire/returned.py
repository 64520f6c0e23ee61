"""A questionnaire that came back: its fields by the ref of their answer, before they are understood.

Reads an answer or figure of a questionnaire that came back: what its fields say after the edit.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dnk_tool.catalogue.standard.item_model import Datapoint, Item, ItemKind
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure
from dnk_tool.domain.declarations.questionnaire import fields as questionnaire_fields
from dnk_tool.domain.declarations.questionnaire.cells import (
    FieldFault,
    GivenText,
    Misread,
    is_clearing,
    is_same_text,
    is_ticked,
    option_key,
    read_decimal,
    read_prose,
    read_symbol,
    read_year,
)
from dnk_tool.domain.declarations.questionnaire.comparison import RejectedField, ReturnedEntry, StoredContents
from dnk_tool.domain.declarations.questionnaire.fields import Content, Entry, entry_fields, entry_texts
from dnk_tool.domain.declarations.questionnaire.marks import FieldMark, parse_mark
from dnk_tool.domain.declarations.questionnaire.rows import read_table
from dnk_tool.domain.editing import UNKNOWN
from dnk_tool.domain.figures.file_cells import read_quality, unescape_text
from dnk_tool.domain.figures.file_changes import apply_edits
from dnk_tool.domain.figures.file_columns import FigureColumn
from dnk_tool.domain.figures.file_rows import LONGEST_LINE, FigureRowFault
from dnk_tool.domain.text import MAX_LENGTH
from dnk_tool.domain.uploads import single_line
from dnk_tool.language import Language

SHORTEST_OUTSIDE = 3  # characters; shorter texts beside the fields are bullets and numbers
MAX_OUTSIDE = 20  # so many texts that stand in no field are shown


def read_entry(
    entry: Entry, given: Mapping[str, GivenText], base: Content, language: Language
) -> Content | None:
    """The answer or figure after the fields were filled in; None if they change nothing of `base`.

    `base`: the content when the file was made. An empty field changes nothing, and a dash alone clears.
    Raises Misread.
    """
    said = {part: text for part, one in given.items() if (text := one.in_language(language))}
    before = entry_texts(entry, base, language)
    if isinstance(base, Figure):
        return _figure(entry, _touched(entry, said, before, language), base, said, language)
    if entry.columns:
        return read_table(entry, given, said, before, base, language)
    item = entry.item
    if item is not None and item.kind is ItemKind.CHOICES:
        return _choices_answer(item, said, base)
    known = {field.part for field in entry_fields(entry, base)}
    touched = _touched(entry, {part: text for part, text in said.items() if part in known}, before, language)
    if not touched:
        return None
    return _item_answer(item, touched, base) if item else _head_answer(entry, touched, base)


def _touched(
    entry: Entry, said: Mapping[str, str], before: Mapping[str, str], language: Language
) -> dict[str, str]:
    """The parts whose text differs from the one before."""
    numeric = {questionnaire_fields.VALUE} if entry.datapoint else frozenset[str]()
    return {
        part: text
        for part, text in said.items()
        if not is_same_text(text, before.get(part, ""), language, is_number=part in numeric)
    }


def _head_answer(entry: Entry, touched: Mapping[str, str], base: Answer) -> Answer:
    """The answer of a requirement. An explanation without a text says that the company explains."""
    answer = base
    for part, text in touched.items():
        try:
            answer = replace(answer, **_head_part(entry, part, text))
        except Misread as misread:
            misread.part = part
            raise
    answer = _without_idle_mark(answer)
    is_said = questionnaire_fields.DISCLOSURE in touched or base.disclosure is not None
    if not is_said and answer.explanation and not answer.text:
        return replace(answer, disclosure=Disclosure.EXPLAIN)
    return answer


def _without_idle_mark(answer: Answer) -> Answer:
    """The answer without its mark where no text is left: what is written next has no signs yet."""
    return answer if answer.text or answer.explanation else replace(answer, is_marked_up=False)


def _head_part(entry: Entry, part: str, text: str) -> dict[str, Any]:
    """The field of an answer that the part says, with its value. Raises Misread."""
    if part == questionnaire_fields.TEXT:
        return {"text": read_prose(text)}
    if part == questionnaire_fields.EXPLANATION:
        return {"explanation": read_prose(text)}
    if part == questionnaire_fields.REASON:
        return {"reason": option_key(text, entry.reasons)}
    if part == questionnaire_fields.DISCLOSURE:
        key = option_key(text, questionnaire_fields.DISCLOSURES)
        return {"disclosure": Disclosure(key) if key else None}
    return {}


def _choices_answer(item: Item, said: Mapping[str, str], base: Answer) -> Answer | None:
    """The answer with the ticked choices, if they differ; None where no box says anything."""
    parts = {choice.key: f"{questionnaire_fields.CHOSEN}{choice.key}" for choice in item.choices}
    ticked = {key: is_ticked(said[part]) for key, part in parts.items() if part in said}
    chosen = tuple(key for key, says_yes in ticked.items() if says_yes) or None
    return replace(base, value=chosen) if ticked and chosen != base.value else None


def _item_answer(item: Item, touched: Mapping[str, str], base: Answer) -> Answer:
    if item.kind is ItemKind.TEXT:
        words = touched.get(questionnaire_fields.TEXT)
        if not words:
            return base
        return _without_idle_mark(replace(base, text=read_prose(words, longest=item.longest or MAX_LENGTH)))
    text = touched.get(questionnaire_fields.VALUE, "")
    if item.kind is ItemKind.YEAR:
        return replace(base, value=None if is_clearing(text) else read_year(text))
    options = [(choice.key, choice.label) for choice in item.choices]
    return replace(base, value=option_key(text, options) or None)


def _figure(
    entry: Entry, touched: Mapping[str, str], base: Figure, said: Mapping[str, str], language: Language
) -> Figure | None:
    point = entry.datapoint
    edits = dict(_figure_edits(point, touched, said, language)) if point else {}
    if point is None or not edits:
        return None
    figure = apply_edits(edits, base, point)
    if isinstance(figure, FigureRowFault):
        raise Misread(FieldFault(figure.value))
    return figure


def _figure_edits(
    point: Datapoint, touched: Mapping[str, str], said: Mapping[str, str], language: Language
) -> Iterator[tuple[FigureColumn, str]]:
    """The edits of a figure. The unit goes with its value, so that both mean what stands in the file."""
    value, unit = touched.get(questionnaire_fields.VALUE, ""), said.get(questionnaire_fields.UNIT, "")
    if value:
        yield FigureColumn.VALUE, "" if is_clearing(value) else numbers.plain(read_decimal(value, language))
    if unit and not is_clearing(value) and (value or questionnaire_fields.UNIT in touched):
        yield FigureColumn.UNIT, read_symbol(unit, point.family)
    if quality := touched.get(questionnaire_fields.QUALITY, ""):
        known = read_quality(quality)
        if known is None and not is_clearing(quality):
            raise Misread(FieldFault.UNKNOWN_QUALITY, quality)
        yield FigureColumn.QUALITY, known.value if known else ""
    if note := touched.get(questionnaire_fields.NOTE, ""):
        line = "" if is_clearing(note) else single_line(unescape_text(note))
        if len(line) > LONGEST_LINE:
            raise Misread(FieldFault.LONG_WORDS, str(LONGEST_LINE))
        yield FigureColumn.NOTE, line


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
