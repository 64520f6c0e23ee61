"""The board of residues as a member sees it: its own waste, a filter, and what members offer and search."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue.residue_pairs import load_residue_pairs
from dnk_tool.domain.exchange.residues import Match, PostedNotice, matches, partners_by_notice
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.store.exchange import residue_inquiries, residues
from dnk_tool.web.exchange.residues.cards import NoticeCard, notice_card
from dnk_tool.web.exchange.residues.filters import asked_filter, filter_options
from dnk_tool.web.exchange.residues.places import ResiduePlace, chosen_place
from dnk_tool.web.exchange.residues.waste_lines import WasteLine, fitting_waste, latest_waste_lines
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.company_pages import company_page

blueprint = Blueprint("residues", __name__, url_prefix="/unternehmen/<int:organisation_id>/reststoffe")


@blueprint.get("")
@company_page(
    _l("Reststoffe"),
    _l("Was bei einem übrig bleibt und der andere brauchen kann"),
    Permission.ORGANISATION_VIEW,
    position=50,
)
def show(organisation_id: int) -> ResponseReturnValue:
    place = chosen_place()
    if place is None:
        return render_template("exchange/residues/no_cluster.html", organisation=current_organisation())
    today, asked = local_day(datetime.now(UTC)), asked_filter()
    own = residues.own_rows(db(), place.consent.id)
    waste = latest_waste_lines(organisation_id, [residues.notice_of(row) for row in own])
    posted = residues.posted_notices(db(), place.cluster.id)
    found = matches(posted, load_residue_pairs())
    inquiries = residue_inquiries.of_member(db(), place.consent)
    shown = [each for each in posted if asked.fits(each, today)]
    return render_template(
        "exchange/residues/board.html",
        organisation=current_organisation(),
        place=place,
        waste=waste,
        own=[(row, notice_card(residues.notice_of(row), row.id, today=today)) for row in own],
        cards=board_cards(shown, found, place, waste, {each.row.notice_id for each in inquiries}, today),
        pairs=_pairs_among(shown, found),
        total=len(posted),
        asked=asked,
        options=filter_options(posted),
        waiting=sum(each.row.declined_at is None and each.own_agreed_at is None for each in inquiries),
        inquiries=len(inquiries),
    )


def board_cards(
    shown: Sequence[PostedNotice],
    found: Sequence[Match],
    place: ResiduePlace,
    waste: Sequence[WasteLine],
    asked: Collection[int],
    today: date,
) -> list[NoticeCard]:
    """The notices of the board for a member. `asked`: the ids of those it asked about."""
    partners: Mapping[int, int] = partners_by_notice(found)
    return [
        notice_card(
            each.notice,
            each.id,
            today=today,
            partners=partners.get(each.id, 0),
            own_waste="" if _is_own(each, place) else fitting_waste(waste, each.notice),
            is_own=_is_own(each, place),
            is_asked=each.id in asked,
        )
        for each in shown
    ]


def _is_own(posted: PostedNotice, place: ResiduePlace) -> bool:
    return posted.organisation_id == place.consent.organisation_id


def _pairs_among(shown: Sequence[PostedNotice], found: Sequence[Match]) -> int:
    """How many matches have both their notices among those shown."""
    ids = {each.id for each in shown}
    return sum(match.offer.id in ids and match.search.id in ids for match in found)
