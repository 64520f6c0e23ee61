"""Reads companies and declarations, and the content of declarations as domain values."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import FromClause, Row, Select, bindparam
from sqlalchemy import select as sql
from sqlalchemy.orm import Session, defer, joinedload

from dnk_tool.catalogue import Selection, selection_for
from dnk_tool.domain.answers.answer import Answer, Figure, Sheet
from dnk_tool.domain.answers.draft import Draft, drafts_from_json
from dnk_tool.domain.answers.encoding import InvalidValue, value_from_json
from dnk_tool.domain.answers.values import Value
from dnk_tool.domain.organisation import Profile, Site
from dnk_tool.domain.permissions import Archived, Deleted
from dnk_tool.domain.quantities import Quantity
from dnk_tool.store.database import TRANSACTION_ENDED, KeyedQuery, Values
from dnk_tool.store.declarations.content import DeclarationContent, LastChange, ReadWhenAsked
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration, SectionMark, Snapshot
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.organisations import Organisation

log = logging.getLogger(__name__)

# Run at nearly each request, so built once.
_BY_ID = (
    sql(Declaration).options(joinedload(Declaration.organisation)).where(Declaration.id == bindparam("id"))
)
# An answer or figure to read: a row to change, or its values alone, which come in half the time.
StoredAnswer = AnswerRow | Values
StoredFigure = FigureRow | Values


def _values(table: FromClause, fields: tuple[str, ...], others: tuple[str, ...]) -> Select[Any]:
    """Select columns of a table: the fields of the domain value, those of `LastChange`, then the others."""
    return sql(*(table.c[name] for name in (*fields, *_CHANGE, *others)))


# Queries about tables instead of classes, which take a third less time; see `read_values`.
_CHANGE = ("version", "changed_at", "changed_by")
_OF_ANSWER = ("disclosure", "text", "explanation", "reason", "value", "is_marked_up")
_OF_FIGURE = ("value", "unit", "quality", "note", "source", "responsible", "origin")
_ANSWER, _FIGURE = slice(len(_OF_ANSWER)), slice(len(_OF_FIGURE))
_ANSWER_CHANGE = slice(len(_OF_ANSWER), len(_OF_ANSWER) + len(_CHANGE))
_FIGURE_CHANGE = slice(len(_OF_FIGURE), len(_OF_FIGURE) + len(_CHANGE))
ANSWER_TABLE, _FIGURE_TABLE = AnswerRow.__table__, FigureRow.__table__
ANSWER_VALUES = _values(ANSWER_TABLE, _OF_ANSWER, ("id", "declaration_id", "ref", "taken_from", "drafts"))
_ANSWERS = KeyedQuery(ANSWER_VALUES, ANSWER_TABLE.c.declaration_id)
_MARK_TABLE = SectionMark.__table__
_MARKS = KeyedQuery(sql(_MARK_TABLE.c.declaration_id, _MARK_TABLE.c.section), _MARK_TABLE.c.declaration_id)
_FIGURE_ROWS = sql(FigureRow).where(
    FigureRow.organisation_id == bindparam("company"), FigureRow.year == bindparam("year")
)
_FIGURE_VALUES = _values(_FIGURE_TABLE, _OF_FIGURE, ("id", "organisation_id", "year", "datapoint"))
_FIGURES = KeyedQuery(
    _FIGURE_VALUES.where(_FIGURE_TABLE.c.year >= bindparam("since")), _FIGURE_TABLE.c.organisation_id
)
_YEAR_FIGURES = KeyedQuery(
    _FIGURE_VALUES.where(_FIGURE_TABLE.c.year == bindparam("year")), _FIGURE_TABLE.c.organisation_id
)


def selection_of(declaration: Declaration) -> Selection:
    """The requirements and items that follow from the declaration's edition, indicator set and options."""
    return selection_for(declaration.edition, declaration.indicator_set, frozenset(declaration.options))


def by_id(session: Session, declaration_id: int) -> Declaration | None:
    """The declaration with its organisation, in one statement."""
    return session.scalar(_BY_ID, {"id": declaration_id})


def of_organisations(session: Session, organisation_ids: Iterable[int]) -> Sequence[Declaration]:
    """The declarations of some companies, latest year first."""
    return session.scalars(
        sql(Declaration)
        .options(joinedload(Declaration.organisation))
        .where(Declaration.organisation_id.in_(list(organisation_ids)))
        .order_by(Declaration.reporting_year.desc(), Declaration.id.desc())
    ).all()


def all_declarations(session: Session) -> Sequence[Declaration]:
    """Every declaration of the installation, by company and year."""
    return session.scalars(
        sql(Declaration)
        .join(Declaration.organisation)
        .options(joinedload(Declaration.organisation))
        .order_by(Organisation.name, Declaration.reporting_year)
    ).all()


def of_year(session: Session, organisation_id: int, edition: str, year: int) -> Declaration | None:
    """The declaration of a company for one year, of which there is at most one."""
    return session.scalar(
        sql(Declaration).where(
            Declaration.organisation_id == organisation_id,
            Declaration.edition == edition,
            Declaration.reporting_year == year,
        )
    )


def find_organisation(session: Session, organisation_id: int) -> Organisation | None:
    """The company with this id; None if there is none."""
    return session.get(Organisation, organisation_id)


def organisations_named(session: Session, name: str) -> Sequence[Organisation]:
    """The companies of exactly this name."""
    return session.scalars(sql(Organisation).where(Organisation.name == name)).all()


def lock_organisation(
    session: Session,
    organisation_id: int,
    declaration: Declaration | None = None,
    *,
    even_archived: bool = False,
) -> None:
    """Lock the company's row until the transaction ends, so that changes to it run one after the other.

    Rereads the company and the declaration. On SQLite a writing transaction locks the whole database from
    its start, so nothing is reread there unless the rows were read in an earlier transaction.

    Every change of a company comes this way, so here it is refused while the company is archived: raises
    Archived unless `even_archived`, and Deleted if the company or the declaration is gone.
    """
    if session.get_bind().dialect.name == "sqlite" and TRANSACTION_ENDED not in session.info:
        organisation = session.get(Organisation, organisation_id)
    else:
        newest = {"populate_existing": True}
        held = sql(Organisation).where(Organisation.id == organisation_id).with_for_update()
        organisation = session.scalars(held, execution_options=newest).one_or_none()
        if declaration is not None:
            again = sql(Declaration).where(Declaration.id == declaration.id)
            if session.scalars(again, execution_options=newest).one_or_none() is None:
                raise Deleted(declaration)
    if organisation is None:
        raise Deleted(organisation_id)
    if organisation.archived_at is not None and not even_archived:
        raise Archived(organisation_id)


def read_content(session: Session, declaration: Declaration) -> DeclarationContent:
    """The whole content of one declaration, in three statements."""
    return read_contents(session, [declaration])[declaration.id]


def read_contents(
    session: Session,
    declarations: Sequence[Declaration],
    known: Iterable[Values] | None = None,
    *,
    since: int = 0,
) -> dict[int, DeclarationContent]:
    """The content of these declarations by id, in three statements. `known`: all their answers, if read.

    `since`: the first year whose figures are read.
    """
    wanted = [declaration.id for declaration in declarations]
    owners = {declaration.organisation_id for declaration in declarations}
    answers: dict[int, list[Values]] = defaultdict(list)
    for row in _ANSWERS.read(session, wanted) if known is None else known:
        answers[row.declaration_id].append(row)
    marks: dict[int, set[str]] = defaultdict(set)
    for declaration_id, section in _MARKS.read(session, wanted):
        marks[declaration_id].add(section)
    figures: dict[int, list[Values]] = defaultdict(list)
    for figure in _FIGURES.read(session, owners, since=since):
        figures[figure.organisation_id].append(figure)
    return {
        declaration.id: _build_content(
            declaration,
            answers[declaration.id],
            figures[declaration.organisation_id],
            frozenset(marks[declaration.id]),
        )
        for declaration in declarations
    }


def answer_values(session: Session, declaration_id: int) -> dict[str, Values]:
    """The answers of a declaration by ref, to read."""
    return {row.ref: row for row in _ANSWERS.read(session, [declaration_id])}


def figure_values(session: Session, organisation_id: int, year: int) -> dict[str, Values]:
    """A company's figures of one year by datapoint, to read."""
    rows = _YEAR_FIGURES.read(session, [organisation_id], year=year)
    return {row.datapoint: row for row in rows}


def figure_rows(session: Session, organisation_id: int, year: int) -> dict[str, FigureRow]:
    """A company's figures of one year by datapoint, as rows to change."""
    rows = session.scalars(_FIGURE_ROWS, {"company": organisation_id, "year": year})
    return {row.datapoint: row for row in rows}


def done_sections(session: Session, declaration_id: int) -> frozenset[str]:
    """The refs of the sections that an editor called done."""
    rows = _MARKS.read(session, [declaration_id])
    return frozenset(section for _, section in rows)


def _build_content(
    declaration: Declaration, answers: list[Values], figures: list[Values], done: frozenset[str]
) -> DeclarationContent:
    selection, year = selection_of(declaration), declaration.reporting_year
    asked, others = dict[tuple[int, str], Values](), dict[tuple[int, str], Values]()
    for row in figures:
        if row.year <= year:
            (asked if row.datapoint in selection.datapoints else others)[row.year, row.datapoint] = row
    shown = ReadWhenAsked(asked, figure_of)
    return DeclarationContent(
        sheet=Sheet(
            selection,
            {row.ref: answer_of(row, selection) for row in answers if _is_asked(row.ref, selection)},
            {key: shown[of, key] for of, key in asked if of == year},
            done & selection.section_by_ref.keys(),
            profile_of(declaration.organisation),
            years_taken_from(answers),
            drafts_of(answers),
        ),
        figures=shown,
        changes=ReadWhenAsked({row.ref: row for row in answers}, _change_of_answer),
        figure_changes=ReadWhenAsked(
            {row.datapoint: row for row in figures if row.year == year}, _change_of_figure
        ),
        further=ReadWhenAsked(others, figure_of),
    )


def _change_of_answer(row: Values) -> LastChange:
    return LastChange(*row[_ANSWER_CHANGE])


def _change_of_figure(row: Values) -> LastChange:
    return LastChange(*row[_FIGURE_CHANGE])


def years_taken_from(rows: Iterable[StoredAnswer]) -> dict[str, int]:
    """By ref, the `taken_from` of each answer that was taken over or ready-made and is not yet confirmed."""
    return {row.ref: row.taken_from for row in rows if row.taken_from is not None}


def drafts_of(rows: Iterable[StoredAnswer]) -> dict[str, tuple[Draft, ...]]:
    """By ref, what the program proposed for an answer."""
    return {row.ref: drafts_from_json(row.drafts) for row in rows if row.drafts}


def _is_asked(ref: str, selection: Selection) -> bool:
    """Whether the selection asks for the ref. Other answers stay stored outside the declaration."""
    return ref in selection.requirements or ref in selection.items


def answer_of(row: StoredAnswer, selection: Selection) -> Answer:
    """The row as a domain value; a value that does not fit its item any more is left out and logged."""
    fields = row[_ANSWER] if isinstance(row, Row) else [getattr(row, name) for name in _OF_ANSWER]
    disclosure, text, explanation, reason, stored, is_marked_up = fields
    value = None if stored is None else _value_of(row, selection)
    return Answer(disclosure, text, explanation, reason, value, is_marked_up)


def _value_of(row: StoredAnswer, selection: Selection) -> Value | None:
    """The typed value; None if it does not fit its item any more. Its revisions stay."""
    if row.ref not in selection.items:
        return None
    try:
        return value_from_json(selection.items[row.ref], row.value)
    except InvalidValue as error:
        log.warning("the value of answer %s (%s) does not fit: %s", row.id, row.ref, error.faults[0].code)
        return None


def figure_of(row: StoredFigure) -> Figure:
    """The row as a domain value, with value and unit as entered."""
    return Figure(*(row[_FIGURE] if isinstance(row, Row) else [getattr(row, name) for name in _OF_FIGURE]))


def figure_columns(figure: Figure) -> dict[str, Any]:
    """The values of a row's columns for the figure, by column name."""
    return {column.name: getattr(figure, column.name) for column in fields(Figure) if column.compare}


def profile_of(organisation: Organisation) -> Profile:
    """The company's profile as a domain value; turnover None if none was entered."""
    value, unit = organisation.turnover_value, organisation.turnover_unit
    return Profile(
        name=organisation.name,
        legal_form=organisation.legal_form,
        sector=organisation.sector,
        employees=organisation.employees,
        turnover=None if value is None else Quantity(value, unit),
        address=organisation.address,
        website=organisation.website,
        sites=tuple(Site(site["name"], site.get("address", "")) for site in organisation.sites),
    )


def snapshots(session: Session, declaration_id: int) -> Sequence[Snapshot]:
    """The finished versions of a declaration, latest first, without their content."""
    return session.scalars(
        sql(Snapshot)
        .options(defer(Snapshot.content))
        .where(Snapshot.declaration_id == declaration_id)
        .order_by(Snapshot.version.desc())
    ).all()


def snapshot(session: Session, declaration_id: int, version: int) -> Snapshot | None:
    """One finished version with its content; None if there is none."""
    return session.scalar(
        sql(Snapshot).where(Snapshot.declaration_id == declaration_id, Snapshot.version == version)
    )


def submitted_snapshots(session: Session, declaration_id: int, cluster_id: int) -> Sequence[Snapshot]:
    """The versions submitted to a cluster with content, latest first. Its reviewers read nothing else."""
    return submitted_snapshots_of(session, [declaration_id], cluster_id).get(declaration_id, [])


def submitted_snapshots_of(
    session: Session, declaration_ids: Collection[int], cluster_id: int
) -> dict[int, list[Snapshot]]:
    """The same of many declarations, by declaration, in one statement."""
    rows = session.scalars(
        sql(Snapshot)
        .where(
            Snapshot.declaration_id.in_(declaration_ids),
            Snapshot.cluster_id == cluster_id,
            Snapshot.submitted_at.is_not(None),
        )
        .order_by(Snapshot.version.desc())
    )
    snapshots: dict[int, list[Snapshot]] = {}
    for snapshot in rows:
        snapshots.setdefault(snapshot.declaration_id, []).append(snapshot)
    return snapshots
