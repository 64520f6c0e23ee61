"""A member's own notices: a new one, prepared from a line of waste or empty, changed, and deleted."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.exchange.residues import MAX_NOTICES, NoticeKind, ResidueNotice
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import residues as verbs
from dnk_tool.services.exchange.residue_members import ResidueGone, ResiduesNotAllowed
from dnk_tool.services.exchange.residues import NoticeTakenDown, TooManyNotices
from dnk_tool.store.exchange import residues
from dnk_tool.store.tables.exchange.residues import ResidueNoticeRow
from dnk_tool.web.exchange.examples.form import MAX_PICTURE_BYTES, sent_picture
from dnk_tool.web.exchange.examples.own_pages import too_large_text
from dnk_tool.web.exchange.residues.notice_form import (
    NoticeForm,
    changed_texts,
    code_names,
    form_data,
    found_codes,
    take_chosen_code,
    typed_notice,
)
from dnk_tool.web.exchange.residues.places import ResiduePlace, place_of_row, place_or_404
from dnk_tool.web.exchange.residues.waste_lines import WasteLine, find_waste_line
from dnk_tool.web.http.access import current_organisation, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.request_limits import DEFAULT_MAX_REQUEST_BYTES, accepts_upload
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.text.form_fields import seen_version
from dnk_tool.web.text.form_page import saving

blueprint = Blueprint("residue_notices", __name__, url_prefix="/unternehmen/<int:organisation_id>/reststoffe")

SHOW = "show"


@blueprint.get("/neu")
@permit(Permission.ORGANISATION_EDIT)
def new(organisation_id: int) -> ResponseReturnValue:
    place, line = place_or_404(), find_waste_line(organisation_id, whole_number(request.args.get("zeile")))
    data = {"title": line.label, "codes": line.code, "tonnes": line.tonnes} if line else {}
    return _page(place, _form(NoticeForm(formdata=None, data=data), _asked_kind(line)), line=line)


@blueprint.post("/neu")
@permit(Permission.ORGANISATION_EDIT)
@creates
@accepts_upload(MAX_PICTURE_BYTES + DEFAULT_MAX_REQUEST_BYTES, too_large=too_large_text)
def create(organisation_id: int) -> ResponseReturnValue:
    form = _sent_form(_asked_kind(None))
    place = place_or_404()
    if take_chosen_code(form):
        return _page(place, form)
    return _save(place, form, None)


@blueprint.get("/<int:notice_id>")
@permit(Permission.ORGANISATION_EDIT)
def edit(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    row = own_row_or_404(notice_id)
    data = form_data(residues.notice_of(row), row.version)
    return _page(place_of_row(row), _form(NoticeForm(formdata=None, data=data), row.kind), row)


@blueprint.post("/<int:notice_id>")
@permit(Permission.ORGANISATION_EDIT)
@accepts_upload(MAX_PICTURE_BYTES + DEFAULT_MAX_REQUEST_BYTES, too_large=too_large_text)
def save(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    """Save the notice. Returns 409 with what the other person changed after an edit conflict."""
    form = _sent_form(own_row_or_404(notice_id).kind)
    row = own_row_or_404(notice_id)
    form.has_picture, place = bool(residues.pictured(db(), [row.id])), place_of_row(row)
    if take_chosen_code(form):
        return _page(place, form, row)
    return _save(place, form, row)


@blueprint.post("/<int:notice_id>/loeschen")
@permit(Permission.ORGANISATION_EDIT)
def remove(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    row = own_row_or_404(notice_id)
    place = place_of_row(row)
    try:
        verbs.remove_notice(current_work(), organisation_id, notice_id)
        flash(_("Gelöscht. Anfragen dazu sind mit gelöscht."), "success")
    except ResidueGone:
        flash(_("Diesen Eintrag gibt es nicht mehr."), "warning")
    return redirect(place.address("residues.show"), 303)


def own_row_or_404(notice_id: int) -> ResidueNoticeRow:
    """The company's notice with this id, also one that nobody else sees."""
    return residues.find_own(db(), current_organisation().id, notice_id) or abort(404)


def _form(form: NoticeForm, kind: NoticeKind) -> NoticeForm:
    form.kind = kind
    return form


def _sent_form(kind: NoticeKind) -> NoticeForm:
    """The form as it was sent, with its photo. Releases the lock while the photo is redrawn."""
    end_transaction()
    form = _form(NoticeForm(), kind)
    form.picture = sent_picture(form)
    return form


def _asked_kind(line: WasteLine | None) -> NoticeKind:
    """The kind that the address names; what begins with a line of waste is an offer."""
    asked = request.args.get("art", "")
    return NoticeKind(asked) if asked in set(NoticeKind) and line is None else NoticeKind.OFFER


def _save(place: ResiduePlace, form: NoticeForm, row: ResidueNoticeRow | None) -> ResponseReturnValue:
    is_shown = request.form.get("action") == SHOW
    refusals = {kind: (form.title, text) for kind, text in _refusals().items()}
    with saving(form, partial(_page, place, form, row), refusals):
        verbs.save_notice(
            current_work(),
            place.consent.organisation_id,
            place.cluster.id,
            typed_notice(form),
            is_shown=is_shown,
            picture=form.picture,
            notice_id=row.id if row else None,
            seen=seen_version(form),
        )
    flash(_saved_text(place, is_shown=is_shown), "success")
    return redirect(place.address("residues.show", _anchor="eigene"), 303)


def _saved_text(place: ResiduePlace, *, is_shown: bool) -> str:
    """Who sees the notice now."""
    if not is_shown:
        return str(_("Gespeichert. Den Eintrag sehen nur Sie."))
    if place.crosses:
        return str(_("Die Mitglieder und Nachbarnetzwerke sehen den Eintrag jetzt, ohne Ihren Namen."))
    return str(_("Die Mitglieder sehen den Eintrag jetzt, ohne Ihren Namen."))


def _refusals() -> dict[type[Exception], str]:
    return {
        ResiduesNotAllowed: _(
            "Ihr Unternehmen erlaubt dem Cluster nicht mehr, Reststoffe zu zeigen. Diese Erlaubnis gibt die "
            "Leitung Ihres Unternehmens auf der Seite „Cluster“."
        ),
        TooManyNotices: _(
            "Sie haben schon %(most)s Einträge. Löschen Sie einen, den Sie nicht mehr brauchen.",
            most=MAX_NOTICES,
        ),
        NoticeTakenDown: _(
            "Die Leitung des Clusters hat diesen Eintrag von der Liste genommen. Sie können ihn löschen."
        ),
    }


def _page(
    place: ResiduePlace,
    form: NoticeForm,
    row: ResidueNoticeRow | None = None,
    *,
    line: WasteLine | None = None,
    theirs: ResidueNotice | None = None,
) -> str:
    changed: Sequence[str] = changed_texts(form, theirs) if theirs else ()
    values = {"art": form.kind.value}
    has_picture = row is not None and bool(residues.pictured(db(), [row.id]))
    return render_template(
        "exchange/residues/notice.html",
        organisation=current_organisation(),
        place=place,
        form=form,
        errors=form.faults,
        row=row,
        picture=place.address("residue_pictures.of_member", notice_id=row.id) if row and has_picture else "",
        is_picture_lost=bool(form.picture),
        removes_picture=form.picture == b"",
        line=line,
        is_conflict=theirs is not None,
        changed=changed,
        found=found_codes(form.codes.data or ""),
        code_names=code_names(form.codes.data or ""),
        action=url_for(".save", organisation_id=place.consent.organisation_id, notice_id=row.id)
        if row
        else place.address(".create", **values),
        is_offer=form.kind is NoticeKind.OFFER,
    )
