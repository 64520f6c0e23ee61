"""Rows of the tables of a release: numbers with how many companies they come from, and who reports what."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    FigureCoverage,
    ReleaseContent,
    ReleasedNumber,
    Rule,
    Statistic,
)
from dnk_tool.language import Language
from dnk_tool.web.aggregates.releases import words

KINDS: Mapping[Statistic, object] = {
    Statistic.SUM: _l("Summen"),
    Statistic.RATE: _l("Anteile und Raten"),
    Statistic.MIDDLE: _l("Mitten"),
}


@dataclass(frozen=True, slots=True)
class ReleasedRow:
    """A number that is shown, in words. `before`: what can be said of the year before, none or two lines."""

    name: str
    amount: str
    companies: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """Numbers of one kind, or of one part of the members."""

    key: str
    title: str
    rows: tuple[ReleasedRow, ...]

    @property
    def has_before(self) -> bool:
        """Whether something is said of the year before."""
        return any(row.before for row in self.rows)


@dataclass(frozen=True, slots=True)
class WithheldNumbers:
    """Numbers that one rule withholds, each with how many companies it would come from."""

    title: str
    text: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How many members report a figure, and how many of these can be compared, in words."""

    name: str
    reported: str
    explained: int
    missing: int
    comparable: str
    reasons: str


def released_tables(
    content: ReleaseContent, before: ReleaseContent | None, language: Language
) -> list[ReleasedTable]:
    """The numbers that are shown: those over all members by kind, then those of each part of them."""
    year_before = _year_before(content, before, language)
    tables: dict[str, list[ReleasedRow]] = {}
    for number in sorted(content.numbers, key=_place):
        if number.is_shown:
            row = released_row(number, language, year_before(number))
            tables.setdefault(_table_title(number, language), []).append(row)
    return [
        ReleasedTable(f"tabelle-{place}", title, tuple(rows))
        for place, (title, rows) in enumerate(tables.items())
    ]


def preview_tables(content: ReleaseContent, language: Language) -> list[ReleasedTable]:
    """The same before the release is made: which numbers will be shown, and none of their values.

    Two previews, before and after a company joined, would otherwise give its figures away.
    """
    return [
        replace(table, rows=tuple(replace(row, amount="") for row in table.rows))
        for table in released_tables(content, None, language)
    ]


def withheld_numbers(content: ReleaseContent, language: Language) -> list[WithheldNumbers]:
    """The numbers that are not shown, by the rule that withholds them."""
    by_rule: dict[Rule, list[str]] = {}
    for number in content.numbers:
        if not number.is_shown:
            part = f", {words.group_name(number.group, language)}" if number.group != ALL_MEMBERS else ""
            name = f"{_name(number, language)}{part} ({_companies(number)})"
            by_rule.setdefault(number.rule, []).append(name)
    return [
        WithheldNumbers(words.rule_title(rule, language), words.rule_text(rule, language), tuple(names))
        for rule, names in by_rule.items()
    ]


def released_row(number: ReleasedNumber, language: Language, before: tuple[str, ...] = ()) -> ReleasedRow:
    """A number in words, never without how many companies it comes from."""
    amount = words.number_text(number, language)
    return ReleasedRow(_name(number, language), amount, _companies(number), before)


def _name(number: ReleasedNumber, language: Language) -> str:
    name = words.figure_name(number.figure, language)
    is_middle = number.statistic is Statistic.MIDDLE
    return f"{name}, {words.PER_UNIT[number.per]}" if is_middle else name


def _place(number: ReleasedNumber) -> tuple[bool, int]:
    """All members before the parts of them, and kind by kind."""
    is_part = number.group != ALL_MEMBERS
    return is_part, 0 if is_part else list(KINDS).index(number.statistic)


def _table_title(number: ReleasedNumber, language: Language) -> str:
    if number.group != ALL_MEMBERS:
        return words.group_name(number.group, language)
    return str(KINDS[number.statistic])


def _companies(number: ReleasedNumber) -> str:
    """From how many companies the number comes, and how many had to be left out of it."""
    said = ngettext("aus %(num)d Unternehmen", "aus %(num)d Unternehmen", number.companies)
    if not number.left_out:
        return str(said)
    return str(
        ngettext("%(said)s, %(num)d ausgelassen", "%(said)s, %(num)d ausgelassen", number.left_out, said=said)
    )


def _year_before(
    content: ReleaseContent, before: ReleaseContent | None, language: Language
) -> Callable[[ReleasedNumber], tuple[str, ...]]:
    """What to say of the year before: of the same companies in both years, and of that year's release."""

    def said(number: ReleasedNumber) -> tuple[str, ...]:
        parts = []
        is_total = number.statistic is Statistic.SUM and number.group == ALL_MEMBERS
        pair = content.matched.get(number.figure) if is_total else None
        if pair and pair[0].is_shown and pair[1].is_shown:
            parts.append(
                _(
                    "dieselben %(num)d Unternehmen: %(then)s, jetzt %(now)s",
                    num=pair[0].companies,
                    then=words.number_text(pair[0], language),
                    now=words.number_text(pair[1], language),
                )
            )
        earlier = before.number(number.figure, number.statistic, number.group, number.per) if before else None
        if earlier and earlier.is_shown:
            parts.append(f"{words.number_text(earlier, language)} {_companies(earlier)}")
        return tuple(parts)

    return said


def coverage_rows(coverage: Iterable[FigureCoverage], language: Language) -> list[CoverageRow]:
    """Who reports what, in words; explained and missing figures count apart and never as zero."""
    return [
        CoverageRow(
            name=words.figure_name(each.figure, language),
            reported=_("%(part)s von %(all)s", part=each.reported, all=each.members),
            explained=each.explained,
            missing=each.missing,
            comparable=_("%(part)s von %(all)s", part=each.comparable, all=each.reported)
            if each.reported
            else "–",
            reasons=", ".join(
                f"{words.DIFFERENCE[reason]}: {count}" for reason, count in each.differences.items() if count
            ),
        )
        for each in coverage
    ]
