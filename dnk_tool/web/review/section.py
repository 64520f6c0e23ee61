"""One section of a review: the submitted answers beside a form for remarks and verdict."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import DONE_STATES, State
from dnk_tool.domain.editing.outcomes import ConflictError
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import Audience, ReviewSide, ReviewStatus, Verdict
from dnk_tool.services.review.errors import (
    NotInReview,
    RemarkMissing,
    ReviewClosed,
    VersionSuperseded,
)
from dnk_tool.services.review.remark_templates import remark_template_of
from dnk_tool.services.review.remarks import ThreadChanged, ThreadUnanswered
from dnk_tool.services.review.reviewer_feedback import save_reviewer_feedback
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.web.http.access import current_actor, current_cluster, current_declaration, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review import conflicts
from dnk_tool.web.review.annex import earlier_goals_by_aspect, explanations_by_datapoint
from dnk_tool.web.review.calculations import calculations_by_datapoint
from dnk_tool.web.review.company_profile import profile_texts
from dnk_tool.web.review.current_round import (
    blueprint,
    has_new_answer,
    reviewer_threads,
    round_or_404,
    section_or_404,
    section_url,
)
from dnk_tool.web.review.evidence import files_by_ref, files_of_requirement
from dnk_tool.web.review.section_diff import RequirementDiff, section_diffs
from dnk_tool.web.review.section_review_form import SectionReviewForm, read_review_form, review_form_errors
from dnk_tool.web.review.submitted_answers import submitted_requirements
from dnk_tool.web.review.team.present_readers import open_section


@blueprint.get("/<int:declaration_id>/<section_ref>")
@permit(Permission.REVIEW)
def criterion(cluster_id: int, declaration_id: int, section_ref: str) -> ResponseReturnValue:
    review_round = round_or_404()
    return _page(review_round, section_or_404(review_round, section_ref))


@blueprint.post("/<int:declaration_id>/<section_ref>")
@permit(Permission.REVIEW)
@creates
def judge(cluster_id: int, declaration_id: int, section_ref: str) -> ResponseReturnValue:
    review_round = round_or_404()
    section = section_or_404(review_round, section_ref)
    sent = read_review_form(request.form, section)
    if sent.action == "insert":
        return _page(review_round, section, _with_remark_template(sent, review_round))
    if errors := review_form_errors(sent):
        return _page(review_round, section, sent, errors), 422
    try:
        save_reviewer_feedback(
            db(),
            current_declaration(),
            section,
            sent.feedback(),
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except (RemarkMissing, ThreadUnanswered) as error:
        db().rollback()
        return _page(round_or_404(), section, sent, conflicts.missing_remark_errors(error)), 422
    except (ConflictError, ThreadChanged, NotInReview, ReviewClosed, VersionSuperseded) as error:
        db().rollback()
        review_round = round_or_404()
        section, sent = (
            section_or_404(review_round, section_ref),
            conflicts.form_after_conflict(sent, error, review_round),
        )
        return _page(review_round, section, sent, clash=conflicts.conflict_text(db(), error)), 409
    if not sent.is_empty:
        flash(_("Gespeichert."), "success")
    return redirect(_next_url(sent, review_round, section), 303)


def _with_remark_template(sent: SectionReviewForm, review_round: ReviewRound) -> SectionReviewForm:
    """Append the chosen reusable remark, in the declaration's language, to the typed text."""
    wanted = int(sent.stock) if sent.stock.isdecimal() and len(sent.stock) < 10 else 0
    row = stored_verdicts.stock_remark(db(), current_cluster().id, wanted)
    return (
        sent.with_appended_text(remark_template_of(row).to(review_round.document.language)) if row else sent
    )


def _next_url(sent: SectionReviewForm, review_round: ReviewRound, section: Section) -> str:
    """Where the pressed button leads: another section, the overview, or here again."""
    kind, _dash, ref = sent.action.partition(":")
    if kind == "next" and ref in review_round.document.selection.section_by_ref:
        return section_url(ref)
    if kind == "stay":
        return f"{section_url(section.ref)}#remarks"
    return url_for("review.show", cluster_id=current_cluster().id, declaration_id=current_declaration().id)


def next_pending(review_round: ReviewRound, section: Section) -> Section | None:
    """The next section to review, after this one, then from the beginning; None if all are done."""
    at = review_round.sections.index(section)
    pending = review_round.with_status(ReviewStatus.PENDING)
    following = (*review_round.sections[at + 1 :], *review_round.sections[:at])
    return next((other_section for other_section in following if other_section in pending), None)


def initial_form(review_round: ReviewRound, section: Section) -> SectionReviewForm:
    """The form before any input, with the current verdict, if any."""
    standing = review_round.standings[section.ref]
    shown = "" if standing is ReviewStatus.PENDING else Verdict(standing.value).value
    return SectionReviewForm(
        version=review_round.version,
        seen=review_round.current_judgement_number(section.ref),
        shown=shown,
        verdict=shown,
        audience=_audiences()[0].value,
    )


def _audiences() -> tuple[Audience, ...]:
    """Audiences of a new remark, the default first; reviewers only once the review has ended."""
    is_done = current_declaration().state in DONE_STATES
    return (Audience.REVIEWERS,) if is_done else (Audience.SHARED, Audience.REVIEWERS)


def _section_diffs(review_round: ReviewRound, section: Section) -> tuple[RequirementDiff, ...]:
    """Differences from the version that was reviewed before."""
    if section.ref not in review_round.changed:
        return ()
    before = review_round.document_of(review_round.before[section.ref].version)
    return section_diffs(before, review_round.document, section, current_language())


def _page(
    review_round: ReviewRound,
    section: Section,
    sent: SectionReviewForm | None = None,
    errors: dict[str, str] | None = None,
    *,
    clash: str = "",
) -> str:
    language = current_language()
    threads = reviewer_threads(section)
    given = review_round.current_judgement(section.ref)
    people = {remark.by for thread in threads for remark in thread.remarks} | {given.by if given else None}
    people |= {thread.resolved_by for thread in threads}
    before, after = review_round.document.selection.neighbours(section)
    answers = submitted_requirements(review_round.document, section, language)
    return render_template(
        "review/section.html",
        cluster=current_cluster(),
        declaration=current_declaration(),
        round=review_round,
        document=review_round.document,
        readers=open_section(section, review_round.sections),
        section=section,
        address=section_url,
        files=files_by_ref(review_round),
        files_beside=files_of_requirement,
        reckoned=calculations_by_datapoint(review_round.document, language),
        explained=explanations_by_datapoint(review_round.document),
        earlier_goals=earlier_goals_by_aspect(review_round.document),
        said=answers,
        profile=profile_texts(review_round.document, language) if section.ref == "general" else {},
        changes=_section_diffs(review_round, section),
        threads=threads,
        new_answers=[thread.id for thread in threads if has_new_answer(thread)],
        names=accounts.names_of(db(), {person for person in people if person is not None}),
        given=given,
        standing=review_round.standings[section.ref],
        sent=sent or initial_form(review_round, section),
        errors=errors or {},
        clash=clash,
        is_open=current_declaration().state is State.SUBMITTED,
        stock=[
            (stock_remark.id, stock_remark.title)
            for stock_remark in stored_verdicts.stock_remarks(db(), current_cluster().id)
        ],
        refs=[(answer.requirement.ref, answer.title) for answer in answers],
        audiences=_audiences(),
        ours=ReviewSide.REVIEWERS,
        before=before,
        after=after,
        next=next_pending(review_round, section),
    )
