"""Counts a list of people to the figures of a year; of the people themselves nothing is left.

People count on the last day of the year (GRI 405-1, 2-7); turnover takes 1 January and 31 December (VSME B8).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.lists.cells import (
    MAX_WEEKLY_HOURS,
    UnreadableCell,
    is_leader,
    is_temporary,
    read_age,
    read_sex,
    read_share,
)
from dnk_tool.domain.figures.lists.model import (
    ListColumn,
    ListCount,
    ListNote,
    ListRowFault,
    ListSettings,
    ListSums,
)
from dnk_tool.domain.figures.lists.rows import ListRow, read_rows, sum_quantity
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.uploads import ListTable

# A mean of fewer people would tell what single ones earn or did.
FEWEST_PEOPLE = 5
_SEXES = ("women", "men", "diverse")
_FIRST_OLDER, _LAST_MIDDLE = 30, 50
WEEKS_PER_MONTH = Decimal("4.345")  # 365.25 / 12 / 7, as the Federal Statistical Office counts
_PLACES = Decimal("0.01")

Quantities = dict[str, Quantity]


class _Person(NamedTuple):
    """What is counted of one row, None where the list does not say."""

    number: str
    entry: date | None
    exit: date | None
    sex: str | None
    age: int | None
    weekly_hours: Decimal | None
    fte: Decimal | None
    is_leader: bool
    is_temporary: bool
    training_hours: Decimal
    hourly_pay: Decimal | None

    def works_on(self, day: date) -> bool:
        """Whether the person is employed on the day, the first and last one included."""
        return (self.entry is None or self.entry <= day) and (self.exit is None or self.exit >= day)


def sum_payroll(table: ListTable, mapped: Mapping[int, ListColumn], settings: ListSettings) -> ListSums:
    """The lines that the list gives for as many figures as its columns allow."""
    rows, rejected = read_rows(table.rows, mapped, settings, _read)
    people = _last_rows(rows)
    first, last = date(settings.year, 1, 1), date(settings.year, 12, 31)
    in_year = [one for one in people if one.entry is None or one.entry <= last]
    in_year = [one for one in in_year if one.exit is None or one.exit >= first]
    staff = [one for one in in_year if one.works_on(last)]
    columns, notes = frozenset(mapped.values()), list[ListNote]()
    lines = _lines(staff, in_year, columns, settings, notes)
    counts = {
        ListCount.COUNTED: Decimal(len(staff)),
        ListCount.OTHER_YEAR: Decimal(len(people) - len(in_year)),
        ListCount.SAME_PERSON: Decimal(len(rows) - len(people)),
    }
    if ListColumn.ENTRY in columns:
        entered = sum(one.entry is not None and one.entry >= first for one in in_year)
        counts[ListCount.ENTERED] = Decimal(entered)
    if ListColumn.EXIT in columns:
        counts[ListCount.LEFT] = Decimal(len(_leavers(in_year, settings.year)))
    return ListSums(tuple(lines) if people else (), counts, rejected, tuple(notes))


def _last_rows(rows: Sequence[_Person]) -> list[_Person]:
    """Of several rows with the same number, such as those of twelve months, the last one."""
    return list({one.number or place: one for place, one in enumerate(rows)}.values())


def _read(row: ListRow) -> _Person:
    sex = read_sex(row.text(ListColumn.SEX)) if row.has(ListColumn.SEX) else None
    age = None
    if row.has(ListColumn.BIRTH):
        text, is_numeric = row.text(ListColumn.BIRTH), row.is_numeric(ListColumn.BIRTH)
        age = read_age(text, row.settings.year, is_numeric=is_numeric)
    entry, exit_day = row.day_if_any(ListColumn.ENTRY), row.day_if_any(ListColumn.EXIT)
    if entry and exit_day and exit_day < entry:
        raise UnreadableCell(ListRowFault.EXIT_BEFORE_ENTRY, ListColumn.EXIT)
    hours, fte = _working_time(row)
    training = row.hours(ListColumn.TRAINING_HOURS) if row.text(ListColumn.TRAINING_HOURS) else Decimal(0)
    temporary_text = row.text(ListColumn.TEMPORARY)
    return _Person(
        row.text(ListColumn.PERSON),
        entry,
        exit_day,
        sex,
        age,
        hours,
        fte,
        is_leader(row.text(ListColumn.LEVEL)),
        is_temporary(temporary_text, row.settings.year, is_numeric=row.is_numeric(ListColumn.TEMPORARY)),
        training,
        _hourly_pay(row, hours),
    )


def _working_time(row: ListRow) -> tuple[Decimal | None, Decimal | None]:
    """Weekly hours and share of a full post; one follows from the other."""
    full, hours = row.settings.full_week, None
    if row.has(ListColumn.WEEKLY_HOURS):
        hours = row.hours(ListColumn.WEEKLY_HOURS)
        if hours > MAX_WEEKLY_HOURS:
            raise UnreadableCell(ListRowFault.OUT_OF_RANGE, ListColumn.WEEKLY_HOURS)
    if row.has(ListColumn.FTE):
        text, is_numeric = row.text(ListColumn.FTE), row.is_numeric(ListColumn.FTE)
        fte = read_share(text, row.settings.language, is_numeric=is_numeric)
        return hours if hours is not None else fte * full, fte
    return hours, None if hours is None else min(hours / full, Decimal(1))


def _hourly_pay(row: ListRow, weekly_hours: Decimal | None) -> Decimal | None:
    """Gross pay of an hour; None where the row has no pay, or a month's without hours."""
    for column, hours in (
        (ListColumn.HOURLY_PAY, Decimal(1)),
        (ListColumn.MONTHLY_PAY, (weekly_hours or Decimal(0)) * WEEKS_PER_MONTH),
    ):
        if row.text(column):
            pay = row.decimal(column)
            if pay < 0:
                raise UnreadableCell(ListRowFault.OUT_OF_RANGE, column)
            if pay and hours:
                return pay / hours
    return None


def _lines(
    staff: Sequence[_Person],
    in_year: Sequence[_Person],
    columns: frozenset[ListColumn],
    settings: ListSettings,
    notes: list[ListNote],
) -> Iterator[CalculatorLine]:
    """The lines in the order of the calculators' page, each only with what the list says."""
    for calculator, activity, quantities in (
        ("intensity", "basis", _basis(staff, columns)),
        ("diversity", "employees", _heads(staff, columns)),
        ("diversity", "leadership", _leaders(staff, columns, notes)),
        ("diversity", "working-time", _contracts(staff, columns)),
        ("staff-turnover", "staff-turnover", _turnover(in_year, columns, settings.year, notes)),
        ("training", "training", _training(staff, in_year, columns, notes)),
        ("pay-gap", "pay-gap", _pay(staff, columns, notes)),
    ):
        if quantities:
            yield CalculatorLine(0, calculator, activity, settings.label, quantities=quantities)


def _basis(staff: Sequence[_Person], columns: frozenset[ListColumn]) -> Quantities:
    return {"headcount": _people(len(staff)), **({"fte": _fte(staff)} if _has_fte(columns) else {})}


def _heads(staff: Sequence[_Person], columns: frozenset[ListColumn]) -> Quantities:
    sexes = {sex: _people(len(_of(staff, sex))) for sex in _SEXES} if ListColumn.SEX in columns else {}
    ages = {group: _people(len(of_age)) for group, of_age in _by_age(staff).items()}
    return {**sexes, **(ages if ListColumn.BIRTH in columns else {})}


def _leaders(staff: Sequence[_Person], columns: frozenset[ListColumn], notes: list[ListNote]) -> Quantities:
    if not {ListColumn.LEVEL, ListColumn.SEX} <= columns:
        return {}
    leaders = [one for one in staff if one.is_leader]
    if not leaders:
        notes.append(ListNote.NO_LEADERS)
        return {}
    if not _has_fte(columns):
        notes.append(ListNote.LEADERS_WITHOUT_HOURS)
        return {}
    return {sex: _fte(_of(leaders, sex)) for sex in _SEXES}


def _contracts(staff: Sequence[_Person], columns: frozenset[ListColumn]) -> Quantities:
    quantities: Quantities = {}
    if _has_fte(columns):
        if ListColumn.BIRTH in columns:
            quantities |= {f"fte-{group}": _fte(of_age) for group, of_age in _by_age(staff).items()}
        quantities["part-time"] = _people(sum(one.fte is not None and 0 < one.fte < 1 for one in staff))
    if ListColumn.TEMPORARY in columns:
        quantities["temporary"] = _people(sum(one.is_temporary for one in staff))
    return quantities


def _turnover(
    in_year: Sequence[_Person], columns: frozenset[ListColumn], year: int, notes: list[ListNote]
) -> Quantities:
    if not {ListColumn.ENTRY, ListColumn.EXIT} <= columns:
        notes.append(ListNote.NO_TURNOVER)
        return {}
    days = date(year, 1, 1), date(year, 12, 31)
    start, end = (sum(one.works_on(day) for one in in_year) for day in days)
    leavers = len(_leavers(in_year, year))
    return {"start": _people(start), "end": _people(end), "leavers": _people(leavers)}


def _leavers(in_year: Iterable[_Person], year: int) -> list[_Person]:
    return [one for one in in_year if one.exit is not None and one.exit.year == year]


def _training(
    staff: Sequence[_Person],
    in_year: Sequence[_Person],
    columns: frozenset[ListColumn],
    notes: list[ListNote],
) -> Quantities:
    """Hours of all who worked in the year, by the heads at its end; a small third group is left out."""
    if not {ListColumn.TRAINING_HOURS, ListColumn.SEX} <= columns:
        return {}
    quantities: Quantities = {}
    for sex in _SEXES:
        heads, hours = _of(staff, sex), sum((one.training_hours for one in _of(in_year, sex)), Decimal(0))
        if sex == "diverse" and len(heads) < FEWEST_PEOPLE:
            notes += [ListNote.FEW_FOR_TRAINING] if heads else []
        elif heads or hours:
            quantities |= {f"hours-{sex}": sum_quantity(hours, "h"), f"heads-{sex}": _people(len(heads))}
    if quantities and _has_fte(columns):
        quantities["fte"] = _fte(staff)
    return quantities


def _pay(staff: Sequence[_Person], columns: frozenset[ListColumn], notes: list[ListNote]) -> Quantities:
    """Mean hourly pay of women and men, only with enough people of both; weighted where hours are known."""
    pay_columns = {ListColumn.HOURLY_PAY, ListColumn.MONTHLY_PAY} & columns
    if not pay_columns or ListColumn.SEX not in columns:
        return {}
    if pay_columns == {ListColumn.MONTHLY_PAY} and not _has_fte(columns):
        notes.append(ListNote.PAY_WITHOUT_HOURS)
        return {}
    paid = {sex: [one for one in _of(staff, sex) if one.hourly_pay] for sex in ("men", "women")}
    if any(len(group) < FEWEST_PEOPLE for group in paid.values()):
        notes.append(ListNote.FEW_FOR_PAY)
        return {}
    return {sex: sum_quantity(_mean_pay(group), "eur-per-h") for sex, group in paid.items()}


def _mean_pay(group: Sequence[_Person]) -> Decimal:
    """All pay by all hours; without hours everybody weighs the same."""
    weights = [one.weekly_hours or Decimal(0) for one in group]
    if not all(weights):
        weights = [Decimal(1)] * len(group)
    pay = sum(
        ((one.hourly_pay or Decimal(0)) * weight for one, weight in zip(group, weights, strict=True)),
        Decimal(0),
    )
    return (pay / sum(weights)).quantize(_PLACES)


def _has_fte(columns: frozenset[ListColumn]) -> bool:
    return bool({ListColumn.FTE, ListColumn.WEEKLY_HOURS} & columns)


def _of(people: Iterable[_Person], sex: str) -> list[_Person]:
    return [one for one in people if one.sex == sex]


def _by_age(people: Iterable[_Person]) -> dict[str, list[_Person]]:
    """Under 30, 30 to 50, over 50 (GRI 405-1)."""
    groups: dict[str, list[_Person]] = {"under-30": [], "30-to-50": [], "over-50": []}
    for one in people:
        if one.age is not None:
            is_young, is_middle = one.age < _FIRST_OLDER, one.age <= _LAST_MIDDLE
            groups["under-30" if is_young else "30-to-50" if is_middle else "over-50"].append(one)
    return groups


def _people(number: int) -> Quantity:
    return Quantity(Decimal(number), "persons")


def _fte(people: Iterable[_Person]) -> Quantity:
    return sum_quantity(sum((one.fte or Decimal(0) for one in people), Decimal(0)).quantize(_PLACES), "fte")
