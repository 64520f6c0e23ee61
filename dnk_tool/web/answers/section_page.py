"""The content of a criterion's page: requirements with fields, help, gaps and last year's figures.

Columns of a company's own tables, as the form component shows them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Form

from dnk_tool.catalogue import Aspect, Indicator, Requirement, Section
from dnk_tool.catalogue.standard.item_model import Choice, Column, Datapoint, Item, ItemKind, Table
from dnk_tool.catalogue.values import NO_TEXT, Text
from dnk_tool.catalogue.years import in_year
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, computed_figure
from dnk_tool.domain.answers.completeness import Completeness, Gap
from dnk_tool.domain.answers.guide_length import guide_length
from dnk_tool.domain.answers.take_over import is_touched
from dnk_tool.language import Language
from dnk_tool.store.declarations.content import DeclarationContent, LastChange
from dnk_tool.web.answers.proposals.zeros import zero_value
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.amounts import comparable_amounts, figure_text, reading_text, unit_options
from dnk_tool.web.text.answers import answer_text
from dnk_tool.web.text.form_errors import FieldError, field_messages
from dnk_tool.web.text.form_fields import field_name
from dnk_tool.web.text.labels import quality_of
from dnk_tool.web.text.options import Option, choice_options, pair_options
from dnk_tool.web.text.section_parts import first_field

EARLIER_YEARS = 2


# "name", "label" and the other column options of the component `table_input`.
InputColumn = dict[str, Any]

KEYBOARDS = {ItemKind.QUANTITY: "decimal", ItemKind.YEAR: "numeric"}


def table_columns(table: Table) -> list[InputColumn]:
    """The columns in order; the first is wide, and a quantity adds a column for its unit.

    Columns that share a unit have one column for it, before the first of them.
    """
    columns: list[InputColumn] = []
    for column in table.columns:
        here = list(_columns(column, is_first=column is table.columns[0]))
        names = {input_column["name"] for input_column in columns}
        columns += [input_column for input_column in here if input_column["name"] not in names]
    return columns


def _columns(column: Column, *, is_first: bool) -> Iterator[InputColumn]:
    unit = {"name": column.unit_field, "label": _("Einheit"), "options": _unit_options(column)}
    if column.shared_unit:
        yield unit
    yield {
        "name": column.key,
        "label": column.label.to(current_language()),
        "options": choice_options(column.choices, "–") if column.kind is ItemKind.CHOICE else [],
        "inputmode": KEYBOARDS.get(column.kind),
        "wide": is_first,
        "multiline": column.kind is ItemKind.TEXT,
    }
    if column.kind is ItemKind.QUANTITY and not column.shared_unit:
        yield unit


def _unit_options(column: Column) -> list[Option]:
    language = current_language()
    return pair_options((unit.symbol, unit.display.to(language)) for unit in column.units.values())


@dataclass(frozen=True)
class ItemPage:
    """One item with its form; `name` is the prefix of its fields."""

    item: Item
    name: str
    form: Form
    errors: Mapping[str, str]
    earlier: tuple[str, ...] = ()
    computed: str = ""
    gap: Gap | None = None

    shown: str = ""
    units: tuple[Mapping[str, str], ...] = ()
    figure: Figure = NO_FIGURE
    reading: str = ""
    is_marked_up: bool = False

    @property
    def kind(self) -> str:
        return self.item.kind.value

    @property
    def label(self) -> Text:
        return self.item.label

    @property
    def hint(self) -> Text:
        return self.item.hint

    @property
    def columns(self) -> list[InputColumn]:
        """The table's columns; empty for other items."""
        return table_columns(self.item.table) if self.item.table else []

    @property
    def first_field(self) -> str:
        return first_field(self.item)

    def error(self, part: str) -> str:
        """The message of the item's field, or ""."""
        return self.errors.get(f"{self.name}-{part}", "")


@dataclass(frozen=True)
class RequirementPage:
    """One aspect, indicator or detail with its items."""

    requirement: Requirement
    name: str
    head: Form | None
    items: tuple[ItemPage, ...]
    errors: Mapping[str, str]
    gaps: tuple[Gap, ...]
    is_explained: bool
    is_begun: bool = False
    all_reasons: tuple[Choice, ...] = ()
    change: LastChange | None = None
    is_marked_up: bool = False
    example: str = ""

    @property
    def ref(self) -> str:
        return self.requirement.ref

    @property
    def reasons(self) -> list[Option]:
        """The reasons that make sense here, with their ready-made texts, and one chosen otherwise before."""
        texts = {reason.key: reason.text for reason in self.requirement.reasons}
        chosen = self.head["reason"].data if self.head else ""
        offered = [reason for reason in self.all_reasons if reason.key in texts or reason.key == chosen]
        language = current_language()
        return [
            {**option, "hint": texts.get(option["value"], NO_TEXT).to(language)}
            for option in choice_options(offered)
        ]

    @property
    def quick_reasons(self) -> list[Option]:
        """The reasons that explain the point with one click, while nothing of it is answered on any page."""
        parts = [one.form for one in self.items] + ([self.head] if self.head else [])
        told = [part[name].data for part in parts for name in ("text", "value", "quality") if name in part]
        is_answered = any(word or word == 0 for word in told) or any(one.shown for one in self.items)
        is_answered = is_answered or self.is_explained or self.is_begun
        return [] if self.head is None or is_answered else self.reasons

    def offered_zeros(self, ref: str) -> list[Option]:
        """The zeros that are offered beside the answer of this ref, while it is empty."""
        return [
            {"value": zero_value(self.requirement, zero), "label": zero.label.to(current_language())}
            for zero in self.requirement.zeros
            if (zero.fields[0] if zero.fields else self.requirement.ref) == ref and self._is_empty(ref)
        ]

    def _is_empty(self, ref: str) -> bool:
        """Whether the figure of this ref, or the text of the requirement itself, is not given yet."""
        if ref == self.requirement.ref:
            return self.head is not None and "text" in self.head and not self.head["text"].data
        return any(one.item.ref == ref and one.form["value"].data is None for one in self.items)

    @property
    def aspect(self) -> Aspect | None:
        return self.requirement if isinstance(self.requirement, Aspect) else None

    @property
    def indicator(self) -> Indicator | None:
        return self.requirement if isinstance(self.requirement, Indicator) else None

    def error(self, part: str) -> str:
        """The message of the requirement's field, or ""."""
        return self.errors.get(f"{self.name}-{part}", "")


@dataclass(frozen=True)
class SectionPage:
    """The content of a section's page."""

    section: Section
    requirements: tuple[RequirementPage, ...]
    indicators: tuple[RequirementPage, ...]
    completeness: Completeness
    errors: tuple[FieldError, ...] = field(default=())
    latest: LastChange | None = None
    guide: tuple[int, int] | None = None


def section_page(
    section: Section,
    form: FlaskForm,
    content: DeclarationContent,
    completeness: Completeness,
    *,
    year: int,
    language: Language,
    extra_row: str = "",
) -> SectionPage:
    """Build the page's content. `extra_row`: ref of a table that gets one more empty row."""
    errors = dict(field_messages(form))
    maker = _SectionPageBuilder(section, form, content, completeness, errors, year, language, extra_row)
    pages = tuple(maker.requirement(requirement) for requirement in section.all_requirements)
    count, selection = len(section.requirements), content.sheet.selection
    changes = [page.change for page in pages if page.change]
    return SectionPage(
        section=section,
        requirements=pages[:count],
        indicators=pages[count:],
        completeness=completeness,
        errors=named_errors(section, errors, language),
        latest=max(changes, key=lambda change: change.at, default=None),
        guide=guide_length(selection.section_by_ref[section.ref], selection.catalogue.guide_length),
    )


def named_errors(section: Section, errors: Mapping[str, str], language: Language) -> tuple[FieldError, ...]:
    """For summaries: each message begins with the label of its field, as far as that has one of its own."""
    labels = {
        f"{field_name(item.ref)}-": item.label.to(language)
        for requirement in section.all_requirements
        for item in requirement.items
    }
    named = []
    for id_, text in errors.items():
        label = next((words for prefix, words in labels.items() if id_.startswith(prefix)), "")
        named.append(FieldError(id_, f"{label}: {text}" if label else text))
    return tuple(named)


@dataclass(frozen=True)
class _SectionPageBuilder:
    """Builds the requirements of one section's page."""

    section: Section
    form: FlaskForm
    content: DeclarationContent
    completeness: Completeness
    errors: Mapping[str, str]
    year: int
    language: Language
    extra_row: str

    def requirement(self, requirement: Requirement) -> RequirementPage:
        name, sheet = field_name(requirement.ref), self.content.sheet
        gaps = tuple(gap for gap in self.completeness.gaps if gap.requirement == requirement.ref)
        items = tuple(
            self.item(item, gaps)
            for item in requirement.items
            if item.ref != requirement.ref or not requirement.is_explainable
        )
        return RequirementPage(
            requirement=requirement,
            name=name,
            head=self.form[name].form if requirement.is_explainable else None,
            items=items,
            errors=self.errors,
            gaps=gaps,
            all_reasons=sheet.selection.catalogue.reasons,
            is_explained=sheet.is_explained(requirement),
            is_begun=is_touched(sheet, sheet.selection.requirements.get(requirement.ref, requirement)),
            change=max(self._changes(requirement), key=lambda change: change.at, default=None),
            is_marked_up=self.content.sheet.answer(requirement.ref).is_marked_up,
            example=in_year(requirement.example.to(current_language()), self.year)
            if isinstance(requirement, Aspect)
            else "",
        )

    def _changes(self, requirement: Requirement) -> Iterator[LastChange]:
        for ref in (requirement.ref, *(item.ref for item in requirement.items)):
            if ref in self.content.changes:
                yield self.content.changes[ref]
        for item in requirement.items:
            if item.datapoint and item.datapoint.key in self.content.figure_changes:
                yield self.content.figure_changes[item.datapoint.key]

    def item(self, item: Item, gaps: tuple[Gap, ...]) -> ItemPage:
        name = field_name(item.ref)
        form = self.form[name].form
        if item.kind is ItemKind.TABLE and (self.extra_row == item.ref or not len(form["rows"])):
            form["rows"].show_empty_row()
        figures = self.content.sheet.figures
        figure = figures.get(item.datapoint.key, NO_FIGURE) if item.datapoint else NO_FIGURE
        return ItemPage(
            item=item,
            name=name,
            form=form,
            errors=self.errors,
            earlier=tuple(self._earlier(item)),
            computed=self._computed(item),
            gap=next((gap for gap in gaps if gap.item == item.ref), None),
            shown=self._shown(item),
            units=unit_options(
                item.datapoint.family.key, self.content.sheet.selection.catalogue.edition, self.language
            )
            if item.datapoint
            else (),
            figure=figure,
            reading=self._reading(item.datapoint, figure) if item.datapoint else "",
            is_marked_up=self.content.sheet.answer(item.ref).is_marked_up,
        )

    def _reading(self, point: Datapoint, figure: Figure) -> str:
        """How a typed number was read; "" for a calculated one."""
        return "" if figure.origin is Origin.LINES else reading_text(point, figure.quantity, self.language)

    def _shown(self, item: Item) -> str:
        """A figure, table or other answer as text."""
        if item.datapoint:
            figure = self.content.sheet.figures.get(item.datapoint.key)
            return figure_text(item, figure, self.language) if figure else ""
        return answer_text(item, self.content.sheet.answer(item.ref), self.language)

    def _earlier(self, item: Item) -> Iterator[str]:
        if item.datapoint is None:
            return
        point = item.datapoint
        years = sorted({of for of, _ in self.content.figures if of < self.year}, reverse=True)[:EARLIER_YEARS]
        now = self.content.sheet.figure(point)
        figures = [self.content.figures.get((year, point.key), NO_FIGURE) for year in years]
        _this_year, *amounts = comparable_amounts(point, [now, *figures], self.language)
        for year, figure, (amount, entered) in zip(years, figures, amounts, strict=True):
            if text := f"{amount} ({entered})" if entered else amount or quality_of(figure):
                yield f"{year}: {text}"

    def _computed(self, item: Item) -> str:
        if item.datapoint is None:
            return ""
        figure = computed_figure(item.datapoint, self.content.sheet.figures)
        return figure_text(item, figure, self.language) if figure else ""
