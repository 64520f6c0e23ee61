"""The factors that can be chosen for each slot of a line, as options, the proposed one first."""

from dataclasses import dataclass

from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.model import Slot
from dnk_tool.catalogue.factors.model import Factor, Factors
from dnk_tool.catalogue.values import Verification
from dnk_tool.domain.figures.calculators import FactorSnapshot
from dnk_tool.domain.figures.calculators.factor_proposals import proposed_factor
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.web.figures.calculators.form import (
    NONE,
    OWN,
    PROPOSED,
    STORED,
    LineForm,
    factor_field_name,
    factor_key,
    own_factor_unit,
    slot_factors,
)
from dnk_tool.web.figures.calculators.page import gases_label
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.quantities import QuantityFormatter


@dataclass(frozen=True)
class SlotChoice:
    """One slot: the options of its select field, and the factor in use."""

    slot: Slot
    name: str
    options: tuple[dict[str, str], ...]
    value: str
    used: str
    source: str
    address: str
    unit: str
    gwp_sets: list[dict[str, str]]
    is_open: bool


def slot_choices(
    form: LineForm,
    stored: StoredLine | None,
    factors: Factors,
    shown: QuantityFormatter,
    *,
    year: int,
    gwp_set: str = "",
) -> tuple[SlotChoice, ...]:
    """The slots of the form's activity that take a factor; those of `gwp_set` are offered first."""
    return tuple(
        _slot_choice(form, slot, stored, factors, shown, year=year, gwp_set=gwp_set) for slot in form.slots
    )


def _slot_choice(
    form: LineForm,
    slot: Slot,
    stored: StoredLine | None,
    factors: Factors,
    shown: QuantityFormatter,
    *,
    year: int,
    gwp_set: str,
) -> SlotChoice:
    name = factor_field_name(slot.key)
    used = stored.line.factors.get(slot.key) if stored else None
    known = slot_factors(form.activity, slot, factors, year=year, gwp_set=gwp_set)
    value, reason = form[f"{name}-value"], form[f"{name}-reason"]
    asks_gwp = f"{name}-gwp" in form
    errors = [*value.errors, *reason.errors, *(form[f"{name}-gwp"].errors if asks_gwp else ())]
    chosen = form[name].data or PROPOSED
    is_left_out = chosen in (PROPOSED, NONE) and not known and slot.is_optional
    if is_left_out:
        chosen = NONE
    has_proposal = proposed_factor(known) is not None
    now = used or proposed_factor(known)
    return SlotChoice(
        slot=slot,
        name=name,
        options=tuple(_options(slot, used, known, shown)),
        value=chosen,
        used=_factor_text(now, shown) if now else "",
        source=_factor_source(now, shown),
        address=_factor_address(now),
        unit=shown.unit(own_factor_unit(slot)),
        gwp_sets=_gwp_options() if asks_gwp else [],
        is_open=not is_left_out
        and (chosen not in (PROPOSED, STORED) or bool(errors) or (not has_proposal and chosen != STORED)),
    )


def _gwp_options() -> list[dict[str, str]]:
    """The assessment reports that a typed potential may come from."""
    reports = {
        "AR4": _("AR4 (IPCC 2007; die meisten Typenschilder)"),
        "AR5": _("AR5 (IPCC 2013)"),
        "AR6": _("AR6 (IPCC 2021)"),
    }
    return [
        {"value": "", "label": _("Bitte wählen")},
        *({"value": key, "label": label} for key, label in reports.items()),
    ]


def _options(
    slot: Slot, used: FactorSnapshot | None, known: tuple[Factor, ...], shown: QuantityFormatter
) -> list[dict[str, str]]:
    options = []
    if used is not None and not used.is_own:
        options.append(
            {"value": STORED, "label": _("wie gespeichert: %(factor)s", factor=_factor_text(used, shown))}
        )
    if known:
        is_proposed = proposed_factor(known) is not None
        label = _("Vorschlag, passend zur Einheit") if is_proposed else _("Bitte wählen")
        options.append({"value": PROPOSED, "label": label})
    options += [{"value": factor_key(factor), "label": _factor_text(factor, shown)} for factor in known]
    options.append({"value": OWN, "label": _("eigener Faktor")})
    if slot.is_optional:
        options.append({"value": NONE, "label": _("nicht rechnen")})
    return options


def _factor_text(factor: FactorSnapshot | Factor, shown: QuantityFormatter) -> str:
    marks = [shown.factor(factor)]
    if factor.gases:  # energy contents have neither gases nor a boundary
        marks += [gases_label(factor.gases), label_of(factor.boundary)]
    if factor.data_year:
        marks.append(str(factor.data_year))
    if factor.verification is not Verification.CONFIRMED:
        marks.append(_("noch nicht am Original geprüft"))
    return f"{factor.label.to(shown.language)} ({', '.join(mark for mark in marks if mark)})"


def _factor_source(factor: FactorSnapshot | Factor | None, shown: QuantityFormatter) -> str:
    if isinstance(factor, FactorSnapshot):
        return (
            " ".join(text for text in (factor.source.title, factor.source.edition) if text) or factor.reason
        )
    return f"{factor.edition.title} {factor.edition.edition}" if factor else ""


def _factor_address(factor: FactorSnapshot | Factor | None) -> str:
    if isinstance(factor, FactorSnapshot):
        return factor.source.address
    return factor.edition.address if factor else ""
