"""Compares the factors of two editions, and works out the change of each in per cent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dnk_tool.catalogue.factors.model import Factor, Factors, FactorUse
from dnk_tool.catalogue.standard.item_model import UnitFamily

_FAR_FUTURE = 9999


@dataclass(frozen=True, slots=True)
class FactorChange:
    """One factor before and after; one of the two may be missing."""

    before: Factor | None
    after: Factor | None

    @property
    def factor(self) -> Factor:
        """The new factor if there is one, else the old one."""
        factor = self.after or self.before
        assert factor is not None  # noqa: S101 - by construction
        return factor

    @property
    def order(self) -> tuple[str, int]:
        """The sort key: the factor's key, then its data year."""
        return self.factor.key, self.factor.data_year or 0


def compare_factors(old: Iterable[Factor], new: Iterable[Factor]) -> tuple[FactorChange, ...]:
    """Pair the factors of both editions by key and data year, sorted; the others stay single.

    If a key has one value left on each side, the two are paired across years: a source that publishes one set
    a year is to be compared with last year's.
    """
    before, after = _by_year(old), _by_year(new)
    pairs = [FactorChange(before.pop(place), after.pop(place)) for place in [*before] if place in after]
    for key in {key for key, _ in before}:
        left = [place for place in before if place[0] == key]
        come = [place for place in after if place[0] == key]
        if len(left) == len(come) == 1:
            pairs.append(FactorChange(before.pop(left[0]), after.pop(come[0])))
    pairs += (FactorChange(factor, None) for factor in before.values())
    pairs += (FactorChange(None, factor) for factor in after.values())
    return tuple(sorted(pairs, key=lambda pair: pair.order))


def changes_against(known: Factors, new: Iterable[Factor]) -> tuple[FactorChange, ...]:
    """Each new factor with the known one that it would replace.

    That is the value of its data year in the newest edition that has it, else the one of the latest year.
    """
    return tuple(FactorChange(_predecessor(known, factor), factor) for factor in new)


def percent_change(change: FactorChange, units: Mapping[str, UnitFamily]) -> Decimal | None:
    """The change of the value in per cent, to one decimal; None without two values that can be compared.

    `units` is the family of each unit by symbol; values per other units of a family are converted exactly.
    """
    before, after = change.before, change.after
    if before is None or after is None or not _is_alike(before, after, units):
        return None
    old, new = _in_base(before, units), _in_base(after, units)
    return Decimal(round((new - old) / old * 1000)) / 10 if old else None


def is_same_value(change: FactorChange, units: Mapping[str, UnitFamily]) -> bool:
    """Whether both values exist and are equal, perhaps in different units."""
    before, after = change.before, change.after
    if before is None or after is None or not _is_alike(before, after, units):
        return False
    return _in_base(before, units) == _in_base(after, units)


def _by_year(factors: Iterable[Factor]) -> dict[tuple[str, int | None], Factor]:
    return {(factor.key, factor.data_year): factor for factor in factors}


def _predecessor(known: Factors, factor: Factor) -> Factor | None:
    """The factor that is replaced, if possible of the same kind (cross-check or not) and data year."""
    is_check = factor.use is FactorUse.CROSS_CHECK
    alike = [
        candidate
        for candidate in known.by_key.get(factor.key, ())
        if (candidate.use is FactorUse.CROSS_CHECK) == is_check
    ]
    same = [candidate for candidate in alike if candidate.data_year == factor.data_year] or (
        alike if is_check else []
    )
    if same:
        return max(
            same,
            key=lambda candidate: (
                candidate.data_year or 0,
                candidate.edition.published,
                candidate.edition.key,
            ),
        )
    return known.newest(factor.key, factor.data_year or _FAR_FUTURE)


def _is_alike(factor: Factor, other: Factor, units: Mapping[str, UnitFamily]) -> bool:
    return units[factor.unit] is units[other.unit] and units[factor.result_unit] is units[other.result_unit]


def _in_base(factor: Factor, units: Mapping[str, UnitFamily]) -> Fraction:
    """The value in base units of the result for each base unit of the activity."""
    of_result = units[factor.result_unit].units[factor.result_unit].factor
    of_activity = units[factor.unit].units[factor.unit].factor
    return Fraction(factor.value) * Fraction(of_result) / Fraction(of_activity)
