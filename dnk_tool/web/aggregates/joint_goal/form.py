"""The form of a joint goal: from which year until which, and how much."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.domain.aggregates.joint_goal import (
    FIRST_GOAL_YEAR,
    LAST_GOAL_YEAR,
    LONGEST_PERIOD,
    JointGoal,
)
from dnk_tool.web.text.form_fields import NumberField, YearField

KWH_PER_MWH = 1_000
LARGEST = Decimal(10) ** 12


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
            _(
                "Möglich sind die Jahre %(first)s bis %(last)s.",
                first=FIRST_GOAL_YEAR,
                last=LAST_GOAL_YEAR,
            )
        )
