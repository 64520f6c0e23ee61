"""The page of the flow of material: the balance of the year, what lacks, and the shares over the years."""

from flask import render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.declarations.states import OPEN_STATES
from dnk_tool.domain.figures.material_flow import FlowYear
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.declarations.material_flow import flow_of_content
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.figures.material_flow.balance import balance_rows, balance_sentence, missing_figures
from dnk_tool.web.figures.material_flow.shares import share_rows
from dnk_tool.web.figures.routes import blueprint
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.transactions import db


@blueprint.get("/stofffluss")
@permit(Permission.DECLARATION_VIEW)
def material_flow(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    flow = flow_of_content(declaration, declarations.read_content(db(), declaration))
    year = declaration.reporting_year
    of_year = next((each for each in flow if each.year == year), FlowYear(year))
    return render_template(
        "figures/material_flow/show.html",
        declaration=declaration,
        flow=of_year,
        sentence=balance_sentence(of_year),
        missing=missing_figures(of_year, declaration),
        rows=balance_rows(of_year, declaration),
        years=[each.year for each in flow],
        shares=share_rows(flow) if len(flow) > 1 else [],
        is_open=declaration.state in OPEN_STATES,
    )
