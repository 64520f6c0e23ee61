"""A line of a calculator: quantities as entered, with the factors as they were when it was saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from dnk_tool.catalogue.factors.model import Boundary, Factor, FactorStatus
from dnk_tool.catalogue.values import Text, Verification
from dnk_tool.domain.quantities import Quantity

# The sets of global warming potentials by the key of their edition.
GWP_SETS_OF_EDITIONS = {"ipcc-ar4": "AR4", "ipcc-ar5": "AR5", "ipcc-ar6": "AR6"}


class Basis(StrEnum):
    """Where the quantities of a line come from; those of a credit note are taken off."""

    BILL = "bill"
    METER = "meter"
    ESTIMATE = "estimate"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class BillPeriod:
    """The days that a bill covers; the first and the last one count."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """The number of days; zero or less if the last day is before the first."""
        return (self.last - self.first).days + 1

    def days_in(self, year: int) -> int:
        """How many of its days are in the calendar year."""
        first, last = max(self.first, date(year, 1, 1)), min(self.last, date(year, 12, 31))
        return max(0, (last - first).days + 1)


@dataclass(frozen=True, slots=True)
class FactorSource:
    """Where a factor was published; all of it empty for an own factor."""

    title: str = ""
    edition: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class FactorSnapshot:
    """A factor as it was saved with a line; later editions do not change it.

    `value` units of `result_unit` for each `unit`. A company's own factor has a reason and no edition.
    `gwp_set` is the assessment report of a global warming potential that somebody typed.
    """

    key: str
    edition: str
    data_year: int | None
    label: Text
    value: Decimal
    unit: str
    result_unit: str
    gases: str = ""
    boundary: Boundary = Boundary.DIRECT
    source: FactorSource = field(default_factory=FactorSource)
    reason: str = ""
    status: FactorStatus = FactorStatus.FINAL
    verification: Verification = Verification.CONFIRMED
    gwp_set: str = ""

    @property
    def stated_gwp_set(self) -> str:
        """The set of global warming potentials that the factor belongs to, or "".

        Lines of earlier programs do not hold it; then the edition says it.
        """
        return self.gwp_set or GWP_SETS_OF_EDITIONS.get(self.edition, "")

    @property
    def is_own(self) -> bool:
        """Whether it is the company's own factor; one that the bill states counts as such, too."""
        return not self.edition


def factor_snapshot(factor: Factor) -> FactorSnapshot:
    """The factor as it is saved with a line."""
    edition = factor.edition
    return FactorSnapshot(
        key=factor.key,
        edition=edition.key,
        data_year=factor.data_year,
        label=factor.label,
        value=factor.value,
        unit=factor.unit,
        result_unit=factor.result_unit,
        gases=factor.gases,
        boundary=factor.boundary,
        source=FactorSource(edition.title, edition.edition, edition.address),
        status=factor.status,
        verification=factor.verification,
    )


@dataclass(frozen=True, slots=True)
class CalculatorLine:
    """One bill, trip or headcount. `factors` by slot: None means deliberately none, a missing key not yet.

    `code` is a code of the thing itself, such as that of the waste list. `period` is that of a bill, where it
    covers days of another year.
    """

    id: int
    calculator: str
    activity: str
    label: str = ""
    site: str = ""
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    factors: Mapping[str, FactorSnapshot | None] = field(default_factory=dict)
    basis: Basis = Basis.BILL
    note: str = ""
    code: str = ""
    period: BillPeriod | None = None

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit note: its quantities are above zero and count below it."""
        return self.basis is Basis.CREDIT

    def share_of_year(self, year: int | None) -> Fraction:
        """The share of the quantities that counts for the year, by days; all of it without a period."""
        if self.period is None or year is None or self.period.days <= 0:
            return Fraction(1)
        return Fraction(self.period.days_in(year), self.period.days)


@dataclass(frozen=True, slots=True)
class LineFault:
    """A fault of a line: a code, and the field, slot or part that it concerns."""

    code: str
    where: str = ""


class InvalidLine(ValueError):
    """The data describe no line; `faults` names each fault."""

    def __init__(self, faults: tuple[LineFault, ...]) -> None:
        self.faults = faults
        super().__init__(", ".join(f"{fault.where or 'line'}: {fault.code}" for fault in faults))
