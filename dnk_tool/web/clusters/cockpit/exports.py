"""The members that a filter finds as a file for a spreadsheet."""

from collections.abc import Sequence

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.clusters.cockpit import Task, Turn
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import LOCAL_TIME
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.spreadsheet import Value
from dnk_tool.store.clusters import cockpit
from dnk_tool.store.clusters.cockpit import Member
from dnk_tool.web.clusters.cockpit import member_list_query
from dnk_tool.web.clusters.cockpit.member_list_query import Shown
from dnk_tool.web.clusters.cockpit.overview import blueprint, newest_catalogue
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.headers import save_as
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.labels import word

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/uebersicht.csv")
@permit(Permission.CLUSTER_VIEW)
def csv(cluster_id: int) -> ResponseReturnValue:
    shown = member_list_query.read()
    return _attachment(shown, spreadsheet.to_csv(_heading(), _rows(shown)), CSV, "csv")


@blueprint.get("/uebersicht.xlsx")
@permit(Permission.CLUSTER_VIEW)
def xlsx(cluster_id: int) -> ResponseReturnValue:
    shown = member_list_query.read()
    name = _("Mitglieder %(year)s", year=shown.view.year)
    return _attachment(shown, spreadsheet.to_xlsx(name, _heading(), _rows(shown)), XLSX, "xlsx")


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


def _rows(shown: Shown) -> Sequence[Sequence[Value]]:
    """A row for each member that the filter finds, sorted as the page is."""
    total = len(newest_catalogue().criteria)
    return [_row(shown, total, member) for member in cockpit.every(db(), shown.view, shown.wanted)]


def _row(shown: Shown, total: int, member: Member) -> Sequence[Value]:
    changed = member.changed_at
    return [
        member.name,
        shown.view.year,
        word(member.stage),
        member.done,
        total,
        member.remarks,
        changed.astimezone(LOCAL_TIME).date() if changed else None,
        shown.view.due,
        "" if member.turn is Turn.NOBODY else word(member.turn),
        _tasks(shown, member),
        _("ja") if member.is_published else _("nein"),
    ]


def _tasks(shown: Shown, member: Member) -> str:
    """What the member gives the cluster to do, in the words of the filter."""
    found = member.tasks(shown.view)
    return ", ".join(word(task) for task in Task if task in found)


def _attachment(shown: Shown, content: bytes, kind: str, ending: str) -> Response:
    cluster = "".join(c if c.isalnum() else "-" for c in current_cluster().name)[:60].strip("-")
    response = Response(content, mimetype=kind)
    name = f"{cluster}-{shown.view.year}.{ending}"
    save_as(response, name)
    return response
