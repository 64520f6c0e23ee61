"""Water, waste, materials, economic value of a year; energy and emissions per head, turnover and area."""

from collections.abc import Callable, Iterable, Iterator
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


ShareFormula = Callable[[formulas.Number, formulas.Number], Fraction | None]
MATERIAL_LINES = ("materials/renewable", "materials/non-renewable")
BIO_BASED_LINES = ("materials/renewable",)


def water(sums: YearSums) -> Iterator[DerivedValue]:
    """Water consumption, if both withdrawal and discharge are known."""
    parts = (sums.datapoint("water.withdrawal.total"), sums.datapoint("water.discharge.total"))
    yield from derive_value("water.consumption", formulas.water_consumption, *parts)


def waste(sums: YearSums) -> Iterator[DerivedValue]:
    """The shares of all waste that were recycled and that were diverted from disposal, in per cent.

    A part of which nobody has said anything is not zero: a note asks for it.
    """
    whole = sums.datapoint("waste.total")
    for share, part, formula in (
        ("waste.recycled-share", "waste.recycled.mass", formulas.recycled_share),
        ("waste.recovered-share", "waste.recovered.mass", formulas.recovery_share),
    ):
        known = sums.datapoint(part)
        if whole and whole.part.lines and known is None:
            notes = ((NoteCode.PART_UNSAID, whole.part.lines),)
            yield DerivedValue(share, formula.__name__, (whole,), None, notes)
        yield from derive_value(share, formula, known, whole, times=PERCENT)


def materials(sums: YearSums) -> Iterator[DerivedValue]:
    """The recycled and the bio-based share of what goes in, in per cent."""
    known = (sums.datapoint(f"materials.{kind}.mass") for kind in ("renewable", "non-renewable"))
    masses = [mass for mass in known if mass]
    if not masses:
        return
    yield from _recycled_share(sums, masses)
    if len(masses) == len(MATERIAL_LINES):
        yield from _bio_based_share(sums, masses)


def _recycled_share(sums: YearSums, masses: list[FormulaTerm]) -> Iterator[DerivedValue]:
    """The share; a note instead, if a line with a mass does not state its own."""
    silent = _silent_lines(sums, MATERIAL_LINES, "recycled-share")
    if silent:
        yield DerivedValue(
            "materials.recycled-share",
            formulas.recycled_input_share.__name__,
            tuple(masses),
            None,
            ((NoteCode.RECYCLED_SHARE_MISSING, silent),),
        )
        return
    recycled = sums.datapoint("materials.recycled.mass")
    yield from _share_of_input("materials.recycled-share", formulas.recycled_input_share, recycled, masses)


def _bio_based_share(sums: YearSums, masses: list[FormulaTerm]) -> Iterator[DerivedValue]:
    """The share; none if it follows from lines of which one says nothing of it."""
    bio_based = sums.datapoint("materials.bio-based.mass")
    silent = _silent_lines(sums, BIO_BASED_LINES, "bio-based-share")
    if bio_based and not (bio_based.part.lines and silent):
        yield from _share_of_input(
            "materials.bio-based-share", formulas.bio_based_input_share, bio_based, masses
        )


def _silent_lines(sums: YearSums, kinds: Iterable[str], field: str) -> tuple[int, ...]:
    """The lines of these kinds that leave the field empty."""
    lines = (line for kind in kinds for line, _ in sums.lines_of(kind))
    return tuple(sorted(line.id for line in lines if field not in line.quantities))


def _share_of_input(
    key: str, formula: ShareFormula, part: FormulaTerm | None, masses: list[FormulaTerm]
) -> Iterator[DerivedValue]:
    exact = formulas.total(*(mass.exact for mass in masses))
    whole = FormulaTerm(exact, masses[0].part, any(mass.is_estimate for mass in masses))
    for share in derive_value(key, formula, part, whole, times=PERCENT):
        terms = (part, *masses) if part else tuple(masses)
        yield DerivedValue(share.datapoint, share.formula, terms, share.exact, share.notes)
