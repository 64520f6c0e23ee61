"""Water, waste and materials of a year: consumption and shares."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators.derivation import PERCENT, DerivedValue, derive_value
from dnk_tool.domain.figures.calculators.results import FormulaPart, NoteCode
from dnk_tool.domain.figures.calculators.sums import FormulaTerm, YearSums
from dnk_tool.domain.quantities import Quantity


def water(sums: YearSums) -> Iterator[DerivedValue]:
    """Water consumption, if both withdrawal and discharge are known."""
    parts = (sums.datapoint("water.withdrawal.total"), sums.datapoint("water.discharge.total"))
    yield from derive_value("water.consumption", formulas.water_consumption, *parts)


def waste(sums: YearSums) -> Iterator[DerivedValue]:
    """The shares of all waste that were recycled and that were diverted from disposal, in per cent."""
    whole = sums.datapoint("waste.total")
    for share, part, formula in (
        ("waste.recycled-share", "waste.recycled.mass", formulas.recycled_share),
        ("waste.recovered-share", "waste.recovered.mass", formulas.recovery_share),
    ):
        known = sums.datapoint(part) or _zero_term(part, whole)
        yield from derive_value(share, formula, known, whole, times=PERCENT)


def _zero_term(key: str, whole: FormulaTerm | None) -> FormulaTerm | None:
    """Zero, if the whole follows from lines, none of which counts for the part; else None."""
    if whole is None or not whole.part.lines:
        return None
    return FormulaTerm(
        Fraction(0), FormulaPart(key, Quantity(Decimal(0), whole.part.quantity.unit), whole.part.lines)
    )


def materials(sums: YearSums) -> Iterator[DerivedValue]:
    """The recycled share in per cent; a note instead, if a line with a mass does not state its own."""
    kinds = ("materials/renewable", "materials/non-renewable")
    silent = tuple(
        line.id
        for kind in kinds
        for line, _ in sums.lines_of(kind)
        if "recycled-share" not in line.quantities
    )
    masses = [
        mass for kind in ("renewable", "non-renewable") if (mass := sums.datapoint(f"materials.{kind}.mass"))
    ]
    if not masses:
        return
    if silent:
        yield DerivedValue(
            "materials.recycled-share",
            formulas.recycled_input_share.__name__,
            tuple(masses),
            None,
            ((NoteCode.RECYCLED_SHARE_MISSING, tuple(sorted(silent))),),
        )
        return
    exact = formulas.total(*(mass.exact for mass in masses))
    whole = FormulaTerm(exact, masses[0].part, any(mass.is_estimate for mass in masses))
    recycled = sums.datapoint("materials.recycled.mass")
    formula = formulas.recycled_input_share
    for share in derive_value("materials.recycled-share", formula, recycled, whole, times=PERCENT):
        terms = (recycled, *masses) if recycled else tuple(masses)
        yield DerivedValue(share.datapoint, share.formula, terms, share.exact, share.notes)
