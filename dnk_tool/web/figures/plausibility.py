"""The page of all odd figures in a declaration, with the company's explanations.

The page is one form: each of its buttons saves all explanations. Warnings never block anything.
"""

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.domain.editing import Conflict
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.figures.plausibility import save_explanations
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.figures.explanations import ExplanationInput, explanation_fields, read_explanations
from dnk_tool.web.figures.warnings import warning_views
from dnk_tool.web.http.access import current_actor, current_declaration, current_subject, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db

blueprint = Blueprint(
    "plausibility", __name__, url_prefix="/erklaerungen/<int:declaration_id>/plausibilitaet"
)


@blueprint.get("")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int) -> ResponseReturnValue:
    return explanations_page()


@blueprint.post("")
@permit(Permission.DECLARATION_EDIT)
def save(declaration_id: int) -> ResponseReturnValue:
    """Save all changed explanations. Returns 409 for those that a colleague changed meanwhile."""
    typed = {explanation.id: explanation for explanation in read_explanations(request.form)}
    errors = {f"{key}-text": explanation.error for key, explanation in typed.items() if explanation.error}
    if errors:
        return explanations_page(typed, errors), 422
    meant = [explanation for explanation in typed.values() if explanation.is_changed]
    try:
        conflicts = save_explanations(
            current_work(), current_declaration(), [explanation.sentence for explanation in meant]
        )
    except LookupError:
        abort(404)  # the 404 page shows the typed text
    if conflicts:
        db().commit()  # saves the rest; conflicting explanations are kept
        refs = {conflict.ref for conflict in conflicts}
        again = {key: explanation for key, explanation in typed.items() if explanation.sentence.ref in refs}
        return explanations_page(again, conflicts=conflicts), 409
    flash(_("Gespeichert."), "success")
    pressed = next((explanation.id for explanation in meant if explanation.is_pressed), None)
    figure, calculator = request.args.get("kennzahl", ""), request.args.get("rechner", "")
    if figure in load_plausibility().datapoints:
        return redirect(url_for("figures.show", declaration_id=declaration_id, datapoint=figure), 303)
    if calculator in load_calculators():
        here = url_for("calculators.show", declaration_id=declaration_id, calculator_key=calculator)
        return redirect(here, 303)
    return redirect(url_for("plausibility.show", declaration_id=declaration_id, _anchor=pressed), 303)


def explanations_page(
    typed: Mapping[str, ExplanationInput] | None = None,
    errors: Mapping[str, str] | None = None,
    conflicts: Sequence[Conflict[ExplanationEdit]] = (),
) -> str:
    """Render all odd figures; `typed` are explanations that are not saved, by the warning's id."""
    declaration, sent = current_declaration(), typed or {}
    content = declarations.read_content(db(), declaration)
    shown = warning_views(db(), declaration, content, current_language())
    is_open = editable_content(db(), declaration).is_open if _can_edit() else None
    authors = {warning.finding.changed_by for warning in shown if warning.finding.text} | {
        conflict.by for conflict in conflicts
    }
    conflict_by_warning = {(conflict.mine.rule, conflict.mine.subject): conflict for conflict in conflicts}
    return render_template(
        "figures/plausibility.html",
        declaration=declaration,
        sheet=content.sheet,
        shown=shown,
        open_count=sum(warning.is_open for warning in shown),
        writable={warning.id for warning in shown if is_open and is_open(warning.datapoint)},
        fields={
            warning.id: explanation_fields(warning, sent.get(warning.id), is_clash=bool(conflicts))
            for warning in shown
        },
        # Text about a warning that no longer exists stays on the page.
        gone=[
            explanation
            for key, explanation in sent.items()
            if explanation.sentence.text and key not in {warning.id for warning in shown}
        ],
        conflicts=conflict_by_warning,
        names=accounts.names_of(db(), {author for author in authors if author is not None}),
        errors=errors or {},
    )


def _can_edit() -> bool:
    return can(Permission.DECLARATION_EDIT, current_actor(), current_subject())
