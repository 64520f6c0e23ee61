"""The method behind a section's figures: what is the same for several indicators is asked in one row."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict

from dnk_tool.catalogue import Indicator, Item, Section
from dnk_tool.catalogue.standard.item_model import ItemKind, MethodTopic
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.web.answers.part_links import method_items, short_code
from dnk_tool.web.answers.proposals.lines import LineProposal
from dnk_tool.web.answers.section_page import ItemPage, SectionPage
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.answers import answer_text
from dnk_tool.web.text.form_fields import field_name
from dnk_tool.web.text.section_parts import PartKind, SectionPart, first_field, section_parts

SPLIT_ACTION = "split:"  # then the topic whose rows are to be shown for each indicator
_SHARED = (ItemKind.TEXT, ItemKind.CHOICE, ItemKind.CHOICES)
_FIGURE_PARTS = ("unit", "quality", "note")  # beside the value
_LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class MethodField:
    """The field of one indicator. `offered`: what its parts hold if the page put it there unasked."""

    indicator: Indicator
    item: ItemPage
    value: tuple[str, ...]
    offered: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        return short_code(self.indicator)


@dataclass(frozen=True, slots=True)
class MethodRow:
    """What is said once for some indicators. The field of the first is shown; the others follow it.

    `text`: the answer as one reads it; "" without one. `is_proposed`: whether it comes from lines.
    """

    fields: tuple[MethodField, ...]
    text: str = ""
    is_proposed: bool = False

    @property
    def lead(self) -> MethodField:
        return self.fields[0]

    @property
    def joining(self) -> tuple[str, ...]:
        """The codes of the indicators that get the answer of others with the next save."""
        return () if self.is_proposed else tuple(one.code for one in self.fields if one.offered)


@dataclass(frozen=True, slots=True)
class MethodGroup:
    """The rows of one topic."""

    topic: MethodTopic
    rows: tuple[MethodRow, ...]

    @property
    def is_shared(self) -> bool:
        return any(len(row.fields) > 1 for row in self.rows)


def method_groups(
    page: SectionPage, sheet: Sheet, proposals: Mapping[str, LineProposal], *, may_edit: bool
) -> tuple[MethodGroup, ...]:
    """The rows of the page by topic; empty fields get the proposals, unless they were posted."""
    is_refused = request.method == "POST"
    posted = {ref for ref in proposals if f"{field_name(ref)}-version" in request.form}
    asked = {item.ref for item in method_items(sheet, page.section)}
    alone = request.args.get("einzeln", "")
    alike: dict[Hashable, list[MethodField]] = {}
    for indicator_page in page.indicators:
        indicator = indicator_page.indicator
        for one in indicator_page.items if indicator else ():
            if indicator and one.item.ref in asked:
                proposal = proposals.get(one.item.ref) if one.item.ref not in posted else None
                if proposal:
                    one.form[proposal.part].data = proposal.data
                key = one.item.ref if one.item.method == alone else _what(one.item, sheet, indicator)
                alike.setdefault(key, []).append(_field(indicator, one, proposal))
    joins = may_edit and not is_refused
    rows = [
        row for fields in alike.values() for row in _rows(fields, proposals, joins=joins, is_open=is_refused)
    ]
    return tuple(
        MethodGroup(topic, own)
        for topic in MethodTopic
        if (own := tuple(row for row in rows if row.lead.item.item.method is topic))
    )


def _what(item: Item, sheet: Sheet, indicator: Indicator) -> Hashable:
    """What is asked: the same in the same words about figures on the same topic is asked once."""
    if item.kind not in _SHARED:
        return item.ref
    whole = sheet.selection.requirements[indicator.ref]
    topics = [other.datapoint.topic for other in whole.items if other.datapoint]
    return item.method, item.kind, item.label, item.choices, topics[0] if topics else ""


def _field(indicator: Indicator, one: ItemPage, proposal: LineProposal | None) -> MethodField:
    data = one.form["text" if one.kind == ItemKind.TEXT else "value"].data
    values = data if isinstance(data, (list, tuple)) else (data,)
    value = tuple(str(part).strip() for part in values if part not in (None, ""))
    return MethodField(indicator, one, value, _shown_parts(one, proposal) if proposal else ())


def _shown_parts(one: ItemPage, proposal: LineProposal) -> tuple[str, ...]:
    """What the parts of a field hold that was filled in by a proposal, as a form sends them."""
    if one.kind != ItemKind.QUANTITY:
        return proposal.values
    parts = (one.form[part] for part in _FIGURE_PARTS)
    return (one.form["value"]._value(), *(part.data or "" for part in parts))


def _rows(
    fields: list[MethodField], proposals: Mapping[str, LineProposal], *, joins: bool, is_open: bool
) -> Iterator[MethodRow]:
    """One row for each answer.

    `joins`: whether fields without an answer join the only one, if somebody gave it.
    """
    by_value: dict[tuple[str, ...], list[MethodField]] = {}
    for one in fields:
        by_value.setdefault(one.value, []).append(one)
    empty = by_value.pop((), [])
    if joins and empty and len(by_value) == 1:
        ((value, own),) = by_value.items()
        if not any(one.offered for one in own):
            own.extend(MethodField(one.indicator, one.item, value, value) for one in empty)
            empty = []
    for own in sorted(
        [*by_value.values(), *([empty] if empty else [])], key=lambda own: fields.index(own[0])
    ):
        lead = own[0]
        proposal = proposals.get(lead.item.item.ref) if lead.offered else None
        text = proposal.text if proposal else lead.item.shown
        yield MethodRow(tuple(own), text if lead.value and not is_open else "", proposal is not None)


def method_line(sheet: Sheet, section: Section, part: SectionPart) -> str | None:
    """What is said of boundary and sources for a page of figures, in one line; None if nothing is asked."""
    method = section_parts(section)[-1]
    if part.kind is not PartKind.FIGURES or method.kind is not PartKind.METHOD:
        return None
    own = method.section.restricted_to(part.refs)
    items = [item for item in method_items(sheet, own) if not item.datapoint]
    if not items:
        return None
    told = (_told(sheet, items, topic) for topic in (MethodTopic.BOUNDARY, MethodTopic.SOURCES))
    line = ", ".join(filter(None, told)) or _told(sheet, items, MethodTopic.CALCULATION)
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE].rsplit(' ', 1)[0]} …"


def _told(sheet: Sheet, items: Collection[Item], topic: MethodTopic) -> str:
    """The answers on a topic in one line, each once."""
    texts = [
        answer_text(item, sheet.answer(item.ref), current_language())
        for item in items
        if item.method is topic
    ]
    return ", ".join(dict.fromkeys(" ".join(text.split()) for text in texts if text))


def requested_split(sent: Mapping[str, str]) -> str:
    """The topic whose rows are to be shown for each indicator; "" for another button."""
    action = sent.get("action", "")
    topic = action.removeprefix(SPLIT_ACTION) if action.startswith(SPLIT_ACTION) else ""
    return topic if topic in set(MethodTopic) else ""


def with_followers(sent: MultiDict[str, str], section: Section) -> MultiDict[str, str]:
    """The posted fields with those that follow the field of another indicator."""
    items = {item.ref: item for one in section.all_requirements for item in one.items if item.method}
    filled: MultiDict[str, str] = MultiDict(sent)
    for item in items.values():
        lead = items.get(sent.get(f"{field_name(item.ref)}-as", ""))
        if lead and lead.kind in _SHARED and (lead.kind, lead.choices) == (item.kind, item.choices):
            filled.setlist(first_field(item), sent.getlist(first_field(lead)))
            filled[f"{field_name(item.ref)}-markup"] = sent.get(f"{field_name(lead.ref)}-markup", "")
    return filled


def without_untouched(sent: MultiDict[str, str], section: Section) -> MultiDict[str, str]:
    """The posted fields without what the page had put there itself, which only a person's press saves.

    Not where another answer was saved since: then the person has put it back.
    """
    kept: MultiDict[str, str] = MultiDict(sent)
    for item in (item for one in section.all_requirements for item in one.items if item.method):
        name = field_name(item.ref)
        offered = sent.getlist(f"{name}-offered-{sent.get(f'{name}-version', '')}")
        parts = _FIGURE_PARTS if item.kind is ItemKind.QUANTITY else ()
        typed = [*sent.getlist(first_field(item)), *(sent.get(f"{name}-{part}", "") for part in parts)]
        if offered and _as_typed(offered) == _as_typed(typed):
            kept.poplist(f"{name}-version")
    return kept


def _as_typed(values: Iterable[str]) -> list[str]:
    """The values without what a browser changes in them."""
    return [" ".join(value.split()) for value in values]
