"""The working groups of a cluster for its manager: written, changed, deleted, and who takes part.

The form of a working group, and what was typed as a domain value.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, ValidationError

from dnk_tool.domain.clusters.cohorts import sections_from_text, sections_text
from dnk_tool.domain.exchange.examples import plain_text
from dnk_tool.domain.exchange.working_groups import (
    LONGEST_GROUP_NAME,
    LONGEST_LABEL,
    LONGEST_LINK,
    LONGEST_PLACE,
    LONGEST_PURPOSE,
    MOST_DATES,
    MOST_GROUPS,
    MOST_LINKS,
    GroupDate,
    GroupLink,
    WorkingGroupContent,
    is_web_address,
)
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import working_groups as verbs
from dnk_tool.services.exchange.working_groups import TooManyGroups
from dnk_tool.store.exchange import working_groups
from dnk_tool.store.tables.exchange.working_groups import WorkingGroupRow
from dnk_tool.web.clusters.cohorts.form import criteria_refs, known_criteria
from dnk_tool.web.exchange.working_groups.cards import group_cards
from dnk_tool.web.http.access import current_actor, current_cluster, current_work, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import DayField, LineField, ProseField, RowsField, seen_version
from dnk_tool.web.text.form_page import saving

blueprint = Blueprint("working_groups", __name__, url_prefix="/cluster/<int:cluster_id>/arbeitsgruppen")


EMPTY_DATES, EMPTY_LINKS = 3, 2  # rows that stand below those which are filled in


class DateRow(Form):
    """When the group meets; an empty row is none."""

    day = DayField()
    time = LineField(longest=20)
    place = LineField(longest=LONGEST_PLACE)

    def validate_day(self, field: DayField) -> None:
        if field.data is None and not field.errors and (self.time.data or self.place.data):
            raise ValidationError(_("Geben Sie den Tag ein, zum Beispiel 14.10.2026."))


class LinkRow(Form):
    """Where the group keeps something; an empty row is none."""

    label = LineField(longest=LONGEST_LABEL)
    address = LineField(longest=LONGEST_LINK)

    def validate_address(self, field: LineField) -> None:
        if (field.data or self.label.data) and not is_web_address(plain_text(field.data or "")):
            raise ValidationError(_("Geben Sie eine Adresse ein, die mit https:// beginnt."))


class WorkingGroupForm(FlaskForm):
    """A working group."""

    name = LineField(longest=LONGEST_GROUP_NAME)
    purpose = ProseField(longest=LONGEST_PURPOSE)
    criteria = LineField(longest=100, validators=[known_criteria])
    dates = RowsField(DateRow, most=MOST_DATES)
    links = RowsField(LinkRow, most=MOST_LINKS)
    version = HiddenField(default="0")

    def validate_name(self, field: LineField) -> None:
        if not plain_text(field.data or ""):
            raise ValidationError(_("Geben Sie der Arbeitsgruppe einen Namen."))

    def show_empty_rows(self) -> None:
        """Append rows for what comes next, up to the most that a group may have."""
        for _row in range(EMPTY_DATES):
            self.dates.show_empty_row()
        for _row in range(EMPTY_LINKS):
            self.links.show_empty_row()

    @property
    def content(self) -> WorkingGroupContent:
        """What is entered; only of a form whose fields are valid."""
        dates = (entry.form for entry in self.dates.entries)
        links = (entry.form for entry in self.links.entries)
        return WorkingGroupContent(
            plain_text(self.name.data or ""),
            plain_text(self.purpose.data or ""),
            tuple(
                GroupDate(row.day.data, plain_text(row.time.data or ""), plain_text(row.place.data or ""))
                for row in dates
                if row.day.data
            ),
            tuple(_link(row) for row in links if row.address.data),
            sections_from_text(self.criteria.data or "", criteria_refs()),
        )


def _link(row: Any) -> GroupLink:
    """A row with an address, which stands for the label where there is none."""
    address = plain_text(row.address.data)
    return GroupLink(plain_text(row.label.data or "") or address, address)


def group_values(content: WorkingGroupContent, version: int) -> dict[str, Any]:
    """The fields of a group as it is."""
    return {
        "name": content.name,
        "purpose": content.purpose,
        "criteria": sections_text(content.criteria, criteria_refs()),
        "dates": [{"day": one.day, "time": one.time, "place": one.place} for one in content.dates],
        "links": [{"label": one.label, "address": one.address} for one in content.links],
        "version": str(version),
    }


@blueprint.get("")
@cluster_page(_l("Arbeitsgruppen"), Permission.CLUSTER_LEAD, position=48, tab=ClusterTab.EXCHANGE)
def show(cluster_id: int) -> ResponseReturnValue:
    rows = working_groups.of_clusters(db(), [cluster_id])
    members = working_groups.members_of(db(), [row.id for row in rows])
    return render_template(
        "exchange/working_groups/list.html",
        cluster=current_cluster(),
        groups=group_cards(rows, members, local_day(datetime.now(UTC))),
    )


@blueprint.get("/neu")
@permit(Permission.CLUSTER_LEAD)
def new(cluster_id: int) -> ResponseReturnValue:
    return _form_page(WorkingGroupForm(formdata=None))


@blueprint.post("/neu")
@permit(Permission.CLUSTER_LEAD)
@creates
def create(cluster_id: int) -> ResponseReturnValue:
    form = WorkingGroupForm()
    full = _("Ein Cluster hat höchstens %(most)s Arbeitsgruppen.", most=MOST_GROUPS)
    with saving(form, partial(_form_page, form), {TooManyGroups: (form.name, full)}):
        verbs.create_group(current_work(), current_cluster(), form.content)
    flash(_("Die Mitglieder sehen die Arbeitsgruppe jetzt und können mitmachen."), "success")
    return _to_list(cluster_id)


@blueprint.get("/<int:group_id>")
@permit(Permission.CLUSTER_LEAD)
def edit(cluster_id: int, group_id: int) -> ResponseReturnValue:
    row = _group_or_404(cluster_id, group_id)
    values = group_values(working_groups.content_of(row), row.version)
    return _form_page(WorkingGroupForm(formdata=None, data=values), group_id)


@blueprint.post("/<int:group_id>")
@permit(Permission.CLUSTER_LEAD)
def change(cluster_id: int, group_id: int) -> ResponseReturnValue:
    _group_or_404(cluster_id, group_id)
    form = WorkingGroupForm()
    with saving(form, partial(_form_page, form, group_id)):
        verbs.change_group(
            db(), current_cluster(), group_id, form.content, seen=seen_version(form), actor=current_actor()
        )
    flash(_("Gespeichert."), "success")
    return _to_list(cluster_id)


@blueprint.post("/<int:group_id>/loeschen")
@permit(Permission.CLUSTER_LEAD)
def delete(cluster_id: int, group_id: int) -> ResponseReturnValue:
    verbs.delete_group(db(), current_cluster(), group_id, actor=current_actor())
    flash(_("Die Arbeitsgruppe ist gelöscht."), "success")
    return _to_list(cluster_id)


@blueprint.post("/<int:group_id>/mitglieder/<int:consent_id>/entfernen")
@permit(Permission.CLUSTER_LEAD)
def take_out(cluster_id: int, group_id: int, consent_id: int) -> ResponseReturnValue:
    row = _group_or_404(cluster_id, group_id)
    verbs.take_out(db(), current_cluster(), row.id, consent_id, actor=current_actor())
    flash(_("Das Unternehmen steht nicht mehr in der Arbeitsgruppe."), "success")
    return redirect(url_for("working_groups.edit", cluster_id=cluster_id, group_id=group_id), 303)


def _group_or_404(cluster_id: int, group_id: int) -> WorkingGroupRow:
    return working_groups.find_group(db(), cluster_id, group_id) or abort(404)


def _to_list(cluster_id: int) -> ResponseReturnValue:
    return redirect(url_for("working_groups.show", cluster_id=cluster_id), 303)


def _form_page(
    form: WorkingGroupForm, group_id: int | None = None, *, theirs: WorkingGroupContent | None = None
) -> str:
    cluster, errors = current_cluster(), field_errors(form)
    row = _group_or_404(cluster.id, group_id) if group_id else None
    form.show_empty_rows()
    return render_template(
        "exchange/working_groups/edit.html",
        cluster=cluster,
        form=form,
        errors=errors,
        group=row,
        members=working_groups.members_of(db(), [row.id])[row.id] if row else [],
        theirs=theirs,
        theirs_criteria=sections_text(theirs.criteria, criteria_refs()) if theirs else "",
    )
