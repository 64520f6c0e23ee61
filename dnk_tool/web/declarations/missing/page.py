"""The page "Was fehlt noch?": every gap of a declaration, and where to close it."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.answers.completeness import GapKind, section_completeness
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.declarations.criteria_map import criteria_map
from dnk_tool.web.declarations.dashboard import time_left
from dnk_tool.web.declarations.first_day.effort import minutes_left, open_minutes
from dnk_tool.web.declarations.gaps import gap_lines
from dnk_tool.web.declarations.missing.assignees import assignments
from dnk_tool.web.declarations.missing.groups import assignee_groups, assignee_links, missing_line, need_links
from dnk_tool.web.declarations.visible_sections import can_view_all_sections, visible_sections
from dnk_tool.web.http.access import (
    current_account,
    current_actor,
    current_declaration,
    current_subject,
    permit,
)
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import company_review_state
from dnk_tool.web.text.section_parts import point_url

MOST_OPEN_LINES = 12  # more of them fold on a narrow screen, all but the first group of each person

blueprint = Blueprint("missing", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/was-fehlt-noch")
@permit(Permission.DECLARATION_ENTER)
def show(declaration_id: int) -> ResponseReturnValue:
    """List all gaps, a contributor's in their own sections, or those of one person or need."""
    declaration = current_declaration()
    content = declarations.read_content(db(), declaration)
    sheet, selection = content.sheet, content.sheet.selection
    sections = visible_sections(selection)
    situation = company_review_state(declaration, sections=[section.ref for section in sections])
    is_editable = any(situation.is_open(section.ref) for section in sections)
    parts = {section.ref: section_completeness(sheet, section) for section in sections}
    may_see_profile = can(Permission.ORGANISATION_VIEW, current_actor(), current_subject())
    may_ask = can(Permission.CONTRIBUTION_ASK, current_actor(), current_subject())
    given = assignments(
        db(),
        declaration,
        content,
        current_account(),
        may_ask=may_ask,
        are_all_own=not can_view_all_sections(),
        now=datetime.now(UTC),
    )
    lines, unmarked = [], []
    for section in sections:
        minutes = open_minutes(section, parts[section.ref])
        for line in gap_lines(parts[section.ref], declaration, sheet):
            if line.gap.kind is GapKind.NOT_CONFIRMED:
                unmarked.append((section, line.href))
                continue
            is_out_of_reach = line.gap.kind is GapKind.NO_PROFILE and not may_see_profile
            shown = replace(line, href=point_url(declaration.id, section)) if is_out_of_reach else line
            assignee = given.assignee(line.gap, is_begun=line.is_begun)
            lines.append(missing_line(shown, selection, assignee, minutes))
    person, need = request.args.get("wer"), request.args.get("was")
    of_person = [line for line in lines if not person or line.assignee.key == person]
    of_need = [line for line in lines if not need or line.need.value == need]
    groups = assignee_groups([line for line in of_person if not need or line.need.value == need])
    return render_template(
        "declarations/missing/missing.html",
        declaration=declaration,
        map=criteria_map(situation, sheet),
        count=len(lines),
        groups=groups,
        is_short=sum(len(group.lines) for group in groups) <= MOST_OPEN_LINES,
        people=assignee_links(of_need, person, lambda key: _address(key, need)),
        needs=need_links(of_person, need, lambda value: _address(person, value)),
        person=person,
        need=need,
        unmarked=unmarked,
        time_left=time_left(minutes_left(sections, parts)),
        is_editable=is_editable,
        may_ask=may_ask and is_editable,
    )


def _address(person: str | None, need: str | None) -> str:
    """The address of the page with these filters."""
    return url_for("missing.show", declaration_id=current_declaration().id, wer=person, was=need)
