"""Gives a declaration the flow of material of its company, if the company takes it in."""

from dnk_tool.domain.declarations.material_flow import DeclaredFlow, declared_flow
from dnk_tool.domain.declarations.redaction_annex import WithheldFigures
from dnk_tool.domain.figures.calculators import Calculation
from dnk_tool.domain.figures.material_flow import FlowYear, material_flow
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration


def flow_of_content(declaration: Declaration, content: DeclarationContent) -> tuple[FlowYear, ...]:
    """The flow up to the reporting year by all figures, also those that nothing asks for."""
    points = content.sheet.selection.catalogue.datapoints
    return material_flow({**content.further, **content.figures}, points, declaration.reporting_year)


def flow_in_declaration(declaration: Declaration, content: DeclarationContent) -> DeclaredFlow | None:
    """The flow without withheld figures; None unless the company takes it in and the year has one.

    What a requirement explains instead of reporting it stays out in all years.
    """
    if not declaration.has_material_flow:
        return None
    withheld = WithheldFigures(content.sheet, Calculation()).datapoints
    return declared_flow(flow_of_content(declaration, content), declaration.reporting_year, withheld)
