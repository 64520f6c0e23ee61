"""Drafts of remarks on a section's page: saved while somebody types, and given back in their fields."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_timestamp
from dnk_tool.services.review import drafts
from dnk_tool.services.review.drafts import DraftPlace, SeenDraft
from dnk_tool.services.review.remarks import ThreadReply
from dnk_tool.store.review.remarks import Remark, RemarkThread
from dnk_tool.store.tables.review import RemarkRow
from dnk_tool.web.http.access import current_actor, current_cluster, current_declaration, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review import conflicts
from dnk_tool.web.review.current_round import blueprint, reviewer_threads, round_or_404, section_or_404
from dnk_tool.web.review.section_review_form import SectionReviewForm, read_review_form, review_form_errors


@blueprint.post("/<int:declaration_id>/<section_ref>/entwurf")
@permit(Permission.REVIEW)
def autosave(cluster_id: int, declaration_id: int, section_ref: str) -> ResponseReturnValue:
    """Keep what stands in the fields of a section's page; a script sends it while somebody types."""
    section = section_or_404(round_or_404(), section_ref)
    sent = read_review_form(request.form, section)
    if errors := review_form_errors(replace(sent, verdict="")):
        [(field, text), *_others] = errors.items()
        return jsonify(status="invalid", message=_("Noch nicht gespeichert."), action=text, href=f"#{field}")
    try:
        versions = _save_drafts(sent, section)
    except conflicts.DRAFT_CONFLICTS as error:
        db().rollback()
        text = conflicts.conflict_text(db(), error)
        return jsonify(status="conflict", message=text, action=_("Beides ansehen"))
    clock = format_timestamp(datetime.now(UTC), current_language()).rsplit(", ", 1)[-1]
    is_kept = any(version for name, version in versions.items() if name.startswith("draft"))
    message = _("Entwurf, nur für das Prüfteam, gespeichert um %(time)s", time=clock) if is_kept else ""
    return jsonify(status="saved", message=message, versions=versions)


def _save_drafts(sent: SectionReviewForm, section: Section) -> dict[str, int]:
    """Save the new remark and the answers; returns id and number of each draft by the name of its field."""
    versions: dict[str, int] = {}
    place = DraftPlace.in_section(section, sent.ref, sent.audience_value)
    versions |= _versions("", _save_draft(sent, place, sent.text, sent.draft))
    for thread in reviewer_threads(section):
        reply = sent.replies.get(thread.id)
        if reply and (reply.text or reply.draft.id):
            row = _save_draft(sent, DraftPlace.in_thread(thread), reply.text, reply.draft)
            versions |= _versions(f"-{thread.id}", row)
    return versions


def _save_draft(sent: SectionReviewForm, place: DraftPlace, text: str, seen: SeenDraft) -> RemarkRow | None:
    return drafts.save_draft(current_work(), current_declaration(), place, text, seen, version=sent.version)


def _versions(suffix: str, row: RemarkRow | None) -> dict[str, int]:
    return {f"draft{suffix}": row.id if row else 0, f"number{suffix}": row.number if row else 0}


def with_drafts(
    form: SectionReviewForm, threads: Sequence[RemarkThread], ref: str | None
) -> SectionReviewForm:
    """The form with what the reader has not finished: answers, and the last remark, or that on `ref`."""
    answers = {
        thread.id: ThreadReply(text=remark.text, draft=SeenDraft(remark.id, remark.number))
        for thread in threads
        for remark in thread.remarks[1:]
        if _is_being_typed(remark)
    }
    form = replace(form, ref=ref or "", replies=answers)
    begun = [thread for thread in threads if _is_being_typed(thread.first) and ref in (None, thread.ref)]
    if not begun:
        return form
    thread = max(begun, key=lambda thread: thread.first.at)
    return replace(
        form,
        ref=thread.ref,
        text=thread.first.text,
        audience=thread.audience.value,
        draft=SeenDraft(thread.first.id, thread.first.number),
    )


def _is_being_typed(remark: Remark) -> bool:
    return remark.is_autosaved and remark.by == current_actor().user_id


def autosave_url(section: Section) -> str:
    """Where a section's page sends what is typed."""
    return url_for(
        "review.autosave",
        cluster_id=current_cluster().id,
        declaration_id=current_declaration().id,
        section_ref=section.ref,
    )
