"""Turns stored declarations into documents and documents into stored declarations.

Gives a declaration the path to the company's climate goal, if the company takes it in.
Gives a declaration the flow of material of its company, if the company takes it in.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.declarations.climate_path import DeclaredPath, DeclaredYear
from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.declarations.material_flow import DeclaredFlow, declared_flow, flow_figures
from dnk_tool.domain.declarations.redaction import WithheldFigures
from dnk_tool.domain.declarations.states import EDITABLE_STATES, EventKind
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.figures.calculators import Calculation
from dnk_tool.domain.figures.material_flow import FlowYear, material_flow
from dnk_tool.domain.measures.climate_goal import to_kilogram
from dnk_tool.domain.permissions import Actor, Role
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.answers.self_assessment import assessments_of, bring_assessments
from dnk_tool.services.declarations.annex import annex_of
from dnk_tool.services.declarations.start import start_declaration
from dnk_tool.services.editing.progress import refresh_progress
from dnk_tool.services.editing.settings import DeclarationSettings, settings_of
from dnk_tool.services.measures.climate_goals import CompanyPath, path_of_company
from dnk_tool.services.people.organisations import create_organisation
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.measures import climate_goals
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation

LARGEST_AMOUNT = Decimal(10**15)  # in t CO2e


def flow_of_content(declaration: Declaration, content: DeclarationContent) -> tuple[FlowYear, ...]:
    """The flow up to the reporting year by all figures, also those that nothing asks for."""
    points = content.sheet.selection.catalogue.datapoints
    return material_flow({**content.further, **content.figures}, points, declaration.reporting_year)


def flow_in_declaration(declaration: Declaration, content: DeclarationContent) -> DeclaredFlow | None:
    """The flow without withheld figures; None unless the company takes it in and the year has one.

    What a requirement explains instead of reporting it stays out in all years.
    """
    if not declaration.has_material_flow:
        return None
    withheld = WithheldFigures(content.sheet, Calculation()).datapoints
    return declared_flow(flow_of_content(declaration, content), declaration.reporting_year, withheld)


def declared_path(session: Session, declaration: Declaration) -> DeclaredPath | None:
    """The path by the figures up to the reporting year; None unless the company takes it in.

    A goal whose base year comes after the reporting year says nothing about it.
    """
    organisation_id, year = declaration.organisation_id, declaration.reporting_year
    goal = climate_goals.stored_goal(climate_goals.goal_row(session, organisation_id)).content
    if goal is None or not goal.is_in_declaration or goal.base_year > year:
        return None
    known = path_of_company(session, organisation_id, until=year)
    return _declared(known) if known is not None and _fits_format(known) else None


def _fits_format(known: CompanyPath) -> bool:
    """Whether a file can hold every amount; what is larger is a slip of the keyboard."""
    amounts = (*known.path.actual, *known.path.with_measures)
    return all(abs(amount) <= LARGEST_AMOUNT for amount in amounts if amount is not None)


def _declared(known: CompanyPath) -> DeclaredPath:
    goal, path = known.goal, known.path
    values = zip(path.years, path.path, path.actual, path.with_measures, strict=True)
    return DeclaredPath(
        base_year=goal.base_year,
        base=goal.base,
        target_year=goal.target_year,
        target=goal.target,
        scope2=goal.scope2.value,
        years=tuple(
            DeclaredYear(year, to_kilogram(line), _rounded(actual), _rounded(expected))
            for year, line, actual, expected in values
        ),
        percent=goal.percent,
        scope3=tuple(sorted(goal.scope3)),
        base_reason=goal.base_reason,
        neutral_year=goal.neutral_year,
        neutrality=goal.neutrality.value if goal.neutrality else "",
        grid=(goal.grid.start, goal.grid.end) if goal.grid else None,
        grid_year=goal.grid.year if goal.grid else None,
        measures=tuple(wedge.text for wedge in path.wedges if wedge.measure is not None),
    )


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else to_kilogram(value)


class FiguresDiffer(Exception):
    """The company has other values for figures of the document; `keys`: their (year, datapoint) pairs."""

    def __init__(self, keys: list[tuple[int, str]]) -> None:
        self.keys = keys
        super().__init__(f"{len(keys)} figures differ")


def live_document(session: Session, declaration: Declaration) -> Document:
    """The declaration with all its content as it is now, also what redaction removes from files."""
    return document_with(session, declaration, declarations.read_content(session, declaration))


def document_with(session: Session, declaration: Declaration, content: DeclarationContent) -> Document:
    """The declaration with the content, which the caller has read."""
    settings = settings_of(declaration)
    return Document(
        edition=declaration.edition,
        reporting_year=declaration.reporting_year,
        indicator_set=declaration.indicator_set,
        language=settings.language,
        options=settings.options,
        organisation=declarations.profile_of(declaration.organisation),
        answers=content.sheet.answers,
        figures=content.figures,
        done=content.sheet.done,
        assessments=assessments_of(session, declaration) if settings.publishes_assessment else None,
        annex=annex_of(session, declaration, content),
        gwp_set=declaration.gwp_set,
        climate_path=declared_path(session, declaration),
        material_flow=flow_in_declaration(declaration, content),
    )


def current_file(session: Session, declaration: Declaration) -> bytes:
    """The data file: the frozen bytes of the current version, or the live document while it is in work."""
    if declaration.state not in EDITABLE_STATES:
        snapshot = declarations.snapshot(session, declaration.id, declaration.version)
        if snapshot is not None:
            return snapshot.content
    return canonical_json(live_document(session, declaration))


def import_document(
    work: Work, document: Document, *, organisation: Organisation | None = None
) -> Declaration:
    """Store a document as a declaration in work, of a new company unless `organisation` is given.

    Figures that the company has already must be the same. Raises NotPermitted, YearAhead, YearTaken and
    FiguresDiffer; the caller rolls back.
    """
    if organisation is None:
        organisation = create_organisation(work, document.organisation)
        work = work.by(_as_owner(work.actor, organisation))
    else:
        _refuse_differing(work.session, organisation, document)
    declaration = start_declaration(
        work,
        organisation,
        edition=document.edition,
        reporting_year=document.reporting_year,
        settings=DeclarationSettings(
            document.indicator_set,
            document.language,
            document.options,
            document.assessments is not None,
            document.material_flow is not None,
        ),
        event=EventKind.IMPORTED,
    )
    declaration.gwp_set = document.gwp_set
    _write_answers(work, declaration, document)
    of_flow = flow_figures(document.material_flow) if document.material_flow else {}
    for (year, key), figure in {**of_flow, **document.figures}.items():
        if year != document.reporting_year or (year, key) not in document.figures:
            entered = replace(figure, origin=Origin.ENTERED)
            figures.add_if_missing(
                work.session, organisation.id, year, key, entered, by=work.actor.user_id, now=work.now
            )
    bring_assessments(work, declaration, document.assessments or {})
    work.session.flush()
    return declaration


def _write_answers(work: Work, declaration: Declaration, document: Document) -> None:
    selection, year = document.selection, document.reporting_year
    # Lines and sites are not imported: their figures become entered ones, or they would be emptied.
    entered = {key: replace(figure, origin=Origin.ENTERED) for key, figure in document.figures.items()}
    for section in selection.sections:
        refs = {r.ref for r in section.all_requirements}
        items = [item for r in section.all_requirements for item in r.items]
        refs |= {item.ref for item in items if not item.datapoint}
        keys = {item.datapoint.key for item in items if item.datapoint}
        submission = SectionEdit(
            {ref: VersionedEdit(document.answers[ref], 0) for ref in refs if ref in document.answers},
            {key: VersionedEdit(entered[year, key], 0) for key in keys if (year, key) in entered},
            section.ref in document.done,
        )
        save_section(work, declaration, section, submission, counts_progress=False)
        work.session.flush()
    refresh_progress(work.session, declaration)


def _refuse_differing(session: Session, organisation: Organisation, document: Document) -> None:
    differing = figures_that_differ(document, figures.of_organisation(session, organisation.id))
    if differing:
        raise FiguresDiffer(differing)


def figures_that_differ(document: Document, known: Mapping[tuple[int, str], Figure]) -> list[tuple[int, str]]:
    """Figures whose value in the document differs from `known`: sorted (year, datapoint) pairs."""
    return sorted(
        key for key, figure in document.figures.items() if key in known and not _is_same(figure, known[key])
    )


def _is_same(figure: Figure, known: Figure) -> bool:
    """Whether two figures are the same but for origin and responsible person, which is in no file."""
    return replace(figure, responsible="", origin=known.origin) == replace(known, responsible="")


def _as_owner(actor: Actor, organisation: Organisation) -> Actor:
    """The actor with the owner role that creating the company gave them."""
    return replace(actor, roles={**actor.roles, organisation.id: Role.OWNER})
