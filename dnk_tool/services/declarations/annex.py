"""Builds the annex: lines, factors, evidence and explanations, as a version freezes and prints them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Context, Decimal

from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.waste_codes import load_waste_codes
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.declarations.annex import (
    OWN_POTENTIAL,
    Annex,
    AnnexLine,
    AnnexStep,
    CoveredSites,
    EnteredValue,
    FurtherFigure,
    UsedFactor,
)
from dnk_tool.domain.declarations.redaction import WithheldFigures
from dnk_tool.domain.figures.calculators import Calculation, CalculationStep, CalculatorLine, FactorSnapshot
from dnk_tool.domain.figures.recalculation import unconcerned
from dnk_tool.domain.quantities import Quantity
from dnk_tool.labels import CREDIT_NOTE, period_text
from dnk_tool.language import Language, known_language, translations
from dnk_tool.services.answers import goals as goal_reviews
from dnk_tool.services.evidence import listing as evidence_listing
from dnk_tool.services.figures import calculator_lines, plausibility
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration

MAX_DECIMALS = 40
# The longest label of a line that the format holds.
MAX_LABEL = 500
_SMALLEST_STEP, _WIDE_CONTEXT = Decimal(1).scaleb(-MAX_DECIMALS), Context(prec=100)


def annex_of(session: Session, declaration: Declaration, content: DeclarationContent | None = None) -> Annex:
    """Build the annex from the live data; labels of the product are in the declaration's language.

    `content`: what the caller has read already, to save reading it again.
    """
    language = known_language(declaration.language)
    content = content or declarations.read_content(session, declaration)
    figures = content.of_year(declaration.reporting_year)
    lines = calculator_lines.lines_of(session, declaration)
    calculation = calculator_lines.calculation_of(declaration, lines, figures) if lines else Calculation()
    kept_back = WithheldFigures(content.sheet, calculation)
    points = content.sheet.selection.catalogue.datapoints
    # The lines do not lead to a stored value that an earlier program calculated.
    otherwise = {*unconcerned(figures, calculation, calculation, points)}
    if not declaration.has_material_flow:
        otherwise |= {key for key, point in points.items() if point.enters_flow}
    return Annex(
        calculations=tuple(
            _lines(lines, calculation, kept_back, otherwise, language, declaration.reporting_year)
        ),
        figures=tuple(_further_figures(declaration, figures, kept_back)),
        evidence=evidence_listing.listed_evidence(
            session, declaration, of_lines=_datapoints(lines, calculation)
        ),
        explanations=plausibility.printed_explanations(session, declaration, content, lines=lines),
        goals=goal_reviews.reviewed_goals(session, declaration),
        scope=_scope(session, declaration),
    )


def _datapoints(lines: Sequence[StoredLine], calculation: Calculation) -> dict[int, list[str]]:
    """Datapoints that follow from each line: those of its steps, else the shares and rates it enters."""
    steps = {line.line.id: [key for key, _step in calculation.steps_of(line.line.id)] for line in lines}
    return {
        line: keys or [result.datapoint for result in calculation.results_of_line(line)]
        for line, keys in steps.items()
    }


def _lines(
    lines: Sequence[StoredLine],
    calculation: Calculation,
    kept_back: WithheldFigures,
    otherwise: Collection[str],
    language: Language,
    year: int,
) -> Iterator[AnnexLine]:
    """Every line with its steps, without those that lead only to figures that the declaration withholds.

    Steps to figures that were calculated `otherwise` are left out: they would not add up to what is stated.
    """
    for line in (
        stored_line.line for stored_line in lines if not kept_back.withholds_line(stored_line.line.id)
    ):
        calculator = load_calculators().get(line.calculator)
        activity = calculator.activity(line.activity) if calculator else None
        yield AnnexLine(
            calculator=line.calculator,
            activity=line.activity,
            title=activity.printed.to(language) if activity else line.activity,
            label=_label(line, language, year),
            site=line.site,
            basis=line.basis.value,
            note=line.note,
            entered=tuple(
                EnteredValue(field.label.to(language), line.quantities[field.key])
                for field in (activity.fields if activity else ())
                if field.key in line.quantities
            ),
            steps=tuple(
                _step(key, step, language)
                for key, step in calculation.steps_of(line.id)
                if key not in kept_back.datapoints and key not in otherwise
            ),
        )


def _label(line: CalculatorLine, language: Language, year: int) -> str:
    """The company's label of the line, with its waste code, that it is a credit note, and its period."""
    parts = [translations(language).gettext(CREDIT_NOTE)] if line.is_credit else []
    parts += [_waste_code_name(line.code, language, year)] if line.code else []
    if line.period is not None:
        parts.append(period_text(line.period.first, line.period.last, line.period.days_in(year), language))
    more = "; ".join(parts)
    if not more or not line.label:
        return more[:MAX_LABEL] or line.label
    return f"{line.label[: MAX_LABEL - len(more) - 3]} ({more})"


def _waste_code_name(code: str, language: Language, year: int) -> str:
    """The code with its name in the list of the year; the code alone if the list does not have it."""
    held = load_waste_codes().of_year(code.rstrip("*"), year)
    return f"{held[0].marked_key} {held[0].label.to(language)}" if held else code


def _step(datapoint: str, step: CalculationStep, language: Language) -> AnnexStep:
    used = step.factor
    return AnnexStep(
        datapoint=datapoint,
        quantity=_rounded(step.in_factor_unit),
        result=_rounded(step.result),
        factor=used_factor(used, language) if used else None,
        category=step.category,
    )


def _rounded(quantity: Quantity) -> Quantity:
    """The quantity rounded to MAX_DECIMALS, the most that the annex can hold."""
    exponent = quantity.value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= MAX_DECIMALS:
        return quantity
    return Quantity(
        quantity.value.quantize(_SMALLEST_STEP, context=_WIDE_CONTEXT).normalize(_WIDE_CONTEXT), quantity.unit
    )


def used_factor(used: FactorSnapshot, language: Language) -> UsedFactor:
    """The factor as the annex shows it, with its names in the language."""
    return UsedFactor(
        name=used.label.to(language),
        value=used.value,
        unit=used.unit,
        result_unit=used.result_unit,
        gases=used.gases,
        boundary=used.boundary.value if used.gases else "",
        source=", ".join(part for part in (used.source.title, used.source.edition) if part)
        or (f"{OWN_POTENTIAL}{used.gwp_set}" if used.gwp_set else ""),
        edition=used.edition,
        data_year=used.data_year,
        address=used.source.address,
        reason=used.reason,
    )


def _scope(session: Session, declaration: Declaration) -> CoveredSites:
    """The sites that the figures include; empty where readers need not know."""
    scope = figure_save.scope_note(session, declaration)
    if scope is None:
        return CoveredSites()
    return CoveredSites(scope.included, scope.left_out, scope.added, scope.dropped, scope.note)


def _further_figures(
    declaration: Declaration, figures: Mapping[str, Figure], kept_back: WithheldFigures
) -> Iterator[FurtherFigure]:
    """Figures with a value that the declaration does not ask for, in the order of the catalogue.

    Those of the flow of material alone are in the flow, if the company takes it in.
    """
    selection = declarations.selection_of(declaration)
    for key, point in selection.catalogue.datapoints.items():
        figure = figures.get(key)
        if (
            key not in selection.datapoints
            and not point.enters_flow
            and figure
            and figure.quantity
            and not kept_back.withholds(key, figure)
        ):
            quality = figure.quality.value if figure.quality else ""
            yield FurtherFigure(key, figure.quantity, quality, figure.note)
