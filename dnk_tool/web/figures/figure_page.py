"""The page of one figure: shown, saved, corrected with one click, and results taken over.

The form of one figure.
The history of a figure: every value that was ever saved, to read and to restore.
"""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.answers.encoding import figure_from_json
from dnk_tool.domain.editing import Conflict
from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.domain.figures.updates import entered_by_hand
from dnk_tool.domain.permissions import Permission, Role, can
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number, format_timestamp, local_day
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.calculator_lines import adopt_result
from dnk_tool.services.figures.plausibility import likelier_figures
from dnk_tool.services.figures.save import save_figure
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.evidence.rows import evidence_panel
from dnk_tool.web.figures.explanations import explanations_of
from dnk_tool.web.figures.figure_list import state_detail, state_tag
from dnk_tool.web.figures.figure_page_values import FigurePage, datapoint_or_404, figure_page
from dnk_tool.web.figures.routes import blueprint
from dnk_tool.web.http.access import (
    current_actor,
    current_declaration,
    current_subject,
    current_work,
    is_by_oneself,
    permit,
)
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import figure_details_text, unambiguous_number, unit_options, unit_text
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import LineField, NumberField, number_language, seen_version


class FigureForm(FlaskForm):
    """All fields but the unit, which depends on the figure. `overwrite`: consent to replace a result."""

    value = NumberField()
    quality = SelectField(choices=["", *(quality.value for quality in Quality)], default="")
    note = LineField()
    source = LineField()
    responsible = LineField()
    version = HiddenField(default="0")
    overwrite = BooleanField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and refuse a value together with "not available"."""
        is_valid = bool(super().validate(extra_validators))
        if self.value.data is not None and self.quality.data == Quality.NOT_AVAILABLE:
            self.value.errors = [
                _("Löschen Sie den Wert, oder wählen Sie etwas anderes als „liegt nicht vor“.")
            ]
            return False
        return is_valid

    def figure(self) -> Figure:
        """The figure as entered."""
        value = self.value.data
        return Figure(
            value,
            self["unit"].data if value is not None else "",
            Quality(self.quality.data) if self.quality.data else None,
            self.note.data or "",
            self.source.data or "",
            self.responsible.data or "",
        )


@lru_cache(maxsize=512)
def figure_form(edition: str, datapoint: str) -> type[FigureForm]:
    """Build the form of a datapoint, with the units of its family."""
    point = load_catalogue(edition).datapoints[datapoint]
    unit = SelectField(choices=list(point.family.units), default=point.default_unit)
    return type("OneFigureForm", (FigureForm,), {"unit": unit})


def form_data(point: Datapoint, figure: Figure, version: int) -> dict[str, Any]:
    """The form's initial data for the figure."""
    return {
        "value": figure.value,
        "unit": figure.unit or point.default_unit,
        "quality": figure.quality.value if figure.quality else "",
        "note": figure.note,
        "source": figure.source,
        "responsible": figure.responsible,
        "version": str(version),
    }


@blueprint.get("/<datapoint>")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int, datapoint: str) -> ResponseReturnValue:
    declaration = current_declaration()
    point = datapoint_or_404(declaration, datapoint)
    page = figure_page(db(), declaration, point, current_language())
    form = figure_form(declaration.edition, point.key)(
        formdata=None, data=form_data(point, page.figure, page.version)
    )
    return _page(declaration, page, form)


@blueprint.post("/<datapoint>")
@permit(Permission.DECLARATION_EDIT)
def save(declaration_id: int, datapoint: str) -> ResponseReturnValue:
    declaration = current_declaration()
    point = datapoint_or_404(declaration, datapoint)
    form = figure_form(declaration.edition, point.key)()
    is_readable = form.validate()
    before = figure_page(db(), declaration, point, current_language())
    if not is_readable or _needs_overwrite_confirmation(form, before):
        return _page(declaration, before, form), 422
    saved = save_figure(current_work(), declaration, point.key, form.figure(), seen=seen_version(form))
    if saved.conflicts:
        db().commit()  # the person's own version is kept in the history
        return _conflict_page(declaration, point, saved.conflicts[0]), 409
    flash(_("Gespeichert."), "success")
    typed = str(form.value.raw_data[0]).strip() if form.value.raw_data else ""
    is_new = form.value.data != before.figure.value and request.form.get("meant") != "1"
    if is_new and _is_other_likelier(declaration, point, form, numbers.ambiguity(typed, number_language())):
        return redirect(_url(declaration, point, gelesen=typed), 303)
    return redirect(_next_url(declaration, point), 303)


def _next_url(declaration: Declaration, point: Datapoint) -> str:
    """Where the pressed button leads to."""
    action = request.form.get("action")
    if action == "list":
        return url_for("figures.index", declaration_id=declaration.id, _anchor=point.topic)
    if action == "flow":
        return url_for("figures.material_flow", declaration_id=declaration.id)
    return _url(declaration, point)


@blueprint.post("/<datapoint>/uebernehmen")
@permit(Permission.DECLARATION_EDIT)
def take(declaration_id: int, datapoint: str) -> ResponseReturnValue:
    """Replace the entered value by the result of the lines."""
    declaration = current_declaration()
    point = datapoint_or_404(declaration, datapoint)
    saved = adopt_result(
        current_work(),
        declaration,
        point.key,
        seen=seen_version(figure_form(declaration.edition, point.key)()),
    )
    if saved is None:
        flash(_("Zu dieser Kennzahl gibt es keine Zeilen mehr."), "warning")
        return redirect(_url(declaration, point), 303)
    if saved.conflicts:
        flash(
            _("Jemand anderes hat die Kennzahl gerade geändert. Bitte prüfen Sie den neuen Wert."), "warning"
        )
    else:
        flash(_("Jetzt gilt das Ergebnis der Zeilen. Der andere Wert bleibt im Verlauf."), "success")
    return redirect(_url(declaration, point), 303)


def _is_other_likelier(
    declaration: Declaration, point: Datapoint, form: FigureForm, other: Decimal | None
) -> bool:
    if other is None:
        return False
    return bool(likelier_figures(db(), declaration, {point.key: Quantity(other, form["unit"].data)}))


def _url(declaration: Declaration, point: Datapoint, **values: Any) -> str:
    return url_for("figures.show", declaration_id=declaration.id, datapoint=point.key, **values)


def _needs_overwrite_confirmation(form: FigureForm, before: FigurePage) -> bool:
    """Whether saving would replace a result without consent; if so, puts a message at the field."""
    if not before.is_result or form.overwrite.data or seen_version(form) != before.version:
        return False
    if entered_by_hand(form.figure(), before.figure).origin is before.figure.origin:
        return False
    form.overwrite.errors = [
        _("Bestätigen Sie, dass Ihr eigener Wert an die Stelle des Ergebnisses treten soll.")
    ]
    return True


def _page(declaration: Declaration, page: FigurePage, form: FigureForm) -> str:
    language = current_language()
    is_editable = page.is_open and can(Permission.DECLARATION_EDIT, current_actor(), current_subject())
    return render_template(
        "figures/figure.html",
        declaration=declaration,
        sheet=page.sheet,
        page=page,
        form=form,
        errors=field_errors(form),
        units=unit_options(page.point.family.key, declaration.edition, language),
        people=_people_names(declaration) if is_editable else [],
        is_editable=is_editable,
        state_word=state_tag(page.state),
        state_detail=state_detail(page.state),
        other_reading=_other_reading(page, language),
        explanations=explanations_of(declaration, page.odd),
        files=evidence_panel(EvidenceTarget(datapoint=page.point.key)),
    )


def _people_names(declaration: Declaration) -> list[str]:
    """Names of the company's people, as suggestions; any other name is allowed, too."""
    today = local_day(datetime.now(UTC))
    people = accounts.people_with_roles(db(), declaration.organisation_id, list(Role), today=today)
    return [person.name or person.email for person in people]


def _other_reading(page: FigurePage, language: Language) -> dict[str, str] | None:
    """The other reading of the number just typed, for correcting it; None if it is unambiguous."""
    typed = request.args.get("gelesen", "")
    other = numbers.ambiguity(typed, language) if typed else None
    if other is None or numbers.parse(typed, language) != page.figure.value or not page.is_open:
        return None
    unit = unit_text(page.point, page.figure.unit, language)
    return {
        "typed": typed,
        "text": f"{unambiguous_number(other, language)} {unit}",
        "value": format_number(other, language, grouping=False),
    }


def _conflict_page(declaration: Declaration, point: Datapoint, conflict: Conflict[Figure]) -> str:
    language = current_language()
    mine, theirs = (
        figure_details_text(point, figure, language) for figure in (conflict.mine, conflict.theirs)
    )
    figure = conflict.mine
    fields = form_data(point, figure, conflict.version)
    fields["value"] = "" if figure.value is None else format_number(figure.value, language)
    return render_template(
        "figures/conflict.html",
        declaration=declaration,
        point=point,
        mine=mine,
        theirs=theirs,
        theirs_by=accounts.name_of(db(), conflict.by) or _("jemand anderes"),
        is_own=is_by_oneself(conflict.by),
        theirs_at=format_timestamp(conflict.at, language) if conflict.at else "",
        fields=fields,
        errors=(),
    )


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
        figure_save.restore_figure(current_work(), declaration, point.key, revision_id)
    except LookupError:
        abort(404)
    flash(_("Die frühere Fassung gilt wieder. Die andere bleibt im Verlauf."), "success")
    return redirect(url_for("figures.show", declaration_id=declaration_id, datapoint=point.key), 303)
