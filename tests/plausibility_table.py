"""The table of rules in docs/plausibility.md: `python -m tests.plausibility_table` writes it anew."""

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

FILE = Path(__file__).parents[1] / "docs/plausibility.md"
BEGIN, END = "<!-- rules -->\n", "<!-- end of rules -->\n"
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
    return f"{' + '.join(f'`{key}`' for key in amount.keys)} ({amount.unit})"


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
            of = f"`{rule.field}` ({'/'.join(rule.units)})"
            per = f" per `{rule.per}` ({'/'.join(rule.per_units)})" if rule.per else ""
            return f"{where}: {of}{per}"
    raise TypeError(type(rule).__name__)


def _plausible(rule: PlausibilityRule) -> str:
    match rule:
        case RangeRule(limits=limits):
            return "; ".join(_limits(bounds) for bounds in limits)
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
            return _range(rule.low, rule.high)
    raise TypeError(type(rule).__name__)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def _limits(bounds: PlausibilityLimits) -> str:
    divisions = sorted(bounds.divisions)
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


def split_document(text: str) -> Iterator[str]:
    """What stands before, in and after the table."""
    before, _, rest = text.partition(BEGIN)
    inside, _, after = rest.partition(END)
    yield from (before, inside, after)


def main() -> None:
    """Write the table into the documentation."""
    before, _, after = split_document(FILE.read_text("utf-8"))
    FILE.write_text(before + BEGIN + rules_table() + END + after, "utf-8")


if __name__ == "__main__":
    main()
