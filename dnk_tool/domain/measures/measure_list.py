"""Guesses which columns of a table hold what of a measure.

Reads the cells of a measure's row: words for kind, state, carrier and basis, numbers and years.
Tells which rows of a list of measures can be taken over, and what is wrong with the others.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from dnk_tool.catalogue.measure_kinds import MeasureKinds
from dnk_tool.catalogue.values import Text
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.values import FIRST_YEAR, LAST_YEAR
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, MeasureEffect, MeasureState
from dnk_tool.domain.numbers import NotANumber
from dnk_tool.domain.uploads import ListTable, SpreadsheetRow, find_table, guess_by_headings, letters_of
from dnk_tool.language import Language


class MeasureColumn(StrEnum):
    """What a column of a list of measures can hold; energy in one of two units."""

    TEXT = "text"
    KIND = "kind"
    STATE = "state"
    CARRIER = "carrier"
    KWH = "kwh"
    MWH = "mwh"
    T_CO2E = "t-co2e"
    COST = "cost"
    INVESTMENT = "investment"
    YEAR = "year"
    LIFETIME = "lifetime"
    BASIS = "basis"
    OWNER = "owner"


# In this order: a heading such as "Energieeinsparung MWh" must not be taken for a measure's name.
_HEADINGS: Mapping[MeasureColumn, str] = {
    MeasureColumn.MWH: r"mwh",
    MeasureColumn.KWH: r"kwh|energie(einsparung|ersparnis)|energysav",
    MeasureColumn.T_CO2E: r"^t?co(e|ä|a|$|red|sav|min)|thg|ghg|treibhausgas|greenhouse|emission",
    MeasureColumn.INVESTMENT: r"^(investition|investment|invest|capex)",
    MeasureColumn.COST: r"kosten(einsparung|ersparnis)|(euro|eur)(im|pro|je)?jahr|costsaving|^ersparnis"
    r"|^(imjahr|ayear)$",
    MeasureColumn.CARRIER: r"energietr|carrier|fuel",
    MeasureColumn.YEAR: r"^(wirk(t|sam)ab|abjahr|jahr|umsetzungsjahr|year|fromyear|effectivefrom|baujahr)",
    MeasureColumn.LIFETIME: r"lebensdauer|nutzungsdauer|lifetime",
    MeasureColumn.BASIS: r"herkunft|grundlage|ermittlung|nachweis|basis|howfound",
    MeasureColumn.OWNER: r"verantwort|zust(ä|ae)ndig|owner|responsible",
    MeasureColumn.STATE: r"^(stand|status|state|umsetzungsstand|umsetzung)$",
    MeasureColumn.KIND: r"^(art|kind|kategorie|category|typ|type|bereich)$"
    r"|^(ma(ß|ss)nahmenart|artderma(ß|ss)nahme|kindofmeasure)$",
    MeasureColumn.TEXT: r"ma(ß|ss)nahme|measure|bezeichnung|titel|title|beschreibung|^name$",
}


def find_measure_table(rows: Sequence[SpreadsheetRow]) -> ListTable:
    """The headings of a list of measures and its rows, without empty ones and titles."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    return find_table(filled, lambda cells: len(_by_headings(cells)), fewest=1, otherwise=None)


def guess_measure_columns(table: ListTable) -> dict[MeasureColumn, int]:
    """The place of each column that its heading tells."""
    return {column: place for place, column in _by_headings(table.heads).items()}


def _by_headings(heads: Sequence[str]) -> dict[int, MeasureColumn]:
    return guess_by_headings(heads, _HEADINGS, {})


MAX_LIFETIME = 60
Meaning = TypeVar("Meaning")

STATE_WORDS: Mapping[str, MeasureState] = {
    **dict.fromkeys(("idee", "idea", "vorschlag"), MeasureState.IDEA),
    **dict.fromkeys(("geplant", "planned", "beschlossen", "inplanung"), MeasureState.PLANNED),
    **dict.fromkeys(
        ("läuft", "laufend", "inumsetzung", "inarbeit", "running", "begonnen"), MeasureState.RUNNING
    ),
    **dict.fromkeys(
        ("umgesetzt", "fertig", "erledigt", "abgeschlossen", "done", "inplace", "implemented"),
        MeasureState.DONE,
    ),
    **dict.fromkeys(("verworfen", "dropped", "gestrichen"), MeasureState.DROPPED),
}
BASIS_WORDS: Mapping[str, EffectBasis] = {
    **dict.fromkeys(("gemessen", "measured", "messung"), EffectBasis.MEASURED),
    **dict.fromkeys(("berechnet", "calculated", "berechnung", "gerechnet"), EffectBasis.CALCULATED),
    **dict.fromkeys(
        (
            "lieferant",
            "angabedeslieferanten",
            "vomlieferanten",
            "supplier",
            "statedbythesupplier",
            "hersteller",
        ),
        EffectBasis.SUPPLIER,
    ),
    **dict.fromkeys(("geschätzt", "estimated", "schätzung"), EffectBasis.ESTIMATED),
}


def kind_words(kinds: MeasureKinds) -> dict[str, str]:
    """The keys of the kinds by the letters of their names, in both languages."""
    return _keys_by_words((kind.key, kind.label) for kind in kinds.kinds.values())


def carrier_words(kinds: MeasureKinds) -> dict[str, str]:
    """The keys of the carriers by the letters of their names, in both languages."""
    return _keys_by_words((carrier.key, carrier.label) for carrier in kinds.carriers.values())


def meaning_of(text: str, words: Mapping[str, Meaning]) -> Meaning | None:
    """What a cell's word means; None for one that is not known. Raises LookupError for an empty cell."""
    letters = letters_of(text)
    if not letters:
        raise LookupError(text)
    found = words.get(letters)
    if found is None and len(letters) >= 3:
        longer = {meaning for word, meaning in words.items() if letters in word}
        return longer.pop() if len(longer) == 1 else None
    return found


def number_of(text: str, language: Language, *, is_numeric: bool) -> Decimal:
    """The number in a cell; `is_numeric`: the spreadsheet stores it as one. Raises NotANumber."""
    return numbers.parse(text, "en" if is_numeric else language)


def year_of(text: str) -> int | None:
    """The year in a cell; None for anything else."""
    digits = text.strip().removesuffix(".0")
    is_year = digits.isascii() and digits.isdigit() and len(digits) == 4
    return int(digits) if is_year and FIRST_YEAR <= int(digits) <= LAST_YEAR else None


def lifetime_of(text: str) -> int | None:
    """The years of a lifetime; None for anything else."""
    digits = text.strip().removesuffix(".0")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 3
    return int(digits) if is_number and 1 <= int(digits) <= MAX_LIFETIME else None


def _keys_by_words(named: Iterable[tuple[str, Text]]) -> dict[str, str]:
    words: dict[str, str] = {}
    for key, label in named:
        for text in (label.de, label.en, key):
            words.setdefault(letters_of(text), key)
    return words


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
