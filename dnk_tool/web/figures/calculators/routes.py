"""The blueprint of this package, and look-ups that its pages share."""

from flask import Blueprint, abort

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import Activity, Calculator
from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.services.figures.calculator_lines import StoredLine, line_of
from dnk_tool.web.http.access import current_declaration
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("calculators", __name__, url_prefix="/erklaerungen/<int:declaration_id>/rechner")


def calculator_or_404(key: str) -> Calculator:
    """The calculator with this key; aborts with 404 if there is none."""
    return load_calculators().get(key) or abort(404)


def activity_or_404(calculator: Calculator, key: str) -> Activity:
    """The calculator's activity with this key; aborts with 404 if there is none."""
    return calculator.activity(key) or abort(404)


def line_or_404(calculator: Calculator, line_id: int, *, even_removed: bool = False) -> StoredLine:
    """The line of this calculator and declaration; aborts with 404 if there is none."""
    stored_line = line_of(db(), current_declaration(), line_id, even_removed=even_removed)
    if stored_line is None or stored_line.line.calculator != calculator.key:
        abort(404)
    return stored_line


def known_factors() -> Factors:
    """The factors of the product together with the operator's."""
    return load_factors(current_settings().instance / OWN_FACTORS_FOLDER)
