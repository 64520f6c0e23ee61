"""Commands for emission factors: list, check, compare and import editions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import click

from dnk_tool import config
from dnk_tool.catalogue.factors.loader import (
    OWN_FACTORS_FOLDER,
    edition_files,
    load_unit_families,
    read_editions,
)
from dnk_tool.catalogue.factors.model import Factor, FactorUse
from dnk_tool.catalogue.factors.rows import FactorEditionFile
from dnk_tool.catalogue.problems import CatalogueError
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.catalogue.values import Verification
from dnk_tool.cli.output import fail
from dnk_tool.domain.factors import FactorChange, compare_factors, is_same_value, percent_change
from dnk_tool.domain.numbers import plain
from dnk_tool.paths import criteria_folder
from dnk_tool.services.factors import edition_import
from dnk_tool.services.factors.table import NotAFactorTable
from dnk_tool.services.uploads.csv_tables import TableFault, UnreadableTable

# Changes from this size are marked: a decimal point may have slipped or units may be mixed up.
STRIKING_PERCENT = 50

UNREADABLE = {
    TableFault.EMPTY: "it is empty",
    TableFault.TOO_LARGE: "it is too large",
    TableFault.TOO_MANY_ROWS: "it has more than 2,000 rows",
    TableFault.NO_TABLE: "it is no table",
    TableFault.OPEN_QUOTE: "a quotation mark is not closed",
    TableFault.OLD_EXCEL: "it is an old Excel file; save it as .xlsx",
    TableFault.BROKEN: "it is damaged",
    TableFault.INFECTED: "the virus scanner refuses it",
    TableFault.NOT_SCANNED: "it cannot be scanned for viruses now",
    TableFault.TOO_LARGE_TO_SCAN: "it is too large for the virus scanner",
    TableFault.BUSY: "other files are being read; try again",
}

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def factors() -> None:
    """Look after emission factors: the editions in criteria/factors/ and your own in instance/factors/."""


@factors.command("list")
@click.option("--key", default="", help="Only this factor, or those whose key begins with it.")
def list_command(key: str) -> None:
    """List the factors: key, value, year, edition, and whether the tool proposes them."""
    factors = sorted(
        (factor for edition in _all_editions() for factor in edition.factors if _is_wanted(factor, key)),
        key=lambda factor: (factor.key, factor.data_year or 0, factor.edition.published),
    )
    if not factors:
        fail(f"there is no factor '{key}'")
    for factor in factors:
        year = f"  {factor.data_year}" if factor.data_year else ""
        click.echo(
            f"{factor.key}  {_value(factor)}{year}  {factor.edition.key}  {', '.join(_qualifiers(factor))}"
        )


@factors.command("check")
@click.argument("files", nargs=-1, type=FILE)
@click.option("--marks", is_flag=True, help="List each factor that is not verified, not only their number.")
def check_command(files: tuple[Path, ...], marks: bool) -> None:
    """Check FILES of editions, or all that ship with the program and your own.

    Prints each problem with its file and place. Exits with 1 if there is one.
    """
    names = {path.name for path in files}
    shipped = [path for path in edition_files(criteria_folder() / "factors") if path.name not in names]
    own = files or edition_files(_own_folder())
    editions, problems = read_editions(criteria_folder(), shipped, own)
    if files:
        editions = [edition for edition in editions if edition.edition.is_own]
    for problem in problems:
        click.echo(str(problem))
    for edition in editions:
        _print_edition(edition, marks=marks)
    number = len(problems)
    click.echo(f"{number or 'no'} problem{'' if number == 1 else 's'}")
    raise SystemExit(1 if problems else 0)


@factors.command("diff")
@click.argument("old")
@click.argument("new")
def diff_command(old: str, new: str) -> None:
    """Compare two editions, each a key or a file: what NEW adds, removes and changes, in per cent."""
    before, after = _find_edition(old), _find_edition(new)
    _print_changes(compare_factors(before.factors, after.factors), load_unit_families(), same=False)


@factors.command("import")
@click.argument("file", type=FILE)
@click.option("--edition", "key", required=True, help="Key of the new edition, such as desnz-2026.")
@click.option("--published", default="", help="When it was published: 2026, 2026-06 or 2026-06-11.")
@click.option("--publisher", default="", help="Who publishes the source.")
@click.option("--title", default="", help="Title of the source; default: the column source_title.")
@click.option("--name", default="", help="Edition as the source calls it; default: the column year_edition.")
@click.option("--address", default="", help="Where to read it; default: the column source_address.")
@click.option("--licence", default="", help="Licence of the numbers; default: the column licence.")
@click.option("--attribution", default="", help="The sentence that the licence wants to be shown.")
@click.option("--checked", default="", help="How the values were verified.")
@click.option("--data-year", type=int, help="The year of the values, where the table names none.")
@click.option("--source", default="", help="Only the rows whose source_title holds this text.")
@click.option("--dry-run", is_flag=True, help="Only print what the import would do.")
def import_command(
    file: Path, key: str, data_year: int | None, source: str, dry_run: bool, **given: str
) -> None:
    """Import an edition from FILE, a CSV or Excel table (columns: docs/factors.md), into instance/factors/.

    Prints what it changes against the newest values. Writes nothing if one row is faulty, and never changes
    an edition that is there.
    """
    head = {
        "key": key,
        "edition": given.pop("name"),
        **{name: {"de": text, "en": text} if text else None for name, text in _pop_translated(given)},
        **given,
    }
    own = _own_folder()
    try:
        lines = edition_import.rows_of_file(file.read_bytes(), file.name)
        planned = edition_import.plan_factor_import(
            lines, file.name, head, own=own, only_source=source, data_year=data_year
        )
    except UnreadableTable as error:
        where = f" (line {error.line})" if error.line else ""
        fail(f"{file.name} cannot be read: {UNREADABLE[error.fault]}{where}")
    except NotAFactorTable as error:
        fail(f"{file.name}: the first row must name the columns; missing: {', '.join(error.missing)}")
    if planned.problems:
        for problem in planned.problems:
            click.echo(str(problem), err=True)
        fail(f"Nothing was imported: {len(planned.problems)} problems. `dnk factors import --help`")
    for name in planned.left_out:
        click.echo(f"left out, as the table wants: {name}")
    _print_changes(planned.changes, planned.units, same=True)
    if dry_run:
        click.echo("Nothing was written (--dry-run).")
        return
    _write(planned, own)


def _write(planned: edition_import.FactorImport, own: Path) -> None:
    try:
        path = edition_import.write_edition(planned, own)
    except edition_import.EditionExists:
        key = planned.edition.edition.key
        fail(f"There is an edition '{key}' with other content. Editions never change: choose another key.")
    except OSError as error:
        fail(f"{own} cannot be written: {error.strerror}")
    click.echo(f"{path} holds {len(planned.edition.factors)} factors.")
    click.echo("Stored lines keep the value they were calculated with; people are offered the new one.")
    click.echo("Start `dnk serve` again to use them.")


def _pop_translated(given: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, given.pop(name)) for name in ("licence", "checked")]


def _own_folder() -> Path:
    return config.load_settings().instance / OWN_FACTORS_FOLDER


def _all_editions() -> list[FactorEditionFile]:
    """The shipped editions and the installation's own. A faulty file ends the command."""
    editions, problems = read_editions(
        criteria_folder(), edition_files(criteria_folder() / "factors"), edition_files(_own_folder())
    )
    if problems:
        fail(str(CatalogueError(problems)))
    return editions


def _find_edition(name: str) -> FactorEditionFile:
    """The edition with this key or in this file. An unknown key or a faulty file ends the command."""
    if Path(name).is_file():
        (edition,), problems = read_editions(criteria_folder(), [Path(name)])
        if problems:
            fail(str(CatalogueError(problems)))
        return edition
    editions = {edition.edition.key: edition for edition in _all_editions()}
    if name not in editions:
        fail(f"'{name}' is no file and not among the editions: {', '.join(editions)}")
    return editions[name]


def _is_wanted(factor: Factor, key: str) -> bool:
    return not key or factor.key == key or factor.key.startswith(f"{key.rstrip('.')}.")


def _value(factor: Factor) -> str:
    return f"{plain(factor.value)} {factor.result_unit}/{factor.unit}"


def _qualifiers(factor: Factor) -> Iterator[str]:
    yield factor.use.value
    if factor.verification is not Verification.CONFIRMED:
        yield "not verified" if factor.verification is Verification.UNCONFIRMED else "partly verified"
    if factor.edition.is_own:
        yield "own"


def _print_edition(factor_edition_file: FactorEditionFile, *, marks: bool) -> None:
    uses = Counter(factor.use for factor in factor_edition_file.factors)
    kinds = ", ".join(f"{uses[use]} {use.value}" for use in FactorUse if uses[use])
    click.echo(f"{factor_edition_file.edition.key}: {len(factor_edition_file.factors)} factors ({kinds})")
    uncertain = [
        factor for factor in factor_edition_file.factors if factor.verification is not Verification.CONFIRMED
    ]
    for level, count in sorted(Counter(factor.verification.name.lower() for factor in uncertain).items()):
        click.echo(f"  {count} {level}")
    for factor in uncertain if marks else ():
        year = f"  {factor.data_year}" if factor.data_year else ""
        click.echo(f"  {factor.verification.name.lower()}  {factor.key}{year}")


def _print_changes(
    factor_changes: Sequence[FactorChange], units: Mapping[str, UnitFamily], *, same: bool
) -> None:
    """Print one line for each change and a count; unchanged values are listed only with `same`."""
    kept = [factor_change for factor_change in factor_changes if is_same_value(factor_change, units)]
    for factor_change in factor_changes:
        if same or factor_change not in kept:
            click.echo(_change_line(factor_change, units))
    added = sum(factor_change.before is None for factor_change in factor_changes)
    removed = sum(factor_change.after is None for factor_change in factor_changes)
    changed = len(factor_changes) - added - removed - len(kept)
    click.echo(f"{added} added, {removed} removed, {changed} changed, {len(kept)} as before")


def _change_line(change: FactorChange, units: Mapping[str, UnitFamily]) -> str:
    year = f" {change.factor.data_year}" if change.factor.data_year else ""
    name = f"{change.factor.key}{year}"
    before, after = change.before, change.after
    if before is None or after is None:
        return f"{'+' if before is None else '-'} {name}: {_value(change.factor)}"
    if is_same_value(change, units) and before.data_year == after.data_year:
        return f"= {name}: {_value(after)}{_other_differences(before, after)}"
    moved = "as before" if is_same_value(change, units) else _percent_text(percent_change(change, units))
    return (
        f"~ {name}: {_value(before)} ({_edition_and_year(before)}) -> {_value(after)}, {moved}"
        f"{_other_differences(before, after)}"
    )


def _edition_and_year(factor: Factor) -> str:
    return f"{factor.edition.key}{f', {factor.data_year}' if factor.data_year else ''}"


def _percent_text(moved: Decimal | None) -> str:
    if moved is None:
        return "not comparable"
    striking = " - please check: unit? decimal sign?" if abs(moved) >= STRIKING_PERCENT else ""
    return f"{moved:+} %{striking}" if moved else f"less than 0.1 %{striking}"


def _other_differences(before: Factor, after: Factor) -> str:
    names = ("boundary", "gases", "scope", "use", "verification", "status")
    differing: Iterable[str] = [name for name in names if getattr(before, name) != getattr(after, name)]
    return "".join(f"; {name} {getattr(before, name)} -> {getattr(after, name)}" for name in differing)
