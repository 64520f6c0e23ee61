"""The working groups that serve a criterion, where its company writes about it."""

from dnk_tool.domain.exchange.working_groups import serving
from dnk_tool.store.exchange import working_groups
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.transactions import db


def groups_for_criterion(declaration: Declaration, section_ref: str) -> list[str]:
    """The names of the groups of the company's clusters that serve the criterion, in one statement."""
    rows = working_groups.of_company(db(), declaration.organisation_id)
    return [group.name for group in serving([working_groups.content_of(row) for row in rows], section_ref)]
