"""Builds forms from the catalogue: a small form for each kind of item, composed to one for a section."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Form, FormField, HiddenField, RadioField, SelectField, SelectMultipleField

from dnk_tool.catalogue import Requirement, Section, Selection, selection_for
from dnk_tool.catalogue.standard.item_model import Column, Item, ItemKind, Table
from dnk_tool.domain.answers.answer import Disclosure, Quality
from dnk_tool.domain.text import MAX_LENGTH
from dnk_tool.web.text.form_fields import (
    LineField,
    MarkedProseField,
    NumberField,
    ProseField,
    RowsField,
    YearField,
    field_name,
)

NO_LABEL = ""  # nobody reads it; without one WTForms would load a catalogue to translate the name


def _options(keys: Iterable[str]) -> list[str]:
    return ["", *keys]


class ItemForm(Form):
    """The base of all item forms, with the version that the page showed."""

    version = HiddenField(default="0")


class FigureItemForm(ItemForm):
    """The base of forms for figures: refuses a value together with "not available"."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and refuse a value together with "not available"."""
        is_valid = bool(super().validate(extra_validators))
        if self["value"].data is not None and self["quality"].data == Quality.NOT_AVAILABLE:
            self["value"].errors = [
                _("Löschen Sie den Wert, oder wählen Sie etwas anderes als „liegt nicht vor“.")
            ]
            return False
        return is_valid


class YearForm(ItemForm):
    value = YearField()


def head_form(requirement: Requirement) -> type[Form]:
    """Build the form for comply or explain; it includes an aspect's text, part of the same answer.

    `taken` is the reason whose ready-made text was copied before, so that a text deleted since stays empty.
    """
    attributes: dict[str, Any] = {
        "disclosure": RadioField(
            choices=[disclosure.value for disclosure in Disclosure], default=Disclosure.COMPLY.value
        ),
        "reason": RadioField(default="", validate_choice=False),
        "taken": HiddenField(default=""),
        "explanation": MarkedProseField(),
        "markup": HiddenField(default=""),
    }
    if any(item.ref == requirement.ref for item in requirement.items):
        attributes["text"] = MarkedProseField()
    return type("HeadForm", (ItemForm,), attributes)


def text_form(item: Item) -> type[Form]:
    """Build the form of a text item, with the most characters that it takes.

    `markup`: whether the page offered signs for lists and emphasis.
    """
    text = MarkedProseField(longest=item.longest or MAX_LENGTH)
    return type("TextForm", (ItemForm,), {"text": text, "markup": HiddenField(default="")})


def year_form(item: Item) -> type[Form]:
    """The form of a year item, the same for all."""
    return YearForm


def quantity_form(item: Item) -> type[Form]:
    """Build the form with value, unit, quality and note. Raises TypeError without a datapoint."""
    point = item.datapoint
    if point is None:
        raise TypeError(f"{item.ref} has no datapoint")
    return type(
        "QuantityForm",
        (FigureItemForm,),
        {
            "value": NumberField(),
            "unit": SelectField(choices=list(point.family.units), default=point.default_unit),
            "quality": SelectField(choices=_options(quality.value for quality in Quality), default=""),
            "note": LineField(),
        },
    )


def choice_form(item: Item) -> type[Form]:
    """Build the form for one choice, which may stay empty."""
    keys = [choice.key for choice in item.choices]
    field = RadioField(choices=_options(keys), default="")
    return type("ChoiceForm", (ItemForm,), {"value": field})


def choices_form(item: Item) -> type[Form]:
    """Build the form for any number of choices."""
    field = SelectMultipleField(choices=[choice.key for choice in item.choices])
    return type("ChoicesForm", (ItemForm,), {"value": field})


def table_form(item: Item) -> type[Form]:
    """Build the form with rows; empty rows are dropped on reading. Raises TypeError without a table."""
    if item.table is None:
        raise TypeError(f"{item.ref} has no table")
    return type("TableForm", (ItemForm,), {"rows": RowsField(_row_form(item.table))})


def _row_form(table: Table) -> type[Form]:
    attributes: dict[str, Any] = {}
    for column in table.columns:
        attributes[column.key] = _cell_field(column)
        if column.kind is ItemKind.QUANTITY:
            units = list(column.units)
            attributes[column.unit_field] = SelectField(
                choices=units, default=column.default_unit or units[0]
            )
    return type("RowForm", (Form,), attributes)


def _cell_field(column: Column) -> Any:
    if column.kind is ItemKind.QUANTITY:
        return NumberField()
    if column.kind is ItemKind.YEAR:
        return YearField()
    if column.kind is ItemKind.CHOICE:
        return SelectField(choices=_options(choice.key for choice in column.choices), default="")
    return ProseField()


ITEM_FORMS = {
    ItemKind.TEXT: text_form,
    ItemKind.QUANTITY: quantity_form,
    ItemKind.CHOICE: choice_form,
    ItemKind.CHOICES: choices_form,
    ItemKind.YEAR: year_form,
    ItemKind.TABLE: table_form,
}


def section_form(selection: Selection, section: Section) -> type[FlaskForm]:
    """Build a section's form: all requirements with their items.

    A section restricted to some requirements or items gets fields for those only.
    """
    refs = frozenset(requirement.ref for requirement in section.all_requirements)
    items = frozenset(item.ref for requirement in section.all_requirements for item in requirement.items)
    return _section_form(
        selection.catalogue.edition, selection.indicator_set, selection.options, section.ref, refs, items
    )


@lru_cache(maxsize=512)
def _section_form(
    edition: str,
    indicator_set: str,
    options: frozenset[str],
    section_ref: str,
    refs: frozenset[str],
    items: frozenset[str],
) -> type[FlaskForm]:
    whole = selection_for(edition, indicator_set, options).section_by_ref[section_ref]
    section = whole.restricted_to(refs).with_items(items)
    attributes: dict[str, Any] = {}
    for requirement in section.all_requirements:
        if requirement.is_explainable:
            attributes[field_name(requirement.ref)] = FormField(head_form(requirement), NO_LABEL)
        for item in requirement.items:
            if item.ref != requirement.ref or not requirement.is_explainable:
                attributes[field_name(item.ref)] = FormField(ITEM_FORMS[item.kind](item), NO_LABEL)
    return type("SectionForm", (FlaskForm,), attributes)
