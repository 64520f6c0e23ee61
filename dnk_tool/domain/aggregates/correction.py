"""Whether a number may be published anew: what it differs by from earlier releases must give nobody away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.entries import BuiltRelease, EarlierRelease, ReleaseEntry
from dnk_tool.domain.aggregates.model import CompanyFigures, Rule
from dnk_tool.domain.aggregates.rules import CompanyValue, CompanyValues, exact_sum

# Stands for companies that took back their consent: their values are gone, what they had together is bounded.
GONE = -1
UNCHANGED = "unchanged"


class CorrectionRefused(Exception):
    """No further release of the year may be made; the earlier one can only be withdrawn whole.

    `changed`: how many companies joined, left or report something else, None where that is not the reason.
    `rule`: what no number passes.
    """

    def __init__(self, changed: int | None = None, rule: Rule = Rule.CORRECTION) -> None:
        self.changed, self.rule = changed, rule
        super().__init__("the difference to an earlier release would give a company away")

    @property
    def key(self) -> str:
        """What the page says the reason by: the key of a rule, or `UNCHANGED`."""
        return self.rule.value


class NothingChanged(CorrectionRefused):
    """The numbers would be those of the release before, and take one of the few releases of the year."""

    key = UNCHANGED


def check_correction(
    companies: Sequence[CompanyFigures], earlier: Sequence[EarlierRelease], rules: AggregationRules
) -> None:
    """Raise CorrectionRefused for too many releases of the year, or too few companies that differ."""
    if len(earlier) >= rules.releases:
        raise CorrectionRefused
    for release in earlier:
        changed = changed_companies(companies, release)
        if 0 < changed < rules.correction_companies:
            raise CorrectionRefused(changed)


def check_news(built: BuiltRelease, earlier: Sequence[EarlierRelease]) -> None:
    """Raise NothingChanged if the last release says the same numbers of the same versions."""
    is_same = earlier and built.content.numbers == earlier[-1].content.numbers
    if is_same and not changed_companies(built.entries, earlier[-1]):
        raise NothingChanged(0)


def changed_companies(companies: Sequence[CompanyFigures | ReleaseEntry], earlier: EarlierRelease) -> int:
    """How many companies joined, left or come with another version than in the earlier release."""
    now = {each.company: each.version for each in companies}
    then = {entry.company: entry.version for entry in earlier.entries}
    known = sum(now.get(company) != then.get(company) for company in now.keys() | then.keys())
    return known + earlier.content.members - len(then)


@dataclass(frozen=True, slots=True)
class Gone:
    """How many companies have taken back their consent, so that their values are gone.

    `are_read`: the manager could read all companies of the number, and so these; `are_confirmed`: all that
    counted were confirmed. Else they may have been the reader's own firms.
    """

    companies: int
    are_read: bool
    are_confirmed: bool

    def value_of(self, company: int, value: Decimal) -> CompanyValue:
        """What stands for one of them."""
        return CompanyValue(company, value, is_submitted=self.are_read, is_confirmed=self.are_confirmed)


def differences_between(then: CompanyValues, now: CompanyValues) -> CompanyValues:
    """What each company that joined, left or changed makes of the difference of two sums, as an amount.

    A reader knows the part of a company only if it can read both of its versions.
    """
    before, after = ({each.company: each for each in part} for part in (then, now))
    found = [_difference(before.get(company), after.get(company)) for company in before.keys() | after.keys()]
    changed = [each for each in found if each is not None]
    return changed if any(each.value for each in changed) else []


def _difference(then: CompanyValue | None, now: CompanyValue | None) -> CompanyValue | None:
    """The amount by which a company changes a sum; None for the same version with the same value."""
    if then is None or now is None:
        return then or now
    if (then.version, then.value) == (now.version, now.value):
        return None
    return replace(
        now,
        value=abs(now.value - then.value),
        is_published=then.is_published and now.is_published,
        is_submitted=then.is_read_by_manager and now.is_read_by_manager,
        was_published=then.is_known_to_public and now.is_known_to_public,
        was_submitted=then.is_known_to_manager and now.is_known_to_manager,
    )


def with_gone(changed: CompanyValues, gone: Gone, bounds: Iterable[Decimal]) -> list[CompanyValues]:
    """The differences with those of companies whose values are gone, for the least and for the most.

    All of it is taken as one company's, the worst that it can be: what passes so passes for any shares.
    """
    nobody = [gone.value_of(GONE - at, Decimal(0)) for at in range(1, gone.companies)]
    return [[*changed, gone.value_of(GONE, bound), *nobody] for bound in bounds]


def bounds_of_gone(published: Decimal, known: CompanyValues, digits: int) -> tuple[Decimal, Decimal]:
    """The least and the most that companies without values had together in a published sum.

    They follow from the rounded sum and what the others gave to it.
    """
    half = Decimal(5).scaleb(published.adjusted() - digits)
    left = published - exact_sum(each.value for each in known)
    return max(Decimal(0), left - half), max(Decimal(0), left + half)


def counts_of_changed(then: CompanyValues, now: CompanyValues, gone: Gone) -> list[int]:
    """How many values behind a middle value differ: all, and of those unknown to the public and the manager.

    Of those unknown: who cannot be read, and who could not be read in another version either; of those who
    protect nobody none or one, as the others may be the reader's own firms.
    """
    before, after = (_values(part) for part in (then, now))
    changed = {
        company for company in before.keys() | after.keys() if before.get(company) != after.get(company)
    }
    both = [each for each in (*then, *now) if each.company in changed]
    both += [gone.value_of(GONE - at, Decimal(0)) for at in range(gone.companies)]
    by_reader = (
        [each for each in both if not each.is_published],
        [each for each in both if not each.is_known_to_public],
        [each for each in both if not each.is_read_by_manager],
        [each for each in both if not each.is_known_to_manager],
    )
    return [len(changed) + gone.companies, *(count for some in by_reader for count in _counts(some))]


def _counts(unknown: CompanyValues) -> tuple[int, ...]:
    others = {each.company for each in unknown if not each.protects}
    certain = len({each.company for each in unknown} - others)
    return (certain, certain + 1) if others else (certain,)


def _values(contributions: CompanyValues) -> Mapping[int, Decimal]:
    return {each.company: each.value for each in contributions}
