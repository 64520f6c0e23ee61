"""The page of one draft, on which any reviewer of the team changes or discards it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import ReviewSide
from dnk_tool.services.review import drafts
from dnk_tool.services.review.drafts import DraftPlace, SeenDraft
from dnk_tool.services.review.errors import DraftAnswered, DraftPublished, ReviewClosed
from dnk_tool.services.review.remark_rows import MAX_REMARK_LENGTH
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.review.remarks import Remark, RemarkThread
from dnk_tool.web.http.access import current_actor, current_cluster, current_declaration, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.conflicts import DRAFT_CONFLICTS, conflict_text
from dnk_tool.web.review.current_round import (
    blueprint,
    overview_url,
    reviewer_threads,
    round_or_404,
    section_heading,
    section_url,
)
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import ProseField

# Where the page leads back to, by the value in its address.
BACK = {"senden": "review.ask_changes", "freigeben": "review.ask_approval"}


class DraftForm(FlaskForm):
    """The draft's text; `seen`: the number that it had."""

    text = ProseField(longest=MAX_REMARK_LENGTH)
    seen = HiddenField(default="0")

    def validate_text(self, field: ProseField) -> None:
        """Require a text; to discard a draft there is a button."""
        if not field.data:
            raise ValidationError(_("Schreiben Sie hier etwas, oder verwerfen Sie den Entwurf."))

    @property
    def number(self) -> int:
        """The number of the draft that the page had shown; 0 if invalid."""
        return whole_number(self.seen.data) or 0


@blueprint.get("/<int:declaration_id>/entwuerfe/<int:remark_id>")
@permit(Permission.REVIEW)
def edit_draft(cluster_id: int, declaration_id: int, remark_id: int) -> ResponseReturnValue:
    thread, draft = _draft_or_404(remark_id)
    return _page(thread, draft, DraftForm(formdata=None, text=draft.text, seen=str(draft.number)))


@blueprint.post("/<int:declaration_id>/entwuerfe/<int:remark_id>")
@permit(Permission.REVIEW)
def save_draft(cluster_id: int, declaration_id: int, remark_id: int) -> ResponseReturnValue:
    thread, draft = _draft_or_404(remark_id)
    form, discards = DraftForm(), request.form.get("action") == "discard"
    if not discards and not form.validate():
        return _page(thread, draft, form), 422
    try:
        _save(thread, draft.id, form, discards=discards)
    except DRAFT_CONFLICTS as error:
        db().rollback()
        thread, draft = _draft_or_404(remark_id)
        form.seen.data = str(draft.number)
        return _page(thread, draft, form, clash=_clash_text(error)), 409
    flash(_("Der Entwurf ist verworfen.") if discards else _("Gespeichert."), "success")
    return redirect(_back_url(thread), 303)


def _save(thread: RemarkThread, remark_id: int, form: DraftForm, *, discards: bool) -> None:
    declaration, seen = current_declaration(), SeenDraft(remark_id, form.number)
    if discards:
        drafts.discard_draft(db(), declaration, seen, actor=current_actor())
        return
    saved = drafts.finish_draft(
        current_work(),
        declaration,
        DraftPlace.in_thread(thread, remark_id),
        form.text.data or "",
        seen,
        version=round_or_404().version,
    )
    if saved is None:
        abort(404)  # discarded just now; the page shows the typed text


def _draft_or_404(remark_id: int) -> tuple[RemarkThread, Remark]:
    """The remark that is, or was just now, a draft, with its thread; others are answered in the section."""
    for thread in reviewer_threads():
        for remark in thread.remarks:
            is_shown = remark.is_draft or request.method == "POST"
            if remark.id == remark_id and remark.side is ReviewSide.REVIEWERS and is_shown:
                return thread, remark
    abort(404)


def _clash_text(error: ConflictError | DraftPublished | DraftAnswered | ReviewClosed) -> str:
    if isinstance(error, ConflictError | ReviewClosed):
        return conflict_text(db(), error)
    if isinstance(error, DraftAnswered):
        return str(_("Zu diesem Entwurf gibt es noch einen zweiten aus dem Team. Verwerfen Sie zuerst den."))
    return str(
        _(
            "Die Anmerkung ist inzwischen beim Unternehmen und lässt sich nicht mehr ändern. Ihr Text steht "
            "noch hier: Kopieren Sie ihn, und ergänzen Sie damit die Anmerkung."
        )
    )


def _back_url(thread: RemarkThread) -> str:
    wanted = BACK.get(request.values.get("zu", ""))
    if wanted:
        return url_for(wanted, cluster_id=current_cluster().id, declaration_id=current_declaration().id)
    known = round_or_404().document.selection.section_by_ref
    if thread.section in known:
        return section_url(thread.section, anchor=f"thread-{thread.id}")
    return overview_url()


def _page(thread: RemarkThread, draft: Remark, form: DraftForm, *, clash: str = "") -> str:
    review_round = round_or_404()
    section = review_round.document.selection.section_by_ref.get(thread.section)
    titles = (
        {one.ref: one.title.to(current_language()) for one in section.all_requirements} if section else {}
    )
    return render_template(
        "review/draft.html",
        cluster=current_cluster(),
        declaration=current_declaration(),
        document=review_round.document,
        title=section_heading(section, current_language()) if section else thread.section,
        about=titles.get(thread.ref, ""),
        draft=draft,
        is_open=current_declaration().state is State.SUBMITTED,
        name=accounts.name_of(db(), draft.by),
        form=form,
        errors=field_errors(form),
        clash=clash,
        is_changed=bool(clash) and draft.text != form.text.data,
        back=_back_url(thread),
        to=request.values.get("zu", ""),
    )
