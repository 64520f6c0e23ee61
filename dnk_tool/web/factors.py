"""The page of all emission factors: value, source, boundary and verification. Uses no database."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors, load_unit_families
from dnk_tool.catalogue.factors.model import (
    NON_CO2,
    Boundary,
    Factor,
    FactorEdition,
    Factors,
    FactorStatus,
    FactorTopic,
    FactorUse,
)
from dnk_tool.catalogue.values import NO_TEXT, Text, Verification
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.text_search import MAX_QUERY_LENGTH, TextQuery, text_query
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.headers import cacheable_response
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.text.labels import label_of

blueprint = Blueprint("factors", __name__)

TOPICS: Mapping[FactorTopic, Any] = {
    FactorTopic.ELECTRICITY: _l("Strom"),
    FactorTopic.HEAT: _l("Fernwärme"),
    FactorTopic.FUELS: _l("Brennstoffe und Kraftstoffe"),
    FactorTopic.VEHICLES: _l("Eigene Fahrzeuge nach Kilometern"),
    FactorTopic.REFRIGERANTS: _l("Kältemittel und andere Gase"),
    FactorTopic.UPSTREAM: _l("Vorkette der Energie"),
    FactorTopic.TRAVEL: _l("Reisen und Arbeitswege"),
    FactorTopic.FREIGHT: _l("Gütertransport"),
    FactorTopic.WASTE: _l("Abfall"),
    FactorTopic.WATER: _l("Wasser"),
    FactorTopic.ENERGY_CONTENTS: _l("Energie in Brennstoffen"),
    FactorTopic.OTHER: _l("Weitere"),
}
GASES: Mapping[str, Any] = {
    "": "",
    "CO2": _l("nur CO₂"),
    "CO2e": _l("alle Treibhausgase (CO₂e)"),
    "CO2, CH4, N2O": _l("CO₂, Methan, Lachgas"),
    NON_CO2: _l("CO₂, Methan, Lachgas, Nicht-CO₂-Effekte des Fliegens"),
}
USES: Mapping[FactorUse, Any] = {
    FactorUse.DEFAULT: _l("Vorschlag"),
    FactorUse.OPTIONAL: _l("wählbar"),
    FactorUse.CROSS_CHECK: _l("nur zum Vergleich"),
}
STATUSES: Mapping[FactorStatus, Any] = {
    FactorStatus.FINAL: "",
    FactorStatus.PROVISIONAL: _l("vorläufig"),
    FactorStatus.ESTIMATED: _l("geschätzt"),
}
VERIFICATIONS: Mapping[Verification, Any] = {
    Verification.CONFIRMED: _l("geprüft"),
    Verification.PARTIAL: _l("teilweise geprüft"),
    Verification.UNCONFIRMED: _l("nicht geprüft"),
}
SCOPE_2: Mapping[str, Any] = {"2-location": _l("2 standortbasiert"), "2-market": _l("2 marktbasiert")}
TEMPLATE_LABELS = {
    "topic_words": TOPICS,
    "gases": GASES,
    "uses": USES,
    "statuses": STATUSES,
    "verifications": VERIFICATIONS,
}


@dataclass(frozen=True)
class FactorSeries:
    """The values of one key in one edition, newest year first; all else is taken from the first."""

    factors: tuple[Factor, ...]

    @property
    def first(self) -> Factor:
        """The newest factor of the series."""
        return self.factors[0]

    @property
    def unit(self) -> Text:
        """The unit of a value: kg CO₂e je kWh (Hs)."""
        result, activity = (_unit_name(unit) for unit in (self.first.result_unit, self.first.unit))
        return Text(f"{result.de} je {activity.de}", f"{result.en} per {activity.en}")

    @property
    def notes(self) -> tuple[tuple[int | None, Text], ...]:
        """Each note once; with its year unless it applies to all values."""
        notes = dict.fromkeys(factor.note for factor in self.factors if factor.note != NO_TEXT)
        said = {note: [factor for factor in self.factors if factor.note == note] for note in notes}
        return tuple(
            (factors[0].data_year if len(factors) < len(self.factors) else None, note)
            for note, factors in said.items()
        )


@blueprint.get("/faktoren")
@permit(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    factors, words = _factors(), request.args.get("suche", "").strip()[:MAX_QUERY_LENGTH]
    query = text_query(words)
    topics = {topic: fitting for topic, series in _by_topic(factors) if (fitting := _fitting(series, query))}
    shown = {series.first.edition.key for fitting in topics.values() for series in fitting}
    page = render_template(
        "figures/factors.html",
        words=words if query.words else "",
        topics=topics,
        editions=sorted(
            (edition for edition in factors.editions.values() if not query.words or edition.key in shown),
            key=lambda edition: (edition.publisher.casefold(), edition.key),
        ),
        anchor=edition_anchor,
        short=short_edition_name,
        scope_words=scope_labels,
        boundaries={boundary: label_of(boundary) for boundary in Boundary},
        **TEMPLATE_LABELS,
    )
    response = make_response(page)
    return response if request.cookies else cacheable_response(response)


def edition_anchor(edition: FactorEdition) -> str:
    """The anchor of the edition on the page."""
    return f"quelle-{edition.key}"


def short_edition_name(edition: FactorEdition) -> str:
    """Publisher and edition in short: "UBA 16/2026".

    Uses the publisher's abbreviation in brackets, if any.
    """
    letters = re.search(r"\((\w+)\)", edition.publisher)
    return f"{letters[1] if letters else edition.publisher} {edition.edition}"


def scope_labels(scope: str) -> str:
    """The scopes of a factor in words: "2 standortbasiert, 3.3"."""
    return ", ".join(str(SCOPE_2.get(part, part)) for part in scope.split(", "))


def _factors() -> Factors:
    settings = current_settings()
    return load_factors(settings.instance / OWN_FACTORS_FOLDER)


def _by_topic(factors: Factors) -> Iterator[tuple[FactorTopic, list[FactorSeries]]]:
    """Yield topics that have factors; in each, proposed factors come first, those only to compare last."""
    all_series = [series for group in factors.by_key.values() for series in _series(group)]
    for topic in FactorTopic:
        about = [series for series in all_series if series.first.topic is topic]
        if about:
            yield topic, sorted(about, key=_sort_key)


def _fitting(all_series: list[FactorSeries], query: TextQuery) -> list[FactorSeries]:
    """Those with every word in what they are for, in a note or in their source."""
    language = current_language()
    return [
        series
        for series in all_series
        if query.fits(
            series.first.label.to(language),
            str(TOPICS[series.first.topic]),
            series.first.edition.title,
            series.first.edition.publisher,
            *(note.to(language) for _year, note in series.notes),
        )
    ]


def _sort_key(series: FactorSeries) -> tuple[int, str]:
    use = list(FactorUse).index(series.first.use)
    return use, series.first.label.to(current_language()).casefold()


def _series(group: Iterable[Factor]) -> list[FactorSeries]:
    by_edition: dict[str, list[Factor]] = {}
    for factor in group:
        by_edition.setdefault(factor.edition.key, []).append(factor)
    return [
        FactorSeries(tuple(sorted(factors, key=lambda factor: -(factor.data_year or 0))))
        for factors in by_edition.values()
    ]


def _unit_name(symbol: str) -> Text:
    return load_unit_families()[symbol].units[symbol].display
