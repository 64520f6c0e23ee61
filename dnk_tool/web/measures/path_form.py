"""The form of a climate goal: base year, goal, what is counted, guiding goal, assumption, print."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, ValidationError

from dnk_tool.domain.measures.climate_goal import (
    FIRST_BASE_YEAR,
    LARGEST_BASE,
    LONGEST_PATH,
    SCOPE3_CATEGORIES,
    SCOPE3_WHOLE,
    BaseOrigin,
    ClimateGoal,
    GridAssumption,
    Neutrality,
    Scope2Method,
    YearEmissions,
    to_kilogram,
)
from dnk_tool.services.measures.climate_goals import FiguresByYear, emissions_by_year
from dnk_tool.web.measures.path_texts import datapoint_labels, tonnes
from dnk_tool.web.text.form_fields import NumberField, TypedField, YearField

SHARE, AMOUNT = "share", "amount"
NO_SCOPE3, WHOLE_SCOPE3, SOME_SCOPE3 = "none", "whole", "some"
STAYS, FALLS = "stays", "falls"
NO_NEUTRALITY = "none"


def _choice(*values: str) -> RadioField:
    return RadioField(choices=list(values), validate_choice=False, default=values[0])


class ClimateGoalForm(FlaskForm):
    """A climate goal. `base`: empty where the figures of the base year give it."""

    base_year = YearField()
    base = NumberField()
    aim = _choice(SHARE, AMOUNT)
    percent = NumberField()
    amount = NumberField()
    target_year = YearField()
    scope2 = _choice(*Scope2Method)
    scope3 = _choice(NO_SCOPE3, WHOLE_SCOPE3, SOME_SCOPE3)
    categories = SelectMultipleField(choices=list(SCOPE3_CATEGORIES), validate_choice=False, default=[])
    neutrality = _choice(NO_NEUTRALITY, *Neutrality)
    neutral_year = YearField()
    grid = _choice(STAYS, FALLS)
    grid_start = NumberField()
    grid_end = NumberField()
    grid_year = YearField()
    is_in_declaration = BooleanField()
    version = HiddenField(default="0")

    def validate(self, extra_validators: Any = None) -> bool:
        """Judge what belongs to the chosen options only; what is no option counts as the first one."""
        for choice in (self.aim, self.scope2, self.scope3, self.neutrality, self.grid):
            known = [option[0] if isinstance(option, tuple) else option for option in choice.choices]
            choice.data = choice.data if choice.data in known else known[0]
        for field in self._unasked():
            field.data, field.process_errors = None, []
        return bool(super().validate(extra_validators))

    def _unasked(self) -> Iterator[Any]:
        """The fields of options that are not chosen."""
        yield self.amount if self.aim.data == SHARE else self.percent
        if self.neutrality.data == NO_NEUTRALITY:
            yield self.neutral_year
        if self.grid.data == STAYS:
            yield from (self.grid_start, self.grid_end, self.grid_year)

    def validate_base_year(self, field: YearField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie das Basisjahr ein, zum Beispiel 2022."))
        if field.data is not None and field.data < FIRST_BASE_YEAR:
            raise ValidationError(_("Wählen Sie ein Basisjahr ab %(year)s.", year=FIRST_BASE_YEAR))

    def validate_base(self, field: NumberField) -> None:
        if field.data is not None and not 0 < field.data <= LARGEST_BASE:
            raise ValidationError(
                _("Der Ausgangswert muss größer als null sein. Prüfen Sie auch die Einheit: t.")
            )

    def validate_target_year(self, field: YearField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie das Zieljahr ein, zum Beispiel 2030."))
        first = self.base_year.data
        if field.data is None or first is None:
            return
        if not first < field.data <= first + LONGEST_PATH:
            raise ValidationError(
                _(
                    "Das Zieljahr muss nach dem Basisjahr %(year)s liegen, höchstens %(most)s Jahre.",
                    year=first,
                    most=LONGEST_PATH,
                )
            )

    def validate_percent(self, field: NumberField) -> None:
        if self.aim.data != SHARE or field.errors:
            return
        if field.data is None or not 0 < field.data <= 100:
            raise ValidationError(
                _("Geben Sie ein, um wie viel Prozent Sie senken wollen: mehr als 0, höchstens 100.")
            )

    def validate_amount(self, field: NumberField) -> None:
        if self.aim.data == AMOUNT and not field.errors and (field.data is None or field.data < 0):
            raise ValidationError(_("Geben Sie ein, wie viele Tonnen es im Zieljahr höchstens sein sollen."))

    def validate_categories(self, field: SelectMultipleField) -> None:
        if self.scope3.data == SOME_SCOPE3 and not self.scope3_keys:
            raise ValidationError(_("Wählen Sie mindestens einen Teil von Scope 3, oder „nicht“."))

    def validate_neutral_year(self, field: YearField) -> None:
        if self.neutrality.data == NO_NEUTRALITY or field.errors:
            return
        if field.data is None or (self.base_year.data is not None and field.data <= self.base_year.data):
            raise ValidationError(_("Geben Sie das Jahr des Leitziels ein, zum Beispiel 2040."))

    def validate_grid_start(self, field: NumberField) -> None:
        if self.grid.data == FALLS and not field.errors and not _is_factor(field.data):
            raise ValidationError(
                _("Geben Sie ein, mit wie viel kg CO₂e je kWh Sie heute rechnen, zum Beispiel 0,363.")
            )

    def validate_grid_end(self, field: NumberField) -> None:
        if self.grid.data != FALLS or field.errors:
            return
        start = self.grid_start.data
        if not _is_factor(field.data) or (start is not None and field.data > start):
            raise ValidationError(
                _("Geben Sie ein, auf wie viel kg CO₂e je kWh der Netzstrom sinkt: weniger als heute.")
            )

    def validate_grid_year(self, field: YearField) -> None:
        if self.grid.data == FALLS and not field.errors and field.data is None:
            raise ValidationError(_("Geben Sie das Jahr ein, ab dem das gilt, zum Beispiel 2030."))

    @property
    def scope3_keys(self) -> frozenset[str]:
        """The keys of the figures of Scope 3 that are to count."""
        if self.scope3.data == WHOLE_SCOPE3:
            return frozenset({SCOPE3_WHOLE})
        ticked = frozenset(self.categories.data or ()) & frozenset(SCOPE3_CATEGORIES)
        return ticked if self.scope3.data == SOME_SCOPE3 else frozenset()

    def goal(self, stored: ClimateGoal | None, figures: FiguresByYear) -> ClimateGoal | None:
        """The goal of a valid form; None where no base value is known, or the goal is none, with a message.

        The stored base value stays unless base year or scopes change: it is taken anew on request only.
        """
        base, origin = self._base(stored, figures)
        if base is None:
            return None
        is_share = self.aim.data == SHARE
        if not is_share and _value(self.amount) >= base:
            self.amount.errors = [
                _("Das Ziel muss unter dem Ausgangswert von %(base)s liegen.", base=tonnes(base, 3))
            ]
            return None
        is_kept = stored is not None and (stored.base_year, stored.base) == (self.base_year.data, base)
        is_neutral = self.neutrality.data != NO_NEUTRALITY
        return ClimateGoal(
            base_year=_value(self.base_year),
            base=base,
            target_year=_value(self.target_year),
            percent=self.percent.data if is_share else None,
            amount=None if is_share else self.amount.data,
            scope2=Scope2Method(self.scope2.data),
            scope3=self.scope3_keys,
            base_origin=origin,
            base_reason=stored.base_reason if stored is not None and is_kept else "",
            neutral_year=self.neutral_year.data if is_neutral else None,
            neutrality=Neutrality(self.neutrality.data) if is_neutral else None,
            grid=self._grid(),
            is_in_declaration=bool(self.is_in_declaration.data),
        )

    def _base(self, stored: ClimateGoal | None, figures: FiguresByYear) -> tuple[Decimal | None, BaseOrigin]:
        if self.base.data is not None:
            return self.base.data, BaseOrigin.TYPED
        scope2, scope3 = Scope2Method(self.scope2.data), self.scope3_keys
        asked = (self.base_year.data, scope2, scope3)
        is_known = stored is not None and stored.base_origin is BaseOrigin.FIGURES
        if stored is not None and is_known and asked == (stored.base_year, stored.scope2, stored.scope3):
            return stored.base, stored.base_origin
        known = emissions_by_year(figures, scope2, scope3).get(_value(self.base_year))
        if known is None or known.total is None or not 0 < to_kilogram(known.total) <= LARGEST_BASE:
            self.base.errors = [_base_message(_value(self.base_year), known, scope2, scope3)]
            return None, BaseOrigin.FIGURES
        return to_kilogram(known.total), BaseOrigin.FIGURES

    def _grid(self) -> GridAssumption | None:
        if self.grid.data != FALLS:
            return None
        return GridAssumption(_value(self.grid_start), _value(self.grid_end), _value(self.grid_year))


def _value(field: TypedField) -> Any:
    """The value of a field that a valid form has filled."""
    return field.data


def _is_factor(value: Decimal | None) -> bool:
    """Whether it can be kg CO2e for each kWh; no grid comes near the limit."""
    return value is not None and 0 <= value <= 5


def _base_message(
    year: int, known: YearEmissions | None, scope2: Scope2Method, scope3: frozenset[str]
) -> str:
    """What lacks to know the base value, and what helps."""
    if known is not None and known.total is not None:
        return str(
            _(
                "Die Kennzahlen für %(year)s ergeben keinen Wert über null. Tragen Sie ihn hier ein.",
                year=year,
            )
        )
    goal_parts = ClimateGoal(year, Decimal(1), year + 1, scope2=scope2, scope3=scope3).datapoints
    missing = known.missing if known is not None else goal_parts
    return str(
        _(
            "Für %(year)s fehlen Kennzahlen: %(names)s. Tragen Sie sie nach, oder geben Sie den Wert hier "
            "ein.",
            year=year,
            names=", ".join(datapoint_labels(missing)),
        )
    )


def goal_data(goal: ClimateGoal, version: int) -> dict[str, Any]:
    """The fields of the form for a stored goal."""
    scope3 = NO_SCOPE3
    if goal.scope3:
        scope3 = WHOLE_SCOPE3 if SCOPE3_WHOLE in goal.scope3 else SOME_SCOPE3
    grid = goal.grid
    return {
        "base_year": goal.base_year,
        "base": goal.base if goal.base_origin is BaseOrigin.TYPED else None,
        "aim": SHARE if goal.amount is None else AMOUNT,
        "percent": goal.percent,
        "amount": goal.amount,
        "target_year": goal.target_year,
        "scope2": goal.scope2.value,
        "scope3": scope3,
        "categories": sorted(goal.scope3) if scope3 == SOME_SCOPE3 else [],
        "neutrality": goal.neutrality.value if goal.neutrality else NO_NEUTRALITY,
        "neutral_year": goal.neutral_year,
        "grid": FALLS if grid else STAYS,
        "grid_start": grid.start if grid else None,
        "grid_end": grid.end if grid else None,
        "grid_year": grid.year if grid else None,
        "is_in_declaration": goal.is_in_declaration,
        "version": str(version),
    }


def first_data(figures: FiguresByYear) -> dict[str, Any]:
    """The fields for a first goal: the oldest year whose figures give a base value, with its method."""
    totals: Mapping[Scope2Method, list[int]] = {
        method: [
            year for year, known in emissions_by_year(figures, method, frozenset()).items() if known.total
        ]
        for method in Scope2Method
    }
    for method, years in totals.items():
        if years:
            return {"base_year": min(years), "scope2": method.value}
    return {"base_year": min(figures, default=None)}
