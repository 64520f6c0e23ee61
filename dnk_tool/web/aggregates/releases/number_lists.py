"""The numbers of a release by name, without values: what a preview will show, and what rules withhold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    Group,
    ReleaseContent,
    ReleasedNumber,
    Rule,
    Statistic,
)
from dnk_tool.language import Language
from dnk_tool.web.aggregates.releases import words
from dnk_tool.web.aggregates.releases.rows import companies_text

STATISTICS: Mapping[Statistic, object] = {
    Statistic.SUM: _l("Summe"),
    Statistic.RATE: _l("Anteil oder Rate"),
    Statistic.MIDDLE: _l("Mitte"),
}


@dataclass(frozen=True, slots=True)
class NumberList:
    """Under a figure or a rule: a sentence, and numbers with how many companies each comes from."""

    title: str
    text: str
    numbers: tuple[str, ...]


def preview_lists(content: ReleaseContent, language: Language) -> list[NumberList]:
    """Which numbers will be shown, by figure and without their values.

    Two previews, before and after a company joined, would otherwise give its figures away.
    """
    shown = _by_figure(number for number in content.numbers if number.is_shown)
    return [
        NumberList(words.figure_name(figure, language), "", tuple(_counted(numbers, language)))
        for figure, numbers in shown.items()
    ]


def withheld_lists(content: ReleaseContent, language: Language) -> list[NumberList]:
    """The numbers that are not shown, by the rule that withholds them; what nobody reports comes last."""
    by_rule: dict[Rule, list[ReleasedNumber]] = {}
    unreported: dict[str, None] = {}
    for number in content.numbers:
        if number.is_shown:
            continue
        if not content.is_reported(number.figure):
            unreported[words.figure_name(number.figure, language)] = None
        else:
            by_rule.setdefault(number.rule, []).append(number)
    lists = [
        NumberList(
            words.rule_title(rule, language),
            words.rule_text(rule, language),
            tuple(_named(numbers, language)),
        )
        for rule, numbers in by_rule.items()
    ]
    nobody = NumberList(_("Berichtet niemand"), "", tuple(unreported))
    return [*lists, nobody] if unreported else lists


def _named(numbers: Iterable[ReleasedNumber], language: Language) -> list[str]:
    """A line for each figure: its name, and which of its numbers are meant."""
    return [
        f"{words.figure_name(figure, language)}: {'; '.join(_counted(of_figure, language))}"
        for figure, of_figure in _by_figure(numbers).items()
    ]


def _counted(numbers: Iterable[ReleasedNumber], language: Language) -> list[str]:
    """The numbers of a figure; those from equally many companies of the same members beside each other."""
    found: dict[tuple[str, bool], list[str]] = {}
    for number in numbers:
        counted = companies_text(number) if number.companies else _("kein vergleichbares Unternehmen")
        key = (counted, number.group == ALL_MEMBERS)
        found.setdefault(key, []).append(_name(number, language))
    return [f"{', '.join(names)} ({counted})" for (counted, _is_all), names in found.items()]


def _by_figure(numbers: Iterable[ReleasedNumber]) -> dict[str, list[ReleasedNumber]]:
    found: dict[str, list[ReleasedNumber]] = {}
    for number in numbers:
        found.setdefault(number.figure, []).append(number)
    return found


def _name(number: ReleasedNumber, language: Language) -> str:
    """What a number says of its figure, such as "Mitte je Unternehmen" or "Summe, Bau"."""
    name = str(STATISTICS[number.statistic])
    if number.statistic is Statistic.MIDDLE:
        name = f"{name} {words.per_text(number.per)}"
    if number.group == ALL_MEMBERS:
        return name
    is_rest = number.group == Group(is_rest=True)
    return f"{name} {_('der anderen') if is_rest else words.group_name(number.group, language)}"
