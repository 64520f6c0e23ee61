"""Reports zero in full by a tick that counts with every save of the page: no script, no page loaded anew."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flask import flash
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.standard.item_model import Item, ItemKind
from dnk_tool.catalogue.standard.model import ZERO_CHOICE, Zero
from dnk_tool.domain.answers.answer import Disclosure, Quality
from dnk_tool.language import Language
from dnk_tool.web.text.form_fields import field_name

ZERO_FIELD = "zero"
_OTHER_THAN_ZERO = re.compile(r"[1-9]")


@dataclass(frozen=True, slots=True)
class TickedZero:
    """A zero of a requirement that somebody ticked."""

    requirement: Requirement
    zero: Zero


def zero_value(requirement: Requirement, zero: Zero) -> str:
    """The value of the zero's checkbox."""
    return f"{requirement.ref}:{zero.key}"


def with_zeros(
    sent: MultiDict[str, str], section: Section, language: Language
) -> tuple[MultiDict[str, str], list[bool]]:
    """The posted fields with the ticked zeros of the section, and whether each of these was filled in.

    A zero fills empty fields only, and none where a figure other than 0 is typed, which the sentence would
    deny. It waits while its requirement is explained instead.
    """
    filled: MultiDict[str, str] = MultiDict(sent)
    told = [
        _fill(filled, ticked, language)
        for ticked in _ticked(sent, section)
        if sent.get(f"{field_name(ticked.requirement.ref)}-disclosure") != Disclosure.EXPLAIN.value
    ]
    return filled, told


def _ticked(sent: MultiDict[str, str], section: Section) -> Iterator[TickedZero]:
    values = frozenset(sent.getlist(ZERO_FIELD))
    for requirement in section.all_requirements if values else ():
        for zero in requirement.zeros:
            if zero_value(requirement, zero) in values:
                yield TickedZero(requirement, zero)


def _fill(sent: MultiDict[str, str], ticked: TickedZero, language: Language) -> bool:
    """Fill in a zero, and whether no other number forbade it."""
    items = [item for item in ticked.requirement.items if item.ref in ticked.zero.fields]
    figures = [item for item in items if item.kind is ItemKind.QUANTITY]
    if any(_OTHER_THAN_ZERO.search(sent.get(f"{field_name(item.ref)}-value", "")) for item in figures):
        return False
    for name, value in list(_values(ticked, items, ticked.zero.text.to(language), sent)):
        if not sent.get(name, "").strip():
            sent[name] = value
    for item in figures:
        quality = f"{field_name(item.ref)}-quality"
        if sent.get(quality) == Quality.NOT_AVAILABLE.value:
            sent[quality] = ""
    return True


def _values(
    ticked: TickedZero, items: list[Item], sentence: str, sent: MultiDict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (field name, value) of all that the zero answers among the posted fields."""
    if not ticked.zero.fields:
        yield f"{field_name(ticked.requirement.ref)}-text", sentence
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
            if not has_text and item.ref == ticked.zero.fields[0]:
                yield f"{name}-note", sentence


def flash_zeros(told: Collection[bool]) -> None:
    """Flash whether the ticked zeros are filled in, or why not."""
    if not told:
        return
    if all(told):
        flash(_("0 ist eingetragen, mit einem Satz dazu, den Sie ändern können."), "success")
    else:
        flash(
            _(
                "Wo schon eine andere Zahl steht, haben wir 0 nicht eingetragen. Löschen Sie die Zahl, wenn "
                "0 richtig ist, und kreuzen Sie es noch einmal an."
            ),
            "info",
        )
