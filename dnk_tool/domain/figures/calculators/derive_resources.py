"""Water, waste and materials of a year: consumption and shares."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators.derivation import PERCENT, Derived, derive
from dnk_tool.domain.figures.calculators.results import NoteCode, Part
from dnk_tool.domain.figures.calculators.sums import Sums, Term
from dnk_tool.domain.quantities import Quantity


def water(sums: Sums) -> Iterator[Derived]:
    """Consumption, where both withdrawal and discharge are known."""
    parts = (sums.datapoint("water.withdrawal.total"), sums.datapoint("water.discharge.total"))
    yield from derive("water.consumption", formulas.water_consumption, *parts)


def waste(sums: Sums) -> Iterator[Derived]:
    """Shares of the waste that was weighed: recycled, and diverted from disposal."""
    whole = sums.datapoint("waste.total")
    for share, part, formula in (
        ("waste.recycled-share", "waste.recycled.mass", formulas.recycled_share),
        ("waste.recovered-share", "waste.recovered.mass", formulas.recovery_share),
    ):
        known = sums.datapoint(part) or _nothing(part, whole)
        yield from derive(share, formula, known, whole, times=PERCENT)


def _nothing(key: str, whole: Term | None) -> Term | None:
    """Nothing of the whole, as its lines say; of a whole that was entered by hand they say nothing."""
    if whole is None or not whole.part.lines:
        return None
    return Term(Fraction(0), Part(key, Quantity(Decimal(0), whole.part.quantity.unit), whole.part.lines))


def materials(sums: Sums) -> Iterator[Derived]:
    """The recycled share, where each line with a mass says how much of it is recycled."""
    kinds = ("materials/renewable", "materials/non-renewable")
    silent = tuple(
        line.id for kind in kinds for line, _ in sums.of(kind) if "recycled-share" not in line.quantities
    )
    masses = [
        one for kind in ("renewable", "non-renewable") if (one := sums.datapoint(f"materials.{kind}.mass"))
    ]
    if not masses:
        return
    if silent:
        yield Derived(
            "materials.recycled-share",
            formulas.recycled_input_share.__name__,
            tuple(masses),
            None,
            ((NoteCode.RECYCLED_SHARE_MISSING, tuple(sorted(silent))),),
        )
        return
    exact = formulas.total(*(one.exact for one in masses))
    whole = Term(exact, masses[0].part, any(one.is_estimate for one in masses))
    recycled = sums.datapoint("materials.recycled.mass")
    formula = formulas.recycled_input_share
    for found in derive("materials.recycled-share", formula, recycled, whole, times=PERCENT):
        terms = (recycled, *masses) if recycled else tuple(masses)
        yield Derived(found.datapoint, found.formula, terms, found.exact, found.notes)
