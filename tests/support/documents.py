"""Documents for tests: a realistic full declaration out of the catalogue's own examples, and an empty one."""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from dnk_tool.catalogue import Aspect, Indicator, Requirement, selection_for
from dnk_tool.catalogue.standard.item_model import Column, Datapoint, Item, ItemKind, Table
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.self_assessment import Assessment, Measure, Rating
from dnk_tool.domain.answers.values import Cell, Row, Rows
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.organisation import Profile, Site
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language
from dnk_tool.report.view.parts import RequirementView

DATA = Path(__file__).parents[1] / "data"
EDITION = "dnk-2017"
YEAR = 2025
OPTIONS = frozenset({"csr-rug", "nap", "eu-taxonomy"})
EXPLAINED_EVERY = 6

PROFILE = Profile(
    name="Muster Metallbau GmbH",
    legal_form="GmbH",
    sector="25",
    employees=48,
    turnover=Quantity(Decimal("7.4"), "Mio-EUR"),
    address="Werkstraße 12\n73033 Göppingen",
    website="https://muster-metallbau.example",
    sites=(
        Site("Werk und Verwaltung", "Werkstraße 12, 73033 Göppingen"),
        Site("Lager", "Am Bahnhof 3, 73054 Eislingen"),
    ),
)

# A usual size for each family of units: what a firm of 48 people would enter.
_SIZES = {
    "energy": ("kWh", "184350"),
    "mass": ("t", "62.4"),
    "volume": ("m3", "1240"),
    "co2e": ("t-co2e", "118.4"),
    "fte": ("fte", "43.5"),
    "area": ("m2", "5200"),
    "accident-rate": ("per-1m-hours", "12.8"),
    "money-per-fte": ("eur-per-fte", "9471"),
    "percent": ("percent", "37.5"),
    "persons": ("persons", "48"),
    "money": ("EUR", "412000"),
    "hours-per-person": ("h-per-person", "14.5"),
    "hours": ("h", "78400"),
    "count": ("1", "3"),
    "ratio": ("x-to-1", "4.2"),
}
_TEXTS = {
    "de": (
        "Wir zählen nach dem Verfahren, das auch unser Steuerbüro nutzt; Schätzungen sind gekennzeichnet.",
        "Grundlage sind die Rechnungen der Versorger und die Aufzeichnungen der Werkstattleitung.",
        "Im Berichtsjahr gab es keinen Fall.",
    ),
    "en": (
        "We count as our tax office does; estimates are marked as such.",
        "The basis is suppliers' invoices and the records of the workshop manager.",
        "There was no case in the reporting year.",
    ),
}
_CELL_TEXTS = {
    "goal": (
        "Verbrauch an Strom und Gas je Tonne Stahl um ein Zehntel senken",
        "Alle Lieferanten von Stahl nach Herkunft und Recyclinganteil fragen",
        "Zwei Ausbildungsplätze mehr anbieten",
        "Unfälle mit mehr als drei Ausfalltagen vermeiden",
    ),
    "baseline": ("184 MWh", "keine Abfrage", "3 Plätze", "4 Unfälle"),
    "status": ("168 MWh, auf dem Weg", "7 von 12 Lieferanten", "4 Plätze", "1 Unfall"),
    "material": ("Baustahl S235", "Aluminiumprofile", "Pulverlack", "Verpackung"),
    "note": (
        "Recyclinganteil laut Händler etwa 40 Prozent",
        "Recyclinganteil nicht bekannt",
        "Angabe des Herstellers",
        "überwiegend Karton",
    ),
    "carrier": ("Erdgas", "Diesel", "Propan", "Benzin"),
    "use": ("Heizung und Warmwasser", "Lastwagen und Stapler", "Brennschneiden", "Firmenwagen"),
    "waste": ("Stahlschrott", "Mischabfall", "Ölhaltige Lappen", "Altpapier"),
    "category": ("Werkstatt", "Montage", "Büro", "Leitung"),
    "characteristic": ("Schwerbehinderung", "Ausländische Staatsangehörigkeit", "Teilzeit", "Ausbildung"),
    "country": ("Deutschland", "Österreich", "Tschechien", "Polen"),
    "recipient": ("Kreishandwerkerschaft", "Fachverband Metall", "Sportverein", "Tafel"),
}
_QUALITIES = (Quality.MEASURED, Quality.CALCULATED, Quality.MEASURED, Quality.ESTIMATED)


def full_document(
    *,
    language: Language = "de",
    indicator_set: str = "gri",
    options: frozenset[str] = OPTIONS,
    profile: Profile = PROFILE,
    earlier_years: int = 2,
    with_assessments: bool = True,
) -> Document:
    """A declaration without gaps: every sixth requirement is explained, all others are reported.

    The texts are the catalogue's examples, so they grow with the catalogue; the same arguments give the
    same document.
    """
    selection = selection_for(EDITION, indicator_set, options)
    answers: dict[str, Answer] = {}
    figures: dict[tuple[int, str], Figure] = {}
    number = 0
    for requirement in selection.requirements.values():
        number += requirement.items[0].since == 1  # what came later moves no explanation
        if requirement.is_explainable and requirement.reasons and number % EXPLAINED_EVERY == 0:
            answers[requirement.ref] = _explained(requirement, language)
            continue
        answers |= dict(_answers(requirement, language))
        for item in requirement.items:
            if item.datapoint and item.datapoint.computed is None:
                figures |= dict(_figures_of_point(item.datapoint, earlier_years))
    return Document(
        edition=EDITION,
        reporting_year=YEAR,
        indicator_set=indicator_set,
        language=language,
        options=options,
        organisation=profile,
        answers=answers,
        figures=figures,
        done=frozenset(section.ref for section in selection.sections),
        assessments=_assessments() if with_assessments else None,
    )


def empty_document(**changes: object) -> Document:
    """A declaration in which nothing was answered yet."""
    bare = Document(EDITION, YEAR, "gri", "de", frozenset(), Profile("Neue Firma GmbH"))
    return replace(bare, **changes)  # type: ignore[arg-type]


def stored_document(name: str) -> Document:
    """One of the declarations that lie beside the tests."""
    return read_document((DATA / f"{name}.json").read_bytes())


def _explained(requirement: Requirement, language: Language) -> Answer:
    reason = requirement.reasons[0]
    return Answer(Disclosure.EXPLAIN, explanation=reason.text.to(language), reason=reason.key)


def _answers(requirement: Requirement, language: Language) -> Iterator[tuple[str, Answer]]:
    if isinstance(requirement, Aspect):
        belongs = "\n".join(f"- {point.to(language)}" for point in requirement.belongs[:3])
        text = requirement.example.to(language)
        text = f"{text}\n\n{belongs}" if _pick(requirement.ref, 4) == 0 else text
        yield requirement.ref, Answer(Disclosure.COMPLY, text=text)
    elif isinstance(requirement, Indicator):
        yield requirement.ref, Answer(Disclosure.COMPLY)
    own_text = requirement.ref if isinstance(requirement, Aspect) else ""
    for item in requirement.items:
        answer = _item(item, language)
        if answer is not None and item.ref != own_text:
            yield item.ref, answer


def _item(item: Item, language: Language) -> Answer | None:
    if item.kind is ItemKind.TEXT:
        said = {
            "general.contact-name": "Petra Beispiel",
            "general.contact-email": "nachhaltigkeit@muster.example",
        }
        return Answer(text=said.get(item.ref, _TEXTS[language][_pick(item.ref, len(_TEXTS[language]))]))
    if item.kind is ItemKind.CHOICE:
        return Answer(value=item.choices[_pick(item.ref, len(item.choices))].key)
    if item.kind is ItemKind.CHOICES:
        return Answer(value=tuple(choice.key for choice in item.choices[:3]))
    if item.kind is ItemKind.YEAR:
        return Answer(value=YEAR - 3)
    if item.table:
        return Answer(value=Rows(tuple(_row(item.table, number) for number in range(1 + _pick(item.ref, 4)))))
    return None


def _row(table: Table, number: int) -> Row:
    return {column.key: _example_cell(column, number) for column in table.columns}


def _example_cell(column: Column, number: int) -> Cell:
    if column.kind is ItemKind.YEAR:
        return YEAR + number
    if column.kind is ItemKind.CHOICE:
        return column.choices[number % len(column.choices)].key
    if column.kind is ItemKind.QUANTITY:
        unit, size = _SIZES.get(column.families[0].key, (column.families[0].base, "12"))
        return Quantity(_rounded(Decimal(size) / (number + 1), unit), unit)
    said = _CELL_TEXTS.get(column.key, ("Angabe der Firma",))
    return said[number % len(said)]


def _figures_of_point(point: Datapoint, earlier: int) -> Iterator[tuple[tuple[int, str], Figure]]:
    unit, size = _SIZES.get(point.family.key, (point.default_unit, "12"))
    for back in range(earlier + 1):
        value = Decimal(size) * (70 + _pick(point.key, 60)) / 100 * (100 + 4 * back) / 100
        note = "Zähler in der Halle 2 ab Juli geschätzt" if back == 0 and _pick(point.key, 7) == 0 else ""
        quality = _QUALITIES[_pick(point.key + str(back), len(_QUALITIES))]
        yield (YEAR - back, point.key), Figure(_rounded(value, unit), unit, quality, note)


def _rounded(value: Decimal, unit: str = "") -> Decimal:
    return value.quantize(Decimal(1) if value >= 1000 or unit in ("1", "persons") else Decimal("0.1"))


def _pick(key: str, below: int) -> int:
    """A number that looks free and is always the same for the same key."""
    return zlib.crc32(key.encode()) % below


def _assessments() -> dict[int, Assessment]:
    ratings = list(Rating)
    measure = Measure(
        "Ziele für Strom und Gas festlegen und jedes Quartal prüfen", "Geschäftsführung", date(2026, 6, 30)
    )
    return {
        number: Assessment(ratings[_pick(str(number), len(ratings))], (measure,) if number % 3 == 0 else ())
        for number in range(1, 21)
    }


def table_cells(part: RequirementView) -> list[list[str]]:
    """The words of each row of all tables of a printed requirement."""
    return [[cell.text for cell in row] for table in part.tables for row in table.rows]


def plain_spaces(text: str) -> str:
    """The text without spaces that hold words together."""
    return text.replace("\xa0", " ")
