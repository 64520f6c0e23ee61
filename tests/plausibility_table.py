"""The tables in docs/plausibility.md: the rules, and how they do on inputs as people type them.

`python -m tests.plausibility_table` writes both anew, and prints what the rules asked.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.plausibility.model import (
    LineRule,
    PlausibilityLimits,
    PlausibilityRule,
    RangeRule,
    RateRule,
    RuleAmount,
    RuleKind,
    SumRule,
    YearRule,
)
from tests.support.plausibility_cases import INPUTS, TypedInput, typed_inputs

FILE = Path(__file__).parents[1] / "docs/plausibility.md"
BEGIN, END = "<!-- rules -->\n", "<!-- end of rules -->\n"
RUNS_BEGIN, RUNS_END = "<!-- last run -->\n", "<!-- end of last run -->\n"
LONGEST = 6


def rules_table() -> str:
    """A row for each rule: key, what is compared, what is plausible, source."""
    rows = ["| rule | compares | plausible | source |", "|---|---|---|---|"]
    rows += [
        f"| `{rule.key}` | {_compared(rule)} | {_plausible(rule)} | {_source(rule)} |"
        for rule in load_plausibility().rules
    ]
    return "\n".join(rows) + "\n"


def _shown_keys(keys: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{key}`" for key in keys[:LONGEST])
    return shown if len(keys) <= LONGEST else f"{shown} and {len(keys) - LONGEST} more"


def _amount(amount: RuleAmount) -> str:
    shown = " + ".join(f"`{key}`" for key in amount.keys)
    less = "".join(f" − `{key}`" for key in amount.less)
    return f"{shown}{less} ({amount.unit}{', as far as known' if amount.is_partial else ''})"


def _compared(rule: PlausibilityRule) -> str:
    match rule:
        case RangeRule(amounts=amounts, per=per):
            of = (
                _amount(amounts[0])
                if len(amounts) == 1
                else _shown_keys(tuple(amount.keys[0] for amount in amounts))
            )
            return f"{of} per {_amount(per)}" if per else of
        case SumRule():
            minus = f" − {_shown_keys(rule.minus)}" if rule.minus else ""
            total = f"`{rule.total}`" if rule.total else f"{rule.total_value} {rule.unit}"
            return f"{' + '.join(f'`{key}`' for key in rule.parts)}{minus} and {total}"
        case RateRule():
            return f"{_amount(rule.rate)} and {_amount(rule.dividend)} / {_amount(rule.divisor)}"
        case YearRule():
            return f"{_shown_keys(rule.figures)}; against last year"
        case LineRule():
            where = f"rows of `{rule.table}`" if rule.table else f"lines {_shown_keys(rule.activities)}"
            of = f"{' + '.join(f'`{key}`' for key in (rule.field, *rule.plus))} ({'/'.join(rule.units)})"
            per = f" per `{rule.per}` ({'/'.join(rule.per_units)})" if rule.per else ""
            return f"{where}: {of}{per}"
    raise TypeError(type(rule).__name__)


def _plausible(rule: PlausibilityRule) -> str:
    match rule:
        case RangeRule(limits=limits):
            shown = "; ".join(_limits(bounds) for bounds in limits)
            zero = "; or 0" if rule.is_zero_fine else ""
            said = "".join(f"; only where `{each.item}` is `{each.choice}`" for each in rule.when_chosen)
            return f"{shown}{zero}{'; only of figures entered by hand' if rule.is_by_hand else ''}{said}"
        case SumRule():
            tolerated = [f"{_percent(rule.relative)} %" for _ in [0] if rule.relative]
            tolerated += [f"{rule.absolute} {rule.unit}" for _ in [0] if rule.absolute]
            how = "at most the total" if rule.is_at_most else "equal"
            sold = "; may be less by what is sold" if rule.deductible else ""
            return f"{how}{' within ' + ' + '.join(tolerated) if tolerated else ''}{sold}"
        case RateRule():
            return f"equal within {_percent(rule.relative)} %"
        case YearRule(kind=RuleKind.SLIP):
            return f"not {rule.times} times or a {rule.times}th, within a factor of {rule.within}"
        case YearRule(points=Decimal() as points):
            return f"changed by at most {points} points"
        case YearRule():
            return f"changed by at most {_percent(rule.half)} %"
        case LineRule():
            lowest = f"; from the first `{rule.lowest.key}` on, its amount of the year" if rule.lowest else ""
            return f"{_range(rule.low, rule.high)}{lowest}{'; or 0' if rule.is_zero_fine else ''}"
    raise TypeError(type(rule).__name__)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def _limits(bounds: PlausibilityLimits) -> str:
    divisions = sorted(bounds.divisions | bounds.groups)
    where = [f"WZ {', '.join(divisions)}"] if divisions else []
    if bounds.employees_from or bounds.employees_to is not None:
        where.append(f"{bounds.employees_from}–{bounds.employees_to or ''} employees")
    shown = _range(bounds.low, bounds.high)
    return f"{shown} ({', '.join(where)})" if where else shown


def _range(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return f"at most {high}" if low is None else f"at least {low}"
    return f"{low} to {high}"


def _source(rule: PlausibilityRule) -> str:
    source = rule.source
    if source.is_own:
        return "follows from the figures" if rule.is_arithmetic else "own heuristic"
    return ", ".join(part for part in (source.title.en, source.as_of, source.address) if part)


def right_inputs(*, is_odd: bool, file: str = "") -> str:
    """ "28 of 36": how many inputs of this kind are right, in all files or in one."""
    chosen = [one for one in typed_inputs() if one.is_odd is is_odd and file in ("", one.file)]
    return f"{sum(one.is_right for one in chosen)} of {len(chosen)}"


def wrong_inputs() -> tuple[TypedInput, ...]:
    """The inputs where the rules ask wrongly or not at all."""
    return tuple(one for one in typed_inputs() if not one.is_right)


def last_run() -> str:
    """The results of today's rules, and what they get wrong."""
    rows = ["| inputs | odd: asked | honest: passed |", "|---|---|---|"]
    rows += [
        f"| {label} | {right_inputs(is_odd=True, file=file)} | {right_inputs(is_odd=False, file=file)} |"
        for label, file in (("ours", INPUTS[0]), ("of others", INPUTS[1]), ("all", ""))
    ]
    wrong = [f"- `{one.key}`: {_asked(one)}. {one.why}" for one in wrong_inputs()]
    return "\n".join([*rows, "", "Not right:" if wrong else "All are right.", "", *wrong]).rstrip() + "\n"


def _asked(one: TypedInput) -> str:
    rules = ", ".join(f"`{warning.rule}`" for warning in one.warnings)
    return f"asks by {rules}" if rules else "asks nothing"


def split_document(text: str, begin: str = BEGIN, end: str = END) -> Iterator[str]:
    """What stands before, in and after a table."""
    before, _, rest = text.partition(begin)
    inside, _, after = rest.partition(end)
    yield from (before, inside, after)


def main() -> None:
    """Write the tables into the documentation, and print each input with what was asked."""
    for one in typed_inputs():
        print("right" if one.is_right else "WRONG", "odd" if one.is_odd else "honest", one.key, _asked(one))
    print(last_run())
    text = FILE.read_text("utf-8")
    for begin, end, table in ((BEGIN, END, rules_table()), (RUNS_BEGIN, RUNS_END, last_run())):
        before, _, after = split_document(text, begin, end)
        text = before + begin + table + end + after
    FILE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
