"""The board of residues as a member sees it: its own waste, a filter, and what others offer and search."""

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
from dnk_tool.store.exchange.residue_inquiries import Inquiry
from dnk_tool.store.tables.exchange.residues import ResidueNoticeRow
from dnk_tool.web.exchange.residues.cards import NoticeCard, notice_card
from dnk_tool.web.exchange.residues.filters import asked_filter, filter_options
from dnk_tool.web.exchange.residues.places import ResiduePlace, chosen_place
from dnk_tool.web.exchange.residues.waste_lines import WasteLine, fitting_waste, latest_waste_lines
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.company_pages import company_page
from dnk_tool.web.text.paging import paginate

blueprint = Blueprint("residues", __name__, url_prefix="/unternehmen/<int:organisation_id>/reststoffe")

PAGE_LENGTH = 10


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
    posted = _on_board(place)
    found = matches(posted, load_residue_pairs())
    inquiries = residue_inquiries.of_member(db(), place.consent)
    others = [each for each in posted if not _is_own(each, place)]
    shown = _ordered([each for each in others if asked.fits(each, today)], waste, found)
    page = paginate(len(shown), "seite", size=PAGE_LENGTH)
    return render_template(
        "exchange/residues/board.html",
        organisation=current_organisation(),
        place=place,
        waste=waste,
        own=own_cards(own, found, today),
        cards=board_cards(
            shown[page.offset : page.offset + page.size], found, place, waste, _asked_about(inquiries), today
        ),
        page=page,
        pairs=len(found),
        total=len(others),
        on_paper=any(not each.neighbour for each in posted),
        has_neighbours=any(each.neighbour for each in others),
        asked=asked,
        options=filter_options(others),
        waiting=sum(each.row.declined_at is None and each.own_agreed_at is None for each in inquiries),
        inquiries=len(inquiries),
    )


def own_cards(
    own: Sequence[ResidueNoticeRow], found: Sequence[Match], today: date
) -> list[tuple[ResidueNoticeRow, NoticeCard]]:
    """A company's own notices, also those that nobody else sees, with what they go with."""
    partners = partners_by_notice(found)
    return [
        (row, notice_card(residues.notice_of(row), row.id, today=today, partners=partners.get(row.id, 0)))
        for row in own
    ]


def board_cards(
    shown: Sequence[PostedNotice],
    found: Sequence[Match],
    place: ResiduePlace,
    waste: Sequence[WasteLine],
    asked: Collection[int],
    today: date,
) -> list[NoticeCard]:
    """The notices of others for a member. `asked`: the ids of those it asked about."""
    partners: Mapping[int, int] = partners_by_notice(found)
    return [
        notice_card(
            each.notice,
            each.id,
            today=today,
            partners=partners.get(each.id, 0),
            own_waste=fitting_waste(waste, each.notice),
            is_asked=each.id in asked,
            neighbour=each.neighbour,
            picture=place.address("residue_pictures.of_member", notice_id=each.id) if each.picture else "",
        )
        for each in shown
    ]


def _on_board(place: ResiduePlace) -> list[PostedNotice]:
    """What stands on the board; what the company shows in another of its clusters stands there."""
    posted = residues.posted_notices(db(), place.cluster.id, with_neighbours=True)
    return [each for each in posted if not (each.neighbour and _is_own(each, place))]


def _ordered(
    shown: Sequence[PostedNotice], waste: Sequence[WasteLine], found: Sequence[Match]
) -> list[PostedNotice]:
    """What goes with the company's own waste first, then what goes with a notice, each the latest first."""
    partners = partners_by_notice(found)
    return sorted(shown, key=lambda each: (not fitting_waste(waste, each.notice), each.id not in partners))


def _asked_about(inquiries: Collection[Inquiry]) -> frozenset[int]:
    return frozenset(each.row.notice_id for each in inquiries)


def _is_own(posted: PostedNotice, place: ResiduePlace) -> bool:
    return posted.organisation_id == place.consent.organisation_id
