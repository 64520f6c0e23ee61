"""Exports the members that a filter finds as CSV or XLSX, and all reviews of the cluster."""

from collections.abc import Sequence

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.clusters.cockpit import ClusterTask, NextMove
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import Verdict
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.spreadsheet import CellValue
from dnk_tool.report.formats import CSV, XLSX, ExportFormat
from dnk_tool.store.clusters import cockpit
from dnk_tool.store.clusters.cockpit import MemberSummary
from dnk_tool.store.review import written
from dnk_tool.web.clusters.cockpit import member_list_query
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.clusters.cockpit.overview import blueprint, newest_catalogue
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.headers import set_download_name
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.labels import label_of

VERDICTS = {Verdict.ACCEPTED: _l("In Ordnung"), Verdict.CHANGE_NEEDED: _l("Änderung nötig")}


@blueprint.get("/uebersicht.csv")
@permit(Permission.CLUSTER_VIEW)
def csv(cluster_id: int) -> ResponseReturnValue:
    shown = member_list_query.requested_query()
    return _attachment(shown, spreadsheet.to_csv(_heading(), _rows(shown)), CSV)


@blueprint.get("/uebersicht.xlsx")
@permit(Permission.CLUSTER_VIEW)
def xlsx(cluster_id: int) -> ResponseReturnValue:
    shown = member_list_query.requested_query()
    name = _("Mitglieder %(year)s", year=shown.view.year)
    return _attachment(shown, spreadsheet.to_xlsx(name, _heading(), _rows(shown)), XLSX)


@blueprint.get("/pruefungen.csv")
@permit(Permission.CLUSTER_LEAD)
def reviews(cluster_id: int) -> ResponseReturnValue:
    """All verdicts and remarks of the cluster, such as before it is deleted."""
    heading = [
        _("Unternehmen"),
        _("Berichtsjahr"),
        _("Version"),
        _("Abschnitt"),
        _("Ergebnis"),
        _("Wer es liest"),
        _("Von"),
        _("Person"),
        _("Text"),
        _("Am"),
    ]
    rows: list[list[CellValue]] = [
        [
            it.company,
            it.year,
            it.version,
            it.section,
            str(VERDICTS[it.verdict]) if it.verdict else "",
            label_of(it.audience) if it.audience else "",
            label_of(it.side) if it.side else "",
            it.name,
            it.text,
            it.at.astimezone(LOCAL_TIME_ZONE).date(),
        ]
        for it in written.of_cluster(db(), cluster_id, except_companies=current_actor().roles.keys())
    ]
    response = Response(spreadsheet.to_csv(heading, rows), mimetype=CSV.media_type)
    set_download_name(response, f"{_file_stem()}-{_('Prüfungen')}.{CSV.extension}")
    return response


def _heading() -> list[str]:
    return [
        _("Unternehmen"),
        _("Berichtsjahr"),
        _("Stand"),
        _("Kriterien fertig"),
        _("Kriterien"),
        _("Offene Anmerkungen"),
        _("Zuletzt geändert"),
        _("Frist"),
        _("Am Zug"),
        _("Aufgabe"),
        _("Öffentlich"),
    ]


def _rows(shown: MemberListQuery) -> Sequence[Sequence[CellValue]]:
    """One row for each member that the filter finds, sorted as on the page."""
    total = len(newest_catalogue().criteria)
    return [_row(shown, total, member) for member in cockpit.list_all(db(), shown.view, shown.wanted)]


def _row(shown: MemberListQuery, total: int, member: MemberSummary) -> Sequence[CellValue]:
    changed = member.changed_at
    return [
        member.name,
        shown.view.year,
        label_of(member.stage),
        member.done,
        total,
        member.remarks,
        changed.astimezone(LOCAL_TIME_ZONE).date() if changed else None,
        member.due,
        "" if member.turn is NextMove.NOBODY else label_of(member.turn),
        _tasks(shown, member),
        _("ja") if member.is_published else _("nein"),
    ]


def _tasks(shown: MemberListQuery, member: MemberSummary) -> str:
    """The cluster's tasks with this member, as labels."""
    tasks = member.tasks(shown.view)
    return ", ".join(label_of(task) for task in ClusterTask if task in tasks)


def _attachment(shown: MemberListQuery, content: bytes, export_format: ExportFormat) -> Response:
    response = Response(content, mimetype=export_format.media_type)
    name = f"{_file_stem()}-{shown.view.year}.{export_format.extension}"
    set_download_name(response, name)
    return response


def _file_stem() -> str:
    return "".join(c if c.isalnum() else "-" for c in current_cluster().name)[:60].strip("-")
