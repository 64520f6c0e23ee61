"""The bills of a demo company, line by line in the energy calculator, and the figures they give."""

from decimal import Decimal

from dnk_tool.catalogue.calculators import load_calculators
from dnk_tool.catalogue.factors_loader import load_factors
from dnk_tool.cli.demo.firms import Firm
from dnk_tool.domain.calculation import Line, with_factors
from dnk_tool.domain.permissions import Actor
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services import calculating, figuring
from dnk_tool.store import declarations
from dnk_tool.store.models import Declaration

# Activity, what the company calls it, amount and unit as the bill states them.
BILLS = (
    ("natural-gas", "Stadtwerke, Halle und Lackiererei", "398400", "kWh-hs"),
    ("natural-gas", "Stadtwerke, Verwaltung", "57857", "kWh-hs"),
    ("diesel", "Tankkarten der Transporter", "11746", "l"),
    ("electricity", "Stadtwerke, Jahresrechnung", "286400", "kWh"),
)
# What had been worked out by hand before, and is the calculator's business from now on.
TAKEN = ("energy.fuels.non-renewable", "energy.electricity.consumption", "ghg.scope1.gross")


def enters_bills(firm: Firm, declaration: Declaration, *, by: Actor) -> None:
    """Four bills, and the results in the place of what was worked out by hand."""
    session, clock = firm.demo.session, firm.demo.clock
    for activity, label, amount, unit in BILLS:
        line = _line(activity, label, Quantity(Decimal(amount), unit), declaration.reporting_year)
        calculating.save_line(session, declaration, line, seen=0, actor=by, now=clock.tick())
    rows = declarations.figure_rows(session, declaration.organisation_id, declaration.reporting_year)
    figures = {key: declarations.figure_of(row) for key, row in rows.items()}
    lines = calculating.lines_of(session, declaration)
    found = calculating.calculation_of(declaration, lines, figures)
    for datapoint in TAKEN:
        figuring.take_calculated(
            session,
            declaration,
            datapoint,
            found.results[datapoint].figure,
            seen=rows[datapoint].version,
            actor=by,
            now=clock.tick(),
        )
    calculating.recalculate(session, declaration, actor=by, now=clock.tick())
    session.flush()


def _line(activity: str, label: str, quantity: Quantity, year: int) -> Line:
    kind = load_calculators()["energy"].activity(activity)
    if kind is None:
        raise LookupError(activity)
    line = Line(0, "energy", activity, label=label, quantities={"quantity": quantity})
    return with_factors(line, kind, load_factors(), year)
