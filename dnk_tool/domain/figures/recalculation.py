"""The stored figures that this program would calculate otherwise today, with the reasons."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from dnk_tool.catalogue.calculators.model import SCOPE_3_CATEGORIES, Calculator
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin
from dnk_tool.domain.figures.calculators import (
    Calculation,
    CalculationResult,
    CalculatorLine,
    FactorSnapshot,
    FactorUpdate,
    factor_snapshot,
    newer_factors,
)
from dnk_tool.domain.figures.updates import is_same_amount, without_value

Evaluation = Callable[[Iterable[CalculatorLine], Mapping[str, Figure]], Calculation]

_SCOPE_3 = "ghg.scope3.gross"
# Decisions change what follows from a figure; a category, Scope 3, its total and a rate follow from another.
_MAX_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class ChangedFactor:
    """Another factor than the line has is proposed for one of its slots."""

    line: CalculatorLine
    update: FactorUpdate


@dataclass(frozen=True, slots=True)
class Recalculation:
    """A stored figure, and what this program makes of its lines today: no value where they give none.

    `factors`: the other factors that lead to it. `is_other_rule`: the stored factors give another value, too.
    `follows`: the figures that it follows from and that are decided; empty for one that is itself to decide.
    `is_kept`: somebody decided that the stored value stays.
    """

    datapoint: str
    before: Figure
    after: Figure
    factors: tuple[ChangedFactor, ...] = ()
    is_other_rule: bool = False
    follows: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    is_kept: bool = False

    @property
    def fingerprint(self) -> str:
        """Stands for the stored value, the value of today and each pair of factors."""
        said = [
            self.datapoint,
            [_amount(figure) for figure in (self.before, self.after)],
            [_pair(changed) for changed in self.factors],
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def mark(self) -> str:
        """Differs whenever the values, the factors or the decision do; serves as a version."""
        return f"{self.fingerprint}{'-kept' if self.is_kept else ''}"


def _amount(figure: Figure) -> str:
    return "" if figure.value is None else f"{figure.value.normalize():f} {figure.unit}"


def _pair(changed: ChangedFactor) -> list[str]:
    stored, new = changed.update.stored, changed.update.new
    before = f"{stored.key} {stored.edition} {stored.data_year} {stored.value}" if stored else ""
    after = f"{new.key} {new.edition.key} {new.data_year} {new.value}"
    return [f"{changed.line.id}", changed.update.slot, before, after]


@dataclass(frozen=True)
class YearToRecalculate:
    """What a year's figures follow from; `gwp_set` is that of the inventory, "" for none."""

    lines: tuple[CalculatorLine, ...]
    figures: Mapping[str, Figure]
    year: int
    factors: Factors
    calculators: Mapping[str, Calculator]
    datapoints: Mapping[str, Datapoint]
    evaluate: Evaluation
    gwp_set: str = ""

    def changed_factors(self) -> tuple[ChangedFactor, ...]:
        """Each slot for which another factor is proposed today."""
        return tuple(
            ChangedFactor(line, update)
            for line in self.lines
            if (calculator := self.calculators.get(line.calculator))
            for update in newer_factors(
                line, self.factors, self.year, self.gwp_set, activity=calculator.activity(line.activity)
            )
        )


def recalculations(known: YearToRecalculate, kept: Mapping[str, str] | None = None) -> list[Recalculation]:
    """The figures from lines that would have another value today, in the order of the catalogue.

    `kept`: the fingerprint of each figure whose stored value stays, by datapoint. It holds for exactly these
    values and factors; then what follows from the figure counts with the stored value.
    """
    changed, decided = known.changed_factors(), dict[str, Recalculation]()
    for _round in range(_MAX_ROUNDS):
        listed = _differing(known, changed, decided)
        again = {
            each.datapoint: replace(each, is_kept=True)
            for each in listed
            if not each.follows and (kept or {}).get(each.datapoint) == each.fingerprint
        }
        if not again:
            break
        decided |= again
    order = {key: place for place, key in enumerate(known.datapoints)}
    listed = [each for each in listed if each.datapoint not in decided]
    return sorted([*listed, *decided.values()], key=lambda each: order.get(each.datapoint, 0))


def _differing(
    known: YearToRecalculate, changed: Iterable[ChangedFactor], decided: Mapping[str, Recalculation]
) -> list[Recalculation]:
    """The figures that differ if all `changed` factors are taken, except those of decided figures."""
    undecided = {_place(each): each for each in changed}
    for recalculation in decided.values():
        for each in recalculation.factors:
            undecided.pop(_place(each), None)
    figures = entered_where(known.figures, decided)
    today = known.evaluate(known.lines, figures)
    new = known.evaluate(with_factors(known.lines, undecided.values()), figures) if undecided else today
    other = {key for key in _from_lines(figures, new) if _is_other(known, figures, new, key)}
    return [
        _recalculation(known, key, new.results.get(key), today, undecided, other)
        for key in sorted(other - decided.keys())
    ]


def _place(changed: ChangedFactor) -> tuple[int, str]:
    return changed.line.id, changed.update.slot


def _from_lines(figures: Mapping[str, Figure], calculation: Calculation) -> set[str]:
    """Figures that lines gave before, or give and that say nothing yet."""
    before = {key for key, figure in figures.items() if figure.origin is Origin.LINES}
    return before | {key for key in calculation.results if not figures.get(key, NO_FIGURE).is_stated}


def _is_other(
    known: YearToRecalculate, figures: Mapping[str, Figure], calculation: Calculation, key: str
) -> bool:
    figure = figures.get(key, NO_FIGURE)
    return not is_same_amount(_result(calculation, key), figure, known.datapoints[key].family)


def _recalculation(
    known: YearToRecalculate,
    key: str,
    result: CalculationResult | None,
    today: Calculation,
    undecided: Mapping[tuple[int, str], ChangedFactor],
    other: Collection[str],
) -> Recalculation:
    figure = known.figures.get(key, NO_FIGURE)
    follows = tuple(sorted(_followed(key, result, other)))
    steps = result.steps if result and not follows else ()
    places = dict.fromkeys((step.line, step.slot) for step in steps)
    return Recalculation(
        datapoint=key,
        before=figure,
        after=replace(figure, value=result.value.value, unit=result.value.unit, origin=Origin.LINES)
        if result
        else without_value(figure),
        factors=tuple(undecided[place] for place in places if place in undecided),
        is_other_rule=not follows and _is_other(known, known.figures, today, key),
        follows=follows,
        lines=result.lines if result else (),
    )


def _followed(key: str, result: CalculationResult | None, other: Collection[str]) -> set[str]:
    """The figures that differ and that this one follows from: parts of a formula, categories of Scope 3."""
    if result is None:
        return set()
    if key == _SCOPE_3:
        return {SCOPE_3_CATEGORIES.get(step.category, "") for step in result.steps} & set(other)
    return {part.key for part in result.parts} & set(other)


def with_factors(
    lines: Iterable[CalculatorLine], changed: Iterable[ChangedFactor]
) -> tuple[CalculatorLine, ...]:
    """The lines with the other factors in place."""
    new: dict[int, dict[str, FactorSnapshot]] = {}
    for each in changed:
        new.setdefault(each.line.id, {})[each.update.slot] = factor_snapshot(each.update.new)
    return tuple(
        replace(line, factors={**line.factors, **new[line.id]}) if line.id in new else line for line in lines
    )


def with_followers(listed: Iterable[Recalculation], taken: Collection[str]) -> frozenset[str]:
    """The taken figures, with those that follow from them."""
    listed, known = list(listed), set(taken)
    while more := {each.datapoint for each in listed if known & set(each.follows)} - known:
        known |= more
    return frozenset(known)


def entered_where(figures: Mapping[str, Figure], keys: Collection[str]) -> dict[str, Figure]:
    """The figures, those of `keys` as if entered by hand, so that what follows counts with their value."""
    return {
        key: replace(figure, origin=Origin.ENTERED) if key in keys else figure
        for key, figure in figures.items()
    }


def unconcerned(
    stored: Mapping[str, Figure], before: Calculation, after: Calculation, datapoints: Mapping[str, Datapoint]
) -> frozenset[str]:
    """The figures that differ from what this program calculates, and that a save does not concern.

    `stored`: the figures before the save, `before` and `after` what this program makes of both. Such a figure
    was calculated by an earlier program, and waits for a decision.
    """
    return frozenset(
        key
        for key in _from_lines(stored, before)
        if _result(before, key) == _result(after, key)
        and not is_same_amount(_result(before, key), stored.get(key, NO_FIGURE), datapoints[key].family)
    )


def _result(calculation: Calculation, key: str) -> Figure:
    result = calculation.results.get(key)
    return result.figure if result else NO_FIGURE
