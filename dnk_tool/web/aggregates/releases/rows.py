"""The numbers of a release in words: sums and the year before, middle values, groups, who reports what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    FigureCoverage,
    Group,
    PerUnit,
    ReleaseContent,
    ReleasedNumber,
    Statistic,
)
from dnk_tool.domain.aggregates.small_counts import ShownCoverage, shown_coverage
from dnk_tool.language import Language
from dnk_tool.web.aggregates.releases import words

Column = PerUnit | Group
MOST_COLUMNS = 4  # groups beside each other


@dataclass(frozen=True, slots=True)
class ReleasedRow:
    """A sum or rate that is shown, in words; `before` is the year before, "" if nothing can be said of it."""

    name: str
    amount: str
    companies: str
    before: str


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A number in a table of several columns; `companies` is "" where the row says it for all."""

    head: str
    amount: str
    companies: str


@dataclass(frozen=True, slots=True)
class NumberGrid:
    """Numbers of figures in columns: middle values by what they are stated for, or sums by groups.

    Each row has a name, its cells, and how many companies they come from if that is the same for all.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[NumberCell, ...], str], ...]

    @property
    def has_companies(self) -> bool:
        """Whether rows say for all cells how many companies they come from."""
        return any(companies for _name, _cells, companies in self.rows)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How many members report a figure, and how many of these can be compared, in words."""

    name: str
    reported: str
    explained: str
    missing: str
    comparable: str
    reasons: str


def sums_and_rates(
    content: ReleaseContent, before: ReleaseContent | None, language: Language
) -> list[ReleasedRow]:
    """The sums and rates over all members that are shown, each with how many companies it comes from."""
    return [
        ReleasedRow(
            words.figure_name(number.figure, language),
            words.number_text(number, language),
            companies_text(number),
            _year_before(number, content, before, language),
        )
        for number in content.numbers
        if number.is_shown and number.group == ALL_MEMBERS and number.statistic is not Statistic.MIDDLE
    ]


def middle_values(content: ReleaseContent, language: Language) -> NumberGrid | None:
    """The middle values over all members that are shown; None without any."""
    heads: dict[Column, str] = {per: words.per_text(per) for per in PerUnit}
    shown = [
        number
        for number in content.numbers
        if number.is_shown and number.group == ALL_MEMBERS and number.statistic is Statistic.MIDDLE
    ]
    return _grid(_("Mittlere Werte"), shown, lambda number: number.per, heads, language)


def group_sums(content: ReleaseContent, language: Language) -> list[NumberGrid]:
    """The sums and other numbers of each part of the members, a few parts beside each other."""
    shown = [number for number in content.numbers if number.is_shown and number.group != ALL_MEMBERS]
    groups = list(dict.fromkeys(number.group for number in shown))
    grids = []
    for first in range(0, len(groups), MOST_COLUMNS):
        heads: dict[Column, str] = {
            group: words.group_name(group, language) for group in groups[first : first + MOST_COLUMNS]
        }
        grid = _grid(_("Nach Branche und Größe"), shown, lambda number: number.group, heads, language)
        grids += [grid] if grid else []
    return grids


def _grid(
    title: str,
    numbers: Sequence[ReleasedNumber],
    column_of: Callable[[ReleasedNumber], Column],
    heads: Mapping[Column, str],
    language: Language,
) -> NumberGrid | None:
    found: dict[str, dict[Column, ReleasedNumber]] = {}
    for number in numbers:
        if column_of(number) in heads:
            name = words.figure_name(number.figure, language)
            found.setdefault(name, {})[column_of(number)] = number
    rows = [(name, *_cells(columns, heads, language)) for name, columns in found.items()]
    return NumberGrid(title, tuple(heads.values()), tuple(rows)) if rows else None


def _cells(
    held: Mapping[Column, ReleasedNumber], heads: Mapping[Column, str], language: Language
) -> tuple[tuple[NumberCell, ...], str]:
    """The cells of a row, and how many companies they come from if that is the same for several of them."""
    counts = {companies_text(number) for number in held.values()}
    is_same = len(counts) == 1 and all(isinstance(key, PerUnit) for key in held)
    cells = tuple(
        NumberCell(
            head,
            words.number_text(held.get(key), language),
            companies_text(held[key]) if key in held and not is_same else "",
        )
        for key, head in heads.items()
    )
    return cells, counts.pop() if is_same else ""


def companies_text(number: ReleasedNumber) -> str:
    """From how many companies the number comes, and how many had to be left out of it."""
    said = ngettext("aus %(num)d Unternehmen", "aus %(num)d Unternehmen", number.companies)
    if not number.left_out:
        return str(said)
    least = load_aggregation_rules().sum_companies
    if number.left_out < least:
        return str(_("%(said)s, unter %(least)s ausgelassen", said=said, least=least))
    return str(
        ngettext("%(said)s, %(num)d ausgelassen", "%(said)s, %(num)d ausgelassen", number.left_out, said=said)
    )


def _year_before(
    number: ReleasedNumber, content: ReleaseContent, before: ReleaseContent | None, language: Language
) -> str:
    """The year before: of the same companies where that may be shown, or else as it was released then."""
    then, now = content.matched.get(number.figure, (None, None))
    if number.statistic is Statistic.SUM and then and now and then.is_shown and now.is_shown:
        earlier, amount = words.number_text(then, language), words.number_text(now, language)
        change = earlier if now.value == number.value else f"{earlier} → {amount}"
        return str(_("%(change)s, dieselben %(num)d Unternehmen", change=change, num=then.companies))
    same = before.number(number.figure, number.statistic, number.group, number.per) if before else None
    return f"{words.number_text(same, language)} {companies_text(same)}" if same and same.is_shown else ""


def coverage_rows(coverage: Iterable[FigureCoverage], language: Language) -> list[CoverageRow]:
    """Who reports what, in words; explained and missing figures count apart and never as zero."""
    return [_coverage_row(each, language) for each in coverage]


def _coverage_row(coverage: FigureCoverage, language: Language) -> CoverageRow:
    shown = shown_coverage(coverage, load_aggregation_rules().sum_companies)
    comparable = _("%(part)s von %(all)s", part=coverage.comparable, all=coverage.reported)
    return CoverageRow(
        name=words.figure_name(coverage.figure, language),
        reported=_("%(part)s von %(all)s", part=coverage.reported, all=coverage.members),
        explained=words.count_text(shown.explained),
        missing=words.count_text(shown.missing),
        comparable=comparable if coverage.reported else "–",
        reasons=_reasons(shown),
    )


def _reasons(shown: ShownCoverage) -> str:
    if shown.has_hidden_reasons:
        least = load_aggregation_rules().sum_companies
        return str(_("Gründe nennen wir ab %(least)s Unternehmen", least=least))
    counted = shown.differences.items()
    return ", ".join(f"{words.DIFFERENCE[reason]}: {words.count_text(count)}" for reason, count in counted)
