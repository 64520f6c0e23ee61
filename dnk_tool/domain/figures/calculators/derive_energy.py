"""Energy of a year: the total without double counting, the renewable part, self-generated electricity."""

from collections.abc import Iterator
from dataclasses import replace
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

# The parts of energy.total by the argument of the formula.
_CONSUMED = {
    "fuels_non_renewable": "energy.fuels.non-renewable",
    "fuels_renewable": "energy.fuels.renewable",
    "electricity": "energy.electricity.consumption",
    "heating": "energy.heating.consumption",
    "cooling": "energy.cooling.consumption",
    "steam": "energy.steam.consumption",
}
_SOLD = (
    "energy.electricity.sold",
    "energy.heating.sold",
    "energy.cooling.sold",
    "energy.steam.sold",
)
_FED_IN = "energy.electricity.fed-in"
_RENEWABLE = ("energy.fuels.renewable", "energy.electricity.renewable", "energy.heating.renewable")
_OWN_FUELS = ("energy/chp-electricity", "energy/chp-electricity-renewable")


def energy(sums: YearSums) -> Iterator[DerivedValue]:
    """Self-generated electricity, energy.total, renewable energy and its share."""
    made = [f"energy.electricity.self-generated.{kind}" for kind in ("renewable", "non-renewable")]
    terms = _known_terms(sums, made)
    if terms:
        exact = formulas.total(*(term.exact for term in terms))
        formula = formulas.self_generated_electricity.__name__
        yield DerivedValue("energy.electricity.self-generated", formula, terms, exact)
    total = _total_energy(sums)
    if total is None:
        return
    yield total
    renewable = _renewable_energy(sums)
    if renewable and renewable.exact is not None:
        yield renewable


def shares(sums: YearSums) -> Iterator[DerivedValue]:
    """The renewable share in per cent, if both of its parts are known."""
    parts = (sums.datapoint("energy.renewable"), sums.datapoint("energy.total"))
    yield from derive_value("energy.renewable-share", formulas.renewable_share, *parts, times=PERCENT)


def _known_terms(sums: YearSums, keys: "list[str] | tuple[str, ...]") -> tuple[FormulaTerm, ...]:
    return tuple(term for key in keys if (term := sums.datapoint(key)) is not None)


def _total_energy(sums: YearSums) -> DerivedValue | None:
    """The total; None if no line contributes, since figures entered by hand alone are not added up here."""
    consumed = {name: term for name, key in _CONSUMED.items() if (term := sums.datapoint(key))}
    sold, fed_in = _known_terms(sums, _SOLD), sums.calculated(_FED_IN)
    terms = (*consumed.values(), *((fed_in,) if fed_in else ()), *sold)
    if not consumed or not any(term.part.lines for term in terms):
        return None
    exact = formulas.total_energy(
        **{name: term.exact for name, term in consumed.items()},
        generated_not_consumed=fed_in.exact if fed_in else 0,
        sold=formulas.total(*(term.exact for term in sold)),
    )
    notes: list[tuple[NoteCode, tuple[int, ...]]] = [(NoteCode.BELOW_ZERO, ())] if exact < 0 else []
    own = tuple(sorted({line.id for activity in _OWN_FUELS for line, _ in sums.lines_of(activity)}))
    notes += [(NoteCode.OWN_FUELS, own)] if own else []
    derived_value = DerivedValue(
        "energy.total", formulas.total_energy.__name__, terms, exact if exact >= 0 else None
    )
    return replace(derived_value, notes=tuple(notes))


def _renewable_energy(sums: YearSums) -> DerivedValue | None:
    """Renewable energy consumed, without the electricity of own renewable fuels that was fed in."""
    terms = _known_terms(sums, _RENEWABLE)
    if not terms:
        return None
    fed_in = sums.field("energy/chp-electricity-renewable", "fed-in")
    gone = fed_in.exact if fed_in else Fraction(0)
    exact = formulas.total(*(term.exact for term in terms)) - gone
    all_terms = (*terms, fed_in) if fed_in else terms
    return evaluate_formula("energy.renewable", formulas.total, all_terms, lambda: max(exact, Fraction(0)))
