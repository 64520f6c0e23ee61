"""Which offers and searches go together, why, and whether a manager introduced the two, as rows of a page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from dnk_tool.domain.exchange.residues import Match, PostedNotice
from dnk_tool.store.tables.exchange.residues import ResidueInquiryRow
from dnk_tool.web.exchange.residues.cards import NoticeCard, notice_card
from dnk_tool.web.http.languages import current_language


@dataclass(frozen=True)
class MatchRow:
    """A match in words. `source`: where it stands that two codes go together; `state`: of an introduction."""

    offer: NoticeCard
    search: NoticeCard
    why: str
    source: str
    state: str


def match_rows(
    found: Sequence[Match], introduced: Collection[ResidueInquiryRow], today: date
) -> list[MatchRow]:
    """The matches as rows, those with the same code first."""
    states = {(row.notice_id, row.own_notice_id): _state(row) for row in introduced}
    return [
        MatchRow(
            _card(match.offer, today),
            _card(match.search, today),
            match.pair.why.to(current_language()) if match.pair else str(_("Derselbe Abfallschlüssel.")),
            match.pair.source if match.pair else "",
            states.get((match.offer.id, match.search.id), ""),
        )
        for match in found
    ]


def _card(posted: PostedNotice, today: date) -> NoticeCard:
    return notice_card(posted.notice, posted.id, today=today, neighbour=posted.neighbour)


def _state(row: ResidueInquiryRow) -> str:
    """What became of an introduction; which side has not answered is nobody's business."""
    if row.declined_at is not None:
        return str(_("nicht zustande gekommen"))
    if row.owner_agreed_at is not None and row.asker_agreed_at is not None:
        return str(_("in Kontakt"))
    return str(_("gefragt"))
