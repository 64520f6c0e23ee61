"""Exports the members that a filter finds as CSV or XLSX, and all reviews of the cluster."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.clusters.cockpit import ClusterTask, NextMove
from dnk_tool.domain.clusters.criterion_signs import CriterionSign
from dnk_tool.domain.permissions import Permission, companies_kept_from
from dnk_tool.domain.review import Verdict
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.spreadsheet import CellValue
from dnk_tool.report.formats import CSV, XLSX, ExportFormat
from dnk_tool.store.clusters import cockpit
from dnk_tool.store.clusters.cockpit import MemberSummary
from dnk_tool.store.clusters.criterion_progress import MemberSigns, progress_by_member
from dnk_tool.store.review import written
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.clusters.cockpit import member_list_query
from dnk_tool.web.clusters.cockpit.criteria import criterion_title
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.clusters.cockpit.member_rows import contacts_by_company, profile_texts
from dnk_tool.web.clusters.cockpit.overview import blueprint, newest_catalogue
from dnk_tool.web.http.access import current_actor, current_cluster, permit
from dnk_tool.web.http.headers import set_download_name
from dnk_tool.web.http.languages import current_language
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
    content = spreadsheet.to_xlsx(name, _heading(), _rows(shown), language=current_language())
    return _attachment(shown, content, XLSX)


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
        for it in written.of_cluster(
            db(), cluster_id, except_companies=companies_kept_from(current_actor(), cluster_id)
        )
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
        _("Eingereicht am"),
        _("Mitglied seit"),
        _("Branche"),
        _("Größe"),
        _("Leistungsindikatoren"),
        _("Kohorte"),
        _("Kontakt"),
        _("E-Mail-Adressen"),
        *(criterion_title(criterion) for criterion in newest_catalogue().criteria),
    ]


def _rows(shown: MemberListQuery) -> Sequence[Sequence[CellValue]]:
    """One row for each member that the filter finds, sorted as on the page."""
    members = cockpit.list_all(db(), shown.view, shown.wanted)
    progress = progress_by_member(db(), shown.view, shown.wanted)
    contacts = contacts_by_company(shown.view, members)
    words = {sign: label_of(sign) for sign in CriterionSign}
    return [
        [
            *_state_cells(shown, member),
            *_profile_cells(shown, member, contacts.get(member.organisation_id, ())),
            *_sign_cells(progress[member.organisation_id], words),
        ]
        for member in members
    ]


def _state_cells(shown: MemberListQuery, member: MemberSummary) -> Sequence[CellValue]:
    return [
        member.name,
        shown.view.year,
        label_of(member.stage),
        member.done,
        len(newest_catalogue().criteria),
        member.remarks,
        _day(member.changed_at),
        member.due,
        "" if member.turn is NextMove.NOBODY else label_of(member.turn),
        _tasks(shown, member),
        _("ja") if member.is_published else _("nein"),
    ]


def _profile_cells(
    shown: MemberListQuery, member: MemberSummary, contacts: Sequence[Account]
) -> Sequence[CellValue]:
    """When it submitted here and joined, its profile and contacts, as far as the consent shows them."""
    sets = {indicator_set.key: indicator_set.title for indicator_set in newest_catalogue().indicator_sets}
    indicators = sets.get(member.indicator_set)
    return [
        _day(member.submitted_at) if member.is_here else None,
        _day(member.joined_at),
        *profile_texts(member),
        indicators.to(current_language()) if indicators else "",
        _cohort_name(shown, member),
        ", ".join(account.name for account in contacts if account.name),
        ", ".join(account.email for account in contacts),
    ]


def _sign_cells(progress: MemberSigns, words: Mapping[CriterionSign, str]) -> Sequence[CellValue]:
    """A word for each criterion."""
    criteria = newest_catalogue().criteria
    return [words[progress.signs.get(criterion.ref, CriterionSign.OPEN)] for criterion in criteria]


def _cohort_name(shown: MemberListQuery, member: MemberSummary) -> str:
    """The cohort's name; empty for that of all members and for late joiners."""
    if not member.takes_part:
        return str(_("dieses Jahr nicht dabei"))
    names = {cohort.id: cohort.name for cohort in shown.years.of_year(shown.view.year)}
    return names.get(member.cohort_id or 0, "")


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(LOCAL_TIME_ZONE).date() if moment else None


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
