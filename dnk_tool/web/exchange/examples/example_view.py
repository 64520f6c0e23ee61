"""An example as its pages show it: its number, the five lines, and where the number is from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from dnk_tool import language as languages
from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.exchange.examples import FIVE_LINES, ExampleContent, ExampleNumber
from dnk_tool.domain.measures.effects import factor_reference, shown_tonnes
from dnk_tool.domain.measures.model import EnergySaving
from dnk_tool.domain.measures.sums import MeasureSum
from dnk_tool.domain.numbers import readable
from dnk_tool.store.exchange.examples import ShownExample
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.measures.measure_rows import carrier_name, energy_text, saving_notes, sum_texts
from dnk_tool.web.text.labels import label_of

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class ExampleView:
    """An example in words. `headline` and `saved`: the number that stands out, and of what it is.

    `others`: what it saves besides; `origin`: sentences about where the number is from; `lines`: pairs of a
    heading and a text.
    """

    company: str
    title: str
    kind: str
    headline: str
    saved: str
    others: tuple[str, ...]
    origin: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    fits: str
    section: str
    picture_alt: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class ExampleCard:
    """An example in a list; `picture`: the address of its picture, or empty; `mark`: a word about it."""

    view: ExampleView
    href: str
    picture: str
    mark: str = ""


def example_view(company: str, content: ExampleContent, number: ExampleNumber) -> ExampleView:
    """The example of a company in the language of the page."""
    kind = load_measure_kinds().kinds.get(number.kind)
    amounts = list(_amounts(number))
    return ExampleView(
        company=company,
        title=content.title,
        kind=kind.label.to(current_language()) if kind else "",
        headline=amounts[0][0] if amounts else "",
        saved=amounts[0][1] if amounts else "",
        others=tuple(f"{amount} {what}".strip() for amount, what in amounts[1:]),
        origin=tuple(_origin(number)),
        lines=tuple((label_of(part), content.line(part)) for part in FIVE_LINES if content.line(part)),
        fits=content.fits,
        section=section_name(content.section),
        picture_alt=content.picture_alt,
        is_public=content.is_public,
    )


def shown_view(shown: ShownExample) -> ExampleView:
    """The view of an example that a cluster has."""
    return example_view(shown.company, shown.content, shown.number)


def example_cards(
    shown: Iterable[ShownExample], endpoint: str, *, marks: Mapping[int, str] | None = None, **values: Any
) -> list[ExampleCard]:
    """A card for each example. `endpoint`: the page of one, beside which stands that of its picture.

    `values`: of its address, besides the example's id. `marks`: a word about some of them, by id.
    """
    picture = f"{endpoint.rpartition('.')[0]}.picture"
    return [
        ExampleCard(
            shown_view(one),
            url_for(endpoint, example_id=one.id, **values),
            url_for(picture, example_id=one.id, **values) if one.picture else "",
            (marks or {}).get(one.id, ""),
        )
        for one in shown
    ]


def section_name(key: str) -> str:
    """The name of a section of sectors by its letter; empty for one that is not known."""
    language = current_language()
    sections = load_sectors().current.sections
    return next((each.label.to(language) for each in sections if each.key == key), "")


def _amounts(number: ExampleNumber) -> Iterator[tuple[str, str]]:
    """What is saved, each with what it is, the largest saving of energy first."""
    for each in sorted(number.effect.energy, key=lambda saving: -saving.kwh):
        if each.kwh:
            sign = MINUS if each.kwh > 0 else "+"
            yield f"{sign}{energy_text(abs(each.kwh))}", _carrier_name(each.carrier)
    yield from ((f"{MINUS}{text}", "") for text in sum_texts(_other_amounts(number, 1)))
    yield from ((f"+{text}", "") for text in sum_texts(_other_amounts(number, -1)))


def _other_amounts(number: ExampleNumber, sign: int) -> MeasureSum:
    """What is saved besides energy (`sign` 1), or used in its place (`sign` -1)."""

    def kept(amount: Decimal | None) -> Decimal | None:
        return abs(amount) if amount and amount * sign > 0 else None

    effect = number.effect
    return MeasureSum(
        t_co2e=kept(shown_tonnes(effect)),
        water_m3=kept(effect.water_m3),
        material_kg=kept(effect.material_kg),
        waste_kg=kept(effect.waste_kg),
        cost_eur=kept(effect.cost_eur),
    )


def _carrier_name(key: str) -> str:
    carrier = load_measure_kinds().carriers.get(key)
    return carrier_name(carrier) if carrier else ""


def _origin(number: ExampleNumber) -> Iterator[str]:
    effect = number.effect
    if effect.basis is not None:
        since = number.from_year
        found = label_of(effect.basis)
        yield str(_("So ermittelt: %(basis)s.", basis=found))
        if since:
            yield str(_("Für ein volles Jahr, zum ersten Mal %(year)s.", year=since))
    if effect.is_t_co2e_typed:
        yield str(_("Die Treibhausgase hat das Unternehmen selbst eingetragen."))
        return
    factors = load_factors(current_settings().instance / OWN_FACTORS_FOLDER)
    yield from (_factor_sentence(each, factors) for each in effect.energy if each.t_co2e is not None)


def _factor_sentence(saving: EnergySaving, factors: Factors) -> str:
    """How energy became greenhouse gases; a company's own factor is named as that of the company."""
    reference = factor_reference(saving.factor)
    if reference is not None and reference.is_own and reference.value is not None:
        value = languages.format_number(reference.value, current_language())
        tonnes = languages.format_number(_rounded(saving.t_co2e or Decimal(0)), current_language())
        said = _(
            "%(tonnes)s t CO₂e mit dem eigenen Faktor des Unternehmens, %(value)s kg je kWh",
            tonnes=tonnes,
            value=value,
        )
        return f"{_carrier_name(saving.carrier)}: {said}"
    (note,) = saving_notes([saving], factors)
    return f"{_carrier_name(saving.carrier)}: {note.emissions}"


def _rounded(value: Decimal) -> Decimal:
    return readable(value).normalize() + 0
