"""Reads the rows of a table in a questionnaire that came back."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dnk_tool.catalogue.standard.item_model import Column, ItemKind, UnitFamily
from dnk_tool.catalogue.values import NO_TEXT
from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.values import MAX_ROWS, Cell, Row, Rows
from dnk_tool.domain.declarations.questionnaire.cells import (
    FieldFault,
    Misread,
    is_clearing,
    is_same_text,
    option_key,
    read_decimal,
    read_prose,
    read_symbol,
    read_year,
)
from dnk_tool.domain.declarations.questionnaire.fields import Entry
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language

_PLACE = re.compile(r"([0-9]{1,4})\.(.+)")  # the part of a field: row and column


def read_table(
    entry: Entry,
    given: Collection[str],
    said: Mapping[str, str],
    before: Mapping[str, str],
    base: Answer,
    language: Language,
) -> Answer | None:
    """The answer with the rows of the file, if they differ; a dash as the only cell clears the table.

    `given`: the parts that have a field in the file, empty or not. Rows without one stay.
    """
    in_file = row_numbers(given)
    rows, earlier = (list(_row_texts(entry.columns, texts)) for texts in (said, before))
    earlier = [(number, texts) for number, texts in earlier if number in in_file]
    if not rows or _is_same_rows(rows, earlier, entry.columns, language):
        return None
    if len(rows) == 1 and all(map(is_clearing, _content_of(rows[0][1], entry.columns).values())):
        return replace(base, value=None)
    stored = base.value.rows if isinstance(base.value, Rows) else ()
    after = {number: row for number, row in enumerate(stored, start=1) if number not in in_file}
    if len(after) + len(rows) > MAX_ROWS:
        raise Misread(FieldFault.TOO_MANY_ROWS, str(MAX_ROWS))
    after |= {number: _row(entry.columns, number, texts, language) for number, texts in rows}
    value = tuple(after[number] for number in sorted(after) if after[number])
    return replace(base, value=Rows(value) if value else None)


def row_numbers(parts: Iterable[str]) -> set[int]:
    """The numbers of the rows that have a field in the file."""
    return {int(place[1]) for part in parts if (place := _PLACE.fullmatch(part))}


def _row_texts(columns: Sequence[Column], texts: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells of each row that says more than a unit, with its number in the file."""
    by_row: dict[int, dict[str, str]] = {}
    for part, text in texts.items():
        if place := _PLACE.fullmatch(part):
            by_row.setdefault(int(place[1]), {})[place[2]] = text
    for number in sorted(by_row):
        if _content_of(by_row[number], columns):
            yield number, by_row[number]


def _content_of(texts: Mapping[str, str], columns: Sequence[Column]) -> dict[str, str]:
    """The cells of a row without those for units."""
    return {column.key: texts[column.key] for column in columns if column.key in texts}


def _is_same_rows(
    rows: Sequence[tuple[int, Mapping[str, str]]],
    earlier: Sequence[tuple[int, Mapping[str, str]]],
    columns: Sequence[Column],
    language: Language,
) -> bool:
    numeric = {column.key for column in columns if column.kind is ItemKind.QUANTITY}
    if len(rows) != len(earlier):
        return False
    for (_number, texts), (_earlier, before) in zip(rows, earlier, strict=True):
        units = {column.unit_field for column in columns if column.key in numeric and column.key in before}
        known = {column.key for column in columns} | units
        if any(
            not is_same_text(texts.get(key, ""), before.get(key, ""), language, is_number=key in numeric)
            for key in known
        ):
            return False
    return True


def _row(columns: Sequence[Column], number: int, texts: Mapping[str, str], language: Language) -> Row:
    row: dict[str, Cell] = {}
    for column in columns:
        text = texts.get(column.key, "")
        if not text or is_clearing(text):
            continue
        if column.kind is ItemKind.QUANTITY:
            row[column.key] = _quantity(column, number, text, texts.get(column.unit_field, ""), language)
        elif column.kind is ItemKind.YEAR:
            row[column.key] = read_year(text, number)
        elif column.kind is ItemKind.CHOICE:
            options = [(choice.key, choice.label) for choice in column.choices]
            row[column.key] = option_key(text, options, number)
        else:
            row[column.key] = read_prose(text, number)
    return row


def _quantity(column: Column, number: int, text: str, unit: str, language: Language) -> Quantity:
    """The number of a cell; without a unit in the row the usual one of the column."""
    family = UnitFamily("", NO_TEXT, "", column.units)
    symbol = read_symbol(unit, family, number) if unit else column.default_unit or next(iter(column.units))
    return Quantity(read_decimal(text, language, number), symbol)
