"""Good examples for a company: its own, and those of the other members of its clusters."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.exchange.examples import can_become_example, fits_company
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import example_proposals
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import examples
from dnk_tool.store.exchange.examples import ShownExample
from dnk_tool.store.measures import measures
from dnk_tool.web.exchange.examples.example_view import example_cards, shown_view
from dnk_tool.web.http.access import current_organisation, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.company_pages import company_page
from dnk_tool.web.text.paging import paginate

blueprint = Blueprint(
    "examples_of_company", __name__, url_prefix="/unternehmen/<int:organisation_id>/beispiele"
)

PAGE_LENGTH = 12


@blueprint.get("")
@company_page(
    _l("Gute Beispiele"),
    _l("Was bei anderen Mitgliedern Ihres Clusters geklappt hat, und was bei Ihnen"),
    Permission.ORGANISATION_VIEW,
    position=50,
)
def show(organisation_id: int) -> ResponseReturnValue:
    now, company = datetime.now(UTC), current_organisation()
    noted = measures.of_company(db(), organisation_id)
    own = examples.rows_of_company(db(), organisation_id)
    told = {row.measure_id for row in own}
    shown = example_proposals.shown_to_company(db(), organisation_id, now=now)
    used = example_proposals.used_energy(db(), company, noted.values(), now=now)
    fitting = {
        one.id: _("passt zu Ihnen") for one in shown if fits_company(one.number, one.content.section, used)
    }
    ordered = example_proposals.sorted_by_fit(shown, used)
    page = paginate(len(ordered), "seite", size=PAGE_LENGTH)
    return render_template(
        "exchange/examples/company.html",
        organisation=company,
        own=own,
        allowed=examples.clusters_allowed(db(), organisation_id),
        is_member=bool(clusters.cluster_ids_of_company(db(), organisation_id)),
        untold=[(key, one) for key, one in noted.items() if can_become_example(one) and key not in told],
        cards=example_cards(
            ordered[page.offset : page.offset + page.size],
            ".read",
            organisation_id=organisation_id,
            marks=fitting,
        ),
        fitting=fitting,
        found=len(ordered),
        page=page,
    )


@blueprint.get("/<int:example_id>")
@permit(Permission.ORGANISATION_VIEW)
def read(organisation_id: int, example_id: int) -> ResponseReturnValue:
    """An example of another member, with the person to ask."""
    shown = _shown_or_404(organisation_id, example_id)
    return render_template(
        "exchange/examples/read.html",
        organisation=current_organisation(),
        shown=shown,
        view=shown_view(shown),
    )


@blueprint.get("/<int:example_id>/bild.jpg")
@permit(Permission.ORGANISATION_VIEW)
def picture(organisation_id: int, example_id: int) -> ResponseReturnValue:
    """The picture of another member's example, as JPEG."""
    shown = _shown_or_404(organisation_id, example_id)
    content = examples.picture_of(db(), shown.id) if shown.picture else b""
    return Response(content, mimetype="image/jpeg") if content else abort(404)


def _shown_or_404(organisation_id: int, example_id: int) -> ShownExample:
    """What the company's clusters show now; offers to the manager are nobody else's business."""
    own = sorted(clusters.cluster_ids_of_company(db(), organisation_id))
    today = local_day(datetime.now(UTC))
    shown = examples.find_shown(db(), own, example_id, today=today) if own else None
    return shown if shown and shown.is_published else abort(404)
