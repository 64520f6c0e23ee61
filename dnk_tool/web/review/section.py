"""One section of a review: the submitted answers beside a form for remarks and verdict.

The strip above a section of a review: a mark for each part of the declaration, with its review status.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion, Requirement, Section
from dnk_tool.catalogue.standard.model import Area
from dnk_tool.domain.declarations.annex import ReviewedGoal
from dnk_tool.domain.declarations.states import DONE_STATES, State
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import Audience, ReviewStatus, Verdict
from dnk_tool.services.review.errors import RemarkMissing
from dnk_tool.services.review.noteworthy import PROFILE, ReportedWarning, warnings_by_place
from dnk_tool.services.review.remark_templates import RemarkTemplateChoice, choices_for
from dnk_tool.services.review.remarks import ThreadUnanswered
from dnk_tool.services.review.reviewer_feedback import save_reviewer_feedback
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.services.review.verdicts import open_remarks
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.review import remark_templates
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.review import StockRemark
from dnk_tool.web.http.access import current_cluster, current_declaration, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review import conflicts
from dnk_tool.web.review.annex import earlier_goals_by_aspect
from dnk_tool.web.review.autosave import autosave_url, with_drafts
from dnk_tool.web.review.calculations import FigureCalculation, calculations_by_datapoint
from dnk_tool.web.review.checklist import checklist_entries
from dnk_tool.web.review.current_round import (
    blueprint,
    has_new_answer,
    is_noted_first,
    overview_url,
    reviewer_threads,
    round_or_404,
    section_heading,
    section_or_404,
    section_url,
)
from dnk_tool.web.review.evidence import FileLink, FileLinks, files_by_ref, files_of_requirement
from dnk_tool.web.review.evidence_drawer import evidence_drawer
from dnk_tool.web.review.overview import TAG_KINDS
from dnk_tool.web.review.remark_templates import insertion
from dnk_tool.web.review.section_diff import (
    RequirementDiff,
    YearComparison,
    profile_texts,
    section_diffs,
    year_comparisons,
)
from dnk_tool.web.review.section_order import (
    neighbours,
    odd_sections,
    order_links,
    section_notes,
    section_order,
    version_of_last_year,
)
from dnk_tool.web.review.section_review_form import SectionReviewForm, read_review_form, review_form_errors
from dnk_tool.web.review.submitted_answers import SubmittedRequirement, submitted_requirements
from dnk_tool.web.review.team.present_readers import open_section
from dnk_tool.web.text.form_fields import field_name
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.options import Option


@dataclass(frozen=True, slots=True)
class StripMark:
    """One mark: the number of a criterion, or the first letter of another part, with its review status."""

    label: str
    title: str
    href: str
    kind: str
    status: str
    area: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """Where a section stands among the others, and why it is noteworthy; `next`: where a verdict leads."""

    area: Area | None
    marks: Sequence[StripMark]
    notes: Sequence[str]
    is_odd: bool
    before: Section | None
    after: Section | None
    next: Section | None


@dataclass(frozen=True, slots=True)
class SubmittedSection:
    """What the company says in a section, with what stands beside it.

    By ref: `last_year`, `earlier_goals`, `warnings`, `files` (also by datapoint). By datapoint:
    `calculations`.
    """

    answers: Sequence[SubmittedRequirement]
    profile: Mapping[str, tuple[str, str]]
    changes: Sequence[RequirementDiff]
    last_year: Mapping[str, YearComparison]
    earlier_goals: Mapping[str, Sequence[tuple[str, ReviewedGoal]]]
    calculations: Mapping[str, FigureCalculation]
    warnings: Mapping[str, Sequence[ReportedWarning]]
    files: FileLinks

    @property
    def profile_warnings(self) -> Sequence[ReportedWarning]:
        return self.warnings.get(PROFILE, ())

    def files_beside(self, requirement: Requirement) -> list[FileLink]:
        """The files of a requirement, without those of its figures."""
        return files_of_requirement(self.files, requirement)


@dataclass(frozen=True, slots=True)
class Discussion:
    """The threads of a section. `kept`: reusable remarks just made, by thread; `known_texts`: of all."""

    threads: Sequence[RemarkThread]
    new_answers: Collection[int]
    names: Mapping[int, str]
    kept: Mapping[int, StockRemark]
    known_texts: Collection[str]


@dataclass(frozen=True, slots=True)
class NewRemark:
    """What a new remark can be about and who may read it, its draft, and reusable remarks to put into it."""

    is_open: bool
    refs: Sequence[tuple[str, str]]
    audiences: Sequence[Audience]
    draft: RemarkThread | None
    autosave_url: str
    blocks: Sequence[RemarkTemplateChoice]
    more_blocks: Sequence[tuple[str, list[Option]]]


def strip_marks(review_round: ReviewRound, current: Section) -> list[StripMark]:
    """The marks of all parts, in page order."""
    return [_mark(review_round, section, current) for section in review_round.sections]


def _mark(review_round: ReviewRound, section: Section, current: Section) -> StripMark:
    standing, title = review_round.standings[section.ref], section.title.to(current_language())
    return StripMark(
        label=str(section.number) if isinstance(section, Criterion) else title[0],
        title=section_heading(section, current_language()),
        href=section_url(section.ref),
        kind=TAG_KINDS[standing],
        status=label_of(standing),
        area=section.area if isinstance(section, Criterion) else "none",
        is_current=section.ref == current.ref,
    )


@blueprint.get("/<int:declaration_id>/<section_ref>")
@permit(Permission.REVIEW)
def criterion(cluster_id: int, declaration_id: int, section_ref: str) -> ResponseReturnValue:
    review_round = round_or_404()
    section = section_or_404(review_round, section_ref)
    return _page(review_round, section)


@blueprint.post("/<int:declaration_id>/<section_ref>")
@permit(Permission.REVIEW)
@creates
def judge(cluster_id: int, declaration_id: int, section_ref: str) -> ResponseReturnValue:
    review_round = round_or_404()
    section = section_or_404(review_round, section_ref)
    sent = read_review_form(request.form, section)
    language = review_round.document.language
    if sent.action.startswith(insertion.INSERT):
        return _page(review_round, section, insertion.with_template(sent, section, language))
    if sent.action.startswith(insertion.KEEP):
        kept = insertion.keep_remark(sent, section, reviewer_threads(section), language)
        return _page(review_round, section, sent, kept=kept)
    if errors := review_form_errors(sent):
        return _page(review_round, section, replace(sent, asked=sent.asks_first), errors), 422
    try:
        save_reviewer_feedback(current_work(), current_declaration(), section, sent.feedback())
    except (RemarkMissing, ThreadUnanswered) as error:
        db().rollback()
        return _page(round_or_404(), section, sent, conflicts.missing_remark_errors(error)), 422
    except conflicts.CONFLICTS as error:
        db().rollback()
        review_round = round_or_404()
        section, sent = (
            section_or_404(review_round, section_ref),
            conflicts.form_after_conflict(sent, error, review_round),
        )
        return _page(review_round, section, sent, clash=conflicts.conflict_text(db(), error)), 409
    # On the way to the next section the strip says it, and the verdict stays where it was.
    if not sent.is_empty and not (sent.verdict and sent.next):
        flash(_("Gespeichert."), "success")
    if sent.verdict == Verdict.ACCEPTED:
        _flash_open_remarks(section)
    elif sent.is_empty and sent.action == "stay":
        flash(_("Noch ist nichts zu speichern. Wählen Sie „In Ordnung“ oder „Änderung nötig“."), "info")
    return redirect(_next_url(sent, review_round, section), 303)


def _flash_open_remarks(section: Section) -> None:
    """Say what still stands in the way of the approval though the section is in order."""
    if still_open := open_remarks(reviewer_threads(section)):
        text = ngettext(
            "%(title)s: %(num)d Anmerkung an das Unternehmen ist noch offen; "
            "freigeben können Sie erst, wenn sie erledigt ist.",
            "%(title)s: %(num)d Anmerkungen an das Unternehmen sind noch offen; "
            "freigeben können Sie erst, wenn sie erledigt sind.",
            len(still_open),
            title=section_heading(section, current_language()),
        )
        flash(text, "warning")


def _next_url(sent: SectionReviewForm, review_round: ReviewRound, section: Section) -> str:
    """Where the pressed button leads: to another section, the overview, or a place on this page."""
    kind, _colon, ref = sent.action.partition(":")
    if kind == "about":
        return section_url(section.ref, about=ref)
    if not sent.verdict:
        return section_url(section.ref, anchor=field_name(sent.ref) if sent.text and sent.ref else "remarks")
    if sent.next in review_round.document.selection.section_by_ref:
        return section_url(sent.next)
    return overview_url()


def next_pending(review_round: ReviewRound, section: Section) -> Section | None:
    """The next section to review, after this one, then from the beginning; None if all are done."""
    sections = section_order(review_round, is_noted_first())
    at = sections.index(section)
    pending = review_round.with_status(ReviewStatus.PENDING)
    following = (*sections[at + 1 :], *sections[:at])
    return next((other_section for other_section in following if other_section in pending), None)


def initial_form(review_round: ReviewRound, section: Section) -> SectionReviewForm:
    """The form before any input."""
    following = next_pending(review_round, section)
    return SectionReviewForm(
        version=review_round.version,
        seen=review_round.current_judgement_number(section.ref),
        next=following.ref if following else "",
        audience=_audiences()[0].value,
    )


def _form_of_address(
    review_round: ReviewRound, section: Section, threads: list[RemarkThread]
) -> SectionReviewForm:
    """The form that the address asks for: `anmerkung` names the requirement to remark on."""
    ref = request.args.get("anmerkung")
    if ref not in section.refs:
        ref = None
    return with_drafts(initial_form(review_round, section), threads, ref)


def _about_the_change(
    form: SectionReviewForm, section: Section, changes: Sequence[RequirementDiff]
) -> SectionReviewForm:
    """The form about the only requirement that changed since the last round, if nothing is begun in it."""
    changed = {change.anchor for change in changes}
    refs = [
        requirement.ref for requirement in section.all_requirements if field_name(requirement.ref) in changed
    ]
    is_begun = form.text or form.ref or form.draft.id
    return form if is_begun or len(changes) != 1 or not refs else replace(form, ref=refs[0])


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
    kept: Mapping[int, StockRemark] | None = None,
) -> str:
    """Render the section. `kept`: what was just made a reusable remark, by thread."""
    threads, submitted = reviewer_threads(section), _submitted(review_round, section)
    form = sent or _form_of_address(review_round, section, threads)
    is_remark_open = bool(form.text or form.ref or form.draft.id) or "remark" in (errors or {})
    form = form if sent else _about_the_change(form, section, submitted.changes)
    given = review_round.current_judgement(section.ref)
    people = {remark.by for thread in threads for remark in thread.remarks} | {given.by if given else None}
    people |= {thread.resolved_by for thread in threads}
    templates = remark_templates.of_cluster(db(), current_cluster().id)
    choices = choices_for(templates, section.ref, form.ref)
    return render_template(
        "review/section.html",
        cluster=current_cluster(),
        declaration=current_declaration(),
        round=review_round,
        readers=open_section(section, review_round.sections),
        section=section,
        place=_place(review_round, section, form.next),
        address=section_url,
        overview=overview_url(),
        orders=order_links(lambda first: section_url(section.ref, noted_first=first)),
        submitted=submitted,
        drawer=evidence_drawer(submitted.files, submitted.answers),
        discussion=Discussion(
            threads=[thread for thread in threads if thread.id != form.draft.id],
            new_answers=[thread.id for thread in threads if has_new_answer(thread)],
            names=accounts.names_of(db(), {person for person in people if person is not None}),
            kept=kept or {},
            known_texts=insertion.known_texts(templates),
        ),
        new_remark=NewRemark(
            is_open=is_remark_open,
            refs=[(answer.requirement.ref, answer.title) for answer in submitted.answers],
            audiences=_audiences(),
            draft=next((thread for thread in threads if thread.id == form.draft.id), None),
            autosave_url=autosave_url(section),
            blocks=choices.first,
            more_blocks=insertion.grouped_options(choices, review_round.document.selection),
        ),
        given=given,
        sent=form,
        errors=errors or {},
        clash=clash,
        is_open=current_declaration().state is State.SUBMITTED,
        checklist=checklist_entries(review_round),
    )


def _submitted(review_round: ReviewRound, section: Section) -> SubmittedSection:
    document, language, last_year = review_round.document, current_language(), version_of_last_year()
    earlier = last_year.document if last_year else None
    return SubmittedSection(
        answers=submitted_requirements(document, section, language, earlier),
        profile=profile_texts(document, language) if section.ref == "general" else {},
        changes=_section_diffs(review_round, section),
        last_year=year_comparisons(earlier, document, section, language) if earlier else {},
        earlier_goals=earlier_goals_by_aspect(document),
        calculations=calculations_by_datapoint(document, language),
        warnings=warnings_by_place(review_round),
        files=files_by_ref(review_round),
    )


def _place(review_round: ReviewRound, section: Section, following: str) -> SectionPlace:
    """The place of a section; `following`: the ref of the section to which a verdict leads."""
    selection, is_noted = review_round.document.selection, is_noted_first()
    before, after = neighbours(section_order(review_round, is_noted), section)
    return SectionPlace(
        area=selection.catalogue.area_of(section) if isinstance(section, Criterion) else None,
        marks=strip_marks(review_round, section),
        notes=section_notes(review_round).get(section.ref, ()) if is_noted else (),
        is_odd=is_noted and section.ref in odd_sections(review_round),
        before=before,
        after=after,
        next=selection.section_by_ref.get(following),
    )
