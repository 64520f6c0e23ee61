"""The history of a figure: every value that was ever saved, to read and to restore."""

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dnk_tool.domain.answers.encoding import figure_from_json
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.figures import save as figure_save
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.figures.figure_page_values import datapoint_or_404
from dnk_tool.web.figures.routes import blueprint
from dnk_tool.web.http.access import current_actor, current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import figure_details_text


@blueprint.get("/<datapoint>/verlauf")
@permit(Permission.DECLARATION_VIEW)
def versions(declaration_id: int, datapoint: str) -> ResponseReturnValue:
    declaration = current_declaration()
    point = datapoint_or_404(declaration, datapoint)
    company_year = declaration.organisation_id, declaration.reporting_year
    revisions = history.figure_revisions(db(), *company_year, (point.key,))
    row = declarations.figure_rows(db(), *company_year).get(point.key)
    entries = [
        {
            "id": revision.id,
            "text": figure_details_text(point, figure_from_json(revision.content), current_language()),
            "at": revision.saved_at,
            "by": revision.saved_by,
            "kept_aside": revision.kept_aside,
            "is_current": not revision.kept_aside and row is not None and row.version == revision.version,
        }
        for revision in revisions
    ]
    return render_template(
        "figures/versions.html",
        declaration=declaration,
        point=point,
        entries=entries,
        names=accounts.names_of(
            db(), {revision.saved_by for revision in revisions if revision.saved_by is not None}
        ),
        is_open=editable_content(db(), declaration).is_open(point.key),
        form=FlaskForm(),
    )


@blueprint.post("/<datapoint>/verlauf/<int:revision_id>")
@permit(Permission.DECLARATION_EDIT)
def restore(declaration_id: int, datapoint: str, revision_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    point = datapoint_or_404(declaration, datapoint)
    try:
        figure_save.restore_figure(
            db(), declaration, point.key, revision_id, actor=current_actor(), now=datetime.now(UTC)
        )
    except LookupError:
        abort(404)
    flash(_("Die frühere Fassung gilt wieder. Die andere bleibt im Verlauf."), "success")
    return redirect(url_for("figures.show", declaration_id=declaration_id, datapoint=point.key), 303)
