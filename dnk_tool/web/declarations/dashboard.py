"""What the overview shows first: deadline, time left, next point, own figures, latest changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.presentation import load_presentation
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import CompletionStatus, requirement_status
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_long_date
from dnk_tool.store.declarations.content import DeclarationContent, LastChange
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.criteria_map import point_title
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.amounts import figure_text
from dnk_tool.web.text.section_parts import point_url

URGENT_DAYS, SOON_DAYS = 7, 30
MOST_FIGURES, MOST_CHANGES = 7, 4
PARTS_OF_EMISSIONS = ("ghg.scope1.gross", "ghg.scope2.location", "ghg.scope2.market", "ghg.scope3.gross")


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """The day until which a cluster wants the declaration. `kind`: that of a status tag."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class NextPoint:
    """Where to go on: a section, or its first point that is not answered."""

    title: str
    href: str


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """A figure of the year. `share`: its part of all emissions stated, in percent; None for other figures."""

    label: str
    text: str
    href: str
    share: int | None = None


@dataclass(frozen=True, slots=True)
class RecentChange:
    """The latest change of a point."""

    title: str
    href: str
    at: datetime
    by: int | None


def deadline_line(due: date | None, today: date, language: Language) -> DeadlineLine | None:
    """The deadline in words; None without one."""
    if due is None:
        return None
    days, day = (due - today).days, format_long_date(due, language)
    if days < 0:
        text = ngettext(
            "Frist %(day)s · seit %(num)d Tag vorbei",
            "Frist %(day)s · seit %(num)d Tagen vorbei",
            -days,
            day=day,
        )
        return DeadlineLine(text, "alarm")
    if days == 0:
        return DeadlineLine(_("Frist %(day)s · heute", day=day), "attention")
    text = ngettext("Frist %(day)s · noch %(num)d Tag", "Frist %(day)s · noch %(num)d Tage", days, day=day)
    kind = "attention" if days <= URGENT_DAYS else "progress" if days <= SOON_DAYS else "open"
    return DeadlineLine(text, kind)


def time_left(minutes: int) -> str:
    """The minutes that the rest takes, in rough words; "" for none."""
    if not minutes:
        return ""
    hours = max(1, round(minutes / 60))
    words: str = ngettext("Es bleibt etwa eine Stunde.", "Es bleiben etwa %(num)d Stunden.", hours)
    if minutes <= 15:
        words = _("Es bleibt etwa eine Viertelstunde.")
    elif minutes <= 40:
        words = _("Es bleibt etwa eine halbe Stunde.")
    return words


def next_point(declaration: Declaration, sheet: Sheet, section: Section) -> NextPoint:
    """The section's first point that is not answered; the section itself once all are."""
    for requirement in section.all_requirements:
        is_done = requirement_status(sheet, section, requirement) is CompletionStatus.DONE
        if requirement.is_explainable and not is_done:
            where = point_url(declaration.id, section, requirement.ref)
            return NextPoint(point_title(requirement), where)
    href = point_url(declaration.id, section)
    return NextPoint(section.title.to(current_language()), href)


def own_figures(declaration: Declaration, content: DeclarationContent) -> list[OwnFigure]:
    """The key figures of the set that have a value, in its order; emissions with their share."""
    sheet, language = content.sheet, current_language()
    chosen = load_presentation(declaration.edition).key_figures[declaration.indicator_set]
    items = {item.datapoint.key: item for item in sheet.selection.items.values() if item.datapoint}
    shown: list[OwnFigure] = []
    amounts = emissions_stated(sheet)
    for choice in (*chosen.core, *chosen.further):
        for option in choice.options:
            item = items.get(option.figure)
            figure = sheet.figure(item.datapoint) if item and item.datapoint else None
            if item is None or figure is None or figure.readable is None:
                continue
            href = url_for("figures.show", declaration_id=declaration.id, datapoint=option.figure)
            share = _share(option.figure, amounts)
            shown.append(OwnFigure(item.label.to(language), figure_text(item, figure, language), href, share))
            break
    return shown[:MOST_FIGURES]


def emissions_stated(sheet: Sheet) -> Mapping[str, Quantity]:
    """The emissions stated, by datapoint; nothing where they differ in unit, since parts need one sum."""
    points = sheet.selection.catalogue.datapoints
    figures = {key: sheet.figure(points[key]) for key in PARTS_OF_EMISSIONS if key in points}
    stated = {key: figure.readable for key, figure in figures.items() if figure.readable}
    if "ghg.scope2.location" in stated:
        stated.pop("ghg.scope2.market", None)
    return stated if len({quantity.unit for quantity in stated.values()}) == 1 else {}


def _share(key: str, amounts: Mapping[str, Quantity]) -> int | None:
    total = sum(amount.value for amount in amounts.values())
    return round(100 * amounts[key].value / total) if key in amounts and total > 0 else None


def recent_changes(declaration: Declaration, content: DeclarationContent) -> list[RecentChange]:
    """The points changed last, each once, newest first."""
    found = sorted(_changed_points(content), key=lambda point: point[0].at, reverse=True)
    return [
        RecentChange(
            point_title(requirement),
            point_url(declaration.id, section, requirement.ref),
            change.at,
            change.by,
        )
        for change, section, requirement in found[:MOST_CHANGES]
    ]


def _changed_points(content: DeclarationContent) -> Iterator[tuple[LastChange, Section, Requirement]]:
    for section in content.sheet.selection.sections:
        for requirement in section.all_requirements:
            refs = (requirement.ref, *(item.ref for item in requirement.items))
            keys = (item.datapoint.key for item in requirement.items if item.datapoint)
            changes: list[LastChange | None] = [content.changes.get(ref) for ref in refs]
            changes += [content.figure_changes.get(key) for key in keys]
            latest = max((change for change in changes if change), key=lambda change: change.at, default=None)
            if latest:
                yield latest, section, requirement
