"""The rules that a number over several companies must meet, so that nobody learns one company's value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.model import Rule

_EXACT = Context(prec=60)
QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one company gives to a number, and who can read it without the number."""

    company: int
    value: Decimal
    is_published: bool = False
    is_submitted: bool = False

    @property
    def is_read_by_manager(self) -> bool:
        """Whether the cluster's manager can read the version that it comes from."""
        return self.is_submitted or self.is_published


Contributions = Sequence[Contribution]


def check_sum(values: Iterable[Decimal], rules: AggregationRules) -> Rule:
    """Whether a sum of these values, one of each company in one unit, may be shown, or which rule forbids it.

    It protects each company from each other one: the largest is at most a share of the sum, and the two
    largest leave enough for the second not to know the first.
    """
    ordered = sorted(values, reverse=True)
    if len(ordered) < rules.sum_companies:
        return Rule.TOO_FEW
    if ordered[-1] < 0:
        return Rule.NEGATIVE
    total, largest = exact_sum(ordered), ordered[0]
    if total == 0:
        return Rule.ZERO
    if largest * 100 > total * rules.largest_percent:
        return Rule.LARGEST
    if exact_sum(ordered[2:]) * 100 < largest * rules.rest_percent:
        return Rule.SECOND_LARGEST
    return Rule.PASSED


def check_sum_for_readers(contributions: Contributions, rules: AggregationRules) -> Rule:
    """The same for all who may read some of the companies anyway.

    Members know their own value, the manager what was submitted, the public what was published: those whom a
    reader does not know must be none, or pass by themselves.
    """
    rule = check_sum((each.value for each in contributions), rules)
    if rule is not Rule.PASSED:
        return rule
    hidden = (
        check_sum((each.value for each in unknown), rules) for unknown in unknown_to_readers(contributions)
    )
    return Rule.PASSED if all(each is Rule.PASSED for each in hidden) else Rule.READABLE


def unknown_to_readers(contributions: Contributions) -> list[Contributions]:
    """For the public and for the manager, those whose values they cannot read; nobody's are left out."""
    by_reader: list[Contributions] = [
        [each for each in contributions if not each.is_published],
        [each for each in contributions if not each.is_read_by_manager],
    ]
    return [unknown for unknown in by_reader if unknown]


def middle_value(values: Iterable[Decimal], rules: AggregationRules) -> Decimal | None:
    """The mean of the middle three values, or four if their number is even; None for too few of them."""
    ordered = sorted(values)
    if len(ordered) < rules.middle_companies:
        return None
    outside = (len(ordered) - 3) // 2
    middle = ordered[outside : len(ordered) - outside]
    return _EXACT.divide(exact_sum(middle), Decimal(len(middle)))


def check_middle(contributions: Contributions, rules: AggregationRules) -> Rule:
    """Whether a middle value may be shown: those whom a reader does not know are none, or enough themselves."""
    middle = middle_value((each.value for each in contributions), rules)
    if middle is None:
        return Rule.TOO_FEW
    if any(each.value < 0 for each in contributions):
        return Rule.NEGATIVE
    if middle == 0:
        return Rule.ZERO
    few = any(len(unknown) < rules.middle_companies for unknown in unknown_to_readers(contributions))
    return Rule.READABLE if few else Rule.PASSED


def quarter_of(value: Decimal, values: Sequence[Decimal], rules: AggregationRules) -> int | None:
    """In which quarter of the ordered values, itself included, this one is: 1 for the lowest, to 4.

    None for too few of them. Equal values share the place in their middle.
    """
    if len(values) < rules.quarter_companies:
        return None
    below = sum(each < value for each in values)
    equal = sum(each == value for each in values)
    return QUARTERS * (2 * below + equal - 1) // (2 * len(values)) + 1


def rounded_to_digits(value: Decimal, digits: int) -> Decimal:
    """The value with so many significant digits, half to even, without an exponent: 1234 becomes 1200."""
    if value == 0:
        return Decimal(0)
    rounded = Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(value)
    return rounded if rounded.adjusted() < digits - 1 else _EXACT.quantize(rounded, Decimal(1))


def exact_sum(values: Iterable[Decimal]) -> Decimal:
    """The sum without a rounding by the precision of the thread."""
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, value)
    return total
