"""All calculators of a declaration, and one of them with its lines and results.

Offers newer editions of factors with the difference; they are taken only if chosen.
Last year's lines that this year lacks, each one click from its form.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import Calculator
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.figures.calculators import CalculatorLine, newer_factors
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_number
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.figures.base_year import base_year_update
from dnk_tool.services.figures.calculator_lines import StoredLine, lines_beside_calculator
from dnk_tool.services.figures.decisions import take_newer_factors
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.evidence.rows import add_evidence_url
from dnk_tool.web.figures.calculators.gwp_choice import gwp_choice, known_gwp_set
from dnk_tool.web.figures.calculators.page import (
    asking_sections,
    entered_text,
    line_names,
    line_rows,
    result_notes,
    result_rows,
)
from dnk_tool.web.figures.calculators.routes import blueprint, calculator_or_404, known_factors
from dnk_tool.web.figures.explanations import explanations_of
from dnk_tool.web.figures.warnings import WarningView, warning_views, warnings_by_field
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.quantities import QuantityFormatter


@dataclass(frozen=True)
class LastYearLineRow:
    """A line of the year before, and the address of a form for this year with its name and site."""

    title: str
    quantity: str
    href: str


def last_year_line_rows(
    declaration: Declaration,
    calculator: Calculator,
    own: Sequence[StoredLine],
    before: Sequence[StoredLine],
    shown: QuantityFormatter,
) -> tuple[LastYearLineRow, ...]:
    """Last year's lines that this year lacks. Matches "Strom 01/2025" with "Strom 01/2026"."""
    year = declaration.reporting_year
    there = Counter(_match_key(stored.line, stored.line.label) for stored in own)
    rows = []
    for stored in before:
        line, label = stored.line, label_for_year(stored.line.label, year)
        activity = calculator.activity(line.activity)
        if there[_match_key(line, label)]:
            there[_match_key(line, label)] -= 1
        elif activity and not line.is_credit:
            kept: dict[str, Any] = {"label": label, "site": line.site, "basis": line.basis.value}
            rows.append(
                LastYearLineRow(
                    ": ".join(text for text in (activity.label.to(shown.language), line.label) if text),
                    entered_text(stored, activity, shown),
                    url_for(
                        "calculators.new",
                        declaration_id=declaration.id,
                        calculator_key=calculator.key,
                        art=activity.key,
                        **{name: text for name, text in kept.items() if text},
                    ),
                )
            )
    return tuple(rows)


def label_for_year(label: str, year: int) -> str:
    """Last year's label with the year in it replaced by this year."""
    return re.sub(rf"(?<!\d){year - 1}(?!\d)", str(year), label)


def _match_key(line: CalculatorLine, label: str) -> tuple[str, str, str]:
    return line.activity, label, line.site


@dataclass(frozen=True)
class FactorUpdateRow:
    """A newer factor for one slot of a line: old and new factor, and the change in per cent."""

    value: str
    line: str
    before: str
    after: str
    change: str
    source: str


def factor_update_rows(
    calculator: Calculator,
    lines: Sequence[StoredLine],
    factors: Factors,
    shown: QuantityFormatter,
    *,
    year: int,
    gwp_set: str = "",
) -> tuple[FactorUpdateRow, ...]:
    """The newer factors for the lines of one calculator; with a `gwp_set`, those of that report too."""
    rows = []
    for stored in lines:
        activity = calculator.activity(stored.line.activity)
        for offer in newer_factors(stored.line, factors, year, gwp_set, activity=activity):
            title = activity.label.to(shown.language) if activity else ""
            slot = activity.slot(offer.slot) if activity and offer.stored is None else None
            named = slot.label.to(shown.language) if slot else ""
            edition = offer.new.edition
            rows.append(
                FactorUpdateRow(
                    value=f"{stored.line.id}:{offer.slot}",
                    line=": ".join(text for text in (title, stored.line.label, named) if text),
                    before=shown.factor(offer.stored) if offer.stored else _("noch kein Faktor"),
                    after=shown.factor(offer.new),
                    change=_signed(offer.difference_percent, shown),
                    source=" ".join(text for text in (edition.title, edition.edition) if text),
                )
            )
    return tuple(rows)


def _signed(change: Decimal | None, shown: QuantityFormatter) -> str:
    if change is None:
        return "–"
    text = format_number(change.quantize(Decimal("0.1")), shown.language)
    return f"+{text} %" if change > 0 else f"{text} %"


def read_factor_updates(sent: Iterable[str], known: Mapping[int, set[str]]) -> dict[int, list[str]]:
    """Read the chosen slots by line; ignores values that were not offered."""
    chosen: dict[int, list[str]] = {}
    for choice in sent:
        digits, _colon, slot = choice.partition(":")
        line = whole_number(digits)
        if line is not None and slot in known.get(line, ()):
            chosen.setdefault(line, []).append(slot)
    return chosen


@blueprint.get("/")
@permit(Permission.DECLARATION_VIEW)
def index(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    counts: dict[str, int] = {}
    for line in calculator_lines.lines_of(db(), declaration):
        counts[line.line.calculator] = counts.get(line.line.calculator, 0) + 1
    asked = declarations.selection_of(declaration).datapoints
    calculators = list(load_calculators().values())
    return render_template(
        "figures/calculators/index.html",
        declaration=declaration,
        groups=[
            (
                True,
                [
                    _task_row(calculator, counts)
                    for calculator in calculators
                    if asked & set(calculator.results)
                ],
            ),
            (
                False,
                [
                    _task_row(calculator, counts)
                    for calculator in calculators
                    if not asked & set(calculator.results)
                ],
            ),
        ],
    )


def _task_row(calculator: Calculator, counts: Mapping[str, int]) -> dict[str, str]:
    """Task-list row of a calculator, with its number of lines."""
    language, count = current_language(), counts.get(calculator.key, 0)
    return {
        "title": calculator.label.to(language),
        "href": url_for(
            "calculators.show", declaration_id=current_declaration().id, calculator_key=calculator.key
        ),
        "hint": calculator.explains.to(language),
        "status": ngettext("%(num)d Zeile", "%(num)d Zeilen", count) if count else _("Offen"),
        "kind": "progress" if count else "open",
    }


@blueprint.get("/<calculator_key>")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int, calculator_key: str) -> ResponseReturnValue:
    declaration, calculator = current_declaration(), calculator_or_404(calculator_key)
    content = declarations.read_content(db(), declaration)
    selection, figures = content.sheet.selection, content.of_year(declaration.reporting_year)
    known = lines_beside_calculator(db(), declaration, calculator.key)
    lines, before = known.of_year, known.before
    own = [line for line in lines if line.line.calculator == calculator.key]
    calculation = calculator_lines.calculation_of(declaration, lines, figures)
    shown = QuantityFormatter(selection.catalogue, current_language())
    factors, gwp_set = known_factors(), known_gwp_set(request.args.get("gwp"))
    versions = {key: change.version for key, change in content.figure_changes.items()}
    gwp_set = gwp_set or declaration.gwp_set
    chosen = gwp_choice(declaration, calculator, factors, own, before)
    odd = _odd_figures(declaration, content, calculator, lines)
    return render_template(
        "figures/calculators/show.html",
        declaration=declaration,
        sheet=content.sheet,
        calculator=calculator,
        rows=line_rows(calculator, lines, calculation, shown, declaration.reporting_year),
        results=result_rows(
            calculator, calculation, figures, versions, selection.datapoints, line_names(lines, shown), shown
        ),
        criteria=asking_sections(calculator, selection),
        remarks=result_notes(calculator, calculation, shown),
        offers=factor_update_rows(
            calculator, own, factors, shown, year=declaration.reporting_year, gwp_set=gwp_set
        ),
        gwp=chosen,
        gwp_set=gwp_set,
        base_year=_base_year(declaration, content, chosen.chosen or chosen.used, shown) if chosen else None,
        before=last_year_line_rows(declaration, calculator, own, before, shown),
        removed=_removed_rows(calculator, known.removed, shown),
        files=evidence.count_files_by_line(db(), declaration),
        files_href=lambda line_id: add_evidence_url(EvidenceTarget(line=line_id)),
        saved=request.args.get("gespeichert", type=int),
        is_open=calculator_lines.is_calculator_open(db(), declaration, calculator),
        odd=odd,
        explanations=explanations_of(declaration, [view for views in odd.values() for view in views]),
    )


def _base_year(
    declaration: Declaration, content: DeclarationContent, gwp_set: str, shown: QuantityFormatter
) -> dict[str, Any] | None:
    """The base year with its emissions as stated and by this year's set; None if nothing is to change."""
    update = base_year_update(db(), declaration, content, known_factors(), gwp_set)
    if update is None:
        return None
    return {
        "year": update.year,
        "before": shown.figure(update.before),
        "after": shown.figure(update.after),
        "version": update.version,
    }


def _odd_figures(
    declaration: Declaration, content: DeclarationContent, calculator: Calculator, lines: Sequence[StoredLine]
) -> Mapping[str, Sequence[WarningView]]:
    """What looks odd at the calculator's lines ("line-7") and results."""
    shown = warning_views(db(), declaration, content, current_language(), lines=lines)
    rows = [f"line-{line.line.id}" for line in lines if line.line.calculator == calculator.key]
    return warnings_by_field(shown, {*rows, *calculator.results})


def _removed_rows(
    calculator: Calculator, removed: Sequence[StoredLine], shown: QuantityFormatter
) -> list[tuple[StoredLine, str, str]]:
    """Removed lines that can be restored, each with its activity and quantities."""
    rows = []
    for removed_line in removed:
        activity = calculator.activity(removed_line.line.activity)
        if activity:
            rows.append(
                (removed_line, activity.label.to(shown.language), entered_text(removed_line, activity, shown))
            )
    return rows


@blueprint.post("/<calculator_key>/neuere-faktoren")
@permit(Permission.DECLARATION_EDIT)
def take_newer(declaration_id: int, calculator_key: str) -> ResponseReturnValue:
    declaration, calculator = current_declaration(), calculator_or_404(calculator_key)
    lines = [
        line
        for line in calculator_lines.lines_of(db(), declaration)
        if line.line.calculator == calculator.key
    ]
    factors, year = known_factors(), declaration.reporting_year
    gwp_set = known_gwp_set(request.form.get("gwp")) or declaration.gwp_set
    known = {
        line.line.id: {
            offer.slot
            for offer in newer_factors(
                line.line, factors, year, gwp_set, activity=calculator.activity(line.line.activity)
            )
        }
        for line in lines
    }
    chosen = read_factor_updates(request.form.getlist("offer"), known)
    if chosen:
        take_newer_factors(current_work(), declaration, factors, chosen, gwp_set=gwp_set)
        flash(_("Die neueren Faktoren sind übernommen."), "success")
    return redirect(url_for(".show", declaration_id=declaration_id, calculator_key=calculator_key), 303)


@blueprint.post("/<calculator_key>/ergebnis/<datapoint>")
@permit(Permission.DECLARATION_EDIT)
def take_result(declaration_id: int, calculator_key: str, datapoint: str) -> ResponseReturnValue:
    """Replace a value entered by hand by the result of the lines."""
    declaration, calculator = current_declaration(), calculator_or_404(calculator_key)
    if datapoint not in calculator.results:
        abort(404)
    saved = calculator_lines.adopt_result(
        current_work(), declaration, datapoint, seen=request.form.get("version", default=0, type=int)
    )
    if saved and saved.conflicts:
        flash(_("Jemand hat diese Kennzahl gerade geändert. Bitte prüfen Sie den neuen Wert."), "warning")
    elif saved:
        flash(_("Das Ergebnis steht jetzt in der Kennzahl. Der alte Wert bleibt im Verlauf."), "success")
    return redirect(url_for(".show", declaration_id=declaration_id, calculator_key=calculator.key), 303)
