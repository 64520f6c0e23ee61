"""Warnings about odd figures as pages show them: text, compared values, explanation."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from dnk_tool.catalogue import Criterion, Section, Selection
from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.plausibility.model import PlausibilityRule, PlausibilityRules, RuleKind
from dnk_tool.domain.figures.plausibility import ComparedValue, PlausibilityWarning, WarningText, warning_text
from dnk_tool.domain.figures.plausibility.warning import format_quantity, value_label
from dnk_tool.language import Language
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.services.figures.plausibility import (
    ExplanationStatus,
    PlausibilityFinding,
    plausibility_findings,
)
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.section_parts import point_url

FIGURE_ENDPOINT = "figures.show"


@dataclass(frozen=True)
class WarningView:
    """One warning. `about`: the figure's label; `place`: the criterion that asks for it.

    `datapoint` is the figure at which it is shown, `datapoints` are all that it compares; addresses may be
    "".
    """

    id: str
    datapoint: str
    datapoints: tuple[str, ...]
    about: str
    place: str
    place_href: str
    figure_href: str
    text: WarningText
    source: str
    compared: tuple[tuple[str, str], ...]
    finding: PlausibilityFinding
    href: str

    @property
    def is_open(self) -> bool:
        return self.finding.is_open

    @property
    def is_outdated(self) -> bool:
        """Whether the explanation is about earlier values."""
        return self.finding.standing is ExplanationStatus.OUTDATED

    @property
    def changed_at(self) -> datetime | None:
        return self.finding.changed_at


def warning_views(
    session: Session,
    declaration: Declaration,
    content: DeclarationContent,
    language: Language,
    *,
    lines: Sequence[StoredLine] | None = None,
) -> tuple[WarningView, ...]:
    """All warnings of the declaration, unexplained ones first, else in the order of the rules.

    `lines`: the year's lines, if they have been read already.
    """
    rules = load_plausibility()
    shown = [
        _warning_view(plausibility_finding, rules, declaration, content.sheet.selection, language)
        for plausibility_finding in plausibility_findings(session, declaration, content, lines=lines)
    ]
    return tuple(sorted(shown, key=lambda view: not view.is_open))


def warnings_by_compared_figure(shown: Iterable[WarningView]) -> Mapping[str, Sequence[WarningView]]:
    """Group the warnings by each figure that they compare."""
    by_figure: dict[str, list[WarningView]] = {}
    for view in shown:
        for datapoint in view.datapoints:
            by_figure.setdefault(datapoint, []).append(view)
    return by_figure


def warnings_by_field(
    shown: Iterable[WarningView], fields: Collection[str], visible: frozenset[str] | None = None
) -> Mapping[str, Sequence[WarningView]]:
    """Group the warnings by the field of a page that caused them: a datapoint, or a row of a table.

    That is the row itself, else the line that makes the most of the figure, else the figure that may be off
    by a thousand, else the one that the warning is about, else the first that it compares. `fields`: the
    lines, datapoints and tables of the page. `visible`: leaves out warnings that compare any figure besides.
    """
    by_field: dict[str, list[WarningView]] = {}
    for view in shown:
        if visible is not None and not visible.issuperset(view.datapoints):
            continue
        warning = view.finding.warning
        if is_row(warning.subject, fields):
            by_field.setdefault(warning.subject, []).append(view)
            continue
        about = warning.slip.about if warning.slip else ""
        compared = [value.key for value in warning.compared if not value.is_before]
        places = (f"line-{warning.line}", about, warning.datapoint, *compared)
        place = next((key for key in places if key in fields), None)
        if place is not None:
            by_field.setdefault(place, []).append(view)
    return by_field


def is_row(subject: str, fields: Collection[str]) -> bool:
    """Whether the subject is a line of the page, or a row "table:name" of one of its tables."""
    table, colon, _name = subject.partition(":")
    return table in fields and (colon != "" or table.startswith("line-"))


def section_datapoints(section: Section) -> frozenset[str]:
    """The datapoints for which a section asks."""
    items = [item for requirement in section.all_requirements for item in requirement.items]
    return frozenset(item.datapoint.key for item in items if item.datapoint)


def _section_tables(section: Section) -> frozenset[str]:
    items = [item for requirement in section.all_requirements for item in requirement.items]
    return frozenset(item.ref for item in items if item.table)


def section_warnings(
    session: Session,
    declaration: Declaration,
    section: Section,
    content: DeclarationContent,
    lines: Sequence[StoredLine],
    *,
    sees_all: bool,
) -> Mapping[str, Sequence[WarningView]]:
    """The warnings for a section's page, by field; no query if it has no figures."""
    points = section_datapoints(section)
    if not points:
        return {}
    shown = warning_views(session, declaration, content, current_language(), lines=lines)
    return warnings_by_field(shown, points | _section_tables(section), None if sees_all else points)


def _warning_view(
    noted: PlausibilityFinding,
    rules: PlausibilityRules,
    declaration: Declaration,
    selection: Selection,
    language: Language,
) -> WarningView:
    warning = noted.warning
    words = warning_text(rules, warning, language)
    place, place_href = _asking_place(warning, declaration, selection, language)
    return WarningView(
        id=warning.key,
        datapoint=warning.datapoint,
        datapoints=warning.datapoints,
        about=rules.label(warning.datapoint).to(language),
        place=place,
        place_href=place_href,
        figure_href=_figure_href(warning, rules, declaration),
        text=words,
        source=rule_source_text(rules.by_key[warning.rule], language),
        compared=tuple(
            (
                _compared_name(compared_value, rules, declaration, language),
                format_quantity(compared_value.readable, rules, language),
            )
            for compared_value in warning.compared
        ),
        finding=noted,
        href=url_for("plausibility.show", declaration_id=declaration.id, _anchor=warning.key),
    )


def _compared_name(
    compared_value: ComparedValue, rules: PlausibilityRules, declaration: Declaration, language: Language
) -> str:
    name = value_label(compared_value, rules, language)
    return f"{name} ({declaration.reporting_year - 1})" if compared_value.is_before else name


def rule_source_text(rule: PlausibilityRule, language: Language) -> str:
    """Source of the rule's reference value; "" for arithmetic rules, which need none."""
    source = rule.source
    if rule.is_arithmetic:
        return ""
    if source.is_own and rule.kind in (RuleKind.SLIP, RuleKind.JUMP):
        return str(_("Ihre Zahlen vom Vorjahr; ab wann wir fragen, haben wir selbst festgelegt"))
    if source.is_own:
        return str(_("unser eigener Erfahrungswert"))
    return ", ".join(text for text in (source.title.to(language), source.as_of, source.address) if text)


def _asking_place(
    warning: PlausibilityWarning, declaration: Declaration, selection: Selection, language: Language
) -> tuple[str, str]:
    """Title and address of the criterion or profile that asks for the figure; "" if none does."""
    if warning.datapoint.startswith(("profile.", "company.")):
        field = warning.datapoint.partition(".")[2]
        profile = url_for("profile.edit", organisation_id=declaration.organisation_id, _anchor=field)
        return str(_("Profil des Unternehmens")), profile
    for requirement in selection.asked_by.get(warning.datapoint, ()):
        section = selection.section_of[requirement.ref]
        refs = [
            item.ref
            for item in requirement.items
            if item.datapoint and item.datapoint.key == warning.datapoint
        ]
        title = section.title.to(language)
        if isinstance(section, Criterion):
            title = str(_("Kriterium %(number)s: %(title)s", number=section.number, title=title))
        href = point_url(declaration.id, section, refs[0] if refs else requirement.ref)
        return title, href
    return "", ""


def _figure_href(warning: PlausibilityWarning, rules: PlausibilityRules, declaration: Declaration) -> str:
    if warning.datapoint not in rules.datapoints or FIGURE_ENDPOINT not in current_app.view_functions:
        return ""
    return url_for(FIGURE_ENDPOINT, declaration_id=declaration.id, datapoint=warning.datapoint)
