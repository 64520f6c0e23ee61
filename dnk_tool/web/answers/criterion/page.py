"""Renders one page of a criterion, its texts or figures, with what stands beside them.

The working groups that serve a criterion, where its company writes about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile

from flask import render_template, request
from flask_wtf import FlaskForm

from dnk_tool.catalogue import Criterion, Section, Selection
from dnk_tool.catalogue.self_checks import SelfCheck, self_checks_of_criterion
from dnk_tool.domain.answers.completeness import section_completeness
from dnk_tool.domain.exchange.working_groups import serving
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.services.figures.calculator_lines import lines_of
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.exchange import working_groups
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.criterion.after_saving import bills_follow
from dnk_tool.web.answers.criterion.method import MethodGroup, method_groups, method_line
from dnk_tool.web.answers.goal_fields import GoalForm, goal_errors
from dnk_tool.web.answers.last_year import last_year
from dnk_tool.web.answers.live_progress import LiveProgress
from dnk_tool.web.answers.margin_notes import margin_notes
from dnk_tool.web.answers.odd_figures import NOTHING_POSTED, PostedExplanations, odd_figures
from dnk_tool.web.answers.part_links import first_topic, next_open_part
from dnk_tool.web.answers.proposals.draft_page import aspect_drafts
from dnk_tool.web.answers.proposals.lines import line_proposals
from dnk_tool.web.answers.proposals.quotations import quotation_links
from dnk_tool.web.answers.section_page import RequirementPage, SectionPage, section_page
from dnk_tool.web.declarations.visible_sections import next_visible_section, visible_sections
from dnk_tool.web.figures.calculator_hints import calculator_hints
from dnk_tool.web.figures.warnings import section_datapoints
from dnk_tool.web.http.access import current_actor, current_subject
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import company_review_state, lock_reason
from dnk_tool.web.review.company_side.threads import authors_of, threads_by_ref
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.section_parts import PartKind, SectionPart

HELP_PARAMETER = "hilfe"  # the point whose long help a page has; others have a button for it


def groups_for_criterion(declaration: Declaration, section_ref: str) -> list[str]:
    """The names of the groups of the company's clusters that serve the criterion, in one statement."""
    rows = working_groups.of_company(db(), declaration.organisation_id)
    return [group.name for group in serving([working_groups.content_of(row) for row in rows], section_ref)]


@dataclass(frozen=True)
class PageFrame:
    """What stands around the fields of a criterion's page, and where it leads.

    `optional`: the points folded at the end; `method`: those of the page of the method; `following`: the
    next page of the section with gaps, and the topic that it begins with; `after`: the next section.
    """

    part: SectionPart
    here: str
    selection: Selection
    lock_reason: str
    optional: Sequence[RequirementPage]
    is_optional_open: bool
    method: Sequence[MethodGroup]
    self_checks: Sequence[SelfCheck]
    working_groups: Sequence[str]
    following: SectionPart | None
    following_topic: str
    after: Section | None
    bills_follow: bool


def render_part(
    declaration: Declaration,
    part: SectionPart,
    asked: Section,
    form: FlaskForm,
    content: DeclarationContent,
    *,
    extra_row: str = "",
    goals: Mapping[str, GoalForm] | None = None,
    sentences: PostedExplanations = NOTHING_POSTED,
    drafts: Sequence[FieldError] = (),
) -> str:
    """Render a page of a section. `asked`: the section restricted to the page's points and those posted.

    `drafts`: faulty fields beside facts.
    """
    selection, language = content.sheet.selection, current_language()
    section = selection.section_by_ref[asked.ref]
    is_method = part.kind is PartKind.METHOD
    lines = lines_of(db(), declaration) if is_method or section_datapoints(asked) else ()
    behind = calculator_hints(declaration, content, lines) if may_view_figures() else None
    situation = company_review_state(declaration, sections=[one.ref for one in visible_sections(selection)])
    parts = {one.ref: section_completeness(content.sheet, one) for one in visible_sections(selection)}
    progress = LiveProgress(situation, part, content.sheet, parts)
    page = section_page(
        asked,
        form,
        content,
        progress.completeness,
        year=declaration.reporting_year,
        language=language,
        extra_row=extra_row,
    )
    page_refs = part.refs and frozenset(requirement.ref for requirement in asked.all_requirements)
    threads = situation.threads_of_section(section.ref)
    is_editable = situation.is_open(section.ref)
    may_edit = is_editable and can(Permission.SECTION_EDIT, current_actor(), current_subject())
    proposed = line_proposals(declaration, asked, content, lines) if is_method and may_edit else {}
    may_ask = is_editable and can(Permission.CONTRIBUTION_ASK, current_actor(), current_subject())
    odd = odd_figures(declaration, asked, content, lines, sentences.typed)
    shown_help = request.args.get(HELP_PARAMETER, "")
    is_refused = "offen" in request.args and bool(progress.gaps or page.completeness.unconfirmed)
    following = next_open_part(section, content.sheet, part)
    return render_template(
        "answers/criterion.html",
        declaration=declaration,
        section=section,
        frame=PageFrame(
            part=part,
            here=part.url(declaration.id),
            selection=selection,
            lock_reason=lock_reason(situation, section.ref),
            optional=(optional := optional_at_the_end(page)),
            is_optional_open=any(map(has_content, optional)),
            method=method_groups(page, content.sheet, proposed, may_edit=may_edit) if is_method else (),
            self_checks=self_checks_of_criterion(section.number) if isinstance(section, Criterion) else (),
            working_groups=groups_for_criterion(declaration, section.ref),
            following=following,
            following_topic=(
                first_topic(following) if following and following.kind is PartKind.FIGURES else ""
            ),
            after=next_visible_section(selection, section),
            bills_follow=bills_follow(declaration, section),
        ),
        page=page,
        errors=(*page.errors, *goal_errors(goals or {}), *sentences.errors, *drafts),
        drafts=aspect_drafts(declaration, asked, content, form, drafts, may_see_figures=may_view_figures())
        if may_edit
        else {},
        quotations=quotation_links(declaration, asked, shown_help) if may_edit else (),
        last_year=last_year(declaration, asked, content, goal_forms=goals),
        live=progress,
        help_url=lambda ref: part.url(declaration.id, **{HELP_PARAMETER: ref}),
        shown_help=shown_help,
        is_refused=is_refused,
        map=progress.map(page_refs),
        is_editable=is_editable,
        threads=threads_by_ref(threads),
        behind=behind,
        method_line=method_line(content.sheet, section, part),
        odd=odd,
        explanations=odd.explanations,
        asides=margin_notes(
            db(), declaration, page, may_ask=may_ask, authors=authors_of(threads), now=datetime.now(UTC)
        ),
    )


def optional_at_the_end(page: SectionPage) -> tuple[RequirementPage, ...]:
    """The last requirements of the page that need no answer."""
    last = takewhile(
        lambda one: one.head is None and not any(item.item.required for item in one.items),
        reversed(page.requirements),
    )
    return tuple(reversed(tuple(last)))


def has_content(requirement: RequirementPage) -> bool:
    """Whether something stands in the fields of a requirement, or is wrong with them."""
    names = tuple(f"{one.name}-" for one in requirement.items)
    return any(one.shown for one in requirement.items) or any(
        field.startswith(names) for field in requirement.errors
    )


def may_view_figures() -> bool:
    """Whether the person may open the declaration's figures, as not every editor may."""
    return can(Permission.DECLARATION_VIEW, current_actor(), current_subject())
