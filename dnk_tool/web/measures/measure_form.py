"""The form of one measure of a company, and what was typed as domain values."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, SelectField, ValidationError

from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.editing import NEVER_STORED, Stored, Version
from dnk_tool.domain.measures.effects import stated_quantity
from dnk_tool.domain.measures.model import (
    CompanyMeasure,
    EffectBasis,
    EnergySaving,
    MeasureEffect,
    MeasureState,
)
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.measures.measures import StatedSaving
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.text.form_fields import (
    DayField,
    LineField,
    NumberField,
    ProseField,
    RowsField,
    WholeNumberField,
    YearField,
)

MAX_CARRIERS = 6
MAX_TEXT_LENGTH = 2_000
LONGEST_LIFETIME = 60
AMOUNTS = ("water_m3", "material_kg", "waste_kg", "cost_eur")


class LifetimeField(WholeNumberField):
    """A number of years from 1 to LONGEST_LIFETIME."""

    largest = LONGEST_LIFETIME

    def read(self, text: str) -> Any:
        """Parse the years. Raises ValueError with the message to show."""
        try:
            years = super().read(text)
        except ValueError:
            years = 0
        if not years:
            raise ValueError(
                _("Geben Sie ganze Jahre von 1 bis %(most)s ein, zum Beispiel 15", most=self.largest)
            )
        return years


class PositiveNumberField(NumberField):
    """An exact number that is not below zero."""

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data < 0:
            raise ValidationError(_("Geben Sie hier eine Zahl ohne Minus ein."))


class SavingForm(Form):
    """Energy of one carrier; `carrier` is its key and a unit, as "electricity/kWh"."""

    carrier = SelectField(validate_choice=False, default="")
    amount = NumberField()

    proposed = ""  # a carrier that nobody chose: without an amount the row says nothing

    def validate_carrier(self, field: SelectField) -> None:
        if self.amount.raw_data and self.amount.raw_data[0] and carrier_and_unit(field.data) is None:
            raise ValidationError(_("Wählen Sie, welche Energie Sie sparen."))

    def validate_amount(self, field: NumberField) -> None:
        is_chosen = self.carrier.data and self.carrier.data != self.proposed
        if is_chosen and field.data is None and not field.errors:
            raise ValidationError(
                _(
                    "Geben Sie die Menge im Jahr ein. Wissen Sie sie noch nicht, wählen Sie bei der Energie "
                    "„Bitte wählen“."
                )
            )


class CompanyMeasureForm(FlaskForm):
    """A measure with its effect in a full year."""

    text = ProseField(longest=MAX_TEXT_LENGTH)
    kind = SelectField(validate_choice=False, default="")
    state = SelectField(validate_choice=False, default=MeasureState.IDEA.value)
    owner = LineField()
    due = DayField()
    criterion = SelectField(validate_choice=False, default="")
    savings = RowsField(SavingForm, MAX_CARRIERS)
    t_co2e = NumberField()
    water_m3 = NumberField()
    material_kg = NumberField()
    waste_kg = NumberField()
    cost_eur = NumberField()
    basis = SelectField(validate_choice=False, default="")
    from_year = YearField()
    lifetime = LifetimeField()
    investment_eur = PositiveNumberField()
    counts_for = SelectField(validate_choice=False, default="")
    version = HiddenField(default="0")

    def propose_carrier(self, carrier: str) -> None:
        """Let a row with this carrier and no amount be an empty one."""
        for entry in self.savings:
            entry.form.proposed = carrier

    def validate_text(self, field: ProseField) -> None:
        if not field.data:
            raise ValidationError(_("Schreiben Sie in einem Satz, was Sie tun."))

    def validate_kind(self, field: SelectField) -> None:
        if field.data and field.data not in load_measure_kinds().kinds:
            raise ValidationError(_("Wählen Sie eine Art aus der Liste."))

    def validate_state(self, field: SelectField) -> None:
        if field.data not in set(MeasureState):
            raise ValidationError(_("Wählen Sie einen Stand aus der Liste."))

    def validate_basis(self, field: SelectField) -> None:
        if field.data and field.data not in set(EffectBasis):
            raise ValidationError(_("Wählen Sie eine Antwort aus der Liste."))


def carrier_and_unit(value: str | None) -> tuple[str, str] | None:
    """Carrier and unit of a chosen option; None for anything else."""
    key, _slash, unit = (value or "").partition("/")
    carrier = load_measure_kinds().carriers.get(key)
    return (key, unit) if carrier and carrier.unit(unit) else None


def form_data(stored: Stored[CompanyMeasure]) -> dict[str, Any]:
    """The fields that show a measure; t CO2e only where somebody typed them."""
    measure, effect = stored.content, stored.content.effect
    data: dict[str, Any] = {name: getattr(effect, name) for name in AMOUNTS}
    return data | {
        "text": measure.text,
        "kind": measure.kind,
        "state": measure.state.value,
        "owner": measure.owner,
        "due": measure.due,
        "criterion": str(measure.criterion or ""),
        "savings": [_saving_data(each) for each in effect.energy],
        "t_co2e": effect.t_co2e if effect.is_t_co2e_typed else None,
        "basis": effect.basis.value if effect.basis else "",
        "from_year": measure.from_year,
        "lifetime": measure.lifetime,
        "investment_eur": measure.investment_eur,
        "counts_for": str(measure.counts_for or ""),
        "version": str(stored.version),
    }


def typed_measure(form: CompanyMeasureForm) -> CompanyMeasure:
    """The measure that a valid form states, still without its savings of energy (`typed_savings`)."""
    amounts = {name: form[name].data for name in AMOUNTS}
    effect = MeasureEffect(
        t_co2e=form.t_co2e.data,
        is_t_co2e_typed=form.t_co2e.data is not None,
        basis=EffectBasis(form.basis.data) if form.basis.data else None,
        **amounts,
    )
    return CompanyMeasure(
        text=form.text.data,
        owner=form.owner.data or "",
        due=form.due.data,
        criterion=whole_number(form.criterion.data),
        kind=form.kind.data or "",
        state=MeasureState(form.state.data),
        effect=effect,
        investment_eur=form.investment_eur.data,
        from_year=form.from_year.data,
        lifetime=form.lifetime.data,
        counts_for=whole_number(form.counts_for.data),
    )


def typed_savings(form: CompanyMeasureForm) -> tuple[StatedSaving, ...]:
    """The savings of energy that a valid form states, without empty rows."""
    found = []
    for entry in form.savings:
        chosen, amount = carrier_and_unit(entry.form.carrier.data), entry.form.amount.data
        if chosen and amount is not None:
            found.append(StatedSaving(chosen[0], Quantity(amount, chosen[1])))
    return tuple(found)


def seen_measure_version(form: CompanyMeasureForm) -> Version:
    """The version that the page had shown; 0 if invalid, as if never seen."""
    return whole_number(form.version.data) or NEVER_STORED


def for_only_cluster(measure: CompanyMeasure, clusters: Collection[int]) -> CompanyMeasure:
    """A measure without effect yet, preset to count for the company's only cluster that may use measures."""
    if measure.counts_for is None and len(clusters) == 1 and measure.effect == MeasureEffect():
        return replace(measure, counts_for=next(iter(clusters)))
    return measure


def _saving_data(saving: EnergySaving) -> dict[str, Any]:
    stated = stated_quantity(saving, load_measure_kinds().carriers.get(saving.carrier))
    return {"carrier": f"{saving.carrier}/{stated.unit}", "amount": stated.value}
