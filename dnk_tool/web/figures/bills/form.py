"""The fields of each usual bill: quantity, unit, period and file, read as a line of its calculator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD, Bill, Calculator
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.domain.figures.calculators import CalculatorLine, line_faults, with_proposed_factors
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.calculators.bill_period import FIRST, LAST, add_period_errors
from dnk_tool.web.figures.calculators.form import (
    LineForm,
    add_fault_errors,
    line_form,
    quantity_field_name,
    read_line,
)
from dnk_tool.web.figures.calculators.gwp_choice import inventory_gwp_set
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_errors import field_errors

QUANTITY = quantity_field_name(QUANTITY_FIELD)
UNIT = f"{QUANTITY}-unit"


@dataclass
class BillFields:
    """The fields of one bill. `errors`: what is wrong with them, by the id of the field."""

    calculator: Calculator
    bill: Bill
    form: LineForm
    file: FileStorage | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The beginning of all its names, and the id of its row."""
        return bill_key(self.calculator, self.bill)

    @property
    def label(self) -> str:
        return self.bill.label.to(current_language())

    @property
    def kind(self) -> tuple[str, str]:
        """Calculator and activity, as a line names them."""
        return self.calculator.key, self.bill.activity.key

    @property
    def quantity_id(self) -> str:
        return f"{self.key}-{QUANTITY}"

    @property
    def file_id(self) -> str:
        return f"{self.key}-file"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed or chosen; a unit alone says nothing."""
        typed = [self.form[name]._value() for name in (QUANTITY, FIRST, LAST) if name in self.form]
        return not self.file and not any(text.strip() for text in typed)

    def add_error(self, id_: str, text: str) -> None:
        """Note a message at one of its fields, with the bill's name as eight rows have the same fields."""
        self.errors.setdefault(id_, f"{self.label}: {text}")


def bill_key(calculator: Calculator, bill: Bill) -> str:
    """The id of a bill's row."""
    return f"{calculator.key}-{bill.activity.key}"


def usual_bills() -> Iterator[tuple[Calculator, Bill]]:
    """The bills of all calculators, in the order of the page."""
    for calculator in load_calculators().values():
        for bill in calculator.bills:
            yield calculator, bill


def empty_bills() -> list[BillFields]:
    """The fields of each bill without anything in them."""
    return [
        BillFields(calculator, bill, _form(calculator, bill, is_sent=False))
        for calculator, bill in usual_bills()
    ]


def posted_bills() -> list[BillFields]:
    """The fields of each bill as the request sends them."""
    bills = []
    for calculator, bill in usual_bills():
        fields = BillFields(calculator, bill, _form(calculator, bill, is_sent=True))
        upload = request.files.get(fields.file_id)
        fields.file = upload if upload and upload.filename else None
        bills.append(fields)
    return bills


def _form(calculator: Calculator, bill: Bill, *, is_sent: bool) -> LineForm:
    # The page checks the token of its one form.
    given = {"prefix": bill_key(calculator, bill), "meta": {"csrf": False}}
    preset = {UNIT: "" if bill.is_unit_asked else bill.units[0]}
    form_class = line_form(calculator, bill.activity)
    return form_class(data=preset, **given) if is_sent else form_class(formdata=None, data=preset, **given)


def read_bill(fields: BillFields, declaration: Declaration, factors: Factors) -> CalculatorLine | None:
    """Read the line of a bill as its calculator does; None with errors at its fields."""
    form, calculator, year = fields.form, fields.calculator, declaration.reporting_year
    line = None
    if not form[UNIT].data:
        fields.add_error(form[UNIT].id, _("Wählen Sie die Einheit, die auf der Rechnung steht."))
    if form.validate():
        line = read_line(form, calculator, None, factors, year=year)
        gwp_set = inventory_gwp_set(declaration, calculator, factors)
        line = with_proposed_factors(line, form.activity, factors, year, gwp_set)
        add_fault_errors(form, line_faults(line, form.activity))
        add_period_errors(form, line, year)
    shown = {form[name].id for name in (QUANTITY, UNIT, FIRST, LAST) if name in form}
    for error in field_errors(form):
        fields.add_error(error.id if error.id in shown else fields.quantity_id, error.text)
    if not fields.errors:
        return line
    if fields.file:
        fields.add_error(fields.file_id, _("Wählen Sie die Datei bitte noch einmal aus."))
    return None


def unit_options(bill: Bill, units: Mapping[str, str]) -> list[dict[str, str]]:
    """The units of a bill for a choice, after an empty one if none is preset. `units`: names by symbol."""
    asked = [{"value": "", "label": str(_("Bitte wählen"))}] if bill.is_unit_asked else []
    return asked + [{"value": symbol, "label": units[symbol]} for symbol in bill.units]
