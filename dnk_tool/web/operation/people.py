"""The operator's list of people: searched and filtered, with what they may do and how they sign in."""

from datetime import UTC, datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.accounts.lifecycle import one_line
from dnk_tool.store.accounts import overviews
from dnk_tool.store.accounts.overviews import AccountFilter, AccountGroup
from dnk_tool.web.accounts.required_second_factor import demanded_roles
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.operation.overview import blueprint
from dnk_tool.web.text.options import pair_options
from dnk_tool.web.text.paging import PAGE_SIZE, paginate

MAX_SEARCH_LENGTH = 200

GROUPS = {
    AccountGroup.OPERATORS: _l("Betreiben diese Installation"),
    AccountGroup.LOCKED: _l("Gesperrt"),
    AccountGroup.LACKS_FACTOR: _l("Zweiter Faktor fehlt"),
    AccountGroup.NEVER_SIGNED_IN: _l("Noch nie angemeldet"),
}


@blueprint.get("/personen")
@permit(Permission.INSTALLATION_RUN)
def people() -> ResponseReturnValue:
    wanted, demanded, today = _requested_filter(), demanded_roles(), local_day(datetime.now(UTC))
    part = paginate(overviews.count(db(), wanted, demanded=demanded, today=today), "seite")
    return render_template(
        "operation/people.html",
        wanted=wanted,
        groups=pair_options(((group.value, label) for group, label in GROUPS.items()), str(_l("alle"))),
        people=overviews.list_page(
            db(), wanted, demanded=demanded, today=today, offset=part.offset, limit=PAGE_SIZE
        ),
        demanded=demanded,
        part=part,
    )


def _requested_filter() -> AccountFilter:
    """The filter of the address; a group that is none means all."""
    group = request.args.get("gruppe")
    return AccountFilter(
        one_line(request.args.get("suche", ""))[:MAX_SEARCH_LENGTH],
        AccountGroup(group) if group in set(AccountGroup) else None,
    )
