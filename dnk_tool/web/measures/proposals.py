"""What a new measure begins with: the line of a calculator, or a kind; nothing is stored before a save."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD
from dnk_tool.catalogue.measure_kinds import Carrier, MeasureKind, load_measure_kinds
from dnk_tool.domain.figures.calculators import Basis, CalculatorLine, line_from_json
from dnk_tool.domain.measures.model import (
    CompanyMeasure,
    EffectBasis,
    EnergySaving,
    MeasureEffect,
    MeasureState,
)
from dnk_tool.store.figures import calculator_lines
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.measure_rows import quantity_text

REPLACED_CARRIER = "electricity"  # what power of one's own takes the place of


@dataclass(frozen=True, slots=True)
class MeasureProposal:
    """What a new measure begins with, where that is from in words, and a carrier and unit to choose."""

    measure: CompanyMeasure
    source: str = ""
    carrier: str = ""
    line_id: int | None = None


NO_PROPOSAL = MeasureProposal(CompanyMeasure(""))


def proposed_measure(organisation_id: int, asked: Mapping[str, str]) -> MeasureProposal:
    """The proposal that an address asks for: `zeile` is the id of a line of the company's calculators."""
    line_id = whole_number(asked.get("zeile"))
    row = calculator_lines.row_of_company(db(), organisation_id, line_id) if line_id else None
    if row is None:
        wanted = asked.get("art", "")
        return MeasureProposal(
            CompanyMeasure("", kind=wanted if wanted in load_measure_kinds().kinds else "")
        )
    line = line_from_json(row.content, id=row.id)
    kinds = load_measure_kinds()
    for kind in kinds.kinds.values():
        if line.activity in kind.activities:
            return _replacement(line, kind, row.year)
    for carrier in kinds.carriers.values():
        if line.activity in carrier.activities:
            return _use(line, carrier, row.year)
    return NO_PROPOSAL


def _replacement(line: CalculatorLine, kind: MeasureKind, year: int) -> MeasureProposal:
    """Power of one's own: what was used of it is no longer bought, as the line says for its year."""
    quantity = line.quantities.get(QUANTITY_FIELD)
    basis = EffectBasis.ESTIMATED if line.basis is Basis.ESTIMATE else EffectBasis.MEASURED
    text = line.label or _activity_label(line)
    measure = CompanyMeasure(text, kind=kind.key, state=MeasureState.DONE, from_year=year)
    if quantity is None or quantity.value <= 0:
        return MeasureProposal(measure, line_id=line.id)
    # The amount in kWh and t CO2e follows when the measure is saved.
    effect = MeasureEffect(
        energy=(EnergySaving(REPLACED_CARRIER, quantity.value, stated=quantity),), basis=basis
    )
    source = _(
        "Aus dem Rechner, %(year)s: %(amount)s selbst genutzt. So viel kaufen Sie weniger. Prüfen Sie, ab "
        "wann die Anlage ein ganzes Jahr lief.",
        year=year,
        amount=quantity_text(quantity),
    )
    return MeasureProposal(
        CompanyMeasure(text, kind=kind.key, state=MeasureState.DONE, effect=effect, from_year=year),
        str(source),
        line_id=line.id,
    )


def _use(line: CalculatorLine, carrier: Carrier, year: int) -> MeasureProposal:
    """A bill: it says how much is used, not how much can be saved."""
    quantity = line.quantities.get(QUANTITY_FIELD)
    known = quantity is not None and carrier.unit(quantity.unit)
    unit = quantity.unit if quantity and known else carrier.units[0].unit
    source = ""
    if quantity:
        source = str(
            _(
                "Aus dem Rechner, %(year)s: Sie verbrauchen %(amount)s %(carrier)s. Wie viel davon Sie "
                "sparen, wissen nur Sie oder Ihr Anbieter.",
                year=year,
                amount=quantity_text(quantity),
                carrier=carrier.label.to(current_language()),
            )
        )
    return MeasureProposal(CompanyMeasure(""), source, f"{carrier.key}/{unit}", line.id)


def _activity_label(line: CalculatorLine) -> str:
    calculator = load_calculators().get(line.calculator)
    activity = calculator.activity(line.activity) if calculator else None
    return activity.label.to(current_language()) if activity else ""
