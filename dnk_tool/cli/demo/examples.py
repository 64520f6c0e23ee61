"""The two companies whose declarations are files: one published, one in work with a self-assessment."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from dnk_tool.cli.demo import FILES, FINISHED_FILE, FINISHED_KEY, IN_PROGRESS_FILE, review
from dnk_tool.cli.demo.bills import enter_bills, enter_bills_and_results
from dnk_tool.cli.demo.calculated import calculation_of_bills
from dnk_tool.cli.demo.clock import Scenario
from dnk_tool.cli.demo.companies import DemoCompany, DemoContext, add_company
from dnk_tool.cli.demo.content import BegunContent, DemoBill, bills_of, cluster_content
from dnk_tool.domain.answers.answer import Answer, Figure, Quality
from dnk_tool.domain.answers.self_assessment import Assessment
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.figures.material_flow import FLOW_FIGURES, TONNE
from dnk_tool.domain.permissions import SHELL, Actor
from dnk_tool.services.answers.self_assessment import bring_assessments
from dnk_tool.services.figures.save import save_figure
from dnk_tool.services.work import Work
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.declarations import Declaration


@cache
def load_document(name: str) -> Document:
    """The declaration in one of the demo's files."""
    return read_document((FILES / name).read_bytes())


def finished_document() -> Document:
    """The finished declaration with its foreword."""
    document = load_document(FINISHED_FILE)
    words = {ref: Answer(text=text) for ref, text in cluster_content().foreword.items()}
    return replace(document, answers={**document.answers, **words})


def example_year() -> int:
    """The reporting year of the demo's files."""
    return load_document(FINISHED_FILE).reporting_year


def published_example(demo: DemoContext) -> Scenario:
    """A declaration written by an editor, signed off by the owner, approved and published."""
    document = finished_document()
    yield 120
    firm, editor = _company_of_two(demo, document, "finished")
    yield 110
    bills = bills_of(FINISHED_KEY)[demo.year]
    declaration = firm.import_declaration(_before_its_bills(document, bills), by=editor)
    yield 75
    enter_bills(firm, declaration, bills, (), by=editor)
    yield 61
    firm.submit(declaration)
    yield 48
    review.approve(demo, declaration)
    yield 45
    firm.publish(declaration, is_quotable=True)


def _before_its_bills(document: Document, bills: Iterable[DemoBill]) -> Document:
    """The document without the values that follow from its bills; what is noted beside them stays."""
    year = document.reporting_year
    given = {(year, key) for key in calculation_of_bills(bills, year).results}
    noted = {
        key: Figure(note=figure.note) if key in given else figure for key, figure in document.figures.items()
    }
    return replace(document, figures={key: figure for key, figure in noted.items() if not figure.is_empty})


def example_in_progress(demo: DemoContext) -> Scenario:
    """A draft on which two people work."""
    document, content = load_document(IN_PROGRESS_FILE), cluster_content()
    yield 118
    firm, editor = _company_of_two(demo, document, "begun")
    yield 26
    declaration = firm.import_declaration(document)
    yield 20
    begun = content.begun
    enter_bills_and_results(firm, declaration, begun.bills, begun.files, by=editor)
    _enter_flow(firm, declaration, begun.flow, by=editor)
    yield 14
    _save_self_assessment(demo, declaration, begun)
    yield 3
    review.write_remark(demo, declaration, content.remarks["metallbau-brandt"], by=firm.actor)
    yield 2
    added = content.additions["metallbau-brandt"]
    firm.append_to_answer(declaration, added.aspect, added.text, by=editor)


def _company_of_two(demo: DemoContext, document: Document, which: str) -> tuple[DemoCompany, Actor]:
    """The company of the declaration, and an editor beside its owner."""
    owner, editor = (cluster_content().people[f"{which}-{role}"] for role in ("owner", "editor"))
    firm = add_company(demo, document.organisation, owner.email, owner.name)
    return firm, firm.add_editor(editor.email, editor.name)


def _enter_flow(
    firm: DemoCompany, declaration: Declaration, flow: Mapping[int, Mapping[str, Decimal]], *, by: Actor
) -> None:
    """Enter what is known of materials and products of the year, and of the one before as history."""
    session, company = firm.demo.session, firm.organisation.id
    for year, amounts in flow.items():
        for name, amount in amounts.items():
            key, figure = FLOW_FIGURES[name], Figure(amount, TONNE, Quality.CALCULATED)
            work = firm.work(by)
            if year == declaration.reporting_year:
                save_figure(work, declaration, key, figure, seen=0)
            else:
                figures.add_if_missing(session, company, year, key, figure, by=by.user_id, now=work.now)
    session.flush()


def _save_self_assessment(demo: DemoContext, declaration: Declaration, content: BegunContent) -> None:
    """Save a self-assessment that is half done, with measures, the first of them until the end of March."""
    first, *others = content.measures.items()
    due = replace(first[1], due=date(demo.now.year + 1, 3, 31))
    measures = dict([(first[0], due), *others])
    assessments = {
        number: Assessment(rating, (measures[number],) if number in measures else ())
        for number, rating in enumerate(content.ratings, start=1)
    }
    bring_assessments(Work(demo.session, SHELL, demo.now), declaration, assessments)
