"""Economic value, and energy and emissions in relation to people, turnover and floor space."""

from collections.abc import Iterator
from fractions import Fraction

from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators.derivation import DerivedValue, derive_value, evaluate_formula
from dnk_tool.domain.figures.calculators.sums import FormulaTerm, YearSums

_DISTRIBUTED = (
    "economy.operating-costs",
    "economy.wages-and-benefits",
    "economy.payments-to-capital-providers",
    "economy.payments-to-government",
    "economy.community-investments",
)
_AGES = ("workforce.fte.under-30", "workforce.fte.30-to-50", "workforce.fte.over-50")
_SCOPES_1_AND_2 = ("ghg.scope1.gross", "ghg.scope2.location")
_ALL_SCOPES = (*_SCOPES_1_AND_2, "ghg.scope3.gross")

# Energy is kept in joules; its intensities are kept in kWh.
_BASES = {"energy.intensity": Fraction(1, 3_600_000)}


def economy(sums: YearSums) -> Iterator[DerivedValue]:
    """The economic value distributed (GRI 201-1); the value retained is computed from the figures."""
    parts = [sums.datapoint(key) for key in _DISTRIBUTED]
    if any(part and part.part.lines for part in parts):
        yield from derive_value("economy.value-distributed", formulas.value_distributed, *parts)


def intensities(sums: YearSums) -> Iterator[DerivedValue]:
    """Energy (GRI 302-3), Scope 1 + 2 and Scope 1 + 2 + 3 (GRI 305-4) for each denominator that is known."""
    amounts = {
        "energy.intensity": _all(sums, ("energy.total",)),
        "ghg.intensity": _all(sums, _SCOPES_1_AND_2),
        "ghg.total-intensity": _all(sums, _ALL_SCOPES),
    }
    for name, denominator in _denominators(sums).items():
        for kind, amount in amounts.items():
            if amount and denominator:
                yield from _for_each(f"{kind}.{name}", amount, denominator, _BASES.get(kind, Fraction(1)))


def _for_each(
    datapoint: str, amount: tuple[FormulaTerm, ...], denominator: tuple[FormulaTerm, ...], base: Fraction
) -> Iterator[DerivedValue]:
    """The amount per unit of the denominator, in the intensity's base unit; none without any line."""
    terms = (*amount, *denominator)
    if any(term.part.lines for term in terms):
        above = formulas.total(*(term.exact for term in amount)) * base
        below = formulas.total(*(term.exact for term in denominator))
        yield evaluate_formula(datapoint, formulas.intensity, terms, lambda: formulas.intensity(above, below))


def _all(sums: YearSums, keys: tuple[str, ...]) -> tuple[FormulaTerm, ...]:
    """The terms of all these datapoints; none if one is unknown, because a part of a sum is not the sum."""
    terms = tuple(term for key in keys if (term := sums.datapoint(key)))
    return terms if len(terms) == len(keys) else ()


def _denominators(sums: YearSums) -> dict[str, tuple[FormulaTerm, ...]]:
    return {
        "headcount": _all(sums, ("workforce.headcount",)),
        "fte": _all(sums, ("workforce.fte.total",)) or _all(sums, _AGES),
        "turnover": _all(sums, ("economy.turnover",)) or _all(sums, ("economy.revenue",)),
        "area": _all(sums, ("premises.area",)),
    }
