"""The list of all figures of a declaration."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from dnk_tool.domain.declarations.states import EDITABLE_STATES
from dnk_tool.domain.figures.states import FigureState
from dnk_tool.domain.permissions import Permission
from dnk_tool.store.figures import sites
from dnk_tool.web.figures.figure_list_rows import FigureFilter, figure_list, state_detail, state_tag
from dnk_tool.web.figures.routes import blueprint
from dnk_tool.web.http.access import current_account, current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db


@blueprint.get("")
@permit(Permission.DECLARATION_VIEW)
def index(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    year, wanted = declaration.reporting_year, _requested_filter()
    listed_figures = figure_list(db(), declaration, wanted, current_language())
    return render_template(
        "figures/list.html",
        declaration=declaration,
        sheet=listed_figures.sheet,
        found=listed_figures,
        wanted=wanted,
        years=[year - back for back in range(1, listed_figures.earlier_years + 1)],
        states={figure_state: state_tag(figure_state) for figure_state in FigureState},
        details={
            figure_state: detail for figure_state in FigureState if (detail := state_detail(figure_state))
        },
        scope=sites.read_scope(db(), declaration.organisation, year),
        is_editable=declaration.state in EDITABLE_STATES,
    )


def _requested_filter() -> FigureFilter:
    account = current_account()
    names = frozenset(name.casefold() for name in (account.name, account.email) if name)
    return FigureFilter(
        request.args.get("thema", ""),
        request.args.get("offen") == "1",
        request.args.get("meine") == "1",
        names,
    )
