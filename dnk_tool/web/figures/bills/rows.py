"""The rows of the page of bills: what stands there, what came of it, and what looks odd about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.figures.calculators import Calculation
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.web.evidence.rows import add_evidence_url
from dnk_tool.web.figures.bills.form import BillFields, unit_options
from dnk_tool.web.figures.calculators.bill_period import line_period_text
from dnk_tool.web.figures.calculators.page import entered_text
from dnk_tool.web.figures.warnings import WarningView
from dnk_tool.web.text.quantities import QuantityFormatter

# In this order: what a company emits itself or by its purchase of energy goes before what others emit for it.
_EMISSIONS = (("ghg.scope1.", "ghg.scope2."), ("ghg.",))


@dataclass(frozen=True)
class BillLine:
    """A line that holds the bill. `results`: emissions with what they count, which is "" for a single one.

    `traced` is the datapoint whose way of calculation is shown; "" without a result.
    """

    stored: StoredLine
    quantity: str
    period: str
    results: tuple[tuple[str, str], ...]
    traced: str
    files: int
    files_href: str
    odd: tuple[WarningView, ...]


@dataclass(frozen=True)
class BillRow:
    """One usual bill: the lines that hold it, and its fields as long as there is none."""

    fields: BillFields
    units: list[dict[str, str]]
    lines: tuple[BillLine, ...]
    is_open: bool

    @property
    def has_fields(self) -> bool:
        """Whether the row asks: nothing is saved yet, or what was typed is not."""
        return self.is_open and (not self.lines or bool(self.fields.errors.keys() - {self.fields.file_id}))


def bill_rows(
    bills: Sequence[BillFields],
    lines: Sequence[StoredLine],
    calculation: Calculation,
    shown: QuantityFormatter,
    *,
    year: int,
    files: Mapping[int, int],
    odd: Mapping[int, Sequence[WarningView]],
    open_calculators: frozenset[str],
) -> tuple[BillRow, ...]:
    """The rows in the order of the bills. `files`, `odd`: by id of the line."""
    by_kind: dict[tuple[str, str], list[StoredLine]] = {}
    for stored in lines:
        by_kind.setdefault((stored.line.calculator, stored.line.activity), []).append(stored)
    return tuple(
        BillRow(
            fields,
            unit_options(fields.bill, {symbol: shown.unit(symbol) for symbol in fields.bill.units}),
            tuple(
                _bill_line(stored, fields.bill.activity, calculation, shown, year, files, odd)
                for stored in by_kind.get(fields.kind, ())
            ),
            fields.calculator.key in open_calculators,
        )
        for fields in bills
    )


def _bill_line(
    stored: StoredLine,
    activity: Activity,
    calculation: Calculation,
    shown: QuantityFormatter,
    year: int,
    files: Mapping[int, int],
    odd: Mapping[int, Sequence[WarningView]],
) -> BillLine:
    results = list(_emissions(stored, activity, calculation, shown))
    labels = {text: label for _key, label, text in results}
    return BillLine(
        stored,
        entered_text(stored, activity, shown),
        line_period_text(stored.line, year),
        tuple((text, label if len(labels) > 1 else "") for text, label in labels.items()),
        results[0][0] if results else "",
        files.get(stored.line.id, 0),
        add_evidence_url(EvidenceTarget(line=stored.line.id)),
        tuple(odd.get(stored.line.id, ())),
    )


def _emissions(
    stored: StoredLine, activity: Activity, calculation: Calculation, shown: QuantityFormatter
) -> Iterator[tuple[str, str, str]]:
    """Yield datapoint, slot and result of the line's emissions; Scope 3 only where there is no other."""
    steps = [
        (key, slot, step)
        for key, step in calculation.steps_of(stored.line.id)
        if (slot := activity.slot(step.slot))
    ]
    for beginnings in _EMISSIONS:
        told = [step for step in steps if step[0].startswith(beginnings)]
        if told:
            for key, slot, step in told:
                yield key, slot.label.to(shown.language), shown.quantity(step.result)
            return


def odd_by_line(
    by_field: Mapping[str, Sequence[WarningView]], lines: Sequence[StoredLine], calculation: Calculation
) -> tuple[dict[int, list[WarningView]], list[WarningView]]:
    """Put each warning at a line, else at that with the largest part in the figure; and those left over."""
    known = {stored.line.id for stored in lines}
    left: list[WarningView] = []
    placed: dict[int, list[WarningView]] = {}
    for field, views in by_field.items():
        result = calculation.results.get(field)
        steps = [step for step in result.steps if step.line in known] if result else []
        if field.startswith("line-"):
            placed.setdefault(int(field.removeprefix("line-")), []).extend(views)
        elif steps:
            placed.setdefault(max(steps, key=lambda step: step.exact).line, []).extend(views)
        else:
            left += views
    return placed, left
