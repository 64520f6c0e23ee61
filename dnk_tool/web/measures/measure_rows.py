"""Measures as rows of a page: what they save, what is missing, and what they can become next."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _

from dnk_tool import language as languages
from dnk_tool.catalogue.factors.loader import load_unit_families
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.measure_kinds import Carrier, load_measure_kinds
from dnk_tool.domain.measures.effects import factor_reference, shown_tonnes, stated_quantity
from dnk_tool.domain.measures.model import CompanyMeasure, EnergySaving, MeasureState
from dnk_tool.domain.measures.sums import MeasureSum, missing_parts
from dnk_tool.domain.numbers import readable
from dnk_tool.domain.quantities import Quantity
from dnk_tool.store.tables.measures import MeasureRow
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.labels import label_of

# What a click in the list makes of a measure, in each state.
NEXT_STATES: Mapping[MeasureState, tuple[MeasureState, ...]] = {
    MeasureState.IDEA: (MeasureState.PLANNED, MeasureState.DROPPED),
    MeasureState.PLANNED: (MeasureState.RUNNING, MeasureState.DROPPED),
    MeasureState.RUNNING: (MeasureState.DONE, MeasureState.DROPPED),
    MeasureState.DONE: (MeasureState.RUNNING,),
    MeasureState.DROPPED: (MeasureState.IDEA,),
}
# Decided ones first, then what may become of them.
ORDER = (
    MeasureState.RUNNING,
    MeasureState.PLANNED,
    MeasureState.IDEA,
    MeasureState.DONE,
    MeasureState.DROPPED,
)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A measure in the list. `missing`: what it lacks to count; `moves`: [(state, words)].

    `repeats`: the text of an earlier measure that may be the same one.
    """

    id: int
    version: int
    measure: CompanyMeasure
    href: str
    kind: str
    effects: tuple[str, ...]
    years: str
    missing: str
    repeats: str
    moves: tuple[tuple[MeasureState, str], ...]


@dataclass(frozen=True, slots=True)
class SavingNote:
    """A saving in words, with its factor: "12 MWh Strom: 4,2 t CO₂e mit 0,352 kg je kWh (Quelle)"."""

    saved: str
    emissions: str


def register_row(row: MeasureRow, measure: CompanyMeasure, repeats: str = "") -> RegisterRow:
    """The row of a list; `measure` is its content, `repeats` the text of one that may be the same."""
    kinds = load_measure_kinds()
    kind = kinds.kinds.get(measure.kind)
    lacking = missing_parts(measure) if measure.is_decided and kinds.counts(measure.kind) else ()
    return RegisterRow(
        id=row.id,
        version=row.version,
        measure=measure,
        href=url_for("measures.edit", organisation_id=row.organisation_id, measure_id=row.id),
        kind=kind.label.to(current_language()) if kind else "",
        effects=tuple(effect_texts(measure)),
        years=years_text(measure),
        missing=", ".join(label_of(part) for part in lacking),
        repeats=repeats,
        moves=tuple((state, move_text(measure.state, state)) for state in NEXT_STATES[measure.state]),
    )


def move_text(before: MeasureState, state: MeasureState) -> str:
    """What the button says that makes a measure this."""
    if before is MeasureState.DONE:
        return str(_("Läuft doch noch"))
    words = {
        MeasureState.IDEA: _("Wieder aufnehmen"),
        MeasureState.PLANNED: _("Planen"),
        MeasureState.RUNNING: _("Läuft jetzt"),
        MeasureState.DONE: _("Ist umgesetzt"),
        MeasureState.DROPPED: _("Verwerfen"),
    }
    return str(words[state])


def effect_texts(measure: CompanyMeasure) -> Iterator[str]:
    """What a measure saves in a full year, each amount with its unit."""
    effect = measure.effect
    carriers = load_measure_kinds().carriers
    for each in effect.energy:
        name = carrier_name(carriers[each.carrier]) if each.carrier in carriers else ""
        yield f"{energy_text(each.kwh)} {name}".strip()
    yield from _amount_texts(
        shown_tonnes(effect), effect.water_m3, effect.material_kg, effect.waste_kg, effect.cost_eur
    )
    if effect.is_t_co2e_typed:
        yield str(_("t CO₂e von Ihnen eingetragen"))


def carrier_name(carrier: Carrier) -> str:
    """The name within a line: English begins it small, but for an abbreviation."""
    name, language = carrier.label.to(current_language()), current_language()
    is_small = language == "en" and not name.isupper()
    return name[:1].lower() + name[1:] if is_small else name


def sum_texts(total: MeasureSum) -> tuple[str, ...]:
    """What measures save together, each amount with its unit; empty where none states anything."""
    energy = [energy_text(total.kwh)] if total.kwh is not None else []
    amounts = _amount_texts(total.t_co2e, total.water_m3, total.material_kg, total.waste_kg, total.cost_eur)
    return (*energy, *amounts)


def years_text(measure: CompanyMeasure) -> str:
    """From when and for how long a measure has its effect; empty without a year."""
    if measure.from_year is None:
        return ""
    if measure.lifetime is None:
        return str(_("ab %(year)s", year=measure.from_year))
    last = measure.from_year + measure.lifetime - 1
    return str(_("%(first)s bis %(last)s", first=measure.from_year, last=last))


def energy_text(kwh: Decimal) -> str:
    """Energy in kWh below 10,000, else in MWh."""
    if abs(kwh) < 10_000:
        return f"{_number(kwh)} kWh"
    return f"{_number(kwh / 1000)} MWh"


def saving_notes(energy: Iterable[EnergySaving], factors: Factors) -> list[SavingNote]:
    """How each saving became t CO2e, for the page of the measure."""
    carriers, language = load_measure_kinds().carriers, current_language()
    notes = []
    for each in energy:
        carrier = carriers.get(each.carrier)
        stated = stated_quantity(each, carrier)
        name = carrier.label.to(language) if carrier else each.carrier
        notes.append(SavingNote(f"{name}: {quantity_text(stated)}", _emissions_text(each, factors)))
    return notes


def quantity_text(quantity: Quantity) -> str:
    """An amount with its unit."""
    return f"{_number(quantity.value)} {unit_name(quantity.unit)}"


def unit_name(symbol: str) -> str:
    """What a unit is called on pages."""
    return load_unit_families()[symbol].units[symbol].display.to(current_language())


def _emissions_text(saving: EnergySaving, factors: Factors) -> str:
    reference = factor_reference(saving.factor)
    if saving.t_co2e is None or reference is None:
        return str(_("Für diese Energie ist kein Faktor bekannt."))
    tonnes = f"{_number(saving.t_co2e)} t CO₂e"
    if reference.is_own and reference.value is not None:
        value = languages.format_number(reference.value, current_language())
        return str(_("%(tonnes)s mit Ihrem eigenen Faktor, %(value)s kg je kWh", tonnes=tonnes, value=value))
    factor = factors.exact(reference.key, reference.edition, reference.data_year)
    if factor is None:
        return str(_("%(tonnes)s mit einem Faktor, den es hier nicht mehr gibt", tonnes=tonnes))
    return str(
        _(
            "%(tonnes)s mit „%(label)s“, %(value)s kg je %(unit)s (%(source)s%(year)s)",
            tonnes=tonnes,
            label=factor.label.to(current_language()),
            value=languages.format_number(factor.value, current_language()),
            unit=unit_name(factor.unit),
            source=f"{factor.edition.publisher}, {factor.edition.edition}",
            year=f", {factor.data_year}" if factor.data_year else "",
        )
    )


def _amount_texts(
    t_co2e: Decimal | None,
    water: Decimal | None,
    material: Decimal | None,
    waste: Decimal | None,
    cost: Decimal | None,
) -> Iterator[str]:
    if t_co2e is not None:
        yield f"{_number(t_co2e)} t CO₂e"
    if water is not None:
        yield str(_("%(amount)s m³ Wasser", amount=_number(water)))
    if material is not None:
        yield str(_("%(amount)s kg Material", amount=_number(material)))
    if waste is not None:
        yield str(_("%(amount)s kg Abfall", amount=_number(waste)))
    if cost is not None:
        yield f"{_number(cost)} EUR"


def _number(value: Decimal) -> str:
    number = languages.format_number(readable(value).normalize() + 0, current_language())
    return number.replace("-", "\N{MINUS SIGN}")
