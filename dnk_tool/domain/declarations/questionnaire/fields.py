"""The fields of a questionnaire, and the text that an answer or a figure has in each of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dnk_tool.catalogue.standard.item_model import Column, Datapoint, Item, ItemKind
from dnk_tool.catalogue.standard.model import Requirement, Section
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.values import MAX_ROWS, Cell, Rows
from dnk_tool.domain.figures.file_cells import escape_text
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number

TICK = "x"
Content = Answer | Figure


class FieldKind(StrEnum):
    """What a field of the file takes."""

    PROSE = "prose"
    LINE = "line"
    NUMBER = "number"
    YEAR = "year"
    CHOICE = "choice"
    TICK_BOX = "tick-box"


# Parts of an answer or figure that have a field of their own. Rows of a table: "2.goal".
DISCLOSURE, REASON, EXPLANATION, TEXT = "kind", "reason", "why", "text"
VALUE, UNIT, QUALITY, NOTE = "value", "unit", "quality", "note"
CHOSEN = "="  # before the key of one choice among several

PART_LABELS: Mapping[str, Text] = {
    DISCLOSURE: Text("Wir berichten oder erklären", "We report or explain"),
    REASON: Text("Grund, wenn Sie erklären", "Reason, if you explain"),
    EXPLANATION: Text("Begründung, wenn Sie erklären", "Explanation, if you explain"),
    TEXT: Text("Ihr Text", "Your text"),
    VALUE: Text("Wert", "Value"),
    UNIT: Text("Einheit", "Unit"),
    QUALITY: Text("Qualität", "Quality"),
    NOTE: Text("Anmerkung", "Note"),
}
DISCLOSURES: Sequence[tuple[str, Text]] = (
    (Disclosure.COMPLY.value, Text("Wir berichten", "We report")),
    (Disclosure.EXPLAIN.value, Text("Wir erklären", "We explain")),
)
QUALITIES: Sequence[tuple[str, Text]] = (
    (Quality.MEASURED.value, Text("gemessen", "measured")),
    (Quality.CALCULATED.value, Text("berechnet", "calculated")),
    (Quality.ESTIMATED.value, Text("geschätzt", "estimated")),
    (Quality.NOT_AVAILABLE.value, Text("liegt nicht vor", "not available")),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the file: `part` of an answer or figure, with the options of a choice as key and label."""

    part: str
    kind: FieldKind
    label: Text
    options: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True)
class Entry:
    """What is stored and compared as one: an answer or a figure, `item` None for a requirement's own answer.

    `reasons` are the reasons of the edition for not reporting.
    """

    ref: str
    section: Section
    requirement: Requirement
    item: Item | None
    reasons: tuple[tuple[str, Text], ...] = ()

    @property
    def datapoint(self) -> Datapoint | None:
        """The datapoint of a figure; None for an answer."""
        return self.item.datapoint if self.item else None

    @property
    def key(self) -> str:
        """The ref of an answer, or the key of a figure's datapoint."""
        return self.datapoint.key if self.datapoint else self.ref

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of a table; none for anything else."""
        return self.item.table.columns if self.item and self.item.table else ()

    @property
    def label(self) -> Text:
        """What the entry is called beside its requirement."""
        return self.requirement.title if self.item is None else self.item.label


def section_entries(section: Section, reasons: Sequence[tuple[str, Text]]) -> Iterator[Entry]:
    """The entries of a section in the order of its page. `reasons`: the edition's, by key and label."""
    for requirement in section.all_requirements:
        if requirement.is_explainable:
            yield Entry(requirement.ref, section, requirement, None, tuple(reasons))
        for item in requirement.items:
            if item.ref != requirement.ref or not requirement.is_explainable:
                yield Entry(item.ref, section, requirement, item)


def entry_fields(
    entry: Entry, content: Content, *, free_rows: int = 0, only_free: bool = False
) -> tuple[Field, ...]:
    """The fields of an entry; a table has one for each cell of its rows and of `free_rows` more.

    `only_free`: its rows have none.
    """
    item = entry.item
    if item is None:
        return tuple(_head_fields(entry))
    if item.datapoint:
        units = tuple((symbol, unit.display) for symbol, unit in item.datapoint.family.units.items())
        return (
            Field(VALUE, FieldKind.NUMBER, PART_LABELS[VALUE]),
            Field(UNIT, FieldKind.CHOICE, PART_LABELS[UNIT], units),
            Field(QUALITY, FieldKind.CHOICE, PART_LABELS[QUALITY], tuple(QUALITIES)),
            Field(NOTE, FieldKind.LINE, PART_LABELS[NOTE]),
        )
    if item.kind is ItemKind.TABLE:
        value = content.value if isinstance(content, Answer) else None
        stored = len(value.rows) if isinstance(value, Rows) else 0
        rows = min(stored + free_rows, MAX_ROWS)
        first = stored + 1 if only_free else 1
        return tuple(field for row in range(first, rows + 1) for field in row_fields(entry.columns, row))
    options = _options(item, content)
    if item.kind is ItemKind.CHOICES:
        return tuple(Field(f"{CHOSEN}{key}", FieldKind.TICK_BOX, label) for key, label in options)
    kinds = {ItemKind.CHOICE: FieldKind.CHOICE, ItemKind.YEAR: FieldKind.YEAR}
    part = TEXT if item.kind is ItemKind.TEXT else VALUE
    return (Field(part, kinds.get(item.kind, FieldKind.PROSE), item.label, options),)


def _head_fields(entry: Entry) -> Iterator[Field]:
    if any(item.ref == entry.ref for item in entry.requirement.items):
        yield Field(TEXT, FieldKind.PROSE, PART_LABELS[TEXT])
    yield Field(DISCLOSURE, FieldKind.CHOICE, PART_LABELS[DISCLOSURE], tuple(DISCLOSURES))
    yield Field(REASON, FieldKind.CHOICE, PART_LABELS[REASON], entry.reasons)
    yield Field(EXPLANATION, FieldKind.PROSE, PART_LABELS[EXPLANATION])


def row_fields(columns: Sequence[Column], row: int) -> Iterator[Field]:
    """The fields of one row of a table, from 1; a unit stands behind the first quantity that it is of."""
    units = set[str]()
    kinds = {
        ItemKind.QUANTITY: FieldKind.NUMBER,
        ItemKind.YEAR: FieldKind.YEAR,
        ItemKind.CHOICE: FieldKind.CHOICE,
    }
    for column in columns:
        options = tuple((choice.key, choice.label) for choice in column.choices)
        kind = kinds.get(column.kind, FieldKind.PROSE)
        yield Field(f"{row}.{column.key}", kind, column.label, options)
        if column.kind is ItemKind.QUANTITY and column.unit_field not in units:
            units.add(column.unit_field)
            names = tuple((symbol, unit.display) for symbol, unit in column.units.items())
            yield Field(f"{row}.{column.unit_field}", FieldKind.CHOICE, PART_LABELS[UNIT], names)


def _options(item: Item, content: Content) -> tuple[tuple[str, Text], ...]:
    """The choices of an item; a retired one only where it is chosen."""
    value = content.value if isinstance(content, Answer) else None
    chosen = value if isinstance(value, tuple) else (value,)
    return tuple(
        (choice.key, choice.label) for choice in item.choices if not choice.is_retired or choice.key in chosen
    )


def entry_texts(entry: Entry, content: Content, language: Language) -> dict[str, str]:
    """The text of each filled field, by part."""
    texts = _figure_texts(entry, content, language) if isinstance(content, Figure) else None
    if texts is None and isinstance(content, Answer):
        texts = _answer_texts(entry, content, language)
    return {part: text for part, text in (texts or {}).items() if text}


def _figure_texts(entry: Entry, figure: Figure, language: Language) -> dict[str, str]:
    point = entry.datapoint
    units = point.family.units if point else {}
    unit = figure.unit or (point.default_unit if point else "")
    return {
        VALUE: "" if figure.value is None else number_text(figure.value, language),
        UNIT: units[unit].display.to(language) if unit in units else unit,
        QUALITY: _label(figure.quality.value if figure.quality else "", QUALITIES, language),
        NOTE: escape_text(figure.note),
    }


def _answer_texts(entry: Entry, answer: Answer, language: Language) -> dict[str, str]:
    value, item = answer.value, entry.item
    if item is None:
        disclosure = answer.disclosure.value if answer.disclosure else ""
        return {
            DISCLOSURE: _label(disclosure, DISCLOSURES, language),
            REASON: _label(answer.reason, entry.reasons, language),
            EXPLANATION: escape_text(answer.explanation),
            TEXT: escape_text(answer.text),
        }
    if isinstance(value, Rows):
        return {
            part: text
            for number, row in enumerate(value.rows, start=1)
            for column in entry.columns
            if column.key in row
            for part, text in _cell_texts(number, column, row[column.key], language)
        }
    if isinstance(value, tuple):
        return {f"{CHOSEN}{key}": TICK for key in value}
    if item.kind is ItemKind.TEXT:
        return {TEXT: escape_text(answer.text)}
    options = [(choice.key, choice.label) for choice in item.choices]
    return {VALUE: "" if value is None else _label(str(value), options, language)}


def _cell_texts(number: int, column: Column, cell: Cell, language: Language) -> Iterator[tuple[str, str]]:
    if isinstance(cell, Quantity):
        yield f"{number}.{column.key}", number_text(cell.value, language)
        known = column.units.get(cell.unit)
        yield f"{number}.{column.unit_field}", known.display.to(language) if known else cell.unit
    else:
        options = [(choice.key, choice.label) for choice in column.choices]
        yield f"{number}.{column.key}", escape_text(_label(str(cell), options, language))


def _label(key: str, options: Sequence[tuple[str, Text]], language: Language) -> str:
    """The label of a key; the key itself where it is none of the options, such as a year."""
    return next((label.to(language) for option, label in options if option == key), key)


def number_text(value: Decimal, language: Language) -> str:
    """The exact number without grouping, as the file's language writes it."""
    return format_number(value, language, grouping=False)
