"""A whole declaration as one value, for export, snapshots and print."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, get_args

from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.catalogue.standard.selection import Selection, selection_for
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Answer, Figure, Sheet
from dnk_tool.domain.answers.encoding import answer_to_json, assessment_to_json, figure_to_json, without_empty
from dnk_tool.domain.answers.self_assessment import Assessment
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.annex import NO_ANNEX, Annex
from dnk_tool.domain.declarations.climate_path import DeclaredPath
from dnk_tool.domain.declarations.material_flow import DeclaredFlow
from dnk_tool.domain.organisation import Profile
from dnk_tool.language import Language

FORMAT_NAME = "dnk-declaration"
FIRST_VERSION, FORMAT_VERSION = 1, 2  # what is written where it says all, and the latest
# The names of the published schemas by version; nobody can fetch one by its name.
SecondSchemaId: TypeAlias = Literal["urn:uuid:47dd5e4e-0942-431c-b464-34ab0e8d9c17"]
SCHEMA_IDS: Mapping[int, str] = {
    1: "urn:uuid:09be18dc-07af-4442-8045-c9464d325797",
    2: get_args(SecondSchemaId)[0],
}


@dataclass(frozen=True)
class Document:
    """The content of a declaration. Figures are keyed by (year, datapoint key), earlier years included.

    `assessments` is None unless the company publishes its self-assessment. `internal_assessments` is the
    self-assessment for a print that stays in the company; no file contains it. `gwp_set` names the global
    warming potentials of the whole inventory; empty if none is chosen for it. `climate_path` and
    `material_flow` are None unless the company takes them into its declarations. `names_schema`: its file
    names its schema in the second version; files made before that do not, and are written again as they were.
    """

    edition: str
    reporting_year: int
    indicator_set: str
    language: Language
    options: frozenset[str]
    organisation: Profile
    answers: Mapping[str, Answer] = field(default_factory=dict)
    figures: Mapping[tuple[int, str], Figure] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    assessments: Mapping[int, Assessment] | None = None
    annex: Annex = NO_ANNEX
    internal_assessments: Mapping[int, Assessment] | None = None
    gwp_set: str = ""
    climate_path: DeclaredPath | None = None
    material_flow: DeclaredFlow | None = None
    names_schema: bool = field(default=True, compare=False)

    @property
    def selection(self) -> Selection:
        """The requirements of edition, set and options. Raises CatalogueError or ValueError if unknown."""
        return selection_for(self.edition, self.indicator_set, self.options)

    def sheet(self, year: int | None = None) -> Sheet:
        """The answers with the figures of one year, by default the reporting year."""
        wanted = self.reporting_year if year is None else year
        figures = {key: figure for (of, key), figure in self.figures.items() if of == wanted}
        return Sheet(self.selection, self.answers, figures, self.done, self.organisation)

    @property
    def earlier_years(self) -> tuple[int, ...]:
        """The years before the reporting year for which there are figures, latest first."""
        return tuple(sorted({year for year, _ in self.figures if year < self.reporting_year}, reverse=True))


def canonical_json(document: Document) -> bytes:
    """The document as canonical JSON: UTF-8, sorted keys, no spaces, numbers as exact text, one line end.

    The same content always gives the same bytes.
    """
    data = document_to_json(document)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8") + b"\n"


def fingerprint(content: bytes) -> str:
    """The SHA-256 of a canonical document, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def format_version(document: Document) -> int:
    """The version in which the document is written: the first, unless something in it needs the latest."""
    is_marked_up = any(answer.is_marked_up for answer in document.answers.values() if not answer.is_empty)
    needs_latest = is_marked_up or bool(document.gwp_set) or says_more_than_is_stored(document)
    has_records = document.climate_path is not None or document.material_flow is not None
    needs_latest = needs_latest or has_records
    return FORMAT_VERSION if needs_latest or _has_latest_rows(document) else FIRST_VERSION


def _has_latest_rows(document: Document) -> bool:
    return any(_has_latest_cells(ref, answer, document) for ref, answer in document.answers.items())


def _has_latest_cells(ref: str, answer: Answer, document: Document) -> bool:
    """Whether it answers an item, or has a cell in a column, that the first version does not know."""
    item = document.selection.items.get(ref)
    if item is None or answer.is_empty:
        return False
    later = later_columns(item, FIRST_VERSION)
    rows = answer.value.rows if isinstance(answer.value, Rows) else ()
    return item.since > FIRST_VERSION or any(later & row.keys() for row in rows)


def says_more_than_is_stored(document: Document) -> bool:
    """Whether it has effects of measures, which this program reads and writes only."""
    return any(
        measure.effect
        for assessment in (document.assessments or {}).values()
        for measure in assessment.measures
    )


def later_columns(item: Item, version: int) -> frozenset[str]:
    """The keys of the item's columns that a version of the format does not know."""
    columns = item.table.columns if item.table else ()
    return frozenset(column.key for column in columns if column.since > version)


def document_to_json(document: Document) -> dict[str, Any]:
    """The document as JSON objects without empty fields, and without the persons responsible for figures."""
    data: dict[str, Any] = {
        "format": FORMAT_NAME,
        "version": format_version(document),
        "edition": document.edition,
        "reporting_year": document.reporting_year,
        "indicator_set": document.indicator_set,
        "language": document.language,
        "options": sorted(document.options),
        "organisation": profile_to_json(document.organisation),
        "answers": {
            ref: answer_to_json(answer) for ref, answer in document.answers.items() if not answer.is_empty
        },
        "figures": [
            {"datapoint": key, "year": year, **figure_to_json(figure)}
            for (year, key), figure in _public_figures(document.figures)
            if not figure.is_empty
        ],
        "done": sorted(document.done),
    }
    if document.names_schema and data["version"] != FIRST_VERSION:
        data["$schema"] = SCHEMA_IDS[data["version"]]
    if document.assessments is not None:
        data["self_assessment"] = {
            str(number): assessment_to_json(assessment) for number, assessment in document.assessments.items()
        }
    if document.gwp_set:
        data["gwp_set"] = document.gwp_set
    if document.climate_path is not None:
        data["climate_path"] = document.climate_path.to_json()
    if document.material_flow is not None:
        data["material_flow"] = document.material_flow.to_json()
    if annex := document.annex.to_json():
        data["annex"] = annex
    return data


def _public_figures(figures: Mapping[tuple[int, str], Figure]) -> list[tuple[tuple[int, str], Figure]]:
    """The figures in order, without the persons responsible."""
    return [(key, replace(figure, responsible="")) for key, figure in sorted(figures.items())]


def profile_to_json(profile: Profile) -> dict[str, Any]:
    """The organisation's profile as a JSON object without empty fields."""
    turnover = profile.turnover
    return without_empty(
        {
            "name": profile.name,
            "legal_form": profile.legal_form,
            "sector": profile.sector,
            "employees": profile.employees,
            "turnover": turnover and {"value": numbers.plain(turnover.value), "unit": turnover.unit},
            "address": profile.address,
            "website": profile.website,
            "sites": [without_empty({"name": s.name, "address": s.address}) for s in profile.sites],
        }
    )
