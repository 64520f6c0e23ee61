"""Converts between a section's content and its form."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Form, FormField

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.standard.item_model import Item, ItemKind
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.values import Cell, Row, Rows, Value
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language
from dnk_tool.services.answers.save import SectionEdit
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.web.text.form_fields import field_name, seen_version
from dnk_tool.web.text.markup import is_marked_up, offered_markup

# The buttons of the dock: the section is finished, or goes on another day.
FINISH, LATER = "done", "later"
EXPLAIN_ACTION = "explain:"  # then the ref of a point and a reason


def form_data(section: Section, content: DeclarationContent) -> dict[str, Any]:
    """The form's initial data for the content."""
    sheet = content.sheet
    data: dict[str, Any] = {}
    for requirement in section.all_requirements:
        answer = sheet.answer(requirement.ref)
        if requirement.is_explainable:
            data[field_name(requirement.ref)] = {
                "disclosure": (answer.disclosure or Disclosure.COMPLY).value,
                "text": answer.text,
                "explanation": answer.explanation,
                "reason": answer.reason,
                "taken": answer.reason,
                "markup": offered_markup(answer),
                "version": str(content.version(requirement.ref)),
            }
        for item in requirement.items:
            if item.ref != requirement.ref or not requirement.is_explainable:
                data[field_name(item.ref)] = _item_data(item, content)
    return data


def _item_data(item: Item, content: DeclarationContent) -> dict[str, Any]:
    if item.datapoint:
        figure = content.sheet.figures.get(item.datapoint.key, Figure())
        return {
            "value": figure.value,
            "unit": figure.unit or item.datapoint.default_unit,
            "quality": figure.quality.value if figure.quality else "",
            "note": figure.note,
            "version": str(content.figure_version(item.datapoint.key)),
        }
    answer = content.sheet.answer(item.ref)
    data: dict[str, Any] = {"version": str(content.version(item.ref))}
    if item.kind is ItemKind.TEXT:
        data["text"] = answer.text
        data["markup"] = "" if item.is_short and not answer.is_marked_up else offered_markup(answer)
    elif isinstance(answer.value, Rows):
        fields = {column.key: column.unit_field for column in item.table.columns} if item.table else {}
        data["rows"] = [_row_data(row, fields) for row in answer.value.rows]
    elif isinstance(answer.value, tuple):
        data["value"] = list(answer.value)
    else:
        data["value"] = answer.value
    return data


def _row_data(row: Row, unit_fields: Mapping[str, str]) -> dict[str, Any]:
    """The row as form data; `unit_fields` names the field of each column's unit."""
    data: dict[str, Any] = {}
    for key, cell in row.items():
        if isinstance(cell, Quantity):
            data[key], data[unit_fields[key]] = cell.value, cell.unit
        else:
            data[key] = cell
    return data


def with_posted(section: Section, shown: Section, sent: Mapping[str, str]) -> Section:
    """The section restricted to what the page shows and what the form posted."""

    def posted(refs: Iterable[str]) -> set[str]:
        return {ref for ref in refs if f"{field_name(ref)}-version" in sent}

    every = section.all_requirements
    items = {item.ref for one in shown.all_requirements for item in one.items}
    items |= posted(item.ref for one in every for item in one.items)
    refs = {one.ref for one in shown.all_requirements} | posted(one.ref for one in every)
    refs |= {one.ref for one in every if not items.isdisjoint(item.ref for item in one.items)}
    return section.restricted_to(refs).with_items(items)


def read_section_edit(
    section: Section, form: FlaskForm, language: Language, sent: Any, *, reasons: frozenset[str]
) -> SectionEdit:
    """Read the edit from the form; leaves out fields that are unreadable or were not sent.

    `language` is the declaration's: a ready-made reason chosen anew is copied in it, if there is no
    explanation but that of the one chosen before. `reasons`: keys of the edition's reasons, others are none.
    """
    answers: dict[str, VersionedEdit[Answer]] = {}
    figures: dict[str, VersionedEdit[Figure]] = {}
    for requirement in section.all_requirements:
        for ref, item, part in _parts(requirement, form):
            if f"{field_name(ref)}-version" not in sent or part.errors:
                continue
            seen = seen_version(part)
            if item is None:
                answer = _head_answer(requirement, part, language, reasons, _quick_reason(sent, ref))
                answers[ref] = VersionedEdit(answer, seen)
            elif item.datapoint:
                figures[item.datapoint.key] = VersionedEdit(_figure(part), seen, is_whole=False)
            else:
                answers[ref] = VersionedEdit(_item_answer(item, part), seen)
    return SectionEdit(answers, figures, {FINISH: True, LATER: False}.get(sent.get("action", "")))


def _parts(requirement: Requirement, form: FlaskForm) -> Iterator[tuple[str, Item | None, Form]]:
    """Yield (ref, item, form) of the requirement's own answer (item None), then of each separate item."""
    if requirement.is_explainable:
        yield requirement.ref, None, _item_form(form[field_name(requirement.ref)])
    for item in requirement.items:
        if item.ref != requirement.ref or not requirement.is_explainable:
            yield item.ref, item, _item_form(form[field_name(item.ref)])


def _item_form(field: FormField) -> Form:
    return field.form


def _quick_reason(sent: Any, ref: str) -> str:
    """The reason whose button explains the point at once; "" unless it was pressed."""
    action, button = sent.get("action", ""), f"{EXPLAIN_ACTION}{ref}:"
    return action.removeprefix(button) if action.startswith(button) else ""


def _head_answer(
    requirement: Requirement, part: Form, language: Language, known: frozenset[str], quick: str
) -> Answer:
    disclosure = Disclosure(part["disclosure"].data) if part["disclosure"].data else None
    reason, explanation = part["reason"].data or "", part["explanation"].data or ""
    if quick in known:
        disclosure, reason = Disclosure.EXPLAIN, quick
    ready = {ready_reason.key: ready_reason.text.to(language) for ready_reason in requirement.reasons}
    if reason not in known:
        reason = ""
    taken = part["taken"].data or ""
    is_chosen_anew = reason != taken or quick in known
    if disclosure is Disclosure.EXPLAIN and is_chosen_anew and explanation in ("", ready.get(taken, "")):
        explanation = ready.get(reason, "")
    text = (part["text"].data if "text" in part else "") or ""
    return Answer(disclosure, text, explanation, reason, is_marked_up=is_marked_up(part, text, explanation))


def ready_made_texts(edit: SectionEdit, sent: Any) -> dict[str, str]:
    """What ready-made reasons write into fields of the page that sent the edit, by the fields' names."""
    texts: dict[str, str] = {}
    for ref, answer in edit.answers.items():
        name, value = field_name(ref), answer.value
        if value.disclosure is Disclosure.EXPLAIN and value.explanation and value.reason:
            typed = " ".join(sent.get(f"{name}-explanation", "").split())
            if typed != " ".join(value.explanation.split()):
                texts |= {f"{name}-explanation": value.explanation, f"{name}-taken": value.reason}
    return texts


def _figure(part: Form) -> Figure:
    value = part["value"].data
    quality = Quality(part["quality"].data) if part["quality"].data else None
    return Figure(value, part["unit"].data if value is not None else "", quality, part["note"].data or "")


def _item_answer(item: Item, part: Form) -> Answer:
    if item.kind is ItemKind.TEXT:
        text = part["text"].data or ""
        return Answer(text=text, is_marked_up=is_marked_up(part, text))
    value: Value | None
    if item.kind is ItemKind.TABLE:
        rows = tuple(row for row in _rows(item, part) if row)
        value = Rows(rows) if rows else None
    elif item.kind is ItemKind.CHOICES:
        chosen = set(part["value"].data or ())
        value = tuple(choice.key for choice in item.choices if choice.key in chosen) or None
    else:
        value = part["value"].data or None
    return Answer(value=value)


def _rows(item: Item, part: Form) -> Iterator[dict[str, Cell]]:
    columns = item.table.columns if item.table else ()
    for entry in part["rows"]:
        row: dict[str, Cell] = {}
        for column in columns:
            data = entry.form[column.key].data
            if data in (None, ""):
                continue
            if column.kind is ItemKind.QUANTITY:
                data = Quantity(data, entry.form[column.unit_field].data)
            row[column.key] = data
        yield row
