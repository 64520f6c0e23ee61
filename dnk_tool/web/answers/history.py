"""The history of an answer: every text that was ever saved, to read and to restore."""

from flask import Blueprint, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.catalogue import Requirement
from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.answers import history as answer_history
from dnk_tool.services.editing.locks import section_is_open
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.goal_list import flash_spread_goals
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import figure_text
from dnk_tool.web.text.answers import answer_text
from dnk_tool.web.text.section_parts import point_url

blueprint = Blueprint("history", __name__, url_prefix="/erklaerungen/<int:declaration_id>/verlauf")


@blueprint.get("/<ref>")
@permit(Permission.SECTION_VIEW)
def show(declaration_id: int, ref: str) -> ResponseReturnValue:
    declaration = current_declaration()
    requirement = _requirement(declaration, ref)
    section = declarations.selection_of(declaration).section_of[ref]
    entries = answer_history.revision_entries(db(), declaration, requirement)
    language = current_language()
    shown = [
        {
            "id": entry.id,
            "kind": entry.kind,
            "label": _label(entry.item, requirement),
            "text": answer_text(entry.item, entry.answer, language)
            if entry.answer
            else figure_text(entry.item, entry.figure, language, is_record=True)
            if entry.item and entry.figure
            else _("(diese Auswahl gibt es nicht mehr)"),
            "at": entry.at,
            "by": entry.by,
            "is_current": entry.is_current,
            "can_return": bool(entry.answer or entry.figure) and not entry.is_current,
            "kept_aside": entry.kept_aside,
        }
        for entry in entries
    ]
    return render_template(
        "answers/history.html",
        declaration=declaration,
        section=section,
        requirement=requirement,
        entries=shown,
        names=accounts.names_of(db(), {entry.by for entry in entries if entry.by is not None}),
        is_editable=section_is_open(db(), declaration, section.ref),
        form=FlaskForm(),
    )


@blueprint.post("/<ref>/<kind>/<int:revision_id>")
@permit(Permission.SECTION_EDIT)
def restore(declaration_id: int, ref: str, kind: str, revision_id: int) -> ResponseReturnValue:
    """Make an earlier version current again; the replaced one stays in the history."""
    declaration = current_declaration()
    requirement = _requirement(declaration, ref)
    try:
        goals = answer_history.restore_revision(current_work(), declaration, requirement, kind, revision_id)
    except LookupError:
        abort(404)
    flash(_("Die frühere Fassung gilt wieder. Die andere bleibt im Verlauf."), "success")
    flash_spread_goals(goals)
    section = declarations.selection_of(declaration).section_of[ref]
    return redirect(point_url(declaration_id, section, ref), 303)


def _requirement(declaration: Declaration, ref: str) -> Requirement:
    requirement = declarations.selection_of(declaration).requirements.get(ref)
    if requirement is None:
        abort(404)
    return requirement


def _label(item: Item | None, requirement: Requirement) -> str:
    language = current_language()
    if item is None or item.ref == requirement.ref:
        return requirement.title.to(language)
    return item.label.to(language)
