"""The set of global warming potentials of a company's inventory, and the change to another one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for

from dnk_tool.catalogue.calculators.model import Activity, Calculator, Slot
from dnk_tool.catalogue.factors.model import GWP_SETS, Factors
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.services.figures.lines_beside_calculator import lines_beside_calculator
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.transactions import db

# Proposed where no line says otherwise: the latest assessment report.
LATEST_GWP_SET = GWP_SETS[-1]


@dataclass(frozen=True)
class GwpChoice:
    """The set of this year's lines, that of last year's, and the other sets with the address of each.

    `used` is "" without lines, `before` without lines last year.
    """

    used: str
    before: str
    others: tuple[tuple[str, str], ...]


def counts_potentials(calculator: Calculator, factors: Factors) -> bool:
    """Whether lines of the calculator take global warming potentials as factors."""
    return any(
        factor.edition.gwp_set
        for activity in calculator.activities
        for slot in activity.slots
        for key in slot.factors
        for factor in factors.by_key.get(key, ())
    )


def takes_potential(activity: Activity, slot: Slot) -> bool:
    """Whether an own factor in this slot is a potential: of a gas without factors, by its mass in Scope 1."""
    return activity.key == "other-refrigerant" and not slot.factors


def used_gwp_set(lines: Iterable[CalculatorLine]) -> str:
    """The set that most lines use, of several the latest; "" if none uses one."""
    used = Counter(
        factor.stated_gwp_set
        for line in lines
        for factor in line.factors.values()
        if factor and factor.stated_gwp_set
    )
    return max(used, key=lambda gwp_set: (used[gwp_set], gwp_set), default="")


def inventory_gwp_set(declaration: Declaration, calculator: Calculator, factors: Factors) -> str:
    """The set for a new line: that of the year's lines, else of last year's, else the latest; or ""."""
    if not counts_potentials(calculator, factors):
        return ""
    lines = lines_beside_calculator(db(), declaration, calculator.key)
    own = [line.line for line in lines.of_year if line.line.calculator == calculator.key]
    return used_gwp_set(own) or used_gwp_set(line.line for line in lines.before) or LATEST_GWP_SET


def gwp_choice(
    declaration: Declaration,
    calculator: Calculator,
    factors: Factors,
    own: Iterable[StoredLine],
    before: Iterable[StoredLine],
) -> GwpChoice | None:
    """The sets of this year's and last year's lines; None for a calculator without potentials."""
    if not counts_potentials(calculator, factors):
        return None
    used = used_gwp_set(line.line for line in own)
    others = tuple(
        (
            gwp_set,
            url_for(
                "calculators.show",
                declaration_id=declaration.id,
                calculator_key=calculator.key,
                gwp=gwp_set,
                _anchor="offers",
            ),
        )
        for gwp_set in GWP_SETS
        if gwp_set != used
    )
    return GwpChoice(used, used_gwp_set(line.line for line in before), others)


def known_gwp_set(sent: str | None) -> str:
    """The set that a request names; "" for anything else."""
    return sent if sent in GWP_SETS else ""
