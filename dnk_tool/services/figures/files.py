"""Exports the figures of a declaration as a file, and imports such a file as a whole or not at all."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Selection
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.figures.file_changes import (
    FigureChange,
    FigureFilePreview,
    FigureKey,
    outdated_changes,
    preview_figure_file,
)
from dnk_tool.domain.figures.file_rows import FigureRowFault, FigureUpdate, ParsedFigureFile, read_figure_rows
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.language import Language
from dnk_tool.report.files import figure_spreadsheet
from dnk_tool.report.files.figure_spreadsheet import FigureFileLabels
from dnk_tool.services.editing import progress
from dnk_tool.services.editing.editable_content import EditableContent, editable_content
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.services.figures.recalculate import YearBefore
from dnk_tool.services.uploads import table_files
from dnk_tool.services.uploads.csv_tables import ExpectedTable
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import bulk as figure_bulk
from dnk_tool.store.tables.declarations import Declaration

MAX_CELL_LENGTH = 100_000


class FigureFileFormat(StrEnum):
    """The file formats that figures are exported in."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True)
class FigureFileSpec:
    """Which file to export: its format, its labels, and whether it is a template without values."""

    file_format: FigureFileFormat
    words: FigureFileLabels
    is_template: bool = False


@dataclass(frozen=True)
class FigureImportSummary:
    """How many figures were written, by year."""

    years: Mapping[int, int]

    @property
    def figures(self) -> int:
        """How many figures were written in all years together."""
        return sum(self.years.values())


class FigureImportConflict(Exception):
    """The figures are no longer as the preview showed them; nothing was written.

    `sifted`: a new preview. `changed`: the rows whose figure somebody else changed meanwhile; `locked`: how
    many rows are of figures that are frozen now.
    """

    def __init__(self, sifted: FigureFilePreview, changed: tuple[FigureChange, ...], locked: int) -> None:
        self.sifted, self.changed, self.locked = sifted, changed, locked
        super().__init__(f"{len(changed)} figures changed, {locked} are frozen")


def export_figures(
    session: Session, declaration: Declaration, wanted: FigureFileSpec, *, actor: Actor
) -> bytes:
    """A file of all figures that the declaration asks for, with earlier years. Raises NotPermitted."""
    require(Permission.DECLARATION_VIEW, actor, Subject(declaration.organisation_id))
    content = declarations.read_content(session, declaration)
    rows = figure_spreadsheet.figure_file_rows(content.sheet, content.figures, declaration.reporting_year)
    rows = figure_spreadsheet.blank_rows(rows) if wanted.is_template else rows
    write = (
        figure_spreadsheet.to_csv
        if wanted.file_format is FigureFileFormat.CSV
        else figure_spreadsheet.to_xlsx
    )
    return write(rows, wanted.words)


def read_figure_file(content: bytes, declaration: Declaration, *, language: Language) -> ParsedFigureFile:
    """Parse the updates that a file has for the declaration's figures; slow, and needs no database.

    Numbers are read in the language of the column headings; `language` is used where these do not tell.
    Raises UnreadableTable and MissingColumns.
    """
    points = _asked_datapoints(declarations.selection_of(declaration))
    lines = table_files.read_table_file(content, _expected_table(points))
    return read_figure_rows(lines, points, year=declaration.reporting_year, language=language)


def preview_figure_import(
    session: Session, declaration: Declaration, parsed_figure_file: ParsedFigureFile, *, actor: Actor
) -> FigureFilePreview:
    """Compare the file with the stored figures, row by row, without writing. Raises NotPermitted."""
    require(Permission.DECLARATION_EDIT, actor, Subject(declaration.organisation_id))
    year = declaration.reporting_year
    stored = figure_bulk.stored_figures(session, declaration.organisation_id, until=year)
    points = _asked_datapoints(declarations.selection_of(declaration))
    is_open = _is_open(session, _by_year(session, declaration))
    return preview_figure_file(parsed_figure_file, stored, points, is_open=is_open)


def import_figures(
    work: Work, declaration: Declaration, wishes: Iterable[tuple[FigureUpdate, int]], *, language: Language
) -> FigureImportSummary:
    """Write the updates of a preview: each with the version that the figure had there (0: none).

    An update that is stored already is skipped. Each declaration concerned gets one event; figures of years
    without a declaration are recorded with this one. Raises NotPermitted, and FigureImportConflict before
    anything is written if a figure changed since the preview or is frozen now.
    """
    require(Permission.DECLARATION_EDIT, work.actor, Subject(declaration.organisation_id))
    declarations.lock_organisation(work.session, declaration.organisation_id, declaration)
    seen = {(wish.year, wish.datapoint): (wish, version) for wish, version in wishes}
    parsed_figure_file = ParsedFigureFile(language, updates=[wish for wish, _version in seen.values()])
    sifted = preview_figure_import(work.session, declaration, parsed_figure_file, actor=work.actor)
    changed = outdated_changes(sifted.changes, {place: version for place, (_wish, version) in seen.items()})
    locked = sum(row.fault is FigureRowFault.LOCKED for row in sifted.bad)
    if changed or sifted.bad:
        raise FigureImportConflict(sifted, changed, locked)
    versions = figure_bulk.write_changes(
        work.session, declaration.organisation_id, sifted.changes, by=work.actor.user_id, now=work.now
    )
    if versions:
        _record(work, declaration, versions, sifted.changes)
    years = [year for year, _key in versions]
    return FigureImportSummary({year: years.count(year) for year in sorted(set(years), reverse=True)})


def _record(
    work: Work, declaration: Declaration, versions: Mapping[FigureKey, int], changes: Sequence[FigureChange]
) -> None:
    """Record in each declaration concerned the figures written; update its progress and recalculate."""
    by_year = _by_year(work.session, declaration)
    by, kind = work.actor.user_id, EventKind.FIGURES_IMPORTED
    concerned = [
        year_declaration
        for year in sorted({year for year, _key in versions})
        for year_declaration in by_year.get(year, ())
    ]
    for year_declaration in concerned:
        of_year = {
            key: version
            for (year, key), version in versions.items()
            if year == year_declaration.reporting_year
        }
        history.record_declaration_event(
            work.session,
            year_declaration,
            kind,
            actor_id=by,
            now=work.now,
            versions=dict(sorted(of_year.items())),
        )
    others = [year for year, _key in versions if year not in by_year]
    if others:
        years = sorted(set(others))
        history.record_declaration_event(
            work.session, declaration, kind, actor_id=by, now=work.now, years=years, figures=len(others)
        )
    contents = declarations.read_contents(work.session, concerned)
    for year_declaration in concerned:
        progress.update_progress(year_declaration, contents[year_declaration.id].sheet)
        year = year_declaration.reporting_year
        replaced = {change.place[1]: change.before for change in changes if change.place[0] == year}
        before = YearBefore(replaced=replaced)
        recalculation.recalculate_figures(
            work.session, year_declaration, by=by, now=work.now, even_without_lines=False, before=before
        )


def _by_year(session: Session, declaration: Declaration) -> dict[int, list[Declaration]]:
    """The company's declarations by year, in one SQL statement."""
    by_year: dict[int, list[Declaration]] = {}
    for of_organisation in declarations.of_organisations(session, [declaration.organisation_id]):
        by_year.setdefault(of_organisation.reporting_year, []).append(of_organisation)
    return by_year


def _is_open(session: Session, by_year: Mapping[int, Iterable[Declaration]]) -> Callable[[int, str], bool]:
    """A test whether a figure may change: it is open in every declaration of its year, if there is any."""
    known: dict[int, list[EditableContent]] = {}

    def is_open(year: int, datapoint: str) -> bool:
        """Checks the declarations of the year, whose open sections are read only once for all figures."""
        if year not in known:
            known[year] = [editable_content(session, declaration) for declaration in by_year.get(year, ())]
        return all(content.is_open(datapoint) for content in known[year])

    return is_open


def _asked_datapoints(selection: Selection) -> dict[str, Datapoint]:
    return {key: selection.catalogue.datapoints[key] for key in selection.datapoints}


def _expected_table(points: Mapping[str, Datapoint]) -> ExpectedTable:
    """How to recognise rows of figures: one of their cells is the key of a datapoint.

    A cell that contains such a key between delimiters has swallowed other rows.
    """
    keys = "|".join(map(re.escape, points))
    swallowed = re.compile(rf'[\n;,\t]"?(?:{keys})"?[;,\t]')
    return ExpectedTable(
        is_row=lambda line: any(cell.strip() in points for cell in line.cells),
        has_swallowed=lambda cell: "\n" in cell and bool(swallowed.search(cell)),
        longest_cell=MAX_CELL_LENGTH,
    )
