"""People in a year: accident rates, turnover, training, pay gap, coverage, diversity."""

from collections.abc import Iterator
from fractions import Fraction

from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators.derivation import (
    PERCENT,
    DerivedValue,
    derive_value,
    evaluate_formula,
)
from dnk_tool.domain.figures.calculators.results import NoteCode
from dnk_tool.domain.figures.calculators.sums import FormulaTerm, YearSums

_CASES = {
    "fatalities": "fatality-rate",
    "severe-injuries": "severe-injury-rate",
    "recordable-injuries": "recordable-injury-rate",
}
_GENDERS = ("women", "men", "diverse")
_AGES = ("under-30", "30-to-50", "over-50")


def accidents(sums: YearSums) -> Iterator[DerivedValue]:
    """Accident rates: cases per million hours, over the lines that give both."""
    for who in ("employees", "other-workers"):
        activity = f"accidents/{who}"
        for cases, rate in _CASES.items():
            parts = (
                sums.field(activity, cases, beside=("hours",)),
                sums.field(activity, "hours", beside=(cases,)),
            )
            yield from derive_value(f"safety.{who}.{rate}", formulas.accident_rate, *parts)


def staff(sums: YearSums) -> Iterator[DerivedValue]:
    """Staff turnover, pay gap and collective agreement coverage, in per cent."""
    turnover = [sums.field("staff-turnover/staff-turnover", key) for key in ("leavers", "start", "end")]
    yield from derive_value("workforce.turnover-rate", formulas.turnover_rate, *turnover, times=PERCENT)
    covered = [sums.field("coverage/coverage", key) for key in ("covered", "employees")]
    yield from derive_value("workforce.bargaining-coverage", formulas.coverage, *covered, times=PERCENT)
    yield from _pay_gap(sums)


def _pay_gap(sums: YearSums) -> Iterator[DerivedValue]:
    """The pay gap of a single line; means of several groups cannot be combined without their hours."""
    lines = tuple(line.id for line, _ in sums.lines_of("pay-gap/pay-gap"))
    means = [sums.field("pay-gap/pay-gap", key) for key in ("men", "women")]
    if len(lines) > 1:
        terms = tuple(term for term in means if term)
        name = formulas.pay_gap.__name__
        yield DerivedValue(
            "workforce.pay-gap", name, terms, None, ((NoteCode.SEVERAL_LINES, tuple(sorted(lines))),)
        )
        return
    yield from derive_value("workforce.pay-gap", formulas.pay_gap, *means, times=PERCENT)


def training(sums: YearSums) -> Iterator[DerivedValue]:
    """Training hours per head, by gender and over all heads, and costs per full-time equivalent."""
    activity, groups = "training/training", []
    for gender in _GENDERS:
        hours, heads = f"hours-{gender}", f"heads-{gender}"
        parts = (sums.field(activity, hours, beside=(heads,)), sums.field(activity, heads, beside=(hours,)))
        yield from derive_value(f"training.hours.{gender}", formulas.training_hours, *parts)
        groups += [part for part in parts if part]
    if groups:
        yield evaluate_formula(
            "training.hours.average", formulas.mean_training_hours, tuple(groups), lambda: _mean_hours(groups)
        )
    cost = (sums.field(activity, "cost", beside=("fte",)), sums.field(activity, "fte", beside=("cost",)))
    yield from derive_value("training.cost-per-fte", formulas.intensity, *cost)


def _mean_hours(groups: list[FormulaTerm]) -> Fraction | None:
    """The mean over all heads; a group without heads has no weight."""
    pairs = zip(groups[::2], groups[1::2], strict=True)
    weighed = [(hours.exact / heads.exact, heads.exact) for hours, heads in pairs if heads.exact]
    return formulas.mean_training_hours(weighed)


def diversity(sums: YearSums) -> Iterator[DerivedValue]:
    """Shares of women and of age groups in per cent, and the ratio of women to men unless one is zero."""
    for who in ("board", "employees"):
        activity = f"diversity/{who}"
        ages = [sums.field(activity, age) for age in _AGES]
        yield from _diversity_notes(sums, who, ages)
        yield from _women_share(sums, activity, f"diversity.{who}.women-share")
        women, men = sums.field(activity, "women"), sums.field(activity, "men")
        if women and men:
            ratio = formulas.diversity_ratio(women.exact, men.exact)
            if ratio is not None:
                name = formulas.diversity_ratio.__name__
                yield DerivedValue(f"diversity.{who}.women-ratio", name, (women, men), ratio)
        for place, age in enumerate(_AGES):
            parts = (ages[place], *ages[:place], *ages[place + 1 :])
            yield from derive_value(
                f"diversity.{who}.{age}-share", formulas.diversity_share, *parts, times=PERCENT
            )
    yield from _women_share(sums, "diversity/leadership", "diversity.leadership.women-share-fte")


def _diversity_notes(sums: YearSums, who: str, ages: list[FormulaTerm | None]) -> Iterator[DerivedValue]:
    """Notes on an age group that is not filled in, and on totals by age and gender that differ."""
    known = [term for term in ages if term]
    genders = [gender for key in _GENDERS if (gender := sums.field(f"diversity/{who}", key))]
    lines = tuple(sorted({line for term in (*known, *genders) for line in term.part.lines}))
    if known and len(known) < len(ages):
        for age in _AGES:
            yield _note_without_value(f"diversity.{who}.{age}-share", NoteCode.GROUP_MISSING, lines)
    elif known and len(genders) > 1 and _sum_of_terms(known) != _sum_of_terms(genders):
        yield _note_without_value(f"diversity.{who}.women-share", NoteCode.OTHER_HEADCOUNT, lines)


def _sum_of_terms(terms: list[FormulaTerm]) -> Fraction:
    return sum((term.exact for term in terms), Fraction(0))


def _note_without_value(datapoint: str, code: NoteCode, lines: tuple[int, ...]) -> DerivedValue:
    return DerivedValue(datapoint, "", (), None, ((code, lines),))


def _women_share(sums: YearSums, activity: str, datapoint: str) -> Iterator[DerivedValue]:
    """The share of women in per cent; people of diverse gender count in the whole where stated."""
    diverse = sums.field(activity, "diverse")
    parts = (sums.field(activity, "women"), sums.field(activity, "men"), *((diverse,) if diverse else ()))
    yield from derive_value(datapoint, formulas.diversity_share, *parts, times=PERCENT)
