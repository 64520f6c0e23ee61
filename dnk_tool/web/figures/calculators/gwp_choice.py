"""The set of global warming potentials of a company's inventory, and the change to another one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dnk_tool.catalogue.calculators.model import Activity, Calculator, Slot
from dnk_tool.catalogue.factors.model import GWP_SETS, Factors
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.services.figures.calculator_lines import StoredLine, lines_beside_calculator
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.transactions import db

# Proposed where no line says otherwise: the latest assessment report.
LATEST_GWP_SET = GWP_SETS[-1]


@dataclass(frozen=True)
class GwpChoice:
    """The set chosen for the inventory, that of this year's lines and that of last year's; "" for none."""

    chosen: str
    used: str
    before: str

    @property
    def proposed(self) -> str:
        """The set that a new line takes."""
        return self.chosen or self.used or self.before or LATEST_GWP_SET

    @property
    def options(self) -> list[tuple[str, str]]:
        """All sets for a choice, each with its name, the latest first."""
        return [(gwp_set, gwp_set) for gwp_set in reversed(GWP_SETS)]


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
    """The set for a new line: the one chosen, else that of the lines, or of last year's, or the latest.

    "" for a calculator without potentials.
    """
    if not counts_potentials(calculator, factors):
        return ""
    if declaration.gwp_set:
        return declaration.gwp_set
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
    return GwpChoice(
        declaration.gwp_set,
        used_gwp_set(line.line for line in own),
        used_gwp_set(line.line for line in before),
    )


def known_gwp_set(sent: str | None) -> str:
    """The set that a request names; "" for anything else."""
    return sent if sent in GWP_SETS else ""
