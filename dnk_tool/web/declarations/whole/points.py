"""The points of a declaration as its readers meet them: question, answer, what one should know of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from dnk_tool.catalogue import Aspect, Indicator, Requirement, Section
from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.domain.answers.answer import Disclosure, Sheet
from dnk_tool.domain.answers.guide_length import guide_length
from dnk_tool.domain.answers.take_over import narrative_refs
from dnk_tool.language import Language
from dnk_tool.report.text.marked_text import without_signs
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.gaps import section_url
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.amounts import figure_text
from dnk_tool.web.text.answers import answer_text


class PointMark(StrEnum):
    """What one should know of an answer; the values are those of the query parameter `nur`."""

    EXPLAINED = "erklaert"
    SHORT = "kurz"
    TAKEN_OVER = "uebernommen"
    ODD = "auffaellig"


@dataclass(frozen=True, slots=True)
class Point:
    """An answered point. `marks`: what one should know of it, in words, by kind; "" says it in the answer."""

    number: str
    title: str
    answer: str
    href: str
    marks: dict[PointMark, str]


def section_points(
    declaration: Declaration, sheet: Sheet, section: Section, odd: Collection[str]
) -> Iterator[Point]:
    """Yield the points of a section that say something. `odd`: keys of figures that look odd."""
    guide = guide_length(section, sheet.selection.catalogue.guide_length)
    for requirement in section.all_requirements:
        answer = _answer(sheet, requirement, current_language())
        if answer:
            yield Point(
                _number(requirement),
                requirement.title.to(current_language()),
                answer,
                section_url(declaration, section, requirement.ref),
                dict(_marks(declaration, sheet, requirement, guide[0] if guide else 0, odd)),
            )


def _number(requirement: Requirement) -> str:
    if isinstance(requirement, Indicator):
        return requirement.code
    return requirement.ref if isinstance(requirement, Aspect) else ""


def _answer(sheet: Sheet, requirement: Requirement, language: Language) -> str:
    """The answer on one line; "" without any."""
    own = without_signs(sheet.answer(requirement.ref))
    if own.disclosure is Disclosure.EXPLAIN:
        text = own.explanation and _("Wird erklärt: %(text)s", text=own.explanation)
    else:
        parts = [] if any(item.ref == requirement.ref for item in requirement.items) else [own.text]
        parts += [_item_text(sheet, requirement, item, language) for item in requirement.items]
        text = " · ".join(part for part in parts if part)
    return " ".join(text.split())


def _item_text(sheet: Sheet, requirement: Requirement, item: Item, language: Language) -> str:
    """What the field says, behind its label where the point has several fields."""
    if item.datapoint:
        figure = sheet.figure(item.datapoint)
        text = figure_text(item, figure, language) if figure.is_stated else ""
    else:
        text = answer_text(item, without_signs(sheet.answer(item.ref)), language)
    if not text or len(requirement.items) == 1 or item.ref == requirement.ref:
        return text
    label = item.label.to(language)
    return f"{label} {text}" if label.endswith("?") else f"{label}: {text}"


def _marks(
    declaration: Declaration, sheet: Sheet, requirement: Requirement, shortest: int, odd: Collection[str]
) -> Iterator[tuple[PointMark, str]]:
    if requirement.is_explainable and sheet.is_explained(requirement):
        yield PointMark.EXPLAINED, ""
    else:
        length = len(without_signs(sheet.answer(requirement.ref)).text)
        if isinstance(requirement, Aspect) and 0 < length < shortest:
            yield PointMark.SHORT, _("kurz: %(num)d von %(most)d Zeichen", num=length, most=shortest)
        if any(item.datapoint and item.datapoint.key in odd for item in requirement.items):
            yield PointMark.ODD, _("fällt auf")
    years = [sheet.taken[ref] for ref in narrative_refs(requirement) if ref in sheet.taken]
    if years:
        is_ready_made = max(years) == declaration.reporting_year
        yield (
            PointMark.TAKEN_OVER,
            _("Vorschlag, noch nicht geprüft")
            if is_ready_made
            else _("aus %(year)s übernommen, noch nicht geprüft", year=max(years)),
        )
