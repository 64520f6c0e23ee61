"""The final check, finishing, reopening."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.catalogue import Indicator, Item, Requirement, Selection
from dnk_tool.domain import completeness
from dnk_tool.domain.completeness import Completeness, Gap, GapKind
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.states import EDITABLE, NotPossible, State
from dnk_tool.services import finishing, moving
from dnk_tool.store import declarations
from dnk_tool.store.models import Declaration
from dnk_tool.web.access import current_actor, current_declaration, permit
from dnk_tool.web.languages import current_language
from dnk_tool.web.transactions import db
from dnk_tool.web.wizard.forms import field_name

log = logging.getLogger(__name__)

blueprint = Blueprint("finish", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/pruefen")
@permit(Permission.DECLARATION_VIEW)
def check(declaration_id: int) -> ResponseReturnValue:
    return _check_page(current_declaration())


@blueprint.post("/abschliessen")
@permit(Permission.DECLARATION_FINISH)
def finish(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    try:
        finishing.finish(db(), declaration, actor=current_actor(), now=datetime.now(UTC))
    except moving.Incomplete:
        return _check_page(current_declaration(), is_refused=True), 422
    except moving.Unreadable as error:
        log.error("declaration %s cannot be finished: %s", declaration.id, error.problems[:3])
        flash(
            _(
                "Die Erklärung ist zu umfangreich. "
                "Bitte kürzen Sie lange Texte und versuchen Sie es noch einmal."
            ),
            "error",
        )
        return _check_page(current_declaration(), is_refused=True), 422
    except NotPossible:
        return redirect(url_for("overview.show", declaration_id=declaration_id), 303)
    flash(_("Ihre Erklärung ist abgeschlossen. Sie können sie jetzt als PDF weitergeben."), "success")
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


@blueprint.post("/wieder-oeffnen")
@permit(Permission.DECLARATION_FINISH)
def reopen(declaration_id: int) -> ResponseReturnValue:
    try:
        finishing.reopen(db(), current_declaration(), actor=current_actor(), now=datetime.now(UTC))
    except NotPossible:
        return redirect(url_for("overview.show", declaration_id=declaration_id), 303)
    flash(
        _("Sie arbeiten jetzt an einer neuen Version. Die abgeschlossene bleibt unverändert abrufbar."),
        "success",
    )
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


def _check_page(declaration: Declaration, *, is_refused: bool = False) -> str:
    content = declarations.content(db(), declaration)
    parts = completeness.of_declaration(content.sheet)
    return render_template(
        "wizard/check.html",
        declaration=declaration,
        selection=content.sheet.selection,
        parts={one.section: one for one in parts},
        links={one.section: tuple(_links(one, declaration, content.sheet.selection)) for one in parts},
        is_complete=not any(one.gaps for one in parts),
        is_refused=is_refused,
        is_finished=declaration.state is State.FINISHED,
        is_editable=declaration.state in EDITABLE,
        form=FlaskForm(),
    )


def _links(
    part: Completeness, declaration: Declaration, selection: Selection
) -> Iterator[tuple[Gap, str, str]]:
    """Each gap with the address that leads to its field, and what is missing where."""
    for gap in part.gaps:
        if gap.kind is GapKind.NO_PROFILE:
            field = gap.item.removeprefix("organisation.").replace("-", "_")
            address = url_for("profile.edit", organisation_id=declaration.organisation_id, _anchor=field)
            labels = dict(selection.catalogue.derived)
            yield gap, address, labels[gap.item].to(current_language())
            continue
        anchor = "done" if gap.kind is GapKind.NOT_CONFIRMED else field_name(gap.item or gap.requirement)
        address = url_for(
            "criterion.show", declaration_id=declaration.id, section_ref=gap.section, _anchor=anchor
        )
        label = _gap_label(selection.requirements.get(gap.requirement), selection.items.get(gap.item))
        yield gap, address, label


def _gap_label(requirement: Requirement | None, item: Item | None) -> str:
    language = current_language()
    if isinstance(requirement, Indicator) and item:
        return f"{requirement.code}: {item.label.to(language)}"
    return requirement.title.to(language) if requirement else ""
