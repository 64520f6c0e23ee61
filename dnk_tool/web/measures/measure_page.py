"""Renders the page of one measure, new or stored, with its options."""

from collections.abc import Mapping

from flask import render_template
from flask_babel import gettext as _

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.factors.loader import load_unit_families
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.editing.versions import Stored
from dnk_tool.domain.measures.effects import emission_factor, factor_reference
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, EnergySaving, MeasureState
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.measures.measure_fields import changed_fields, summary_errors
from dnk_tool.web.measures.measure_form import MAX_CARRIERS, CompanyMeasureForm
from dnk_tool.web.measures.measure_rows import saving_notes, unit_name
from dnk_tool.web.measures.proposals import NO_PROPOSAL, MeasureProposal
from dnk_tool.web.measures.similar_measures import similar_measures
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.options import Option, choice_options, enum_options, numbered_title

SHOWN_CARRIERS = 2
FOLDED_FIELDS = ("water_m3", "material_kg", "waste_kg", "t_co2e")


def render_measure(
    form: CompanyMeasureForm,
    allowed: Mapping[int, str],
    *,
    stored: Stored[CompanyMeasure] | None = None,
    factors: Factors | None = None,
    proposal: MeasureProposal = NO_PROPOSAL,
    is_conflict: bool = False,
) -> str:
    """The page of a measure; without `stored` that of a new one.

    `allowed`: names of the clusters that may use measures, by id. `is_conflict`: somebody else stored
    `stored` meanwhile.
    """
    while len(form.savings) < SHOWN_CARRIERS or (
        form.savings[-1].form.amount.data is not None and len(form.savings) < MAX_CARRIERS
    ):
        form.savings.append_entry()
    kinds = load_measure_kinds()
    options = _options(allowed)
    return render_template(
        "measures/measure.html",
        organisation=current_organisation(),
        form=form,
        errors=field_errors(form),
        summary_errors=summary_errors(form),
        stored=stored,
        measure_id=stored.ref if stored else "",
        proposal=proposal,
        is_conflict=is_conflict,
        changed=changed_fields(form, stored, options) if stored and is_conflict else [],
        kind_hints=[kind for kind in kinds.kinds.values() if kind.hint.de],
        options=options,
        units=_unit_options(),
        similar=[] if stored else similar_measures(allowed, current_organisation()),
        notes=saving_notes(stored.content.effect.energy, factors) if stored and factors else [],
        shows_more=any(form[name]._value() for name in FOLDED_FIELDS),
        has_newer_factor=bool(stored and factors and _has_newer_factor(stored.content, factors)),
    )


def _options(allowed: Mapping[int, str]) -> dict[str, list[Option]]:
    """The words of each field of choices."""
    return {
        "kind": choice_options(load_measure_kinds().kinds.values(), _("Bitte wählen")),
        "state": enum_options(MeasureState),
        "savings": _carrier_options(),
        "basis": enum_options(EffectBasis, _("Bitte wählen")),
        "criterion": _criterion_options(),
        "counts_for": _cluster_options(allowed),
    }


def _carrier_options() -> list[Option]:
    """Each carrier with each of its units: "Erdgas in kWh (Hs)"."""
    language = current_language()
    options = [{"value": "", "label": _("Bitte wählen")}]
    for carrier in load_measure_kinds().carriers.values():
        for unit in carrier.units:
            words = _(
                "%(carrier)s in %(unit)s", carrier=carrier.label.to(language), unit=_unit_word(unit.unit)
            )
            options.append({"value": f"{carrier.key}/{unit.unit}", "label": words})
    return options


def _unit_options() -> list[Option]:
    """Every unit of a carrier once, as it stands beside an amount."""
    carriers = load_measure_kinds().carriers.values()
    units = dict.fromkeys(unit.unit for carrier in carriers for unit in carrier.units)
    return [{"value": unit, "label": _unit_word(unit)} for unit in units]


def _unit_word(symbol: str) -> str:
    """What a bill calls the unit: "Liter" rather than a single letter."""
    name = unit_name(symbol)
    return name if len(name) > 1 else load_unit_families()[symbol].units[symbol].label.to(current_language())


def _criterion_options() -> list[Option]:
    criteria = load_catalogue(editions()[-1]).criteria
    options = [{"value": str(one.number), "label": numbered_title(one)} for one in criteria]
    return [{"value": "", "label": _("zu keinem")}, *options]


def _cluster_options(allowed: Mapping[int, str]) -> list[Option]:
    """The clusters that may use measures; empty where there is none."""
    if not allowed:
        return []
    options = [{"value": str(each), "label": name} for each, name in allowed.items()]
    return [{"value": "", "label": _("für keines")}, *options]


def _has_newer_factor(measure: CompanyMeasure, factors: Factors) -> bool:
    """Whether another edition or year of a factor is known than that of a saving; own factors stay."""
    return any(_is_outdated(each, measure, factors) for each in measure.effect.energy)


def _is_outdated(saving: EnergySaving, measure: CompanyMeasure, factors: Factors) -> bool:
    carrier = load_measure_kinds().carriers.get(saving.carrier)
    used = factor_reference(saving.factor)
    if carrier is None or (used and used.is_own):
        return False
    newest = emission_factor(carrier, factors, load_unit_families(), measure.from_year or 9999)
    return newest is not None and newest.reference != used
