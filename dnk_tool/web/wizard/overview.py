"""The overview of a declaration: twenty criteria in four areas, what is missing, what comes next."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Section
from dnk_tool.domain import completeness
from dnk_tool.domain.completeness import Completeness, GapKind, Status
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.states import EDITABLE
from dnk_tool.store import declarations
from dnk_tool.web.access import current_declaration, permit
from dnk_tool.web.transactions import db
from dnk_tool.web.wizard.words import word

blueprint = Blueprint("overview", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/")
@permit(Permission.DECLARATION_ENTER)
def show(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    content = declarations.content(db(), declaration)
    parts = {one.section: one for one in completeness.of_declaration(content.sheet)}
    selection = content.sheet.selection
    finished = sum(parts[criterion.ref].status is Status.DONE for criterion in selection.criteria)
    return render_template(
        "wizard/overview.html",
        declaration=declaration,
        profile=declarations.profile_of(declaration.organisation),
        selection=selection,
        parts=parts,
        finished=finished,
        missing=sum(missing_count(one) for one in parts.values()),
        next_section=_next(selection.sections, parts),
        is_editable=declaration.state in EDITABLE,
        snapshots=declarations.snapshots(db(), declaration.id),
        task=lambda section, title: _task(declaration.id, section, title, parts[section.ref]),
    )


def missing_count(part: Completeness) -> int:
    """How many things are missing, not counting the editor's own word that the section is done."""
    return sum(gap.kind is not GapKind.NOT_CONFIRMED for gap in part.gaps)


def _next(sections: tuple[Section, ...], parts: dict[str, Completeness]) -> Section | None:
    """Where to go on: what is in work first, then what is open, in the order of the wizard."""
    for wanted in (Status.QUERIED, Status.IN_PROGRESS, Status.OPEN):
        for section in sections:
            if parts[section.ref].status is wanted:
                return section
    return None


TAG_KINDS = {
    Status.OPEN: "open",
    Status.IN_PROGRESS: "progress",
    Status.QUERIED: "attention",
    Status.DONE: "done",
}


def _task(declaration_id: int, section: Section, title: str, part: Completeness) -> dict[str, str]:
    """A row of the task list: the section, how far it is, and one short word for it."""
    return {
        "title": title,
        "href": url_for("criterion.show", declaration_id=declaration_id, section_ref=section.ref),
        "hint": _hint(part),
        "status": word(part.status),
        "kind": TAG_KINDS[part.status],
    }


def _hint(part: Completeness) -> str:
    bits = []
    if part.status is Status.IN_PROGRESS:
        bits.append(
            _("%(answered)s von %(asked)s Punkten beantwortet", answered=part.answered, asked=part.asked)
        )
        if not missing_count(part):
            bits.append(_("noch zu bestätigen"))
    if part.explained:
        bits.append(
            ngettext(
                "%(num)d Punkt erklärt statt berichtet",
                "%(num)d Punkte erklärt statt berichtet",
                part.explained,
            )
        )
    return " · ".join(bits)
