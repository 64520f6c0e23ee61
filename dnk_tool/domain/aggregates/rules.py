"""The rules that a number over several companies must meet, so that nobody learns one company's value."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.model import Rule
from dnk_tool.domain.organisation import CompanySize

_EXACT = Context(prec=60)
QUARTERS = 4


@dataclass(frozen=True, slots=True)
class CompanyValue:
    """What a company's version gives to a number, who can read it anyway, and where the company belongs.

    `was_published` and `was_submitted`: readers know another version of it, which may say the same.
    `is_confirmed`: the operator says that it is a real firm.
    """

    company: int
    value: Decimal
    is_published: bool = False
    is_submitted: bool = False
    section: str = ""
    size: CompanySize | None = None
    version: int = 0
    was_published: bool = False
    was_submitted: bool = False
    is_confirmed: bool = False

    @property
    def protects(self) -> bool:
        """Whether others can hide behind it: who founds a firm knows its value, unless the firm is real."""
        return self.is_confirmed or self.is_read_by_manager

    @property
    def is_read_by_manager(self) -> bool:
        """Whether the cluster's manager can read the version that it comes from."""
        return self.is_submitted or self.is_published

    @property
    def is_known_to_public(self) -> bool:
        """Whether everybody can read this or could read another version."""
        return self.is_published or self.was_published

    @property
    def is_known_to_manager(self) -> bool:
        """Whether the manager can read this or could read another version."""
        return self.is_read_by_manager or self.was_submitted or self.was_published


CompanyValues = Sequence[CompanyValue]
Check = Callable[[CompanyValues], Rule]


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


def check_sum_for_readers(contributions: CompanyValues, rules: AggregationRules) -> Rule:
    """The same for all who may read some of the companies anyway.

    Members know their own value, the manager what was submitted, the public what was published: those whom a
    reader does not know must be none, or pass by themselves.
    """
    rule = check_sum((each.value for each in contributions), rules)
    if rule is not Rule.PASSED:
        return rule
    return Rule.PASSED if is_hidden_from_readers(contributions, rules) else Rule.READABLE


def is_hidden_from_readers(contributions: CompanyValues, rules: AggregationRules) -> bool:
    """Whether a reader who learns this sum learns nobody's value: those unknown are none, or pass."""
    unknown = unknown_to_readers(contributions)
    return all(check_sum((each.value for each in part), rules) is Rule.PASSED for part in unknown)


def unknown_to_readers(contributions: CompanyValues) -> list[CompanyValues]:
    """For the public and for the manager, those whose values they cannot read; nobody's are left out.

    Each twice: a version that they know may say the same as this one, or something else. Each of those who
    protect nobody may be the reader's own firm, or not: all of them are, or all but the one with the largest
    value. If both pass, every other part does, too.
    """
    by_reader: list[CompanyValues] = [
        [each for each in contributions if not each.is_published],
        [each for each in contributions if not each.is_known_to_public],
        [each for each in contributions if not each.is_read_by_manager],
        [each for each in contributions if not each.is_known_to_manager],
    ]
    return [part for unknown in by_reader for part in _parts_unknown(unknown) if part]


def _parts_unknown(unknown: CompanyValues) -> list[CompanyValues]:
    certain = [each for each in unknown if each.protects]
    others = [each for each in unknown if not each.protects]
    if not others:
        return [certain]
    return [certain, [*certain, max(others, key=lambda each: each.value)]]


def count_unread(contributions: CompanyValues) -> int:
    """How many of them the manager cannot read."""
    return sum(not each.is_read_by_manager for each in contributions)


def widest(contributions: CompanyValues, check: Check) -> tuple[CompanyValues, Rule]:
    """The most companies whose number passes, without those whom only some readers can read, and its rule.

    If a few that the manager cannot read, or the public cannot, or that nobody has confirmed, forbid the
    number, they are left out of it rather than withholding it. If that does not help, all of them with the
    rule that forbids it.
    """
    rule = check(contributions)
    if rule is Rule.PASSED:
        return contributions, rule
    submitted = [each for each in contributions if each.is_read_by_manager]
    unsubmitted = [each for each in contributions if each.is_published or not each.is_read_by_manager]
    confirmed = [each for each in contributions if each.is_confirmed]
    published = [each for each in contributions if each.is_published]
    for fewer in (*sorted((submitted, unsubmitted, confirmed), key=len, reverse=True), published):
        if check(fewer) is Rule.PASSED:
            return fewer, Rule.PASSED
    return contributions, rule


def middle_value(values: Iterable[Decimal], rules: AggregationRules) -> Decimal | None:
    """The mean of the middle three values, or four if their number is even; None for too few of them."""
    ordered = sorted(values)
    if len(ordered) < rules.middle_companies:
        return None
    outside = (len(ordered) - 3) // 2
    middle = ordered[outside : len(ordered) - outside]
    return _EXACT.divide(exact_sum(middle), Decimal(len(middle)))


def check_middle(contributions: CompanyValues, rules: AggregationRules) -> Rule:
    """Whether a middle value may be shown: those unknown to a reader are none, or enough themselves.

    Beside companies that the manager cannot read only confirmed ones count: whoever is several chooses values
    that have the middle, or their own quarters, tell the others' values one by one.
    """
    middle = middle_value((each.value for each in contributions), rules)
    if middle is None:
        return Rule.TOO_FEW
    if any(each.value < 0 for each in contributions):
        return Rule.NEGATIVE
    if middle == 0:
        return Rule.ZERO
    is_mixed = count_unread(contributions) > 0 and not all(each.is_confirmed for each in contributions)
    few = any(len(unknown) < rules.middle_companies for unknown in unknown_to_readers(contributions))
    return Rule.READABLE if few or is_mixed else Rule.PASSED


def quarter_of(value: Decimal, ordered: Sequence[Decimal], rules: AggregationRules) -> int | None:
    """In which quarter of the ordered values, itself included, this one is: 1 for the lowest, to 4.

    None for too few of them. Equal values share the place in their middle.
    """
    if len(ordered) < rules.quarter_companies:
        return None
    first, last = bisect_left(ordered, value), bisect_right(ordered, value) - 1
    return QUARTERS * (first + last) // (2 * len(ordered)) + 1


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
