"""The operator's list of companies, and the page of each: names, numbers, people, and nothing else."""

from datetime import UTC, datetime

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission, Role
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.store import people as memberships
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.operation import companies as company_lists
from dnk_tool.store.operation.companies import CompanyFilter, CompanyGroup
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.operation.overview import blueprint
from dnk_tool.web.text.options import pair_options
from dnk_tool.web.text.paging import PAGE_SIZE, paginate

MAX_SEARCH_LENGTH = 200
GROUPS = {
    CompanyGroup.IN_USE: _l("in Gebrauch"),
    CompanyGroup.ARCHIVED: _l("archiviert"),
    CompanyGroup.WITHOUT_OWNER: _l("ohne Leitung"),
    CompanyGroup.EMPTY: _l("ohne Erklärung"),
}


@blueprint.get("/unternehmen")
@permit(Permission.INSTALLATION_RUN)
def companies() -> ResponseReturnValue:
    wanted = _requested_filter()
    part = paginate(company_lists.count(db(), wanted), "seite")
    return render_template(
        "operation/companies.html",
        wanted=wanted,
        groups=pair_options(((group.value, label) for group, label in GROUPS.items()), str(_l("alle"))),
        companies=company_lists.list_page(db(), wanted, offset=part.offset, limit=PAGE_SIZE),
        part=part,
    )


@blueprint.get("/unternehmen/<int:key>")
@permit(Permission.INSTALLATION_RUN)
def company(key: int) -> ResponseReturnValue:
    return render_company_page(company_or_404(key))


def company_or_404(key: int) -> Organisation:
    """The company. Its address has `key`, not `organisation_id`, as the operator does not act for it."""
    return declarations.find_organisation(db(), key) or abort(404)


def redirect_to_company(organisation: Organisation) -> ResponseReturnValue:
    """Redirect to the operator's page of the company."""
    return redirect(url_for("operation.company", key=organisation.id), 303)


def render_company_page(organisation: Organisation, **values: object) -> str:
    """Render the company's facts, its people and what the operator can do."""
    open_invitations = invitations.open_of_organisation(db(), organisation.id)
    return render_template(
        "operation/company.html",
        company=company_lists.summary_of(db(), organisation.id),
        people=memberships.of_organisation(db(), organisation.id),
        clusters=[cluster for cluster, _consent in clusters.of_organisation(db(), organisation.id)],
        invited_owners=[it for it in open_invitations if it.role == Role.OWNER],
        today=datetime.now(UTC).date(),
        **{"errors": [], "form": None, **values},
    )


def _requested_filter() -> CompanyFilter:
    """The filter of the address; a group that is none means all."""
    group = request.args.get("gruppe")
    return CompanyFilter(
        one_line(request.args.get("suche", ""))[:MAX_SEARCH_LENGTH],
        CompanyGroup(group) if group in set(CompanyGroup) else None,
    )
