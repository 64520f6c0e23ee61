"""Renders the page of one change request: the remark, its fields, what has changed there, and the answer.

The fields beside a change request: those texts of the wizard that it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.catalogue import Criterion, Requirement, Section
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import section_completeness
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.services.review.company_feedback import unsent_answer
from dnk_tool.services.review.drafts import SeenDraft
from dnk_tool.services.review.remarks import ThreadReply
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.web.answers.change_requests.changes import changes_of, live_version
from dnk_tool.web.answers.change_requests.steps import (
    change_request_steps,
    deadline_of,
    next_step,
    step_title,
)
from dnk_tool.web.answers.section_page import RequirementPage, section_page
from dnk_tool.web.http.access import current_actor, current_subject
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import CompanyReviewState
from dnk_tool.web.review.company_side.section_remarks_form import draft_field_name, reply_field_name
from dnk_tool.web.review.company_side.threads import authors_of
from dnk_tool.web.review.section_diff import RequirementDiff
from dnk_tool.web.review.submitted_answers import SubmittedFigureRow, submitted_requirements
from dnk_tool.web.text.form_errors import FieldError


def requirements_of(section: Section, thread: RemarkThread) -> tuple[Requirement, ...]:
    """The requirement that the remark is about; all aspects of a criterion, if it is about the whole."""
    asked = tuple(one for one in section.all_requirements if one.ref == thread.ref)
    return asked or section.aspects


def refs_of(section: Section, thread: RemarkThread) -> frozenset[str]:
    """The refs of what the remark is about: a requirement, else all of the section."""
    return frozenset({thread.ref}) if thread.ref in section.refs else section.refs


def with_texts_only(section: Section, thread: RemarkThread) -> Section:
    """The section with the requirements of the remark, and of their items only the texts.

    What asks for figures keeps no item: its texts tell how they came about, and stand beside them.
    """
    asked = requirements_of(section, thread)
    told = [one for one in asked if not any(item.datapoint for item in one.items)]
    texts = {item.ref for one in told for item in one.items if item.kind is ItemKind.TEXT}
    return section.restricted_to({one.ref for one in asked}).with_items(texts)


def has_more_fields(section: Section, thread: RemarkThread) -> bool:
    """Whether the remark is about fields that stand on the section's own pages only, such as figures."""
    asked = requirements_of(section, thread)
    return not asked or any(item.kind is not ItemKind.TEXT for one in asked for item in one.items)


def is_about_figures(section: Section, thread: RemarkThread) -> bool:
    """Whether the requirement that the remark is about asks for figures."""
    return any(item.datapoint for one in requirements_of(section, thread) for item in one.items)


@dataclass(frozen=True)
class AnswerPlace:
    """A change request with the section that it is about, and the review as it is."""

    situation: CompanyReviewState
    section: Section
    thread: RemarkThread

    @property
    def asked(self) -> Section:
        """The section with the texts that the page shows."""
        return with_texts_only(self.section, self.thread)

    @property
    def field(self) -> str:
        """Name and id of the field for the answer."""
        return reply_field_name(self.thread.id)


@dataclass(frozen=True)
class AskedFields:
    """What a change request is about: whether this page shows texts, other pages more, and figures."""

    has_texts: bool
    has_more: bool
    are_figures: bool
    figures: Sequence[SubmittedFigureRow]


@dataclass(frozen=True)
class AnswerField:
    """The field for the answer. `draft`: the name of the field with its draft; `read`: remarks seen;
    `default`: what is answered for whoever leaves it empty and has changed something.
    """

    name: str
    draft: str
    reply: ThreadReply
    read: int
    default: str
    error: str


def render_change_request(
    place: AnswerPlace,
    form: FlaskForm,
    *,
    content: DeclarationContent | None = None,
    reply: ThreadReply | None = None,
    error: str = "",
    clash: str = "",
) -> str:
    """Render the page. `content`: the declaration's, if it was read; `reply`: the answer as it was typed.

    `error`: what is wrong with the answer; `clash`: what has happened meanwhile.
    """
    situation, section, thread = place.situation, place.section, place.thread
    declaration, language = situation.declaration, current_language()
    content = content or declarations.read_content(db(), declaration)
    page = section_page(
        place.asked,
        form,
        content,
        section_completeness(content.sheet, section),
        year=declaration.reporting_year,
        language=language,
    )
    steps = change_request_steps(situation)
    people = authors_of([thread]) | ({page.latest.by} if page.latest and page.latest.by else set())
    following = next_step(steps, thread.id)
    wrong = (FieldError(place.field, error),) if error else ()
    return render_template(
        "answers/change_requests/answer.html",
        declaration=declaration,
        situation=situation,
        section=section,
        area=section.area if isinstance(section, Criterion) else "",
        thread=thread,
        title=step_title(section, thread),
        steps=steps,
        deadline=deadline_of(situation),
        number=next((at for at, step in enumerate(steps, 1) if step.thread.id == thread.id), 0),
        following=following,
        following_number=steps.index(following) + 1 if following else 0,
        page=page,
        about=AskedFields(
            has_texts=any(_has_texts(one) for one in (*page.requirements, *page.indicators)),
            has_more=has_more_fields(section, thread),
            are_figures=is_about_figures(section, thread),
            figures=_figures(place, content.sheet),
        ),
        changes=_changes(place, content.sheet),
        may_edit=may_edit(situation, section),
        names=accounts.names_of(db(), people),
        answer=AnswerField(
            name=place.field,
            draft=draft_field_name(place.field),
            reply=reply or _kept_answer(place),
            read=reply.read if reply else len(thread.remarks),
            default=default_answer(declaration.language, is_text=True) if situation.submitted else "",
            error=error,
        ),
        errors=(*page.errors, *wrong),
        clash=clash,
    )


def _kept_answer(place: AnswerPlace) -> ThreadReply:
    """What the person typed before and has not sent."""
    row = unsent_answer(db(), place.situation.declaration, place.thread, current_actor())
    return ThreadReply(row.text, draft=SeenDraft(row.id, row.number)) if row else ThreadReply()


def changes_html(place: AnswerPlace, sheet: Sheet) -> str:
    """The differences alone, as an autosave renews them."""
    return render_template(
        "answers/change_requests/differences.html",
        declaration=place.situation.declaration,
        changes=_changes(place, sheet),
    )


def _has_texts(requirement: RequirementPage) -> bool:
    """Whether the page shows a field for it."""
    has_text = requirement.head is not None and "text" in requirement.head
    return requirement.is_explained or has_text or bool(requirement.items)


def _figures(place: AnswerPlace, sheet: Sheet) -> Sequence[SubmittedFigureRow]:
    """The figures that the remark is about, as they are now; none for a remark on a whole section."""
    submitted, thread = place.situation.submitted, place.thread
    if submitted is None or not thread.ref:
        return ()
    asked = place.section.restricted_to({thread.ref})
    told = submitted_requirements(live_version(submitted, sheet), asked, current_language())
    return [row for requirement in told for row in requirement.figures]


def _changes(place: AnswerPlace, sheet: Sheet) -> Sequence[RequirementDiff]:
    refs = refs_of(place.section, place.thread)
    return changes_of(place.situation.submitted, sheet, place.section, refs)


def may_edit(situation: CompanyReviewState, section: Section) -> bool:
    """Whether the person may change the section's texts now."""
    may = can(Permission.SECTION_EDIT, current_actor(), current_subject())
    return may and situation.is_open(section.ref)


def default_answer(language: str, *, is_text: bool) -> str:
    """The answer that stands for an empty one where something has changed, in the declaration's language."""
    with force_locale(language):
        return str(_("Der Text ist geändert.") if is_text else _("Die Angaben sind geändert."))
