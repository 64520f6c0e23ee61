"""The answers of a frozen version for its reviewers: texts, figures with earlier years, tables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.standard.item_model import Item, ItemKind
from dnk_tool.domain.answers.answer import Figure, Quality, Sheet
from dnk_tool.domain.answers.table_cells import cell_text
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.figures.year_change import year_change
from dnk_tool.language import Language
from dnk_tool.web.text.amounts import comparable_amounts, year_change_text
from dnk_tool.web.text.answers import answer_text, requirement_title
from dnk_tool.web.text.form_fields import field_name
from dnk_tool.web.text.labels import label_of, quality_of

EARLIER_YEARS = 2


@dataclass(frozen=True)
class SubmittedFigureRow:
    """One figure with the values of earlier years; `change`: against the year before, in words, or ""."""

    label: str
    value: str
    remark: str
    earlier: tuple[str, ...]
    datapoint: str = ""
    change: str = ""


@dataclass(frozen=True)
class SubmittedTable:
    """The company's own rows of a table."""

    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class SubmittedRequirement:
    """One requirement with its answers. `years`: the earlier years of its figures.

    `others`: label and text of each further field, and whether the text is marked up.
    """

    requirement: Requirement
    anchor: str
    title: str
    is_explained: bool = False
    reason: str = ""
    text: str = ""
    is_marked_up: bool = False
    years: tuple[int, ...] = ()
    figures: tuple[SubmittedFigureRow, ...] = ()
    tables: tuple[SubmittedTable, ...] = ()
    others: tuple[tuple[str, str, bool], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the company gave no answer at all."""
        return not (self.text or self.figures or self.tables or self.others)


def submitted_requirements(
    document: Document, section: Section, language: Language, earlier: Document | None = None
) -> tuple[SubmittedRequirement, ...]:
    """The section's requirements with their answers, in page order.

    `earlier`: the version of the year before; its figures stand where the document does not state them.
    """
    figures = _figures_by_year(document, section, earlier)
    return tuple(
        _submitted_requirement(document.sheet(), requirement, figures, language, is_known=bool(earlier))
        for requirement in section.all_requirements
    )


def _figures_by_year(document: Document, section: Section, earlier: Document | None) -> dict[int, Sheet]:
    """The sheets of the earlier years with a figure of the section, latest first, at most two.

    The year before is always among them if its version is known.
    """
    known = dict(earlier.figures) if earlier else {}
    stated = {key: figure for key, figure in document.figures.items() if figure.is_stated or key not in known}
    both = replace(document, figures=known | stated)
    years = set(_earlier_years(both, section)) | ({earlier.reporting_year} if earlier else set())
    return {year: both.sheet(year) for year in sorted(years, reverse=True)[:EARLIER_YEARS]}


def _earlier_years(document: Document, section: Section) -> tuple[int, ...]:
    """The earlier years with a figure of the section, latest first, at most two."""
    keys = {item.datapoint.key for r in section.all_requirements for item in r.items if item.datapoint}
    known = {year for (year, key), figure in document.figures.items() if key in keys and figure.is_stated}
    return tuple(year for year in document.earlier_years if year in known)[:EARLIER_YEARS]


def _submitted_requirement(
    sheet: Sheet,
    requirement: Requirement,
    earlier: Mapping[int, Sheet],
    language: Language,
    *,
    is_known: bool,
) -> SubmittedRequirement:
    anchor, title = field_name(requirement.ref), requirement_title(requirement, language)
    answer = sheet.answer(requirement.ref)
    if requirement.is_explainable and sheet.is_explained(requirement):
        reasons = {
            known_reason.key: known_reason.label.to(language)
            for known_reason in sheet.selection.catalogue.reasons
        }
        reason = reasons.get(answer.reason, "")
        return SubmittedRequirement(
            requirement,
            anchor,
            title,
            is_explained=True,
            reason=reason,
            text=answer.explanation,
            is_marked_up=answer.is_marked_up,
        )
    items = separate_items(requirement)
    figures = [item for item in items if item.datapoint]
    tables = [item for item in items if item.kind is ItemKind.TABLE]
    others = [item for item in items if item not in figures and item not in tables]
    return SubmittedRequirement(
        requirement,
        anchor,
        title,
        text=answer.text if requirement.is_explainable else "",
        is_marked_up=answer.is_marked_up,
        years=tuple(earlier) if figures else (),
        figures=tuple(
            _submitted_figure_row(sheet, item, earlier, language, is_known=is_known) for item in figures
        ),
        tables=tuple(
            _submitted_table(item, sheet, language) for item in tables if sheet.answer(item.ref).value
        ),
        others=tuple(
            (item.label.to(language), answer_text(item, answer, language), answer.is_marked_up)
            for item in others
            for answer in (sheet.answer(item.ref),)
        ),
    )


def separate_items(requirement: Requirement) -> tuple[Item, ...]:
    """Items with answers of their own; an aspect's text belongs to the aspect's answer."""
    return tuple(
        item for item in requirement.items if item.ref != requirement.ref or not requirement.is_explainable
    )


def _submitted_figure_row(
    sheet: Sheet, item: Item, earlier: Mapping[int, Sheet], language: Language, *, is_known: bool
) -> SubmittedFigureRow:
    point, figure = item.datapoint, figure_of_item(sheet, item)
    figures = {year: figure_of_item(before, item) for year, before in earlier.items()}
    amounts = comparable_amounts(point, [figure, *figures.values()], language) if point else ()
    return SubmittedFigureRow(
        label=item.label.to(language),
        value=(amounts[0][0] if amounts else "") or quality_of(figure),
        remark=quality_and_note(figure),
        earlier=tuple(
            f"{amount} ({entered})" if entered else amount or quality_of(earlier_figure)
            for earlier_figure, (amount, entered) in zip(figures.values(), amounts[1:], strict=True)
        ),
        datapoint=point.key if point else "",
        change=_change(item, figure, figures, language, is_known=is_known),
    )


def _change(
    item: Item, figure: Figure, earlier: Mapping[int, Figure], language: Language, *, is_known: bool
) -> str:
    """The change against the latest earlier year in words; "neu" if its known version has no such figure.

    Zero after zero is no change worth a word.
    """
    year = max(earlier, default=None)
    if year is None or item.datapoint is None or figure.value is None:
        return ""
    if is_known and not earlier[year].is_stated:
        return str(_("neu"))
    if figure.value == earlier[year].value == 0:
        return ""
    change = year_change(item.datapoint, figure, earlier[year])
    return year_change_text(change, year, language) if change else ""


def figure_of_item(sheet: Sheet, item: Item) -> Figure:
    """The reporting year's figure, entered or computed; empty for other items."""
    return sheet.figure(item.datapoint) if item.datapoint else Figure()


def quality_and_note(figure: Figure) -> str:
    """The figure's quality and the company's note."""
    said = figure.quality is not None and figure.quality is not Quality.NOT_AVAILABLE
    quality = label_of(figure.quality) if figure.quality and said else ""
    return "; ".join(part for part in (quality, figure.note) if part)


def _submitted_table(item: Item, sheet: Sheet, language: Language) -> SubmittedTable:
    value = sheet.answer(item.ref).value
    columns = item.table.columns if item.table else ()
    rows = value.rows if isinstance(value, Rows) else ()
    return SubmittedTable(
        label=item.label.to(language),
        columns=tuple(column.label.to(language) for column in columns),
        rows=tuple(
            tuple(cell_text(row[c.key], c, language) if c.key in row else "" for c in columns) for row in rows
        ),
    )
