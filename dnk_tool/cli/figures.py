"""Commands for the figures of a declaration: as a file, and back from one."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from dnk_tool.cli.database import open_installation
from dnk_tool.cli.output import fail, write_file
from dnk_tool.domain.figures.file_changes import FigureChange, FigureFilePreview
from dnk_tool.domain.figures.file_columns import COLUMN_HEADINGS, FigureColumn, MissingColumns
from dnk_tool.domain.figures.file_rows import FigureRowFault, RejectedFigureRow
from dnk_tool.domain.numbers import plain
from dnk_tool.domain.permissions import SHELL
from dnk_tool.language import LANGUAGES, known_language
from dnk_tool.report.files.workbook_labels import fill_in_labels
from dnk_tool.services.figures import files as figure_files
from dnk_tool.services.figures.files import FigureFileFormat, FigureFileSpec, FigureImportConflict
from dnk_tool.services.uploads.csv_tables import UnreadableTable
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration

# `{}` stands for the subject of the fault.
ROW_FAULTS: Mapping[FigureRowFault, str] = {
    FigureRowFault.NO_FIGURE: "names no figure",
    FigureRowFault.UNKNOWN_FIGURE: "the declaration does not ask for '{}'",
    FigureRowFault.NOT_A_YEAR: "'{}' is not a year",
    FigureRowFault.LATER_YEAR: "{} is later than the reporting year",
    FigureRowFault.NOT_A_NUMBER: "'{}' is not a number",
    FigureRowFault.IS_A_DAY: "the number became the day {}",
    FigureRowFault.LONG_NUMBER: "the number '{}' has too many digits",
    FigureRowFault.NO_UNIT: "the value has no unit",
    FigureRowFault.UNKNOWN_UNIT: "the unit '{}' does not fit",
    FigureRowFault.UNIT_ALONE: "another unit needs its value",
    FigureRowFault.UNKNOWN_QUALITY: "there is no quality '{}'",
    FigureRowFault.VALUE_NOT_AVAILABLE: "says that there is no value, but there is one",
    FigureRowFault.LONG_WORDS: "a text is longer than {} characters",
    FigureRowFault.TWICE: "says the same figure and year as row {}",
    FigureRowFault.LOCKED: "the figures of {} are frozen",
}
LANGUAGE = click.Choice(LANGUAGES)


@click.group()
def figures() -> None:
    """Hand out the figures of a declaration as a file, and take such a file in."""


@figures.command("export")
@click.argument("declaration_id", type=int)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write, not standard output.")
@click.option(
    "--format",
    "kind",
    type=click.Choice([figure_file_format.value for figure_file_format in FigureFileFormat]),
    help="Default: the ending of the file.",
)
@click.option("--template", "is_template", is_flag=True, help="Without values, to be filled in.")
@click.option(
    "--language", type=LANGUAGE, help="Language of headings and numbers; default: the declaration's."
)
def export_figures(
    declaration_id: int, output: Path | None, kind: str | None, is_template: bool, language: str | None
) -> None:
    """Write all figures that a declaration asks for, with those of earlier years, as XLSX or CSV."""
    ending = output.suffix.lower().removeprefix(".") if output else ""
    chosen = next(
        (
            figure_file_format
            for figure_file_format in FigureFileFormat
            if figure_file_format.value == (kind or ending or FigureFileFormat.CSV)
        ),
        None,
    )
    if chosen is None:
        fail(f"'{ending}' is neither xlsx nor csv; say --format.")
    with open_installation() as factory, factory() as session:
        declaration = _find_declaration(session, declaration_id)
        words = fill_in_labels(known_language(language or declaration.language), declaration.reporting_year)
        content = figure_files.export_figures(
            session, declaration, FigureFileSpec(chosen, words, is_template), actor=SHELL
        )
    write_file(content, output)


@figures.command("import")
@click.argument("declaration_id", type=int)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--skip-problems", is_flag=True, help="Leave out rows with a problem instead of refusing all.")
@click.option("--language", type=LANGUAGE, help="Of the numbers, if the headings do not say; default: de.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for scripts.")
def import_figures(
    declaration_id: int, file: Path, dry_run: bool, skip_problems: bool, language: str | None, as_json: bool
) -> None:
    """Take the figures of a CSV or XLSX file into a declaration and the years before it.

    Says row by row what is new, changed or a problem. With a problem nothing is stored, unless those rows
    are to be left out. Exits with 1 if anything was refused.
    """
    with open_installation() as factory, write_session(factory) as session:
        declaration = _find_declaration(session, declaration_id)
        try:
            read = figure_files.read_figure_file(
                file.read_bytes(), declaration, language=known_language(language)
            )
        except UnreadableTable as error:
            fail(f"{file} cannot be read: {error.fault}{f', row {error.line}' if error.line else ''}.")
        except MissingColumns:
            key, value = (COLUMN_HEADINGS[column].en for column in (FigureColumn.KEY, FigureColumn.VALUE))
            fail(
                f"{file} has no heads such as '{key}' and '{value}'. "
                "`dnk figures export --template` makes a file with them."
            )
        except OSError as error:
            fail(f"{file} cannot be read: {error.strerror}")
        sifted = figure_files.preview_figure_import(session, declaration, read, actor=SHELL)
        is_refused = bool(sifted.bad) and not skip_problems
        written = 0 if dry_run or is_refused else _import(session, declaration, sifted)
        session.commit()
    click.echo(
        json.dumps(_as_json(sifted, written), ensure_ascii=False) if as_json else _summary(sifted, written)
    )
    raise SystemExit(1 if is_refused else 0)


def _find_declaration(session: Session, declaration_id: int) -> Declaration:
    declaration = declarations.by_id(session, declaration_id)
    if declaration is None:
        fail(f"There is no declaration {declaration_id}. `dnk declaration list` shows all.")
    return declaration


def _import(session: Session, declaration: Declaration, sifted: FigureFilePreview) -> int:
    wishes = [(change.update, change.seen) for change in sifted.changes]
    now = datetime.now(UTC)
    try:
        return figure_files.import_figures(
            Work(session, SHELL, now), declaration, wishes, language=sifted.language
        ).figures
    except FigureImportConflict:
        fail("Somebody changed figures meanwhile; nothing was stored. Run the command once more.")


def _summary(sifted: FigureFilePreview, written: int) -> str:
    lines = [f"row {row.number}: {_fault_text(row)}" for row in sifted.bad]
    lines += [f"row {change.update.number}: {_change_text(change)}" for change in sifted.changes]
    counts = f"{len(sifted.changes)} changes, {sifted.same} the same, {len(sifted.bad)} problems"
    lines.append(f"{counts}; {written} stored.")
    return "\n".join(lines)


def _fault_text(row: RejectedFigureRow) -> str:
    return f"{row.shown}: {ROW_FAULTS[row.fault].replace('{}', row.detail)}"


def _change_text(change: FigureChange) -> str:
    old, new = (
        "nothing" if figure.value is None else f"{plain(figure.value)} {figure.unit}"
        for figure in (change.before, change.after)
    )
    kind = "new" if change.is_new else "changed"
    return f"{change.update.year} {change.update.datapoint}: {kind}, {old} -> {new}"


def _as_json(sifted: FigureFilePreview, written: int) -> dict[str, object]:
    return {
        "changes": [
            {
                "row": change.update.number,
                "year": change.update.year,
                "datapoint": change.update.datapoint,
                "is_new": change.is_new,
                "edits": {column.value: text for column, text in change.update.edits.items()},
            }
            for change in sifted.changes
        ],
        "same": sifted.same,
        "problems": [
            {"row": row.number, "fault": row.fault.value, "shown": row.shown, "detail": row.detail}
            for row in sifted.bad
        ],
        "stored": written,
    }
