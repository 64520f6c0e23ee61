"""The residues of a cluster for its managers, without names: matches to introduce, and reports.

Which offers and searches go together, why, and whether a manager introduced the two, as rows of a page.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dnk_tool.catalogue.residue_pairs import load_residue_pairs
from dnk_tool.domain.exchange.residues import Match, PostedNotice, matches, partners_by_notice
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import residue_inquiries as introductions
from dnk_tool.services.exchange import residues as verbs
from dnk_tool.services.exchange.residue_inquiries import AskedBefore, NoMatch
from dnk_tool.services.exchange.residue_members import ResidueGone
from dnk_tool.services.work import Work
from dnk_tool.store.exchange import neighbours, residue_inquiries, residues
from dnk_tool.store.tables.exchange.residues import ResidueInquiryRow, ResidueNoticeRow
from dnk_tool.web.exchange.residues import mails
from dnk_tool.web.exchange.residues.cards import NoticeCard, notice_card
from dnk_tool.web.exchange.residues.filters import asked_filter, filter_options
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import ProseField
from dnk_tool.web.text.paging import paginate

blueprint = Blueprint("residue_board", __name__, url_prefix="/cluster/<int:cluster_id>/reststoffe")

MAX_REASON, PAGE_LENGTH = 500, 10


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


class TakeDownForm(FlaskForm):
    """Why a notice is taken off the board, which its company reads."""

    reason = ProseField(longest=MAX_REASON)

    def validate_reason(self, field: ProseField) -> None:
        if not field.data:
            raise ValidationError(_("Sagen Sie kurz, warum Sie den Eintrag von der Liste nehmen."))


@blueprint.get("")
@cluster_page(_l("Reststoffe"), Permission.CLUSTER_LEAD, position=46, tab=ClusterTab.EXCHANGE)
def show(cluster_id: int) -> ResponseReturnValue:
    today, asked = local_day(datetime.now(UTC)), asked_filter()
    posted = residues.posted_notices(db(), cluster_id, with_neighbours=True)
    found = matches(posted, load_residue_pairs())
    reports = residues.reports_by_notice(db(), [each.id for each in posted if not each.neighbour])
    # What was reported first: nobody looks for it on the last page.
    shown = sorted(
        (each for each in posted if asked.fits(each, today)), key=lambda each: each.id not in reports
    )
    page = paginate(len(shown), "seite", size=PAGE_LENGTH)
    return render_template(
        "exchange/residues/manager.html",
        cluster=current_cluster(),
        cards=_cards(shown[page.offset : page.offset + page.size], partners_by_notice(found), today),
        page=page,
        rows=match_rows(found, residue_inquiries.introductions(db(), cluster_id), today),
        reports=reports,
        total=len(posted),
        on_paper=any(not each.neighbour for each in posted),
        neighbours=sum(each.accepted_at is not None for each in neighbours.of_cluster(db(), cluster_id)),
        asked=asked,
        options=filter_options(posted),
    )


@blueprint.post("/bekannt-machen")
@permit(Permission.CLUSTER_LEAD)
def introduce(cluster_id: int) -> ResponseReturnValue:
    """Ask both companies of a match; neither is named to anybody."""
    pair = [whole_number(request.form.get(name)) or 0 for name in ("offer", "search")]
    cluster, actor, now = current_cluster(), current_actor(), datetime.now(UTC)
    try:
        introductions.introduce(Work(db(), actor, now), cluster, *pair)
    except (ResidueGone, NoMatch):
        db().rollback()
        flash(
            _("Diese beiden Einträge passen nicht mehr zusammen, oder einer steht nicht mehr da."), "warning"
        )
    except AskedBefore:
        db().rollback()
        flash(_("Die beiden sind schon gefragt."), "warning")
    else:
        _ask_both(pair)
        flash(_("Beide Unternehmen sind gefragt, ohne dass eines den Namen des anderen erfährt."), "success")
    return redirect(url_for(".show", cluster_id=cluster_id), 303)


@blueprint.get("/<int:notice_id>/herunternehmen")
@permit(Permission.CLUSTER_LEAD)
def ask_to_take_down(cluster_id: int, notice_id: int) -> ResponseReturnValue:
    return _take_down_page(_posted_or_404(notice_id), TakeDownForm(formdata=None))


@blueprint.post("/<int:notice_id>/herunternehmen")
@permit(Permission.CLUSTER_LEAD)
def take_down(cluster_id: int, notice_id: int) -> ResponseReturnValue:
    row, form = _posted_or_404(notice_id), TakeDownForm()
    if not form.validate():
        return _take_down_page(row, form), 422
    cluster, reason, now = current_cluster(), form.reason.data, datetime.now(UTC)
    try:
        company = verbs.take_down(Work(db(), current_actor(), now), cluster, notice_id, reason)
        mails.send_taken_down(company, cluster, row.title, reason)
        flash(_("Der Eintrag steht nicht mehr auf der Liste. Das Unternehmen liest Ihren Grund."), "success")
    except ResidueGone:
        db().rollback()
        flash(_("Diesen Eintrag gibt es nicht mehr."), "warning")
    return redirect(url_for(".show", cluster_id=cluster_id), 303)


@blueprint.post("/<int:notice_id>/stehen-lassen")
@permit(Permission.CLUSTER_LEAD)
def dismiss(cluster_id: int, notice_id: int) -> ResponseReturnValue:
    """Leave a reported notice where it is."""
    verbs.dismiss_reports(db(), current_cluster(), notice_id, actor=current_actor())
    flash(_("Der Eintrag bleibt stehen."), "success")
    return redirect(url_for(".show", cluster_id=cluster_id), 303)


def _cards(shown: Sequence[PostedNotice], partners: Mapping[int, int], today: date) -> list[NoticeCard]:
    cluster_id = current_cluster().id
    return [
        notice_card(
            each.notice,
            each.id,
            today=today,
            partners=partners.get(each.id, 0),
            neighbour=each.neighbour,
            picture=url_for("residue_pictures.of_cluster", cluster_id=cluster_id, notice_id=each.id)
            if each.picture
            else "",
        )
        for each in shown
    ]


def _ask_both(notice_ids: Sequence[int]) -> None:
    """Write to both companies of a match; who writes for both is told once."""
    told, cluster = set[int](), current_cluster()
    for notice_id in notice_ids:
        found = residues.find_posted(db(), cluster.id, notice_id, with_neighbours=True)
        if found is not None:
            told |= mails.send_inquiry(found[1], cluster, found[0].title, but_for=told)


def _posted_or_404(notice_id: int) -> ResidueNoticeRow:
    found = residues.find_posted(db(), current_cluster().id, notice_id)
    return found[0] if found else abort(404)


def _take_down_page(row: ResidueNoticeRow, form: TakeDownForm) -> str:
    today, cluster_id = local_day(datetime.now(UTC)), current_cluster().id
    has_picture = bool(residues.pictured(db(), [row.id]))
    photo = url_for("residue_pictures.of_cluster", cluster_id=cluster_id, notice_id=row.id)
    return render_template(
        "exchange/residues/reason.html",
        heading=_("Von der Liste nehmen: %(title)s", title=row.title),
        back=url_for("residue_board.show", cluster_id=cluster_id),
        card=notice_card(residues.notice_of(row), row.id, today=today, picture=photo if has_picture else ""),
        explained=_(
            "Der Eintrag verschwindet sofort und kann nicht wieder gezeigt werden. Anfragen ohne Antwort "
            "werden gelöscht. Das Unternehmen liest Ihren Grund."
        ),
        label=_("Ihr Grund"),
        action=_("Von der Liste nehmen"),
        is_warning=True,
        creates=False,
        form=form,
        errors=field_errors(form),
    )
