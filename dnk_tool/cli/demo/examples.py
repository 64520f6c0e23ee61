"""The two companies whose declarations are files: one published, one in work with a self-assessment."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from dnk_tool.cli.demo import FILES, FINISHED_FILE, IN_PROGRESS_FILE, review
from dnk_tool.cli.demo.bills import enter_bills_and_results
from dnk_tool.cli.demo.clock import Scenario
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext, add_company
from dnk_tool.domain.answers.answer import Answer, Figure, Quality
from dnk_tool.domain.answers.self_assessment import Assessment, Measure, Rating
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.figures.material_flow import FLOW_FIGURES, TONNE
from dnk_tool.domain.permissions import SHELL, Actor
from dnk_tool.domain.review import Audience
from dnk_tool.services.answers.self_assessment import bring_assessments
from dnk_tool.services.figures.save import save_figure
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.services.work import Work
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.declarations import Declaration

RATINGS = (
    Rating.PARTIAL, Rating.IMPLEMENTED, Rating.PARTIAL, Rating.PLANNED, Rating.IMPLEMENTED, Rating.PARTIAL,
    Rating.PLANNED, Rating.NOT_STARTED, Rating.PARTIAL, Rating.IMPLEMENTED, Rating.EXEMPLARY,
)  # fmt: skip
# What the company in work knows of its flow of material, in t by year; the waste of the latest year lacks.
FLOW = {
    2024: {"renewable": "7.4", "bio_based": "2.6", "domestic": "221", "products": "631"},
    2025: {"renewable": "6.2", "bio_based": "1.8", "domestic": "238", "products": "612"},
}
FOR_A_COLLEAGUE = (
    "Mehmet, die Werte für 2024 habe ich nur zum Teil gefunden. Hast du die alten Gasrechnungen?"
)
# What the published company says at the front; its file is from before there were forewords.
FOREWORD = {
    "general.lead": "Vier Fahrzeuge machen 86 Prozent unserer direkten Emissionen aus: Dort fangen wir an.",
    "general.foreword": (
        "Liebe Leserinnen und Leser,\n\n"
        "im März 2023 haben wir „Sommer 2030“ beschlossen, unsere Nachhaltigkeitsstrategie. Vorher saßen "
        "Werkstatt, Montage und Büro drei Abende lang zusammen. Herausgekommen sind sechs Seiten.\n\n"
        "Dabei haben wir gelernt: Am schwersten wiegt nicht, was wir selbst verbrauchen, sondern was wir "
        "einkaufen. Platten, Beschläge und Glas stehen für rund 95 t CO₂e, mehr als Fahrzeuge und Strom "
        "zusammen. Diese Zahl ist geschätzt, und wir verbessern sie.\n\n"
        "Fertig sind wir nicht. Für die Lieferkette haben wir noch kein Klimaziel, und am schwersten fällt "
        "uns der Lkw. Beides steht in dieser Erklärung. Fragen Sie uns danach!"
    ),
    "general.foreword-name": "Katrin Sommer",
    "general.foreword-role": "Geschäftsführerin",
}
ADDED = "Tore, die schneller schließen, sind bestellt."


@cache
def load_document(name: str) -> Document:
    """The declaration in one of the demo's files."""
    return read_document((FILES / name).read_bytes())


def finished_document() -> Document:
    """The finished declaration with its foreword."""
    document = load_document(FINISHED_FILE)
    words = {ref: Answer(text=text) for ref, text in FOREWORD.items()}
    return replace(document, answers={**document.answers, **words})


def example_year() -> int:
    """The reporting year of the demo's files."""
    return load_document(FINISHED_FILE).reporting_year


def published_example(demo: DemoContext) -> Scenario:
    """A declaration written by an editor, signed off by the owner, approved and published."""
    document = finished_document()
    yield 120
    firm = add_company(demo, document.organisation, "katrin@demo.example", "Katrin Sommer")
    editor = firm.add_editor("petra@demo.example", "Petra Lindner")
    yield 110
    declaration = firm.import_declaration(document, by=editor)
    yield 61
    firm.submit(declaration)
    yield 48
    review.approve(demo, declaration)
    yield 45
    publishing_steps.publish(Work(demo.session, firm.actor, demo.now), declaration)
    allow_quotation(Work(demo.session, firm.actor, demo.now), declaration, is_allowed=True)


def example_in_progress(demo: DemoContext) -> Scenario:
    """A draft on which two people work."""
    document = load_document(IN_PROGRESS_FILE)
    yield 118
    firm = add_company(demo, document.organisation, "jonas@demo.example", "Jonas Brandt")
    editor = firm.add_editor("mehmet@demo.example", "Mehmet Arslan")
    yield 26
    declaration = firm.import_declaration(document)
    yield 20
    enter_bills_and_results(firm, declaration, by=editor)
    _enter_flow(demo, firm, declaration, by=editor)
    yield 14
    _save_self_assessment(demo, declaration)
    yield 3
    review.write_remark(demo, declaration, "11", FOR_A_COLLEAGUE, to=Audience.COMPANY, by=firm.actor)
    yield 2
    firm.append_to_answer(declaration, "13.1", ADDED, by=editor)


def _enter_flow(demo: DemoContext, firm: DemoCompany, declaration: Declaration, *, by: Actor) -> None:
    """Enter what is known of materials and products of the year, and of the one before as history."""
    session, clock = demo.session, demo.clock
    known = {
        (year, FLOW_FIGURES[name]): Figure(Decimal(amount), TONNE, Quality.CALCULATED)
        for year, amounts in FLOW.items()
        for name, amount in amounts.items()
    }
    for (year, key), figure in known.items():
        if year == declaration.reporting_year:
            save_figure(Work(session, by, clock.tick()), declaration, key, figure, seen=0)
        else:
            figures.add_if_missing(
                session, firm.organisation.id, year, key, figure, by=by.user_id, now=clock.tick()
            )
    session.flush()


def _save_self_assessment(demo: DemoContext, declaration: Declaration) -> None:
    """Save a self-assessment that is half done, with two measures."""
    suppliers = "Die zehn größten Lieferanten nach Umwelt- und Sozialstandards fragen"
    agreements = "Im Führungskreis klären, ob Energieziele in die Zielvereinbarungen kommen"
    measures = {
        4: (Measure(suppliers, "Jonas Brandt", date(demo.now.year + 1, 3, 31)),),
        8: (Measure(agreements, "Susanne Brandt"),),
    }
    assessments = {
        number: Assessment(rating, measures.get(number, ())) for number, rating in enumerate(RATINGS, start=1)
    }
    bring_assessments(Work(demo.session, SHELL, demo.now), declaration, assessments)
