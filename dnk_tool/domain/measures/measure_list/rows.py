"""Tells which rows of a list of measures can be taken over, and what is wrong with the others."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dnk_tool.catalogue.measure_kinds import MeasureKinds
from dnk_tool.domain.measures.measure_list.cells import (
    BASIS_WORDS,
    STATE_WORDS,
    carrier_words,
    kind_words,
    lifetime_of,
    meaning_of,
    number_of,
    year_of,
)
from dnk_tool.domain.measures.measure_list.columns import MeasureColumn
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, MeasureEffect, MeasureState
from dnk_tool.domain.numbers import NotANumber
from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.language import Language

LONGEST_TEXT, LONGEST_OWNER = 2_000, 500
KWH_PER_MWH = 1_000
Edits = Mapping[int, Mapping[MeasureColumn, str]]


class MeasureRowFault(StrEnum):
    """Why a row cannot be taken over as it is. KNOWN, TWICE: it needs not."""

    NO_TEXT = "no-text"
    LONG_TEXT = "long-text"
    UNKNOWN_WORD = "unknown-word"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_YEAR = "not-a-year"
    NOT_A_LIFETIME = "not-a-lifetime"
    NO_CARRIER = "no-carrier"
    KNOWN = "known"
    TWICE = "twice"

    @property
    def needs_nothing(self) -> bool:
        """Whether the measure is there already, so that nothing has to be corrected."""
        return self in (MeasureRowFault.KNOWN, MeasureRowFault.TWICE)


@dataclass(frozen=True, slots=True)
class ReadMeasure:
    """A measure as a row says it; its energy is still in kWh of `carrier`, without factor."""

    measure: CompanyMeasure
    carrier: str = ""
    kwh: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CheckedMeasure:
    """A row with its texts: what it says, or what is wrong in which column."""

    number: int
    texts: Mapping[MeasureColumn, str]
    read: ReadMeasure | None = None
    fault: MeasureRowFault | None = None
    column: MeasureColumn = MeasureColumn.TEXT


class _Faulty(Exception):
    def __init__(self, fault: MeasureRowFault, column: MeasureColumn) -> None:
        self.fault, self.column = fault, column
        super().__init__(fault)


def check_measures(
    rows: Sequence[SpreadsheetRow],
    columns: Mapping[MeasureColumn, int],
    edits: Edits,
    *,
    known: Collection[str],
    kinds: MeasureKinds,
    language: Language,
) -> list[CheckedMeasure]:
    """Check each filled row by itself and against the rows above it.

    `known`: the texts of the company's measures; `edits`: corrections by the number of the row; `language`:
    in which numbers are written.
    """
    seen = {text.casefold() for text in known}
    above: set[str] = set()
    return [
        _checked(row, texts, numeric, seen, above, kinds, language)
        for row, texts, numeric in _written(rows, columns, edits)
    ]


def _written(
    rows: Sequence[SpreadsheetRow], columns: Mapping[MeasureColumn, int], edits: Edits
) -> Iterator[tuple[int, dict[MeasureColumn, str], frozenset[MeasureColumn]]]:
    """Number and texts of each row with something in one of the columns, and which are numbers."""
    for row in rows:
        texts = {
            column: row.cells[place].strip() if place < len(row.cells) else ""
            for column, place in columns.items()
        }
        own = edits.get(row.number, {})
        numeric = frozenset(
            column for column, place in columns.items() if place in row.numeric and column not in own
        )
        if any({**texts, **own}.values()):
            yield row.number, {**texts, **own}, numeric


def _checked(
    number: int,
    texts: dict[MeasureColumn, str],
    numeric: frozenset[MeasureColumn],
    known: Collection[str],
    above: set[str],
    kinds: MeasureKinds,
    language: Language,
) -> CheckedMeasure:
    name = texts.get(MeasureColumn.TEXT, "").casefold()
    if name and name in known:
        return CheckedMeasure(number, texts, fault=MeasureRowFault.KNOWN)
    if name and name in above:
        return CheckedMeasure(number, texts, fault=MeasureRowFault.TWICE)
    try:
        read = _Cells(texts, numeric, kinds, language).read()
    except _Faulty as faulty:
        return CheckedMeasure(number, texts, fault=faulty.fault, column=faulty.column)
    above.add(name)
    return CheckedMeasure(number, texts, read)


@dataclass(frozen=True)
class _Cells:
    texts: Mapping[MeasureColumn, str]
    numeric: frozenset[MeasureColumn]
    kinds: MeasureKinds
    language: Language

    def read(self) -> ReadMeasure:
        text = self.texts.get(MeasureColumn.TEXT, "")
        if not text:
            raise _Faulty(MeasureRowFault.NO_TEXT, MeasureColumn.TEXT)
        if len(text) > LONGEST_TEXT:
            raise _Faulty(MeasureRowFault.LONG_TEXT, MeasureColumn.TEXT)
        tonnes = self._number(MeasureColumn.T_CO2E)
        kwh, carrier = self._kwh(), self._word(MeasureColumn.CARRIER, carrier_words(self.kinds))
        if kwh is not None and carrier is None:
            raise _Faulty(MeasureRowFault.NO_CARRIER, MeasureColumn.CARRIER)
        effect = MeasureEffect(
            t_co2e=tonnes,
            is_t_co2e_typed=tonnes is not None,
            cost_eur=self._number(MeasureColumn.COST),
            basis=self._basis(),
        )
        measure = CompanyMeasure(
            text,
            owner=self.texts.get(MeasureColumn.OWNER, "")[:LONGEST_OWNER],
            kind=self._word(MeasureColumn.KIND, kind_words(self.kinds)) or "",
            state=self._state(),
            effect=effect,
            investment_eur=self._investment(),
            from_year=self._year(),
            lifetime=self._lifetime(),
        )
        return ReadMeasure(measure, carrier or "", kwh)

    def _kwh(self) -> Decimal | None:
        mwh = self._number(MeasureColumn.MWH)
        return self._number(MeasureColumn.KWH) if mwh is None else mwh * KWH_PER_MWH

    def _investment(self) -> Decimal | None:
        value = self._number(MeasureColumn.INVESTMENT)
        if value is not None and value < 0:
            raise _Faulty(MeasureRowFault.NOT_A_NUMBER, MeasureColumn.INVESTMENT)
        return value

    def _state(self) -> MeasureState:
        try:
            found = meaning_of(self.texts.get(MeasureColumn.STATE, ""), STATE_WORDS)
        except LookupError:
            return MeasureState.IDEA
        if found is None:
            raise _Faulty(MeasureRowFault.UNKNOWN_WORD, MeasureColumn.STATE)
        return found

    def _basis(self) -> EffectBasis | None:
        try:
            found = meaning_of(self.texts.get(MeasureColumn.BASIS, ""), BASIS_WORDS)
        except LookupError:
            return None
        if found is None:
            raise _Faulty(MeasureRowFault.UNKNOWN_WORD, MeasureColumn.BASIS)
        return found

    def _word(self, column: MeasureColumn, words: Mapping[str, str]) -> str | None:
        try:
            found = meaning_of(self.texts.get(column, ""), words)
        except LookupError:
            return None
        if found is None:
            raise _Faulty(MeasureRowFault.UNKNOWN_WORD, column)
        return found

    def _number(self, column: MeasureColumn) -> Decimal | None:
        text = self.texts.get(column, "")
        if not text:
            return None
        try:
            return number_of(text, self.language, is_numeric=column in self.numeric)
        except NotANumber:
            raise _Faulty(MeasureRowFault.NOT_A_NUMBER, column) from None

    def _year(self) -> int | None:
        text = self.texts.get(MeasureColumn.YEAR, "")
        year = year_of(text) if text else None
        if text and year is None:
            raise _Faulty(MeasureRowFault.NOT_A_YEAR, MeasureColumn.YEAR)
        return year

    def _lifetime(self) -> int | None:
        text = self.texts.get(MeasureColumn.LIFETIME, "")
        years = lifetime_of(text) if text else None
        if text and years is None:
            raise _Faulty(MeasureRowFault.NOT_A_LIFETIME, MeasureColumn.LIFETIME)
        return years
