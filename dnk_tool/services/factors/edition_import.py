"""Imports an edition of factors from a table into the instance folder, completely or not at all."""

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dnk_tool.catalogue.factors.loader import (
    edition_files,
    load_factors,
    load_unit_families,
    merge_editions,
    read_editions,
    report_contradictions,
)
from dnk_tool.catalogue.factors.model import Factor, Factors, FactorUse
from dnk_tool.catalogue.factors.rows import FactorEditionFile, read_edition
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.catalogue.values import Text, Verification
from dnk_tool.catalogue.yaml_reader import Node
from dnk_tool.domain.factors import FactorChange, changes_against
from dnk_tool.domain.numbers import plain
from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.paths import criteria_folder
from dnk_tool.services.factors.table import FactorTable, read_table
from dnk_tool.services.uploads import csv_tables, excel

WHOLE_LINE = 10_000


@dataclass(frozen=True)
class FactorImport:
    """A planned import: the edition, how its values differ from known factors, and the problems to solve.

    `left_out`: keys of the rows that the table marks as not to be used.
    """

    edition: FactorEditionFile
    changes: tuple[FactorChange, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...]
    units: Mapping[str, UnitFamily]


class EditionExists(Exception):
    """An edition with this key and other content exists; editions never change."""


def rows_of_file(content: bytes, name: str) -> list[SpreadsheetRow]:
    """The rows of a CSV or Excel file. Raises UnreadableTable."""
    if len(content) > csv_tables.MAX_FILE_BYTES:
        raise csv_tables.UnreadableTable(csv_tables.TableFault.TOO_LARGE)
    return (
        excel.parse_workbook(content) if name.casefold().endswith(".xlsx") else csv_tables.parse_csv(content)
    )


def plan_factor_import(
    lines: Sequence[SpreadsheetRow],
    name: str,
    head: Mapping[str, Any],
    *,
    own: Path,
    only_source: str = "",
    data_year: int | None = None,
) -> FactorImport:
    """Read and check the whole table without writing anything.

    `head`: the edition's own data as in its file (`key` is required); empty fields are filled from the table
    if all rows agree. `name`: what problems call the table. `own`: folder of the installation's own editions.
    `data_year`: year of the rows that name none. Raises NotAFactorTable.
    """
    problems: list[Problem] = []
    units = load_unit_families()
    others = [path for path in edition_files(own) if path.stem != head["key"]]
    editions, _ = read_editions(criteria_folder(), edition_files(criteria_folder() / "factors"), others)
    known = merge_editions(editions)
    table = read_table(lines, units, _factors_by_name(known), only_source=only_source)
    root = Node(_completed_head(head, table), "edition", "", problems)
    year = {"data_year": data_year} if data_year else {}
    rows = [Node(year | row, name, f"row {number}", problems) for number, row in table.rows.items()]
    if not rows:
        root.note("the table has no row for it", "factors")
    edition = read_edition(root, units, is_own=True, rows=rows)
    if edition.edition.key in known.editions:
        root.note(f"there is an edition '{edition.edition.key}' already", "key")
    report_contradictions([*editions, edition], units)
    changes = () if problems else changes_against(known, edition.factors)
    return FactorImport(edition, changes, tuple(sorted(set(problems), key=_row_order)), table.left_out, units)


def write_edition(planned: FactorImport, folder: Path) -> Path:
    """Write the edition's file atomically and return its path; writing the same content again is no error.

    Raises EditionExists, and ValueError for an edition with problems.
    """
    if planned.problems:
        raise ValueError("an edition with problems is never written")
    path = folder / f"{planned.edition.edition.key}.yaml"
    text = edition_yaml(planned.edition)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces an existing file: of two concurrent imports one fails.
        os.link(fresh, path)
    except FileExistsError:
        if path.read_text("utf-8") != text:
            raise EditionExists(path) from None
    finally:
        fresh.unlink(missing_ok=True)
    load_factors.cache_clear()
    return path


def edition_yaml(factor_edition_file: FactorEditionFile) -> str:
    """The edition as YAML, in the format of the files that ship with the program."""
    edition = factor_edition_file.edition
    data = {
        "key": edition.key,
        "publisher": edition.publisher,
        "title": edition.title,
        "edition": edition.edition,
        "published": edition.published,
        "address": edition.address,
        "licence": _text(edition.licence),
        "attribution": edition.attribution or None,
        "checked": _text(edition.checked),
        "factors": [_without_empty(_factor(factor)) for factor in factor_edition_file.factors],
    }
    yaml, stream = YAML(), StringIO()
    yaml.width = WHOLE_LINE
    yaml.dump(_without_empty(data), stream)
    return stream.getvalue()


def _row_order(problem: Problem) -> tuple[int, Problem]:
    """The sort key that lists problems in the order of the table's rows, those of the head first."""
    row = re.match(r"row (\d+)", problem.key)
    return (int(row[1]) if row else 0), problem


def _factors_by_name(known: Factors) -> dict[str, Factor]:
    """The newest factor by each key and alias; one that is to compare only gives way to any other."""
    factors_by_name: dict[str, Factor] = {}
    for factors in known.by_key.values():
        for factor in sorted(factors, key=_prominence):
            factors_by_name |= dict.fromkeys((factor.key, *factor.aliases), factor)
    return factors_by_name


def _prominence(factor: Factor) -> tuple[bool, str]:
    return factor.use is not FactorUse.CROSS_CHECK, factor.edition.published


def _completed_head(head: Mapping[str, Any], table: FactorTable) -> dict[str, Any]:
    """The head, its empty fields filled from the table where all rows name the same source data."""
    completed = {key: value for key, value in head.items() if value}
    for key in ("title", "address", "licence", "edition"):
        values = {source[key] for source in table.sources.values()} - {""}
        if key not in completed and len(values) == 1:
            (value,) = values
            completed[key] = {"de": value, "en": value} if key == "licence" else value
    return completed


def _factor(factor: Factor) -> dict[str, Any]:
    verified = {Verification.CONFIRMED: True, Verification.UNCONFIRMED: False}
    return {
        "key": factor.key,
        "topic": factor.topic.value,
        "label": _text(factor.label),
        "value": plain(factor.value),
        "unit": factor.unit,
        "result_unit": factor.result_unit,
        "gases": factor.gases,
        "boundary": factor.boundary.value,
        "scope": factor.scope,
        "region": factor.region,
        "data_year": factor.data_year,
        "status": factor.status.value,
        "use": factor.use.value,
        "verified": verified.get(factor.verification, factor.verification.value),
        "reference": factor.reference or None,
        "note": _text(factor.note),
    }


def _text(text: Text) -> dict[str, str] | None:
    return {"de": text.de, "en": text.en} if text.de else None


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}
