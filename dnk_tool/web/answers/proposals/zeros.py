"""Fills in a full report of zero by a plain submit button, so that it works without a script."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import flash
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.standard.item_model import Item, ItemKind
from dnk_tool.catalogue.standard.model import ZERO_CHOICE, Zero
from dnk_tool.domain.answers.answer import Disclosure, Quality
from dnk_tool.language import Language
from dnk_tool.web.text.form_fields import field_name

ZERO_PREFIX = "zero:"
_OTHER_THAN_ZERO = re.compile(r"[1-9]")


@dataclass(frozen=True, slots=True)
class ZeroAction:
    """The pressed zero button of a requirement."""

    requirement: Requirement
    zero: Zero

    @property
    def anchor(self) -> str:
        """The id on the page from which the person goes on."""
        return field_name(self.requirement.ref)


def zero_action(requirement: Requirement, zero: Zero) -> str:
    """The value of the zero's button."""
    return f"{ZERO_PREFIX}{requirement.ref}:{zero.key}"


def requested_zero(sent: ImmutableMultiDict[str, str], section: Section) -> ZeroAction | None:
    """The zero action in a posted form; None if no such button of the section was pressed."""
    action = sent.get("action", "")
    for requirement in section.all_requirements:
        for zero in requirement.zeros:
            if action == zero_action(requirement, zero):
                return ZeroAction(requirement, zero)
    return None


def with_zero(
    sent: MultiDict[str, str], action: ZeroAction | None, language: Language
) -> tuple[MultiDict[str, str], bool]:
    """The posted fields with the zero, and whether it was filled in.

    Fills empty fields only, and none where a figure other than 0 is typed, which the sentence would deny.
    """
    if action is None:
        return sent, False
    items = [item for item in action.requirement.items if item.ref in action.zero.fields]
    figures = [item for item in items if item.kind is ItemKind.QUANTITY]
    if any(_OTHER_THAN_ZERO.search(sent.get(f"{field_name(item.ref)}-value", "")) for item in figures):
        return sent, False
    filled: MultiDict[str, str] = MultiDict(sent)
    for name, value in _values(action, items, action.zero.text.to(language), sent):
        if not filled.get(name, "").strip():
            filled[name] = value
    for item in figures:
        quality = f"{field_name(item.ref)}-quality"
        if filled.get(quality) == Quality.NOT_AVAILABLE.value:
            filled[quality] = ""
    filled[f"{field_name(action.requirement.ref)}-disclosure"] = Disclosure.COMPLY.value
    return filled, True


def _values(
    action: ZeroAction, items: list[Item], sentence: str, sent: MultiDict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (field name, value) of all that the zero answers among the posted fields."""
    if not action.zero.fields:
        yield f"{field_name(action.requirement.ref)}-text", sentence
    has_text = any(item.kind is ItemKind.TEXT for item in items)
    for item in items:
        name = field_name(item.ref)
        if f"{name}-version" not in sent:
            continue
        if item.kind is ItemKind.TEXT:
            yield f"{name}-text", sentence
        elif item.kind is ItemKind.CHOICE:
            yield f"{name}-value", ZERO_CHOICE
        else:
            yield f"{name}-value", "0"
            if not has_text and item.ref == action.zero.fields[0]:
                yield f"{name}-note", sentence


def flash_zero(*, is_filled: bool) -> None:
    """Flash that the zero is filled in, or why not."""
    if is_filled:
        flash(
            _("Gespeichert. Wir haben 0 eingetragen und einen Satz dazu, den Sie ändern können."), "success"
        )
    else:
        flash(
            _(
                "Gespeichert. Hier steht aber schon eine andere Zahl. Löschen Sie sie, wenn 0 richtig ist, "
                "und drücken Sie den Knopf noch einmal."
            ),
            "info",
        )
