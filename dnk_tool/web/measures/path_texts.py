"""The sentences about a climate goal and its path, and its amounts in words."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

from flask_babel import gettext as _

from dnk_tool.domain.measures.climate_goal import SCOPE3_WHOLE, ClimateGoal, shown_decimals
from dnk_tool.domain.measures.path import ClimatePath
from dnk_tool.language import format_number
from dnk_tool.services.measures.climate_goals import datapoints
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.labels import label_of

MINUS, NO_BREAK_SPACE, NOTHING_THERE = "\N{MINUS SIGN}", "\u00a0", "–"
_WIDE = Context(prec=80)


def amount(value: Decimal | None, decimals: int) -> str:
    """The amount without its unit, rounded; a dash where nothing is known."""
    if value is None:
        return NOTHING_THERE
    rounded = _rounded(value, decimals)
    number = format_number(abs(rounded), current_language())
    return f"{MINUS}{number}" if rounded < 0 else number


def tonnes(value: Decimal, decimals: int) -> str:
    """The amount with its unit: "78 t"."""
    return f"{amount(value, decimals)}{NO_BREAK_SPACE}t"


def percent(value: Decimal) -> str:
    """A share with one decimal at most: "45"."""
    rounded = _rounded(value, 1)
    whole = rounded == rounded.to_integral_value()
    return format_number(rounded.to_integral_value() if whole else rounded, current_language())


def _rounded(value: Decimal, decimals: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    return rounded if rounded else abs(rounded)


def goal_sentence(goal: ClimateGoal) -> str:
    """The goal in one sentence: "Ziel: 45 % weniger als 2022, also 78 t im Jahr 2030."."""
    decimals = shown_decimals(goal.base)
    words = {
        "percent": percent(goal.reduction),
        "base": goal.base_year,
        "amount": tonnes(goal.target, decimals),
        "year": goal.target_year,
    }
    if goal.amount is not None:
        return str(
            _(
                "Ziel: höchstens %(amount)s im Jahr %(year)s, also %(percent)s %% weniger als %(base)s.",
                **words,
            )
        )
    return str(_("Ziel: %(percent)s %% weniger als %(base)s, also %(amount)s.", **words))


def outlook_sentence(goal: ClimateGoal, path: ClimatePath) -> str:
    """What the target year comes to, by figures or with the decided measures."""
    words = {"year": goal.target_year, "amount": tonnes(path.outlook, shown_decimals(goal.base))}
    if path.last_actual == goal.target_year:
        return str(_("%(year)s waren es %(amount)s.", **words))
    if any(wedge.measure is not None for wedge in path.wedges):
        return str(_("Mit den beschlossenen Maßnahmen sind es %(year)s noch %(amount)s.", **words))
    return str(_("Ohne weitere Maßnahmen sind es %(year)s noch %(amount)s.", **words))


def gap_sentence(goal: ClimateGoal, path: ClimatePath) -> str:
    """What lacks in the target year, or that the goal is reached."""
    decimals = shown_decimals(goal.base)
    if not path.final_gap:
        is_past = path.last_actual == goal.target_year
        return str(_("Das Ziel ist erreicht.") if is_past else _("Damit erreichen Sie Ihr Ziel."))
    if not _rounded(path.final_gap, decimals):
        return str(
            _("Es fehlt weniger als %(amount)s.", amount=tonnes(Decimal(1).scaleb(-decimals), decimals))
        )
    return str(_("Es fehlen %(amount)s.", amount=tonnes(path.final_gap, decimals)))


def scope_text(goal: ClimateGoal) -> str:
    """What the goal counts: "Scope 1 und 2 (standortbasiert)", and which part of Scope 3."""
    method = label_of(goal.scope2)
    if not goal.scope3:
        return str(_("Scope 1 und 2 (%(method)s), ohne Scope 3", method=method))
    if SCOPE3_WHOLE in goal.scope3:
        return str(_("Scope 1 und 2 (%(method)s) und das ganze Scope 3", method=method))
    parts = ", ".join(datapoint_labels(sorted(goal.scope3)))
    return str(_("Scope 1 und 2 (%(method)s), aus Scope 3: %(parts)s", method=method, parts=parts))


def grid_text(goal: ClimateGoal) -> str:
    """The assumption about electricity of the grid in one sentence."""
    if goal.grid is None:
        return str(_("Netzstrom bleibt in der Rechnung so, wie er in den letzten Kennzahlen ist."))
    language = current_language()
    return str(
        _(
            "Netzstrom sinkt in der Rechnung gleichmäßig von %(start)s auf %(end)s kg CO₂e je kWh im Jahr "
            "%(year)s. Das ist Ihre Annahme.",
            start=format_number(goal.grid.start, language),
            end=format_number(goal.grid.end, language),
            year=goal.grid.year,
        )
    )


def neutral_text(goal: ClimateGoal) -> str:
    """The guiding goal in words; "" without one."""
    if goal.neutral_year is None or goal.neutrality is None:
        return ""
    meaning = label_of(goal.neutrality)
    return str(_("%(year)s %(meaning)s.", year=goal.neutral_year, meaning=meaning))


def datapoint_labels(keys: Iterable[str]) -> list[str]:
    """The labels of figures in the page's language."""
    points, language = datapoints(), current_language()
    return [points[key].label.to(language) if key in points else key for key in keys]


def scope3_label(key: str) -> str:
    """The label of a figure of Scope 3, for the activity log."""
    return datapoint_labels([key])[0]
