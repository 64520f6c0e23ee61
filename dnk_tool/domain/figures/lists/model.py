"""What a list holds, what can be wrong with its rows, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.uploads import RejectedRow
from dnk_tool.language import Language


class ListKind(StrEnum):
    """The kinds of lists that can be read."""

    PAYROLL = "payroll"
    FUEL = "fuel"
    WASTE = "waste"


class ListColumn(StrEnum):
    """What a column of a list can hold."""

    PERSON = "person"
    SEX = "sex"
    BIRTH = "birth"
    ENTRY = "entry"
    EXIT = "exit"
    WEEKLY_HOURS = "weekly-hours"
    FTE = "fte"
    LEVEL = "level"
    TEMPORARY = "temporary"
    TRAINING_HOURS = "training-hours"
    HOURLY_PAY = "hourly-pay"
    MONTHLY_PAY = "monthly-pay"
    DATE = "date"
    PRODUCT = "product"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    CODE = "code"
    UNIT = "unit"
    FATE = "fate"


COLUMNS: Mapping[ListKind, tuple[ListColumn, ...]] = {
    ListKind.PAYROLL: tuple(ListColumn)[: tuple(ListColumn).index(ListColumn.DATE)],
    ListKind.FUEL: (ListColumn.DATE, ListColumn.PRODUCT, ListColumn.QUANTITY, ListColumn.AMOUNT),
    ListKind.WASTE: (ListColumn.DATE, ListColumn.CODE, ListColumn.QUANTITY, ListColumn.UNIT, ListColumn.FATE),
}
REQUIRED: Mapping[ListKind, frozenset[ListColumn]] = {
    ListKind.PAYROLL: frozenset(),
    ListKind.FUEL: frozenset({ListColumn.PRODUCT, ListColumn.QUANTITY}),
    ListKind.WASTE: frozenset({ListColumn.CODE, ListColumn.QUANTITY}),
}


class WasteFate(StrEnum):
    """What becomes of waste, as the calculator for waste names it."""

    RECYCLING = "recycling"
    REUSE = "reuse"
    OTHER_RECOVERY = "other-recovery"
    INCINERATION = "incineration"
    DISPOSAL = "disposal"


class ListRowFault(StrEnum):
    """Why a row is left out.

    INTERIM: the operation (R12, R13, D13 to D15) says only that the waste was sorted or stored.
    """

    EMPTY = "empty"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_DATE = "not-a-date"
    OUT_OF_RANGE = "out-of-range"
    UNKNOWN_WORD = "unknown-word"
    UNKNOWN_PRODUCT = "unknown-product"
    UNKNOWN_CODE = "unknown-code"
    UNKNOWN_UNIT = "unknown-unit"
    INTERIM = "interim"
    EXIT_BEFORE_ENTRY = "exit-before-entry"


class ListCount(StrEnum):
    """What is counted for the reader, beside the sums."""

    COUNTED = "counted"
    OTHER_YEAR = "other-year"
    SAME_PERSON = "same-person"
    NO_FUEL = "no-fuel"
    ENTERED = "entered"
    LEFT = "left"
    AMOUNT = "amount"


class ListNote(StrEnum):
    """Why a sum is not proposed, or what it leaves out."""

    NO_TURNOVER = "no-turnover"
    FEW_FOR_PAY = "few-for-pay"
    PAY_WITHOUT_HOURS = "pay-without-hours"
    FEW_FOR_TRAINING = "few-for-training"
    NO_LEADERS = "no-leaders"
    LEADERS_WITHOUT_HOURS = "leaders-without-hours"


@dataclass(frozen=True, slots=True)
class ListSettings:
    """What a person says about a list beside its columns.

    `full_week`: the weekly hours of a full post; `mass_unit`: where no unit stands beside a quantity;
    `fate`: where a row says nothing of it; `label`: the name of the lines.
    """

    year: int
    language: Language = "de"
    full_week: Decimal = Decimal(40)
    mass_unit: str = "kg"
    fate: WasteFate | None = None
    label: str = ""


@dataclass(frozen=True)
class ListSums:
    """What a list comes to: lines of calculators without their factors, counts, and the rows left out.

    The `detail` of a rejected row is the column; what stands in the row is never repeated.
    """

    lines: Sequence[CalculatorLine] = ()
    counts: Mapping[ListCount, Decimal] = field(default_factory=dict)
    rejected: Sequence[RejectedRow[ListRowFault]] = ()
    notes: Sequence[ListNote] = ()
