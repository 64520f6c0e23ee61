"""The form of one calculator line: quantities, and for each slot the proposed or another factor.

The company's own factor in a slot: its unit, and the snapshot of what was typed.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import (
    QUANTITY_FIELD,
    Activity,
    ActivityField,
    Calculator,
    QuantityMethod,
    Slot,
)
from dnk_tool.catalogue.factors.model import GWP_SETS, Factor, Factors
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.figures.calculators import (
    Basis,
    CalculatorLine,
    FactorSnapshot,
    LineFault,
    factor_alternatives,
    factor_fits,
    factor_snapshot,
    needs_factor,
)
from dnk_tool.domain.figures.calculators.activity_quantity import fields_of_method
from dnk_tool.domain.figures.calculators.factor_proposals import proposed_factor, slot_unit
from dnk_tool.domain.quantities import Quantity
from dnk_tool.web.figures.calculators.bill_period import period_data, period_fields, posted_period
from dnk_tool.web.figures.calculators.gwp_choice import takes_potential
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_fields import LineField, NumberField, ProseField

PROPOSED, STORED, OWN, NONE = "proposed", "stored", "own", "none"


def own_factor_unit(slot: Slot) -> str:
    """The unit of an own factor's result: kWh for energy, else the datapoint's base unit."""
    return "kWh" if "kWh" in slot.datapoint.family.units else slot.datapoint.family.base


def own_factor(
    activity: Activity, slot: Slot, line: CalculatorLine, value: Decimal, *, reason: str, gwp_set: str = ""
) -> FactorSnapshot:
    """The company's own factor, for the unit in which the quantity was entered.

    With a `gwp_set` it is a global warming potential, and its name says after which report.
    """
    entered = line.quantities.get(slot.field)
    otherwise = activity.measured.base if activity.measured else activity.fields[0].default_unit
    label = Text("Eigener Faktor", "Own factor")
    if gwp_set:
        label = Text(f"Treibhauspotenzial nach {gwp_set}", f"Global warming potential after {gwp_set}")
    return FactorSnapshot(
        key="own",
        edition="",
        data_year=None,
        label=label,
        value=value,
        unit=entered.unit if entered else otherwise,
        result_unit=own_factor_unit(slot),
        reason=reason,
        gwp_set=gwp_set,
    )


class LineForm(FlaskForm):
    """Fields of every line; each activity adds number and unit for its fields, and a choice for each slot."""

    label = LineField()
    site = LineField()
    basis = RadioField(choices=[basis.value for basis in Basis], default=Basis.BILL.value)
    note = ProseField()
    version = HiddenField(default="0")

    activity: Activity

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots for which a factor can be chosen."""
        return choosable_slots(self.activity)

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and require value and reason of each own factor."""
        is_valid = bool(super().validate(extra_validators))
        for slot in self.slots:
            value, reason = (self[f"{factor_field_name(slot.key)}-{part}"] for part in ("value", "reason"))
            if self[factor_field_name(slot.key)].data != OWN:
                continue
            if value.data is None and not value.errors:
                value.errors = [_("Geben Sie den Wert Ihres Faktors ein.")]
                is_valid = False
            if not reason.data:
                reason.errors = [_("Schreiben Sie, woher dieser Faktor stammt und warum Sie ihn verwenden.")]
                is_valid = False
            gwp_set = self._fields.get(f"{factor_field_name(slot.key)}-gwp")
            if gwp_set is not None and not gwp_set.data:
                gwp_set.errors = [_("Wählen Sie den Bericht, aus dem das Treibhauspotenzial stammt.")]
                is_valid = False
        return is_valid


def choosable_slots(activity: Activity) -> tuple[Slot, ...]:
    """The activity's slots that take a factor: with known factors, or only the company's own."""
    return tuple(
        slot
        for slot in activity.slots
        if (slot.factors or slot.category or _takes_own(activity, slot)) and not slot.mean_of
    )


def _takes_own(activity: Activity, slot: Slot) -> bool:
    """Whether the slot counts nothing without a factor, and the bill does not state the result."""
    units = slot_units(activity, slot)
    return not slot.value_field and all(needs_factor(activity, slot, unit) for unit in units)


def slot_units(activity: Activity, slot: Slot) -> tuple[str, ...]:
    """The units in which a line can give the quantity that the slot counts."""
    field = activity.field(slot.field)
    return tuple(field.units) if field else tuple(activity.measured.units if activity.measured else ())


def split_fields(activity: Activity) -> tuple[tuple[ActivityField, ...], tuple[ActivityField, ...]]:
    """Split into (shown, folded) fields; the parts of a quantity are shown unless it is a gas bill."""
    lead = activity.field(QUANTITY_FIELD)
    if lead is None or not lead.required:
        return activity.fields, ()
    factors = () if activity.measure is QuantityMethod.GAS_VOLUME else fields_of_method(activity.measure)
    needed = tuple(
        field for field in activity.fields if field.required or field.is_asked or field.key in factors
    )
    return needed, tuple(field for field in activity.fields if field not in needed)


def quantity_field_name(field: str) -> str:
    return f"f-{field}"


def factor_field_name(slot: str) -> str:
    return f"s-{slot}"


def line_form(calculator: Calculator, activity: Activity) -> type[LineForm]:
    """Build the form class of an activity."""
    return _line_form(calculator.key, activity.key)


@lru_cache(maxsize=256)
def _line_form(calculator: str, key: str) -> type[LineForm]:
    activity = load_calculators()[calculator].activity(key)
    if activity is None:
        raise LookupError(key)
    attributes: dict[str, Any] = {"activity": activity, **period_fields(activity)}
    for field in activity.fields:
        attributes[quantity_field_name(field.key)] = NumberField()
        units = list(field.units)
        attributes[f"{quantity_field_name(field.key)}-unit"] = SelectField(
            choices=units, default=field.default_unit or units[0]
        )
    if activity.code_label.de:
        attributes |= {name: LineField(longest=80) for name in ("waste_code", "waste_code_choice")}
    for slot in choosable_slots(activity):
        name = factor_field_name(slot.key)
        attributes[name] = SelectField(default=PROPOSED, validate_choice=False)
        attributes[f"{name}-value"] = NumberField()
        attributes[f"{name}-reason"] = LineField()
        if takes_potential(activity, slot):
            attributes[f"{name}-gwp"] = SelectField(choices=["", *GWP_SETS], default="")
    return type("ActivityForm", (LineForm,), attributes)


def form_data(line: CalculatorLine, version: int) -> dict[str, Any]:
    """The form's initial data for a stored line."""
    data: dict[str, Any] = {
        "label": line.label,
        "site": line.site,
        "basis": line.basis.value,
        "note": line.note,
        "waste_code": line.code,
        "version": str(version),
        **period_data(line),
    }
    for key, quantity in line.quantities.items():
        data[quantity_field_name(key)], data[f"{quantity_field_name(key)}-unit"] = (
            quantity.value,
            quantity.unit,
        )
    for slot, used in line.factors.items():
        name = factor_field_name(slot)
        data[name] = NONE if used is None else OWN if used.is_own else STORED
        if used is not None and used.is_own:
            data[f"{name}-value"], data[f"{name}-reason"] = used.value, used.reason
            data[f"{name}-gwp"] = used.gwp_set
    return data


def read_line(
    form: LineForm, calculator: Calculator, stored: CalculatorLine | None, factors: Factors, *, year: int
) -> CalculatorLine:
    """Read the line from the form; slots set to "proposed" get no factor yet."""
    activity = form.activity
    quantities = {
        field.key: Quantity(
            form[quantity_field_name(field.key)].data, form[f"{quantity_field_name(field.key)}-unit"].data
        )
        for field in activity.fields
        if form[quantity_field_name(field.key)].data is not None
    }
    line = CalculatorLine(
        id=stored.id if stored else 0,
        calculator=calculator.key,
        activity=activity.key,
        label=form.label.data or "",
        site=form.site.data or "",
        quantities=quantities,
        basis=Basis(form.basis.data),
        note=form.note.data or "",
        code=form["waste_code"].data or "" if "waste_code" in form else "",
        period=posted_period(form),
    )
    chosen: dict[str, Any] = {}
    for slot in form.slots:
        _read_choice(form, slot, stored, factors, year=year, line=line, chosen=chosen)
    return CalculatorLine(
        **{name: getattr(line, name) for name in CalculatorLine.__slots__} | {"factors": chosen}
    )


def _read_choice(
    form: LineForm,
    slot: Slot,
    stored: CalculatorLine | None,
    factors: Factors,
    *,
    year: int,
    line: CalculatorLine,
    chosen: dict[str, Any],
) -> None:
    name = factor_field_name(slot.key)
    choice = form[name].data or PROPOSED
    value: Decimal | None = form[f"{name}-value"].data
    if choice == NONE and slot.is_optional:
        chosen[slot.key] = None
    elif choice == OWN and value is not None:
        gwp_set = form[f"{name}-gwp"].data if f"{name}-gwp" in form else ""
        reason = form[f"{name}-reason"].data
        chosen[slot.key] = own_factor(form.activity, slot, line, value, reason=reason, gwp_set=gwp_set)
    elif choice == STORED and stored and slot.key in stored.factors:
        kept, unit = stored.factors[slot.key], slot_unit(line, form.activity, slot)
        # With another unit, the one beside what is asked for is proposed anew.
        is_stale = kept and not kept.is_own and unit and not factor_fits(form.activity, slot, unit, kept)
        if not (is_stale and slot.is_optional):
            chosen[slot.key] = kept
    else:
        fitting = slot_factors(form.activity, slot, factors, year=year)
        known = {factor_key(factor): factor for factor in fitting}
        if choice in known:
            chosen[slot.key] = factor_snapshot(known[choice])


def factor_key(factor: Factor) -> str:
    """The factor's value in a select field."""
    return f"{factor.key}|{factor.edition.key}|{factor.data_year or ''}"


def slot_factors(
    activity: Activity, slot: Slot, factors: Factors, *, year: int, gwp_set: str = ""
) -> tuple[Factor, ...]:
    """The factors that can be chosen for a slot, in all its units; each unit's proposed one first."""
    choices: dict[str, Factor] = {}
    for unit in slot_units(activity, slot):
        for factor in factor_alternatives(activity, slot, unit, factors, year, gwp_set):
            choices.setdefault(factor_key(factor), factor)
    return tuple(choices.values())


def unconfirmed_slots(form: LineForm, line: CalculatorLine, factors: Factors, *, year: int) -> frozenset[str]:
    """The slots for which the line's unit has factors, none of which is confirmed."""
    known = {
        slot.key: factor_alternatives(form.activity, slot, unit, factors, year)
        for slot in form.slots
        if (unit := slot_unit(line, form.activity, slot))
    }
    return frozenset(key for key, listed in known.items() if listed and not proposed_factor(listed))


def add_fault_errors(
    form: LineForm, faults: Iterable[LineFault], choosable: Collection[str] = frozenset()
) -> None:
    """Put each fault at its field, in words; an empty form gets one message only.

    `choosable`: the slots for which there are factors, if none that is proposed.
    """
    all_faults = tuple(faults)
    empty = tuple(fault for fault in all_faults if fault.code == "nothing")
    for fault in empty or all_faults:
        name, text = _fault_text(form, fault)
        if fault.code == "no-factor" and fault.where in choosable:
            text = _(
                "Diesen Faktor hat noch niemand am Original geprüft; deshalb schlagen wir ihn nicht vor. "
                "Wählen Sie ihn selbst, oder geben Sie einen eigenen an."
            )
        field = form[name]
        field.errors = [*field.errors, text]


def _label(form: LineForm, key: str) -> str:
    field = form.activity.field(key)
    return field.label.to(current_language()) if field else ""


def _above_whole_text(form: LineForm, key: str) -> str:
    field = form.activity.field(key)
    if field and field.part_of:
        return str(_("Das kann nicht mehr sein als: %(field)s", field=_label(form, field.part_of)))
    return str(_("Ein Anteil kann nicht größer als 100 Prozent sein."))


def _fault_text(form: LineForm, fault: LineFault) -> tuple[str, str]:
    words: Mapping[str, str] = {
        "nothing": _("Geben Sie mindestens eine Zahl ein."),
        "missing": _("Hier fehlt noch eine Zahl: %(field)s", field=_label(form, fault.where)),
        "unit": _("Wählen Sie eine Einheit aus der Liste."),
        "negative": _(
            "Diese Zahl kann nicht kleiner als null sein. Ist es eine Gutschrift, geben Sie sie ohne Minus "
            "ein und wählen Sie unten „Gutschrift“."
        )
        if form.activity.takes_credits
        else _("Diese Zahl kann nicht kleiner als null sein."),
        "credit": _("Hier gibt es keine Gutschriften. Wählen Sie, woher die Menge kommt."),
        "above-whole": _above_whole_text(form, fault.where),
        "below-zero": _("Daraus ergibt sich ein Wert unter null. Bitte prüfen Sie die Zahlen."),
        "negative-factor": _("Ein Faktor kann nicht kleiner als null sein."),
        "unfit-factor": _("Dieser Faktor passt nicht zur Einheit der Menge. Wählen Sie einen anderen."),
        "period": _("Der letzte Tag liegt vor dem ersten, oder es sind mehr als zwei Jahre."),
        "code": _("Dieser Schlüssel hat nicht die richtige Form. Richtig ist zum Beispiel 15 01 01."),
        "either-or": _(
            "Diese Angabe passt nicht zu einer anderen auf dieser Seite. Lassen Sie eine von beiden leer."
        ),
        "no-factor": _(
            "Für diese Einheit gibt es hier keinen Faktor. Wählen Sie eine andere Einheit oder geben Sie "
            "einen eigenen Faktor an."
        ),
    }
    text = words.get(fault.code, _("Diese Angabe passt nicht. Bitte prüfen Sie sie."))
    fields = {field.key: quantity_field_name(field.key) for field in form.activity.fields}
    slots = {slot.key: factor_field_name(slot.key) for slot in form.slots} | {"code": "waste_code"}
    known = fields.get(fault.where) or slots.get(fault.where)
    return known or (fault.where if fault.where in form else "label"), text
