"""Rows of the tables of a release: numbers with how many companies they come from, and who reports what."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    FigureCoverage,
    ReleaseContent,
    ReleasedNumber,
    Statistic,
)
from dnk_tool.language import Language
from dnk_tool.web.aggregates.releases import words


@dataclass(frozen=True, slots=True)
class ReleasedRow:
    """A number in words; texts are "" where there is nothing to say.

    `rule`: why it is withheld, and then `amount` is "". `before`: the year before.
    """

    name: str
    amount: str
    companies: str
    rule: str
    is_shown: bool
    before: str = ""


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """Numbers of one kind, or of one part of the members."""

    key: str
    title: str
    rows: tuple[ReleasedRow, ...]
    has_before: bool = False


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
    """The numbers over all members by kind, then those of each part of them."""
    of_all = [number for number in content.numbers if number.group == ALL_MEMBERS]
    kinds = (
        (Statistic.SUM, _("Summen")),
        (Statistic.RATE, _("Anteile und Raten")),
        (Statistic.MIDDLE, _("Mitten")),
    )
    tables = [
        _table(kind.value, title, (it for it in of_all if it.statistic is kind), content, before, language)
        for kind, title in kinds
    ]
    groups = dict.fromkeys(number.group for number in content.numbers if number.group != ALL_MEMBERS)
    tables += [
        _table(
            f"gruppe-{place}",
            words.group_name(group, language),
            (it for it in content.numbers if it.group == group),
            content,
            None,
            language,
        )
        for place, group in enumerate(groups)
    ]
    return [table for table in tables if table.rows]


def preview_tables(content: ReleaseContent, language: Language) -> list[ReleasedTable]:
    """The same before the release is made: which numbers pass the rules, and none of their values.

    Two previews, before and after a company joined, would otherwise give its figures away.
    """
    return [
        replace(table, rows=tuple(replace(row, amount="") for row in table.rows))
        for table in released_tables(content, None, language)
    ]


def _table(
    key: str,
    title: str,
    numbers: Iterable[ReleasedNumber],
    content: ReleaseContent,
    before: ReleaseContent | None,
    language: Language,
) -> ReleasedTable:
    year_before = _year_before(content, before, language)
    rows = tuple(released_row(number, language, year_before(number)) for number in numbers)
    return ReleasedTable(key, title, rows, has_before=any(row.before for row in rows))


def released_row(number: ReleasedNumber, language: Language, before: str = "") -> ReleasedRow:
    """A number in words, never without how many companies it comes from, or the rule that withholds it."""
    name = words.figure_name(number.figure, language)
    if number.statistic is Statistic.MIDDLE:
        name = f"{name}, {words.PER_UNIT[number.per]}"
    return ReleasedRow(
        name=name,
        amount=words.number_text(number, language),
        companies=_companies(number),
        rule="" if number.is_shown else words.rule_title(number.rule, language),
        is_shown=number.is_shown,
        before=before,
    )


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
) -> Callable[[ReleasedNumber], str]:
    """What to say of the year before: of the same companies in both years, and of that year's release."""

    def said(number: ReleasedNumber) -> str:
        parts = []
        pair = content.matched.get(number.figure) if number.statistic is Statistic.SUM else None
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
        return "; ".join(parts)

    return said


def coverage_rows(coverage: Iterable[FigureCoverage], language: Language) -> list[CoverageRow]:
    """Who reports what, in words; explained and missing figures count apart and never as zero."""
    return [
        CoverageRow(
            name=words.figure_name(each.figure, language),
            reported=_("%(part)d von %(all)d", part=each.reported, all=each.members),
            explained=each.explained,
            missing=each.missing,
            comparable=_("%(part)d von %(all)d", part=each.comparable, all=each.reported),
            reasons=", ".join(
                f"{words.DIFFERENCE[reason]}: {count}" for reason, count in each.differences.items() if count
            ),
        )
        for each in coverage
    ]
