"""What looks odd on a section's page: shown at the field that caused it, and explained there."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request
from flask_wtf import FlaskForm

from dnk_tool.catalogue import Section
from dnk_tool.domain.editing import Conflict
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.services.figures.calculator_lines import StoredLine, lines_of
from dnk_tool.services.figures.plausibility import save_explanations
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.visible_sections import can_view_all_sections
from dnk_tool.web.figures.explanations import (
    ExplanationInput,
    explanation_mark,
    explanations_of,
    may_explain,
    read_explanations,
)
from dnk_tool.web.figures.warnings import WarningView, section_datapoints, section_warnings
from dnk_tool.web.http.access import current_work
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.form_fields import field_name


@dataclass(frozen=True)
class OddFigures:
    """The warnings of a page by field, and the fields for the sentence of those that may be explained."""

    by_field: Mapping[str, Sequence[WarningView]]
    explanations: Mapping[str, Mapping[str, Any]]

    @property
    def versions(self) -> Mapping[str, Any]:
        """Version and mark of each sentence, which a page sends back as seen."""
        versions: dict[str, Any] = {}
        for view in (view for views in self.by_field.values() for view in views):
            noted = view.finding
            versions[view.id] = noted.version
            versions[f"{view.id}-was"] = explanation_mark(noted.text, noted.is_printed)
        return versions

    def of_row(self, ref: str, row: Mapping[str, str]) -> Sequence[WarningView]:
        """The warnings about a row of a table, which they name by one of its texts."""
        keys = (f"{ref}:{text}"[:80] for text in row.values())
        return next((self.by_field[key] for key in keys if key in self.by_field), ())

    def newly_open(self, written: Collection[str]) -> str:
        """The id of the first open warning that compares a figure or table just written; "" without one."""
        for view in (view for views in self.by_field.values() for view in views if view.is_open):
            row = view.finding.warning.subject.partition(":")[0]
            keys = {key.partition("/")[0] for key in view.datapoints} | {row}
            if not keys.isdisjoint(written):
                return view.id
        return ""


@dataclass(frozen=True)
class PostedExplanations:
    """The sentences that a page posted with its answers."""

    typed: Mapping[str, ExplanationInput]

    @property
    def is_changed(self) -> bool:
        return any(one.is_changed for one in self.typed.values())

    @property
    def errors(self) -> tuple[FieldError, ...]:
        return tuple(FieldError(f"{key}-text", one.error) for key, one in self.typed.items() if one.error)

    @property
    def pressed(self) -> str:
        """The id of the warning whose own button was pressed; "" without one."""
        return next((key for key, one in self.typed.items() if one.is_pressed), "")

    def save(self, declaration: Declaration) -> tuple[Conflict[ExplanationEdit], ...]:
        """Save the changed and readable ones; returns the conflicts. No query if there are none.

        A rule that does not exist is not found.
        """
        meant = [one.sentence for one in self.typed.values() if one.is_changed and not one.error]
        if not meant:
            return ()
        try:
            return save_explanations(current_work(), declaration, meant)
        except LookupError:
            abort(404)


NOTHING_POSTED = PostedExplanations({})


def posted_explanations() -> PostedExplanations:
    """The sentences of the request; none from somebody who may not explain."""
    if not may_explain():
        return NOTHING_POSTED
    return PostedExplanations({one.id: one for one in read_explanations(request.form)})


def odd_figures(
    declaration: Declaration,
    section: Section,
    content: DeclarationContent,
    lines: Sequence[StoredLine],
    typed: Mapping[str, ExplanationInput] | None = None,
) -> OddFigures:
    """The warnings of a section's page; no query if it has no figures."""
    by_field = section_warnings(db(), declaration, section, content, lines, sees_all=can_view_all_sections())
    shown = [view for views in by_field.values() for view in views]
    return OddFigures(by_field, explanations_of(declaration, shown, typed))


def odd_after_save(
    declaration: Declaration, section: Section, saved: Collection[str], *, is_explained: bool
) -> OddFigures | None:
    """The warnings after a save that wrote `saved`; None if it wrote no figure, table or sentence."""
    compared = section_datapoints(section) | _tables(section)
    if compared.isdisjoint(saved) and not is_explained:
        return None
    content = declarations.read_content(db(), declaration)
    return odd_figures(declaration, section, content, lines_of(db(), declaration))


def live_fields(
    declaration: Declaration, section: Section, form: FlaskForm, odd: OddFigures | None
) -> Mapping[str, str]:
    """What the page shows at each field now, as HTML by the field's mark; nothing without `odd`."""
    if odd is None:
        return {}
    return {
        mark: render_template(
            "figures/odd_at_field.html", found=found, explanations=odd.explanations, declaration=declaration
        ).strip()
        for mark, found in _marked(section, form, odd)
    }


def _marked(
    section: Section, form: FlaskForm, odd: OddFigures
) -> Iterator[tuple[str, Sequence[WarningView]]]:
    for key in section_datapoints(section):
        yield key, odd.by_field.get(key, ())
    for ref in _tables(section):
        for index, row in enumerate(form[field_name(ref)].form["rows"].text_rows()):
            yield f"{ref}-{index}", odd.of_row(ref, row)


def _tables(section: Section) -> frozenset[str]:
    items = [item for requirement in section.all_requirements for item in requirement.items]
    return frozenset(item.ref for item in items if item.table)
