"""The pages of a juror, who comes by a link: what was nominated, and a sheet for each of it; nothing else."""

from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.exchange.awards import POINTS, JurorSheet, is_complete
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import jury as verbs
from dnk_tool.services.exchange.jury import JurorLinkUnknown, JurorVisit, JuryClosed, NominationGone
from dnk_tool.store.exchange import awards, jury
from dnk_tool.store.exchange.nominations import ShownNomination
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.exchange.awards.form import SheetForm
from dnk_tool.web.exchange.examples.example_view import example_view
from dnk_tool.web.http import rate_limits
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.languages import use_language_of
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version
from dnk_tool.web.text.form_page import saving

blueprint = Blueprint("jury", __name__, url_prefix="/jury/<token>")


@blueprint.get("")
@permit(Permission.BY_LINK)
def show(token: str) -> ResponseReturnValue:
    """What was nominated, and how far this juror is."""
    try:
        visit = _visit(token, datetime.now(UTC))
    except (JurorLinkUnknown, JuryClosed) as error:
        return _closed_page(error)
    content, sheets = awards.content_of(visit.award), jury.sheets_of_juror(db(), visit.juror.id)
    return render_template(
        "exchange/awards/sheets.html",
        visit=visit,
        token=token,
        content=content,
        rows=[
            (one, _progress(sheets.get(one.id), len(content.criteria)))
            for one in verbs.judged_nominations(db(), visit)
        ],
    )


@blueprint.get("/<int:nomination_id>")
@permit(Permission.BY_LINK)
def sheet(token: str, nomination_id: int) -> ResponseReturnValue:
    try:
        visit = _visit(token, datetime.now(UTC))
        shown = _one(visit, nomination_id)
    except (JurorLinkUnknown, JuryClosed) as error:
        return _closed_page(error)
    except NominationGone:
        return _gone(token)
    stored = jury.stored_sheet(jury.find_sheet(db(), visit.juror.id, nomination_id))
    given = stored.content
    values = {"abstains": given.abstains, "word": given.word, "version": str(stored.version)}
    return _form_page(visit, token, shown, SheetForm(formdata=None, data=values), given)


@blueprint.post("/<int:nomination_id>")
@permit(Permission.BY_LINK)
def save(token: str, nomination_id: int) -> ResponseReturnValue:
    """Keep the sheet, whole or not. Returns 409 with what another window said meanwhile."""
    now, form = datetime.now(UTC), SheetForm()
    try:
        visit = _visit(token, now)
        shown = _one(visit, nomination_id)
        given = form.sheet(len(visit.award.criteria))
        with saving(form, partial(_form_page, visit, token, shown, form, given)):
            verbs.save_sheet(db(), token, nomination_id, given, seen=seen_version(form), now=now)
    except (JurorLinkUnknown, JuryClosed) as error:
        return _closed_page(error)
    except NominationGone:
        return _gone(token)
    if is_complete(given, len(visit.award.criteria)):
        flash(_("Gespeichert."), "success")
    else:
        flash(_("Gespeichert. Noch fehlen Punkte; gezählt wird der Bogen, wenn alle da sind."), "info")
    return redirect(url_for(".show", token=token), 303)


def _visit(token: str, now: datetime) -> JurorVisit:
    """Who visits, whose page then speaks the language of the mail. Raises JurorLinkUnknown and JuryClosed."""
    try:
        visit = verbs.open_sheets(db(), token, now=now)
    except JuryClosed as closed:
        _use_language(closed.language)
        raise
    _use_language(visit.juror.language)
    return visit


def _use_language(language: str) -> None:
    use_language_of(Account(language=language))  # is never stored


def _one(visit: JurorVisit, nomination_id: int) -> ShownNomination:
    """What the juror may read under this id. Raises NominationGone."""
    for one in verbs.judged_nominations(db(), visit):
        if one.id == nomination_id:
            return one
    raise NominationGone(nomination_id)


def _progress(sheet: JurorSheet | None, criteria: int) -> tuple[str, str]:
    """How far a sheet is, in a word, and the kind of its tag."""
    if sheet is None:
        return _("offen"), "open"
    if sheet.abstains:
        return _("Sie enthalten sich"), "done"
    return (_("fertig"), "done") if is_complete(sheet, criteria) else (_("angefangen"), "progress")


def _form_page(
    visit: JurorVisit,
    token: str,
    shown: ShownNomination,
    form: SheetForm,
    given: JurorSheet,
    *,
    theirs: JurorSheet | None = None,
) -> str:
    criteria = awards.content_of(visit.award).criteria
    points = given.points or (None,) * len(criteria)
    return render_template(
        "exchange/awards/sheet.html",
        visit=visit,
        token=token,
        shown=shown,
        view=example_view(shown.company, shown.content, shown.number),
        form=form,
        errors=field_errors(form),
        criteria=list(zip(criteria, points, strict=True)),
        point_items=[{"value": one, "label": str(one)} for one in POINTS],
        theirs=theirs,
    )


def _gone(token: str) -> ResponseReturnValue:
    flash(_("Dieser Vorschlag ist gerade zurückgezogen worden. Er zählt nicht mehr."), "warning")
    return redirect(url_for("jury.show", token=token), 303)


def _closed_page(error: JurorLinkUnknown | JuryClosed) -> ResponseReturnValue:
    is_unknown = isinstance(error, JurorLinkUnknown)
    if is_unknown:
        rate_limits.count_wrong_link()
    return render_template("exchange/awards/closed.html", is_unknown=is_unknown), 404 if is_unknown else 410
