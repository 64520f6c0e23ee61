"""Energy of a year: the total without double counting, the renewable part, self-generated electricity."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators.activity_quantity import entered_amount
from dnk_tool.domain.figures.calculators.derivation import (
    PERCENT,
    DerivedValue,
    derive_value,
    evaluate_formula,
)
from dnk_tool.domain.figures.calculators.passed_on import bought_amount, purchase_ids
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
_SOLD_ELECTRICITY, _USED_ELECTRICITY = "energy.electricity.sold", "energy.electricity.consumption"
_SOLD = ("energy.heating.sold", "energy.cooling.sold", "energy.steam.sold")
_FED_IN = "energy.electricity.fed-in"
_RENEWABLE_ELECTRICITY = "energy.electricity.renewable"
_RENEWABLE_FUELS = "energy.fuels.renewable"
_HEATING, _RENEWABLE_HEAT = "energy.heating.consumption", "energy.heating.renewable"
_RENEWABLE = (_RENEWABLE_FUELS, _RENEWABLE_ELECTRICITY, _RENEWABLE_HEAT)
_HEAT_PASSED_ON = ("energy/heating-sold", "energy/heating-resold")
_STEAM_PASSED_ON = ("energy/steam-sold", "energy/steam-resold")
_OWN, _OWN_RENEWABLE = "own", "own-renewable"
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


@dataclass(frozen=True, slots=True)
class _Sale:
    """Electricity given to others, by its origin. `terms` are the figures that say so.

    `own` is of own sun, wind or water, `fuelled` of own fuels, `resold` was bought before, and of `unclear`
    nobody has said where it came from.
    """

    terms: tuple[FormulaTerm, ...] = ()
    own: Fraction = Fraction(0)
    fuelled: Fraction = Fraction(0)
    resold: Fraction = Fraction(0)
    unclear: Fraction = Fraction(0)

    @property
    def deducted(self) -> Fraction:
        """What is taken off the total: of own generation nothing, which is not in it."""
        return self.fuelled + self.resold


def _sale(sums: YearSums) -> _Sale:
    """Where the electricity sold came from: what was fed in is own, a sale by hand is asked about."""
    sold, fed_in = sums.datapoint(_SOLD_ELECTRICITY), sums.datapoint(_FED_IN)
    if sold is None:
        return _Sale()
    own = min(fed_in.exact, sold.exact) if fed_in else Fraction(0)
    by_lines = sums.calculated(_SOLD_ELECTRICITY)
    known = by_lines.exact if by_lines else Fraction(0)
    is_asked = fed_in is None and sums.entered(_SOLD_ELECTRICITY) is not None
    unclear = max(sold.exact - known, Fraction(0)) if is_asked else Fraction(0)
    fuel_lines = [term for activity in _OWN_FUELS if (term := sums.field(activity, "fed-in"))]
    rest = sold.exact - own - unclear
    fuelled = min(formulas.total(*(term.exact for term in fuel_lines)), rest)
    terms = (sold, *((fed_in,) if fed_in else ()))
    return _Sale(terms, own, fuelled, rest - fuelled, unclear)


def _total_energy(sums: YearSums) -> DerivedValue | None:
    """The total; None if no line contributes, since figures entered by hand alone are not added up here."""
    consumed = {name: term for name, key in _CONSUMED.items() if (term := sums.datapoint(key))}
    sold, sale = _known_terms(sums, _SOLD), _sale(sums)
    terms = (*consumed.values(), *sale.terms, *sold)
    if not consumed or not any(term.part.lines for term in terms):
        return None
    exact = formulas.total_energy(
        **{name: term.exact for name, term in consumed.items()},
        generated_not_consumed=sale.own + sale.unclear,
        sold=formulas.total(*(term.exact for term in sold), sale.deducted, sale.own, sale.unclear),
    )
    notes: list[tuple[NoteCode, tuple[int, ...]]] = [(NoteCode.BELOW_ZERO, ())] if exact < 0 else []
    notes += [(NoteCode.SALE_ORIGIN, ())] if sale.unclear else []
    own = tuple(sorted({line.id for activity in _OWN_FUELS for line, _ in sums.lines_of(activity)}))
    notes += [(NoteCode.OWN_FUELS, own)] if own else []
    derived_value = DerivedValue(
        "energy.total", formulas.total_energy.__name__, terms, exact if exact >= 0 else None
    )
    return replace(derived_value, notes=tuple(notes))


def _renewable_energy(sums: YearSums) -> DerivedValue | None:
    """Renewable energy consumed, without what was fed in of own fuels or passed on of purchases."""
    terms = _known_terms(sums, _RENEWABLE)
    if not terms:
        return None
    sale = _sale(sums)
    resold = sale.resold * _renewable_part(sums, _USED_ELECTRICITY, _RENEWABLE_ELECTRICITY)
    fed_in = sums.field("energy/chp-electricity-renewable", "fed-in")
    heat = _bought_heat_passed_on(sums) * _renewable_part(sums, _HEATING, _RENEWABLE_HEAT)
    made = _renewable_heat_made(sums)
    gone = (fed_in.exact if fed_in else Fraction(0)) + resold + heat + made
    exact = formulas.total(*(term.exact for term in terms)) - gone
    sold = [key for key, part in ((_SOLD[0], heat + made), (_SOLD[2], made)) if part]
    all_terms = (
        *terms,
        *((fed_in,) if fed_in else ()),
        *(sale.terms if resold else ()),
        *_known_terms(sums, sold),
    )
    return evaluate_formula("energy.renewable", formulas.total, all_terms, lambda: max(exact, Fraction(0)))


def _renewable_part(sums: YearSums, used_key: str, renewable_key: str) -> Fraction:
    """The renewable part of a carrier bought, 0 to 1; by the figures where no line says it."""
    bought = purchase_ids(sums.lines, used_key)
    used, renewable = (
        sum((step.exact for step in result.steps if step.line in bought), Fraction(0))
        if not sums.entered(key) and (result := sums.results.get(key))
        else None
        for key in (used_key, renewable_key)
    )
    if not used or renewable is None:
        whole, part = sums.datapoint(used_key), sums.datapoint(renewable_key)
        used, renewable = whole.exact if whole else Fraction(0), part.exact if part else Fraction(0)
    return min(renewable / used, Fraction(1)) if used else Fraction(0)


def _bought_heat_passed_on(sums: YearSums) -> Fraction:
    """The heat that was bought and passed on, of lines that say how much of it the company made itself."""
    return sum(
        (
            amount.exact * line.share_of_year(sums.reporting_year)
            for kind in _HEAT_PASSED_ON
            for line, activity in sums.lines_of(kind)
            for slot in activity.slots
            if slot.key == "location" and (amount := bought_amount(line, activity, slot))
        ),
        Fraction(0),
    )


def _renewable_heat_made(sums: YearSums) -> Fraction:
    """The heat and steam of renewable fuels that the company made and passed on.

    Where a line does not say it, as much as the renewable fuels allow: a share is rather too small than too
    large.
    """
    said, unsaid = Fraction(0), Fraction(0)
    for kind in (*_HEAT_PASSED_ON, *_STEAM_PASSED_ON):
        for line, activity in sums.lines_of(kind):
            stated = entered_amount(activity, line.quantities, _OWN_RENEWABLE)
            made = entered_amount(activity, line.quantities, _OWN)
            share = line.share_of_year(sums.reporting_year)
            if stated:
                said += stated.exact * share
            elif made:
                unsaid += made.exact * share
    fuels = sums.datapoint(_RENEWABLE_FUELS)
    return said + min(unsaid, max(fuels.exact - said, Fraction(0)) if fuels else Fraction(0))
