"""Reusable remarks of a cluster: listed, written, changed, deleted."""

from dataclasses import asdict
from itertools import groupby

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue.remark_templates import load_supplied_remarks
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.review.remark_templates import (
    RemarkTemplate,
    RemarkTemplateDeleted,
    add_remark_template,
    as_template,
    change_remark_template,
    delete_remark_template,
    remark_template_of,
    supplied_remark,
)
from dnk_tool.store.review import remark_templates
from dnk_tool.web.http.access import current_actor, current_cluster, current_work, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.remark_templates.form import RemarkTemplateForm, all_sections, known_section
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version
from dnk_tool.web.text.options import numbered_title

blueprint = Blueprint("stock", __name__, url_prefix="/cluster/<int:cluster_id>/textbausteine")


@blueprint.get("/")
@cluster_page(_l("Textbausteine"), Permission.CLUSTER_VIEW, position=21, tab=ClusterTab.REVIEW)
def show(cluster_id: int) -> ResponseReturnValue:
    shown = known_section(request.args.get("kriterium"))
    titles = _section_titles()
    supplied = groupby(load_supplied_remarks(), key=lambda remark: remark.section)
    return render_template(
        "review/remark_templates.html",
        cluster=current_cluster(),
        found=[one for one in remark_templates.of_cluster(db(), cluster_id) if shown in ("", one.section)],
        groups=[
            (titles.get(section) or _("Für alle Teile"), list(group))
            for section, group in supplied
            if shown in ("", section)
        ],
        titles=titles,
        shown=shown,
    )


@blueprint.get("/neu")
@permit(Permission.CLUSTER_VIEW)
def new(cluster_id: int) -> ResponseReturnValue:
    supplied = supplied_remark(request.args.get("aus", ""))
    if supplied:
        return _page(_filled_form(as_template(supplied, current_language())))
    return _page(_filled_form(RemarkTemplate("", "", section=known_section(request.args.get("kriterium")))))


@blueprint.post("/neu")
@permit(Permission.CLUSTER_VIEW)
@creates
def create(cluster_id: int) -> ResponseReturnValue:
    form = RemarkTemplateForm()
    if not form.validate():
        return _page(form), 422
    add_remark_template(current_work(), cluster_id, form.remark_template())
    return _redirect_to_list(_("Gespeichert. Der Text steht jetzt bei jeder Anmerkung zur Auswahl."))


@blueprint.get("/<int:stock_id>")
@permit(Permission.CLUSTER_VIEW)
def edit(cluster_id: int, stock_id: int) -> ResponseReturnValue:
    row = remark_templates.by_id(db(), cluster_id, stock_id) or abort(404)
    return _page(_filled_form(remark_template_of(row), row.version), stock_id)


@blueprint.post("/<int:stock_id>")
@permit(Permission.CLUSTER_VIEW)
def change(cluster_id: int, stock_id: int) -> ResponseReturnValue:
    form = RemarkTemplateForm()
    if not form.validate():
        return _page(form, stock_id), 422
    try:
        change_remark_template(
            current_work(), cluster_id, stock_id, form.remark_template(), seen=seen_version(form)
        )
    except ConflictError as error:
        db().rollback()
        form.version.data = str(error.conflict.version)
        return _page(form, stock_id, theirs=error.conflict.theirs), 409
    except RemarkTemplateDeleted:
        db().rollback()
        return _page(form, is_gone=True), 409
    return _redirect_to_list(_("Gespeichert."))


@blueprint.post("/<int:stock_id>/loeschen")
@permit(Permission.CLUSTER_VIEW)
def delete(cluster_id: int, stock_id: int) -> ResponseReturnValue:
    form = RemarkTemplateForm()
    try:
        delete_remark_template(db(), cluster_id, stock_id, seen=seen_version(form), actor=current_actor())
    except ConflictError as error:
        db().rollback()
        flash(
            _("„%(title)s“ hat sich inzwischen geändert. Prüfen Sie den Text, bevor Sie ihn löschen.")
            % {"title": error.conflict.theirs.title},
            "warning",
        )
        return redirect(url_for("stock.edit", cluster_id=cluster_id, stock_id=stock_id), 303)
    except RemarkTemplateDeleted:
        abort(404)
    return _redirect_to_list(_("Gelöscht. Anmerkungen, die Sie damit geschrieben haben, bleiben."))


def _section_titles() -> dict[str, str]:
    return {section.ref: numbered_title(section) for section in all_sections()}


def _filled_form(template: RemarkTemplate, version: int = 0) -> RemarkTemplateForm:
    """The form before any input, with the reusable remark to change."""
    return RemarkTemplateForm(formdata=None, data=asdict(template) | {"version": str(version)})


def _redirect_to_list(text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("stock.show", cluster_id=current_cluster().id), 303)


def _page(
    form: RemarkTemplateForm,
    stock_id: int | None = None,
    *,
    theirs: RemarkTemplate | None = None,
    is_gone: bool = False,
) -> str:
    """Render the form. `is_gone`: somebody deleted it, so saving creates it anew."""
    return render_template(
        "review/remark_template_edit.html",
        cluster=current_cluster(),
        stock_id=stock_id,
        form=form,
        titles=_section_titles(),
        errors=field_errors(form),
        theirs=theirs,
        is_gone=is_gone,
    )
