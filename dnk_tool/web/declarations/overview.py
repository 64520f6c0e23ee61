"""The overview of a declaration: state, next move, criteria and next steps.

Overview rows that lead to the figures: calculators, all figures, evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.answers import completeness
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.values import YEARS_AHEAD
from dnk_tool.domain.clusters.cockpit import member_stage
from dnk_tool.domain.colours import AREA_COLOURS
from dnk_tool.domain.declarations.states import EDITABLE_STATES, State
from dnk_tool.domain.figures.states import UNFINISHED_STATES, figure_state
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.language import local_day
from dnk_tool.services.declarations.branding import company_branding
from dnk_tool.services.declarations.sign_off_links import signatory_name
from dnk_tool.services.figures.calculator_lines import StoredLine, lines_of
from dnk_tool.services.figures.plausibility import count_open_findings
from dnk_tool.store.answers import earlier_year
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.versions import FINAL, Version, VersionOutcome, versions
from dnk_tool.store.invitations import contribution_requests
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations import cohort_card, dashboard, visible_sections
from dnk_tool.web.declarations.criteria_map import CriteriaMap, criteria_map, section_states
from dnk_tool.web.declarations.dashboard import OwnFigure, RecentChange
from dnk_tool.web.declarations.first_day.effort import minutes_left
from dnk_tool.web.declarations.gaps import missing_lines
from dnk_tool.web.declarations.last_year_summary import last_year_summary
from dnk_tool.web.declarations.overview_tasks import OverviewTasks
from dnk_tool.web.declarations.task_list import next_section, section_task_row
from dnk_tool.web.figures.recalculated import undecided_count
from dnk_tool.web.http.access import current_actor, current_declaration, current_subject, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import (
    STAGE_KINDS,
    company_review_state,
    map_review_state,
    stage_word,
)

# The outcomes of a version that has a page: it is finished, or the cluster reads it.
SHOWN_OUTCOMES = FINAL | {VersionOutcome.SUBMITTED}

blueprint = Blueprint("overview", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


def number_rows(declaration: Declaration, sheet: Sheet, lines: Sequence[StoredLine]) -> list[dict[str, str]]:
    """Task-list rows about the year's figures."""
    asked, known = sheet.selection.datapoints, sheet.selection.catalogue.datapoints
    finished = sum(figure_state(sheet, known[key]) not in UNFINISHED_STATES for key in asked)
    entered = ngettext("%(num)d Zeile eingetragen", "%(num)d Zeilen eingetragen", len(lines)) if lines else ""
    return [
        {
            "title": _("Aus Rechnungen berechnen"),
            "href": url_for("bills.show", declaration_id=declaration.id),
            "hint": entered or _("Strom, Gas, Sprit, Abfall: die Rechnung abtippen, das Übrige rechnen wir"),
            "status": "",
            "kind": "",
        },
        {
            "title": _("Alle Kennzahlen"),
            "href": url_for("figures.index", declaration_id=declaration.id),
            "hint": _("%(done)s von %(total)s fertig", done=finished, total=len(asked)),
            "status": "",
            "kind": "",
        },
        {
            "title": _("Belege"),
            "href": url_for("evidence.index", declaration_id=declaration.id),
            "hint": _("Rechnungen, Zertifikate und Listen zu diesem Jahr"),
            "status": "",
            "kind": "",
        },
    ]


@blueprint.app_template_global("page_map")
def page_map(sheet: Sheet | None = None) -> CriteriaMap:
    """The map for a page that is no section. `sheet`: the declaration's answers, if they were read."""
    declaration = current_declaration()
    sheet = sheet or declarations.read_content(db(), declaration).sheet
    sections = [section.ref for section in visible_sections.visible_sections(sheet.selection)]
    return criteria_map(map_review_state(declaration, sections), sheet)


@dataclass(frozen=True)
class OverviewSide:
    """What stands beside the criteria: own figures, rows about all figures, and what changed last."""

    figures: Sequence[OwnFigure]
    numbers: Sequence[dict[str, str]]
    changes: Sequence[RecentChange]


@blueprint.get("/")
@permit(Permission.DECLARATION_ENTER)
def show(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    if not visible_sections.can_view_all_sections():
        return _contributor_page(declaration)
    content = earlier_year.read_content_with_earlier(db(), declaration)
    selection = content.sheet.selection
    situation, declaration_versions = (
        company_review_state(declaration, with_closing=True),
        versions(db(), declaration.id),
    )
    whole = {part.section: part for part in completeness.declaration_completeness(content.sheet)}
    parts = {ref: situation.adjusted_completeness(part) for ref, part in whole.items()}
    publication = next((version.publication for version in declaration_versions if version.publication), None)
    stage = member_stage(declaration.state, is_published=publication is not None)
    is_editable = declaration.state in EDITABLE_STATES
    lines = lines_of(db(), declaration) if is_editable else ()
    company = declaration.organisation_id
    own_cohorts = cohorts.of_companies(db(), [company], declaration.reporting_year) if is_editable else {}
    tasks = OverviewTasks(
        situation=situation,
        selection=selection,
        whole=whole,
        parts=parts,
        odd=count_open_findings(db(), declaration, content, lines) if is_editable else (0, 0),
        undecided=undecided_count(declaration, content, lines) if is_editable else 0,
        missing=sum(len([*missing_lines(part, declaration, content.sheet)]) for part in parts.values()),
        lacks_profile=bool(declarations.profile_of(declaration.organisation).missing),
        has_cluster=declaration.state is State.CHANGES_REQUESTED or company in own_cohorts,
    )
    following = next_section(selection.sections, parts)
    return render_template(
        "declarations/overview.html",
        declaration=declaration,
        situation=situation,
        stage=(stage_word(stage), STAGE_KINDS[stage]),
        versions=declaration_versions,
        latest=declaration_versions[0] if declaration_versions else None,
        asked_name=_signatory_name(declaration, declaration_versions),
        publication=publication,
        map=criteria_map(situation, content.sheet, section_states(situation, selection, whole)),
        cards=cohort_card.declaration_cards(
            declaration,
            own_cohorts.get(company, ()),
            lambda ref: completeness.section_progress(whole[ref]),
            situation.closing.answer_until if situation.closing else None,
        ),
        time_left=dashboard.time_left(minutes_left(selection.sections, whole)),
        next_point=dashboard.next_point(declaration, content.sheet, following) if following else None,
        side=OverviewSide(
            figures=dashboard.own_figures(declaration, content),
            numbers=number_rows(declaration, content.sheet, lines),
            changes=dashboard.recent_changes(declaration, content),
        ),
        look=company_branding(db(), declaration.organisation_id)[0],
        areas=AREA_COLOURS,
        is_editable=is_editable,
        asked=_contribution_requests_text(declaration),
        last_year=last_year_summary(declaration, content),
        may_begin_next=may_begin_next(declaration),
        tasks=tasks,
        shows_version=bool(declaration_versions) and declaration_versions[0].outcome in SHOWN_OUTCOMES,
    )


def _contributor_page(declaration: Declaration) -> str:
    """The overview of a contributor, with only their own sections."""
    content = declarations.read_content(db(), declaration)
    sections = visible_sections.visible_sections(content.sheet.selection)
    own = {section.ref for section in sections}
    situation = company_review_state(declaration, sections=own, with_closing=True)
    whole = {section.ref: completeness.section_completeness(content.sheet, section) for section in sections}
    parts = {ref: situation.adjusted_completeness(part) for ref, part in whole.items()}
    following = next_section(sections, parts)
    return render_template(
        "declarations/overview_contributor.html",
        declaration=declaration,
        situation=situation,
        tasks=[
            section_task_row(declaration.id, section, parts[section.ref], situation.badge(section.ref))
            for section in sections
        ],
        time_left=dashboard.time_left(minutes_left(sections, whole)),
        next_point=dashboard.next_point(declaration, content.sheet, following) if following else None,
        undecided=undecided_count(declaration, content, lines_of(db(), declaration)),
        is_editable=any(situation.is_open(section.ref) for section in sections),
    )


def may_begin_next(declaration: Declaration) -> bool:
    """Whether the person may begin the next year from here, even before this one is finished."""
    last = local_day(datetime.now(UTC)).year + YEARS_AHEAD
    may_edit = can(Permission.ORGANISATION_EDIT, current_actor(), current_subject())
    return may_edit and declaration.reporting_year < last


def _signatory_name(declaration: Declaration, declaration_versions: list[Version]) -> str:
    """The name of the person asked to sign off; "" in any other state."""
    if declaration.state is not State.SIGNING:
        return ""
    return signatory_name(
        db(), declaration, declaration_versions[0].signatory if declaration_versions else ""
    )


def _contribution_requests_text(declaration: Declaration) -> str:
    """Count the contribution requests by stage; "" without any, or if the person may not ask."""
    if not can(Permission.CONTRIBUTION_ASK, current_actor(), current_subject()):
        return ""
    counts = contribution_requests.count_by_stage(db(), declaration, now=datetime.now(UTC))
    texts = []
    if counts.unanswered:
        texts.append(ngettext("%(num)d Anfrage offen", "%(num)d Anfragen offen", counts.unanswered))
        if counts.resting:
            texts.append(ngettext("davon ruht %(num)d", "davon ruhen %(num)d", counts.resting))
    if counts.answered and texts:
        texts.append(_("%(num)d beantwortet", num=counts.answered))
    elif counts.answered:
        texts.append(ngettext("%(num)d Anfrage beantwortet", "%(num)d Anfragen beantwortet", counts.answered))
    return ", ".join(texts)
