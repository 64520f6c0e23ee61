"""The monitoring of a joint goal as a workbook, as networks hand it in: sums by kind and by state, rules."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.aggregates.joint_goal import JointGoal, JointProgress, JointSum, Saving, SavingPart
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.spreadsheet import CellValue, Worksheet
from dnk_tool.report.formats import XLSX
from dnk_tool.store.aggregates import joint_goals, joint_sums
from dnk_tool.web.aggregates.joint_goal.numbers import UNITS, kind_label, rule_text, state_label
from dnk_tool.web.aggregates.joint_goal.page import blueprint
from dnk_tool.web.aggregates.joint_goal.view import rule_sentences
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db


@blueprint.get("/monitoring.xlsx")
@permit(Permission.CLUSTER_LEAD)
def xlsx(cluster_id: int) -> ResponseReturnValue:
    shown = joint_sums.shown_joint_sum(db(), cluster_id)
    if shown is None:
        return redirect(url_for("joint_goal.show", cluster_id=cluster_id), 302)
    goal = joint_goals.find_goal(db(), cluster_id)
    name = f"{_('Monitoring')} {current_cluster().name} {local_day(shown.made_at)}.xlsx"
    content = spreadsheet.to_workbook(
        _sheets(shown, goal), language=current_language(), made_on=local_day(shown.made_at)
    )
    return attachment(content, XLSX.media_type, name)


def _sheets(shown: JointSum, goal: JointGoal | None) -> Iterator[Worksheet]:
    progress, head = shown.progress, _heading()
    yield Worksheet(_("Maßnahmen nach Art"), [_("Art der Maßnahme"), *head], list(_kind_rows(progress)))
    yield Worksheet(_("Stand der Umsetzung"), [_("Stand"), *head], list(_state_rows(progress, goal)))
    about = [[_("Cluster"), current_cluster().name], [_("Stand"), local_day(shown.made_at)]]
    years = f"{progress.from_year}–{progress.until_year}"
    about += [[_("Zeitraum"), years], [_("Mitglieder"), progress.members], [_("Regeln"), progress.rules]]
    about += [["", text] for text in (*_withheld(progress), *rule_sentences())]
    yield Worksheet(_("Rechnung"), [_("Angabe"), _("Wert")], about, wrapped=(1,))


def _heading() -> list[str]:
    return [_("Zahl der Unternehmen"), _("Maßnahmen"), *(str(UNITS[saving]) for saving in Saving)]


def _kind_rows(progress: JointProgress) -> Iterator[Sequence[CellValue]]:
    for each in progress.kinds:
        yield _row(kind_label(each), each.part)
    yield _row(_("Summe"), progress.total)


def _state_rows(progress: JointProgress, goal: JointGoal | None) -> Iterator[Sequence[CellValue]]:
    for each in progress.states:
        yield _row(state_label(each.states), each.part)
    yield _row(_("Summe"), progress.total)
    if goal and progress.is_of(goal):
        amounts = (_amount(saving, goal.amount(saving)) for saving in Saving)
        yield [_("Ziel"), None, None, *amounts]


def _row(label: str, part: SavingPart) -> Sequence[CellValue]:
    return [label, part.companies, part.measures, *(_amount(each, part.value(each)) for each in Saving)]


def _amount(saving: Saving, value: Decimal | None) -> Decimal | None:
    return value / 1_000 if value is not None and saving is Saving.ENERGY else value


def _withheld(progress: JointProgress) -> Iterator[str]:
    """Why numbers are missing, each reason once."""
    rules = [found.rule for found in progress.total.sums.values() if found.value is None]
    rules += [] if progress.states else [progress.states_rule]
    rules += [] if progress.kinds else [progress.kinds_rule]
    for rule in dict.fromkeys(rules):
        yield _("Nicht gezeigt: %(reason)s", reason=rule_text(rule))
