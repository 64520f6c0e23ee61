"""Where a person goes on after a criterion's page was saved, as the pressed button says."""

from flask import flash, request, url_for
from flask_babel import gettext as _

from dnk_tool.catalogue import Section, Selection
from dnk_tool.domain.answers.completeness import CompletionStatus
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.services.answers.save import SectionSaveOutcome
from dnk_tool.services.figures.calculator_lines import lines_of
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.form_content import FINISH, LATER
from dnk_tool.web.answers.part_links import has_gaps, next_open_part
from dnk_tool.web.declarations.overview_tasks import GENERAL_SECTION
from dnk_tool.web.declarations.visible_sections import can_view_all_sections, next_visible_section
from dnk_tool.web.http.access import current_actor, current_subject
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.threads import REMARKS_ACTION, remarks_url
from dnk_tool.web.text.section_parts import SectionPart, point_url

NEXT = "next"


def url_after_saving(declaration: Declaration, part: SectionPart, outcome: SectionSaveOutcome) -> str:
    """The address to which the pressed button leads; says what was saved.

    "Finished" stays and lists the gaps if the page has any; else it leads to the next page of the section
    with gaps, and from the last to the next section.
    """
    action, sheet = request.form.get("action", ""), outcome.sheet
    section = sheet.selection.section_by_ref[part.section.ref]
    is_done = outcome.parts[section.ref].status is CompletionStatus.DONE
    following = next_open_part(section, sheet, part)
    if action == FINISH and not is_done and (has_gaps(sheet, part) or following is None):
        return part.url(declaration.id, offen=1, _anchor="missing")
    if action.startswith(REMARKS_ACTION):
        flash(_("Gespeichert."), "success")
        return remarks_url(declaration, section, action.removeprefix(REMARKS_ACTION))
    is_finished = action == FINISH and is_done
    flash(_("Gespeichert. Dieser Teil ist fertig.") if is_finished else _("Gespeichert."), "success")
    if action in (FINISH, NEXT):
        if following is None and bills_follow(declaration, section):
            return url_for("bills.show", declaration_id=declaration.id)
        return _next_url(declaration, sheet.selection, section, following)
    if action == LATER:
        return url_for("overview.show", declaration_id=declaration.id, _anchor=f"section-{section.ref}")
    return part.url(declaration.id)


def bills_follow(declaration: Declaration, section: Section) -> bool:
    """Whether the bills come after the section: after the general information, while none is entered.

    They fill in figures of the criteria.
    """
    return (
        section.ref == GENERAL_SECTION
        and can(Permission.DECLARATION_EDIT, current_actor(), current_subject())
        and not lines_of(db(), declaration)
    )


def _next_url(
    declaration: Declaration, selection: Selection, section: Section, following: SectionPart | None
) -> str:
    """The following page of the section, else the next section; after the last one the final check.

    Who may not see all sections comes from the last one to the overview.
    """
    if following is not None:
        return following.url(declaration.id)
    after = next_visible_section(selection, section)
    if after is not None:
        return point_url(declaration.id, after)
    endpoint = "finish.check" if can_view_all_sections() else "overview.show"
    return url_for(endpoint, declaration_id=declaration.id)
