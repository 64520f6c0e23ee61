"""What a cluster's report holds today and what is missing, with the way to it."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.report.view.cluster.content import ClusterReportContent


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A part of the report: what it holds, or what is missing and where to do it (`action`, `href`)."""

    title: str
    text: str
    is_there: bool
    action: str = ""
    href: str = ""


def report_parts(content: ClusterReportContent, cluster_id: int) -> tuple[ReportPart, ...]:
    """The parts in the order of the report."""
    return (
        _participation(content),
        _numbers(content, cluster_id),
        _two_years(content, cluster_id),
        _goal(content, cluster_id),
        _polls(content, cluster_id),
        _perspectives(content),
        ReportPart(_("Methode"), _("Regeln, Faktoren, Begriffe, und was der Bericht nicht weiß"), True),
    )


def _participation(content: ClusterReportContent) -> ReportPart:
    known = content.participation
    members = ngettext("%(num)d Unternehmen", "%(num)d Unternehmen", known.members)
    text = _(
        "%(members)s, davon %(finished)s fertig und %(submitted)s eingereicht",
        members=members,
        finished=known.finished,
        submitted=known.submitted,
    )
    return ReportPart(_("Teilnahme"), text, known.members > 0)


def _numbers(content: ClusterReportContent, cluster_id: int) -> ReportPart:
    title = _("Gemeinsame Zahlen")
    href = address("aggregate_releases.show", cluster_id, jahr=content.reporting_year)
    if content.release is None:
        text = _("Für %(year)s sind noch keine Zahlen freigegeben.", year=content.reporting_year)
        return ReportPart(title, text, False, _("Zahlen freigeben"), href)
    released = content.release.content
    shown = sum(number.is_shown for number in released.numbers)
    hidden = sum(released.is_reported(number.figure) for number in released.numbers) - shown
    text = _("%(shown)s gezeigt", shown=shown)
    if hidden:
        text = _("%(shown)s gezeigt, %(hidden)s zum Schutz einzelner nicht", shown=shown, hidden=hidden)
    return ReportPart(title, text, shown > 0, _("Zahlen ansehen"), href)


def _two_years(content: ClusterReportContent, cluster_id: int) -> ReportPart:
    matched = content.release.content.matched.values() if content.release else ()
    count = sum(before.is_shown and now.is_shown for before, now in matched)
    text = (
        ngettext(
            "%(num)d Kennzahl über dieselben Unternehmen",
            "%(num)d Kennzahlen über dieselben Unternehmen",
            count,
        )
        if count
        else _("Dafür müssen genug Unternehmen in beiden Jahren dabei sein.")
    )
    before = content.reporting_year - 1
    title = _("Vergleich mit %(year)s", year=before)
    if content.earlier is not None:
        return ReportPart(title, text, count > 0)
    href = address("aggregate_releases.show", cluster_id, jahr=before)
    return ReportPart(title, text, count > 0, _("Zahlen für %(year)s", year=before), href)


def _goal(content: ClusterReportContent, cluster_id: int) -> ReportPart:
    title, href = _("Maßnahmen und gemeinsames Ziel"), address("joint_goal.show", cluster_id)
    if content.goal is None:
        return ReportPart(title, _("Das Cluster hat noch kein Ziel."), False, _("Ziel setzen"), href)
    if content.saved is None:
        text = _("Das Ziel steht, ein gültiger Stand der Maßnahmen fehlt.")
        return ReportPart(title, text, False, _("Stand bilden"), href)
    measures = content.saved.progress.measures
    text = ngettext("%(num)d Maßnahme", "%(num)d Maßnahmen", measures)
    return ReportPart(title, text, True, _("Ziel ansehen"), href)


def _polls(content: ClusterReportContent, cluster_id: int) -> ReportPart:
    title, href = _("Umfragen"), address("polls.show", cluster_id)
    count = sum(poll.result.is_shown for poll in content.polls)
    if not count:
        text = _("Freiwillig: Umfragen ab fünf Antworten, die Sie für den Bericht auswählen.")
        return ReportPart(title, text, False, _("Umfragen ansehen"), href)
    text = ngettext("%(num)d Umfrage", "%(num)d Umfragen", count)
    return ReportPart(title, text, True, _("Umfragen ansehen"), href)


def _perspectives(content: ClusterReportContent) -> ReportPart:
    text = _("Drei kurze Kapitel aus denselben Zahlen")
    if content.release is None:
        text = _("Drei kurze Kapitel, sobald Zahlen freigegeben sind")
    return ReportPart(_("Klima, Ressourcen, Kreislauf"), text, content.release is not None)


def address(endpoint: str, cluster_id: int, **values: Any) -> str:
    """The address of a page; empty where the installation has none of the kind."""
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, cluster_id=cluster_id, **values)
