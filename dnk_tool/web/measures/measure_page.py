"""Renders the page of one measure, new or stored, with its options.

The fields of a measure by name: for errors that read alike, and for what another person has changed.
What other companies of a cluster do, as its last joint sum says: kinds, counts and sums, never a company.

A joint sum holds only what its rules let out. Live counts would tell what somebody who just joined does.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from flask import Blueprint, render_template
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.catalogue.factors.loader import load_unit_families
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.aggregates.comparability import group_of
from dnk_tool.domain.aggregates.joint_goal import JointProgress, KindPart, Saving
from dnk_tool.domain.aggregates.model import Group
from dnk_tool.domain.editing import Stored
from dnk_tool.domain.measures.effects import emission_factor, factor_reference
from dnk_tool.domain.measures.model import CompanyMeasure, EffectBasis, EnergySaving, MeasureState
from dnk_tool.store.aggregates import joint_sums
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.measure_form import MAX_CARRIERS, CompanyMeasureForm, form_data
from dnk_tool.web.measures.measure_rows import energy_text, saving_notes, unit_name
from dnk_tool.web.measures.proposals import NO_PROPOSAL, MeasureProposal
from dnk_tool.web.text.form_errors import FieldError, field_errors
from dnk_tool.web.text.options import Option, choice_options, enum_options, numbered_title

SHOWN_CARRIERS = 2
FOLDED_FIELDS = ("water_m3", "material_kg", "waste_kg", "t_co2e")


FIELD_NAMES: Mapping[str, LazyString] = {
    "text": _l("Maßnahme"),
    "kind": _l("Art"),
    "state": _l("Stand"),
    "due": _l("Bis wann?"),
    "owner": _l("Wer kümmert sich?"),
    "savings": _l("Energie"),
    "cost_eur": _l("Kosten gespart"),
    "water_m3": _l("Wasser"),
    "material_kg": _l("Material"),
    "waste_kg": _l("Abfall"),
    "t_co2e": _l("Treibhausgase"),
    "basis": _l("Wie haben Sie das ermittelt?"),
    "from_year": _l("Erstes volles Jahr"),
    "lifetime": _l("Nutzungsdauer in Jahren"),
    "investment_eur": _l("Investition"),
    "criterion": _l("Kriterium der Selbsteinschätzung"),
    "counts_for": _l("Zählt für"),
}


blueprint = Blueprint("similar_measures", __name__)


class Likeness(IntEnum):
    """How much several of the companies with a kind are like one's own, as far as that may be said."""

    CLUSTER = 0
    SECTION = 1
    SECTION_AND_SIZE = 2


@dataclass(frozen=True, slots=True)
class SimilarMeasures:
    """The measures of one kind of so many companies of a cluster; `energy` together in a full year, or "".

    `who`: that several of them are like the company, in words, or "".
    """

    kind: str
    label: str
    companies: int
    energy: str
    likeness: Likeness
    who: str


@blueprint.app_template_global("similar_measures_of")
def similar_measures_of(organisation: Organisation) -> list[SimilarMeasures]:
    """The same for a company that lets clusters use its measures, else nothing; one statement a cluster."""
    return similar_measures(measures.clusters_allowed(db(), organisation.id), organisation)


def similar_measures(cluster_ids: Iterable[int], organisation: Organisation) -> list[SimilarMeasures]:
    """The kinds of measures in the last joint sum of these clusters, those of similar companies first."""
    own = group_of(organisation.sector, organisation.employees)
    rows = [
        _row(part, _likeness(found.progress, part.kind, own))
        for cluster_id in cluster_ids
        if (found := joint_sums.shown_joint_sum(db(), cluster_id))
        for part in found.progress.kinds
        if part.kind in load_measure_kinds().kinds
    ]
    return sorted(rows, key=lambda row: (-row.likeness, -row.companies))


def _likeness(progress: JointProgress, kind: str, own: Group) -> Likeness:
    similar = progress.similar or {}
    if own.section and own.size and kind in similar.get(own, ()):
        return Likeness.SECTION_AND_SIZE
    is_in_section = own.section and kind in similar.get(Group(own.section), ())
    return Likeness.SECTION if is_in_section else Likeness.CLUSTER


def _row(kind_part: KindPart, likeness: Likeness) -> SimilarMeasures:
    part, kwh = kind_part.part, kind_part.part.value(Saving.ENERGY)
    label = load_measure_kinds().kinds[kind_part.kind].label.to(current_language())
    energy = energy_text(kwh) if kwh else ""
    return SimilarMeasures(kind_part.kind, label, part.companies, energy, likeness, _who(likeness))


def _who(likeness: Likeness) -> str:
    least = load_aggregation_rules().sum_companies
    if likeness is Likeness.SECTION_AND_SIZE:
        return str(_("darunter mindestens %(least)s Ihrer Branche und Größe", least=least))
    return str(_("darunter mindestens %(least)s Ihrer Branche", least=least)) if likeness else ""


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field that another person filled otherwise: its name, and what stands there now."""

    name: str
    text: str


def summary_errors(form: CompanyMeasureForm) -> tuple[FieldError, ...]:
    """The errors for the summary; those of one wording are told apart by the name of their field."""
    errors = field_errors(form)
    times = Counter(error.text for error in errors)
    return tuple(
        replace(error, text=f"{_field_name(error.id)}: {error.text}") if times[error.text] > 1 else error
        for error in errors
    )


def changed_fields(
    form: CompanyMeasureForm, theirs: Stored[CompanyMeasure], options: Mapping[str, Sequence[Option]]
) -> list[ChangedField]:
    """What stands otherwise in `theirs` than in the form. `options`: the words of each field of choices."""
    other = CompanyMeasureForm(formdata=None, data=form_data(theirs))
    shown, typed = dict(_texts(other, options)), dict(_texts(form, options))
    return [
        ChangedField(str(FIELD_NAMES[name]), text or _("leer"))
        for name, text in shown.items()
        if text != typed[name]
    ]


def _field_name(field_id: str) -> str:
    rows, _dash, place = field_id.partition("-")
    if rows == "savings" and place:
        return str(_("Energie, Zeile %(number)s", number=int(place.split("-")[0]) + 1))
    return str(FIELD_NAMES.get(field_id, ""))


def _texts(form: CompanyMeasureForm, options: Mapping[str, Sequence[Option]]) -> Iterator[tuple[str, str]]:
    """Each field and what it shows."""
    for name in FIELD_NAMES:
        if name == "savings":
            yield name, ", ".join(_saving_texts(form, options[name]))
        elif name in options:
            yield name, _word(options[name], form[name].data)
        else:
            yield name, str(form[name]._value() if hasattr(form[name], "_value") else form[name].data or "")


def _saving_texts(form: CompanyMeasureForm, carriers: Sequence[Option]) -> Iterator[str]:
    for row in form.savings.text_rows():
        if row["amount"]:
            yield f"{_word(carriers, row['carrier'])}: {row['amount']}"


def _word(options: Sequence[Option], value: object) -> str:
    found = (str(one["label"]) for one in options if value and one["value"] == str(value))
    return next(found, "")


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
