"""The workshop sheet of residues by material, for print, and the list as CSV; neither has a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.exchange.residues import NoticeKind, PostedNotice
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.report.files import spreadsheet
from dnk_tool.store.exchange import residues
from dnk_tool.web.exchange.residues.cards import NoticeCard, by_material, material_name, notice_card
from dnk_tool.web.exchange.residues.places import chosen_place
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.labels import label_of

blueprint = Blueprint("residue_sheet", __name__)


@dataclass(frozen=True)
class SheetPage:
    """A page of the sheet: a material, and what is offered and searched of it."""

    material: str
    offers: Sequence[NoticeCard]
    searches: Sequence[NoticeCard]


@blueprint.get("/unternehmen/<int:organisation_id>/reststoffe/blatt")
@permit(Permission.ORGANISATION_VIEW)
def of_member(organisation_id: int) -> ResponseReturnValue:
    place = chosen_place() or abort(404)
    posted = residues.posted_notices(db(), place.cluster.id)
    back = place.address("residues.show")
    return render_template(
        "exchange/residues/sheet.html", back=back, cluster=place.cluster, pages=_pages(posted)
    )


@blueprint.get("/cluster/<int:cluster_id>/reststoffe/blatt")
@permit(Permission.CLUSTER_LEAD)
def of_cluster(cluster_id: int) -> ResponseReturnValue:
    posted = residues.posted_notices(db(), cluster_id)
    return render_template(
        "exchange/residues/sheet.html", back="", cluster=current_cluster(), pages=_pages(posted)
    )


@blueprint.get("/cluster/<int:cluster_id>/reststoffe.csv")
@permit(Permission.CLUSTER_LEAD)
def as_csv(cluster_id: int) -> ResponseReturnValue:
    heading = [
        _("Art"),
        _("Stoff"),
        _("Bezeichnung"),
        _("Abfallschlüssel"),
        _("Tonnen im Jahr"),
        _("Form"),
        _("Ab wann"),
        _("Region"),
        _("Dazu"),
    ]
    groups = by_material(residues.posted_notices(db(), cluster_id))
    rows = [_cells(key, each) for key, posted in groups.items() for each in posted]
    return attachment(spreadsheet.to_csv(heading, rows), "text/csv", f"{_('Reststoffe')}.csv")


def _pages(posted: Sequence[PostedNotice]) -> list[SheetPage]:
    today = local_day(datetime.now(UTC))
    return [
        SheetPage(
            material_name(key),
            _cards(notices, NoticeKind.OFFER, today),
            _cards(notices, NoticeKind.SEARCH, today),
        )
        for key, notices in by_material(posted).items()
    ]


def _cards(posted: Sequence[PostedNotice], kind: NoticeKind, today: date) -> list[NoticeCard]:
    return [notice_card(each.notice, each.id, today=today) for each in posted if each.notice.kind is kind]


def _cells(material: str, posted: PostedNotice) -> list[spreadsheet.CellValue]:
    notice = posted.notice
    return [
        label_of(notice.kind),
        material_name(material),
        notice.title,
        ", ".join(notice.codes),
        notice.tonnes,
        notice.form,
        notice.available_from,
        ", ".join(notice.areas),
        notice.sentence,
    ]
