"""The notes of a cluster's team about a member: written, changed, deleted.

A member takes no part this year, and does again: from its file.
"""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import cohorts, member_notes
from dnk_tool.services.clusters.member_notes import MAX_NOTE_LENGTH, NotesNotAllowed, NoText
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import member_files as stored_notes
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.consents import MemberNote
from dnk_tool.web.http.access import (
    current_actor,
    current_cluster,
    current_organisation,
    current_work,
    permit,
)
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import ProseField

blueprint = Blueprint(
    "member_file", __name__, url_prefix="/cluster/<int:cluster_id>/mitglieder/<int:organisation_id>"
)


class NoteForm(FlaskForm):
    """The text of a note."""

    text = ProseField(longest=MAX_NOTE_LENGTH)


@blueprint.get("/notizen")
@permit(Permission.CLUSTER_VIEW)
def notes(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    return _page(standing_consent(), NoteForm(formdata=None))


@blueprint.post("/notizen")
@permit(Permission.CLUSTER_VIEW)
@creates
def write_note(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    consent, form = standing_consent(), NoteForm(formdata=request.form)
    if not form.validate():
        return _page(consent, form), 422
    try:
        member_notes.write_note(current_work(), consent, form.text.data or "")
    except NoText:
        form.text.errors = [_("Schreiben Sie die Notiz in das Feld.")]
        return _page(consent, form), 422
    except NotesNotAllowed:
        return _page(consent, form), 409
    flash(_("Die Notiz ist gespeichert."), "success")
    return _redirect_to_notes()


@blueprint.get("/notizen/<int:note_id>")
@permit(Permission.CLUSTER_VIEW)
def edit_note(cluster_id: int, organisation_id: int, note_id: int) -> ResponseReturnValue:
    consent = standing_consent()
    note = _own_note_or_404(consent, note_id)
    return _edit_page(NoteForm(formdata=None, data={"text": note.text}))


@blueprint.post("/notizen/<int:note_id>")
@permit(Permission.CLUSTER_VIEW)
def change_note(cluster_id: int, organisation_id: int, note_id: int) -> ResponseReturnValue:
    consent, form = standing_consent(), NoteForm(formdata=request.form)
    note = _own_note_or_404(consent, note_id)
    if not form.validate():
        return _edit_page(form), 422
    text, actor, now = form.text.data or "", current_actor(), datetime.now(UTC)
    try:
        member_notes.change_note(Work(db(), actor, now), consent, note, text)
    except NoText:
        form.text.errors = [_("Schreiben Sie die Notiz in das Feld, oder löschen Sie die Notiz.")]
        return _edit_page(form), 422
    except NotesNotAllowed:
        abort(404)
    flash(_("Die Notiz ist gespeichert."), "success")
    return _redirect_to_notes()


@blueprint.post("/notizen/<int:note_id>/loeschen")
@permit(Permission.CLUSTER_VIEW)
def delete_note(cluster_id: int, organisation_id: int, note_id: int) -> ResponseReturnValue:
    consent = standing_consent()
    note = _note_or_404(consent, note_id)
    try:
        member_notes.delete_note(db(), consent, note, actor=current_actor())
    except NotesNotAllowed:
        abort(404)
    flash(_("Die Notiz ist gelöscht."), "success")
    return _redirect_to_notes()


def standing_consent() -> Consent:
    """The present consent of the company that the address names; aborts with 404 for any other company."""
    consent = clusters.find_consent(db(), current_organisation().id, current_cluster().id)
    if consent is None or current_organisation().archived_at is not None:
        abort(404)
    return consent


def _note_or_404(consent: Consent, note_id: int) -> MemberNote:
    note = db().get(MemberNote, note_id)
    is_theirs = note is not None and note.consent_id == consent.id
    return note if note and is_theirs and member_notes.allows_notes(db(), consent) else abort(404)


def _own_note_or_404(consent: Consent, note_id: int) -> MemberNote:
    note = _note_or_404(consent, note_id)
    return note if note.author_id == current_actor().user_id else abort(404)


def _redirect_to_notes() -> ResponseReturnValue:
    return redirect(_address("member_file.notes"), 303)


def _address(endpoint: str) -> str:
    return url_for(endpoint, cluster_id=current_cluster().id, organisation_id=current_organisation().id)


def _page(consent: Consent, form: NoteForm) -> str:
    is_allowed = member_notes.allows_notes(db(), consent)
    written = stored_notes.notes_of(db(), consent.id) if is_allowed else []
    return render_template(
        "clusters/member_file/notes.html",
        cluster=current_cluster(),
        member=current_organisation(),
        notes=written,
        names=accounts.names_of(db(), {note.author_id for note in written if note.author_id is not None}),
        may_delete=lambda note: member_notes.may_delete(note, consent, current_actor()),
        is_allowed=is_allowed,
        **_form_values(form),
    )


def _edit_page(form: NoteForm) -> str:
    return render_template(
        "clusters/member_file/note.html",
        cluster=current_cluster(),
        member=current_organisation(),
        **_form_values(form),
    )


def _form_values(form: NoteForm) -> dict[str, Any]:
    return {"form": form, "errors": form_errors(form), "most": MAX_NOTE_LENGTH}


@blueprint.post("/aussetzen")
@permit(Permission.CLUSTER_LEAD)
def pause(cluster_id: int, organisation_id: int) -> ResponseReturnValue:
    """Let the member sit out the year shown, or take that back."""
    consent, year = standing_consent(), _asked_year()
    cluster, actor, now = current_cluster(), current_actor(), datetime.now(UTC)
    companies, name = [consent.organisation_id], str(year)
    if request.form.get("action") == "pause":
        cohorts.assign(Work(db(), actor, now), cluster, year, companies, cohort_id=None)
        flash(_("%(year)s nicht dabei: Es wird nicht erinnert und ist nie überfällig.", year=name), "success")
    else:
        cohorts.release(Work(db(), actor, now), cluster, year, companies)
        flash(_("%(year)s wieder dabei.", year=name), "success")
    address = url_for("cockpit.member", cluster_id=cluster_id, organisation_id=organisation_id, jahr=year)
    return redirect(address, 303)


def _asked_year() -> int:
    """The reporting year that the form names; aborts with 404 without one."""
    asked = request.form.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else abort(404)
