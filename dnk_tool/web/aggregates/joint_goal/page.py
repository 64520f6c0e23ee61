"""The page of a cluster's joint goal: the sum, by state and kind, who is missing, and the goal itself.

The form of a joint goal: from which year until which, and how much.
Which members do not count, in words: never by name where the permission is without names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.domain.aggregates.joint_goal import (
    FIRST_GOAL_YEAR,
    LAST_GOAL_YEAR,
    LONGEST_PERIOD,
    JointGoal,
    JointProgress,
    JointSum,
    MissingCompanies,
    Saving,
    SavingPart,
)
from dnk_tool.domain.aggregates.joint_progress import JointSumRefused
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_long_date, local_day
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.spreadsheet import CellValue, Worksheet
from dnk_tool.report.formats import XLSX
from dnk_tool.services.aggregates import joint_goals as goal_service
from dnk_tool.services.aggregates.joint_goals import JointSumTooEarly, NoJointGoal
from dnk_tool.store.aggregates import joint_goals, joint_sums
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.web.aggregates.joint_goal.numbers import UNITS, kind_label, rule_text, state_label
from dnk_tool.web.aggregates.joint_goal.view import goal_view, rule_sentences
from dnk_tool.web.aggregates.releases.confirmation_mail import ask_operators
from dnk_tool.web.clusters.cockpit.member_list_query import filter_parameters
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import current_cluster, current_work, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import NumberField, YearField, seen_version
from dnk_tool.web.text.form_page import saving

blueprint = Blueprint("joint_goal", __name__, url_prefix="/cluster/<int:cluster_id>/ziel")


KWH_PER_MWH = 1_000
LARGEST = Decimal(10) ** 12


MOST_PRESELECTED = 300  # members; a longer address is refused on its way


@dataclass(frozen=True)
class MissingRow:
    """How many companies, what about them, why, and where one can write to them."""

    number: int
    title: str
    detail: str
    href: str
    action: str


def missing_rows(missing: MissingCompanies, cluster_id: int, day: str) -> list[MissingRow]:
    """The rows in the order of what helps most; `day`: that of the sum."""
    rows = []
    if missing.not_in_sum:
        rows.append(_not_in_sum(missing.not_in_sum, cluster_id, day))
    if missing.unconfirmed:
        rows.append(_unconfirmed(len(missing.unconfirmed), cluster_id))
    if missing.without_permission:
        rows.append(_without_permission(missing.without_permission, cluster_id))
    return rows


def _not_in_sum(count: int, cluster_id: int, day: str) -> MissingRow:
    return MissingRow(
        count,
        ngettext("steckt nicht im Stand vom %(day)s", "stecken nicht im Stand vom %(day)s", count, day=day),
        _(
            "Es fehlt eine beschlossene Maßnahme mit Menge, Jahr und Herkunft der Zahl, oder sie zählt in "
            "einem anderen Cluster. Welche Unternehmen das sind, sehen Sie nicht."
        ),
        url_for("cockpit.message", cluster_id=cluster_id),
        _("An alle schreiben"),
    )


def _unconfirmed(count: int, cluster_id: int) -> MissingRow:
    return MissingRow(
        count,
        ngettext("ist noch nicht bestätigt", "sind noch nicht bestätigt", count),
        _(
            "Sie zählen erst, wenn jemand aus dem Betrieb sie als echte Unternehmen bestätigt: "
            "Wer mehrere anlegt, könnte sonst die Maßnahmen der anderen ausrechnen. Bilden Sie einen Stand, "
            "wird er darauf hingewiesen."
        ),
        url_for("aggregate_releases.show", cluster_id=cluster_id),
        _("Zu den Zahlen"),
    )


def _without_permission(members: Sequence[int], cluster_id: int) -> MissingRow:
    only: dict[str, Any] = {"cluster_id": cluster_id, **_only(members)}
    return MissingRow(
        len(members),
        ngettext("lässt seine Maßnahmen nicht zählen", "lassen ihre Maßnahmen nicht zählen", len(members)),
        _("Was ein Mitglied erlaubt, entscheidet es selbst, unter „Cluster“."),
        url_for("cockpit.message", **only),
        _("Anschreiben"),
    )


def _only(members: Sequence[int]) -> dict[str, str]:
    if len(members) > MOST_PRESELECTED:
        return {}
    return filter_parameters(MemberFilter(members=frozenset(members)))


class AmountField(NumberField):
    """An amount above zero, or nothing."""

    def read(self, text: str) -> Decimal:
        """Parse in the language of the posted page. Raises ValueError with the message to show."""
        value = super().read(text)
        if not 0 < value <= LARGEST:
            raise ValueError(_("Geben Sie eine Zahl über null ein, zum Beispiel 4.000"))
        return value


class JointGoalForm(FlaskForm):
    """A cluster's goal; energy in MWh. `version`: the one that the page showed."""

    from_year = YearField()
    until_year = YearField()
    mwh = AmountField()
    t_co2e = AmountField()
    cost_eur = AmountField()
    version = HiddenField(default="0")

    def validate_from_year(self, field: YearField) -> None:
        _require_year(field)

    def validate_until_year(self, field: YearField) -> None:
        _require_year(field)
        begins, ends = self.from_year.data, field.data
        if begins is not None and ends is not None and not 0 <= ends - begins <= LONGEST_PERIOD:
            raise ValidationError(
                _(
                    "Das Ziel endet vor seinem ersten Jahr oder mehr als %(most)s Jahre danach. Prüfen Sie "
                    "beide Jahre.",
                    most=LONGEST_PERIOD,
                )
            )

    def validate_mwh(self, field: AmountField) -> None:
        if field.data is None and self.t_co2e.data is None and not field.errors and not self.t_co2e.errors:
            raise ValidationError(
                _("Setzen Sie mindestens eines der beiden Ziele: Energie oder Treibhausgase.")
            )

    @property
    def goal(self) -> JointGoal:
        """What is entered; only of a valid form."""
        return JointGoal(
            from_year=int(self.from_year.data or 0),
            until_year=int(self.until_year.data or 0),
            kwh=None if self.mwh.data is None else self.mwh.data * KWH_PER_MWH,
            t_co2e=self.t_co2e.data,
            cost_eur=self.cost_eur.data,
        )


def goal_values(goal: JointGoal | None, version: int) -> dict[str, object]:
    """The fields of a goal as it is."""
    if goal is None:
        return {"version": str(version)}
    return {
        "from_year": goal.from_year,
        "until_year": goal.until_year,
        "mwh": None if goal.kwh is None else (goal.kwh / KWH_PER_MWH).normalize(),
        "t_co2e": goal.t_co2e,
        "cost_eur": goal.cost_eur,
        "version": str(version),
    }


def _require_year(field: YearField) -> None:
    if field.data is None and not field.errors:
        raise ValidationError(_("Geben Sie ein Jahr ein, zum Beispiel 2028."))
    if field.data is not None and not FIRST_GOAL_YEAR <= field.data <= LAST_GOAL_YEAR:
        raise ValidationError(
            _("Möglich sind die Jahre %(first)s bis %(last)s.", first=FIRST_GOAL_YEAR, last=LAST_GOAL_YEAR)
        )


@blueprint.get("")
@cluster_page(_l("Ziel"), Permission.CLUSTER_LEAD, position=41, tab=ClusterTab.RESULTS)
def show(cluster_id: int) -> ResponseReturnValue:
    picture = goal_service.goal_picture(db(), cluster_id, now=datetime.now(UTC))
    view = goal_view(picture)
    missing = goal_service.find_missing(db(), cluster_id, picture.shown) if picture.goal else None
    return render_template(
        "aggregates/joint_goal/page.html",
        cluster=current_cluster(),
        view=view,
        sentences=rule_sentences(),
        missing=missing,
        rows=missing_rows(missing, cluster_id, view.day) if missing else [],
    )


@blueprint.post("")
@permit(Permission.CLUSTER_LEAD)
@creates
def make(cluster_id: int) -> ResponseReturnValue:
    """Make the sum anew, from what counts today."""
    if goal_service.find_missing(db(), cluster_id, None).unconfirmed:
        ask_operators()
    try:
        goal_service.make_sum(current_work(), current_cluster())
    except JointSumRefused as refused:
        flash(_("Es ist kein Stand gebildet. %(reason)s", reason=rule_text(refused.rule)), "warning")
    except JointSumTooEarly as early:
        day = format_long_date(local_day(early.possible_from), current_language())
        flash(_("Ein neuer Stand ist ab dem %(day)s möglich.", day=day), "warning")
    except NoJointGoal:
        flash(_("Setzen Sie zuerst ein Ziel: Von ihm hängt ab, welche Jahre zählen."), "warning")
    else:
        flash(_("Der neue Stand ist gebildet. Die Mitglieder sehen ihn jetzt auch."), "success")
    return redirect(url_for("joint_goal.show", cluster_id=cluster_id), 303)


@blueprint.get("/aendern")
@permit(Permission.CLUSTER_LEAD)
def edit(cluster_id: int) -> ResponseReturnValue:
    stored = joint_goals.stored_goal(db(), cluster_id)
    return _form_page(JointGoalForm(formdata=None, data=goal_values(stored.content, stored.version)))


@blueprint.post("/aendern")
@permit(Permission.CLUSTER_LEAD)
def change(cluster_id: int) -> ResponseReturnValue:
    form = JointGoalForm()
    with saving(form, partial(_form_page, form)):
        goal_service.save_goal(current_work(), current_cluster(), form.goal, seen=seen_version(form))
    flash(_("Das Ziel ist gespeichert."), "success")
    return redirect(url_for("joint_goal.show", cluster_id=cluster_id), 303)


def _form_page(form: JointGoalForm, *, theirs: JointGoal | None = None) -> str:
    return render_template(
        "aggregates/joint_goal/edit.html",
        cluster=current_cluster(),
        form=form,
        errors=field_errors(form),
        theirs=goal_values(theirs, 0) if theirs else None,
    )


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
