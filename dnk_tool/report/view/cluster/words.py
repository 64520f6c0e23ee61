"""The words of a cluster's report: amounts with units, counts of companies, names of figures and groups."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from dnk_tool.catalogue import Catalogue, editions, load_catalogue
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.catalogue.values import NO_TEXT
from dnk_tool.domain.aggregates.joint_goal import Saving
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    Group,
    PerUnit,
    ReleaseContent,
    ReleasedNumber,
    Rule,
    Statistic,
)
from dnk_tool.domain.aggregates.small_counts import ShownCount
from dnk_tool.domain.quantities import Quantity
from dnk_tool.labels import N_, label
from dnk_tool.language import format_long_date, format_series, translations
from dnk_tool.report.text.formatter import COUNT, TextFormatter
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.cluster.content import ClusterReportContent
from dnk_tool.report.view.figures.company_tables import lay_out_table, row_cells
from dnk_tool.report.view.parts import PrintedTable

# From this value on, a larger unit is easier to read: unit, limit, larger unit, how many make one of it.
_LARGER = (
    ("kWh", 10_000, "MWh", 1_000),
    ("kg", 10_000, "t", 1_000),
    ("kg-co2e", 10_000, "t-co2e", 1_000),
    ("EUR", 1_000_000, "Mio-EUR", 1_000_000),
    ("TEUR", 1_000, "Mio-EUR", 1_000),
)
MOST_ROWS_TOGETHER = 10  # of a table that no page divides
PER_UNIT = {
    PerUnit.COMPANY: N_("je Unternehmen"),
    PerUnit.EMPLOYEE: N_("je beschäftigte Person"),
    PerUnit.TURNOVER: N_("je Million Euro Umsatz"),
}
_SAVINGS = {
    Saving.ENERGY: N_("Energie im Jahr"),
    Saving.GHG: N_("Treibhausgase im Jahr"),
    Saving.COST: N_("Kosten im Jahr"),
    Saving.INVESTMENT: N_("Investition, einmal"),
}


@dataclass(frozen=True)
class ReportWords:
    """Turns what a report is made of into words of one language."""

    content: ClusterReportContent
    words: TextFormatter

    def gettext(self, message: str) -> str:
        """A text of the report in its language, with no-break spaces between numbers and units."""
        return self.words.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The text for one or for several, with `%(num)s` replaced by the count."""
        said: str = translations(self.words.language).ngettext(one, many, count)
        return said % {"num": self.count(count)}

    def count(self, count: int) -> str:
        """A whole number with its thousands apart."""
        return self.words.number(Decimal(count))

    def shown_count(self, shown: ShownCount) -> str:
        """The count, or between which steps it is: "unter 5" also for none."""
        if shown.is_exact:
            return self.count(shown.count)
        if not shown.count:
            return self.gettext("unter %(least)s") % {"least": self.content.rules.sum_companies}
        return self.gettext("mindestens %(least)s") % {"least": self.count(shown.count)}

    def companies(self, count: int) -> str:
        """How many companies: "12 Unternehmen"."""
        if count == 1:
            return self.gettext("1 Unternehmen")
        return self.gettext("%(count)s Unternehmen") % {"count": self.count(count)}

    def from_companies(self, count: int) -> str:
        """From how many companies a number comes: "aus 12 Unternehmen"."""
        if count == 1:
            return self.gettext("aus 1 Unternehmen")
        return self.gettext("aus %(count)s Unternehmen") % {"count": self.count(count)}

    def measures(self, count: int) -> str:
        """How many measures: "12 Maßnahmen"."""
        return self.ngettext("%(num)s Maßnahme", "%(num)s Maßnahmen", count)

    def sources(self, number: ReleasedNumber) -> str:
        """From how many companies a number comes: "12", or "12 von 17" where several had to be left out."""
        if not number.left_out:
            return self.count(number.companies)
        if number.left_out < self.content.rules.sum_companies:
            return self.gettext("%(part)s, nicht alle") % {"part": self.count(number.companies)}
        said = self.gettext("%(part)s von %(all)s")
        return said % {
            "part": self.count(number.companies),
            "all": self.count(number.companies + number.left_out),
        }

    def listed(self, parts: Sequence[str]) -> str:
        """Parts of a sentence: "A, B und C"."""
        return format_series(parts, self.words.language)

    def share(self, part: int, whole: int) -> str:
        """A share in whole per cent: 100 only if it is all of them, 0 only if it is none."""
        if not whole:
            return "–"
        percent = min(max(round(100 * part / whole), 1 if part else 0), 100 if part == whole else 99)
        return f"{percent}{NO_BREAK}%"

    @property
    def year(self) -> int:
        """The reporting year."""
        return self.content.reporting_year

    @property
    def released(self) -> ReleaseContent | None:
        """What the release says; None for a draft without one."""
        return self.content.release.content if self.content.release else None

    @cached_property
    def catalogue(self) -> Catalogue:
        """The newest edition, whose figures and areas the report names."""
        return load_catalogue(editions()[-1])

    def figure(self, key: str) -> str:
        """The name of a figure; its key if the catalogue has it no longer."""
        label = next((each.label for each in self.content.rules.figures if each.key == key), NO_TEXT)
        point = self.catalogue.datapoints.get(key)
        if label == NO_TEXT and point is None:
            return key
        return self.words.bound_text(point.printed if point and label == NO_TEXT else label)

    def amount(self, value: Decimal, unit: str, point: Datapoint | None = None) -> str:
        """A rounded value with its unit, in a larger unit where that is easier to read."""
        families = [point.family] if point else [*self.catalogue.families.values()]
        units = {symbol: each for family in families for symbol, each in family.units.items()}
        value, unit = in_larger_unit(value, unit, units)
        return self.words.quantity(Quantity(_plain(value), unit), units.get(unit))

    def unit(self, symbol: str) -> str:
        """How a unit is written; empty for a plain count."""
        units = {
            name: each for family in self.catalogue.families.values() for name, each in family.units.items()
        }
        return "" if symbol == COUNT else self.words.unit(symbol, units.get(symbol))

    def saving(self, saving: Saving) -> str:
        """What is saved: energy, greenhouse gases or money."""
        return self.gettext(_SAVINGS[saving])

    def number(self, number: ReleasedNumber | None) -> str:
        """A released number with its unit; a dash where there is none."""
        if number is None or number.value is None:
            return "–"
        point = self.catalogue.datapoints.get(number.figure)
        has_unit = point is not None and number.unit in point.family.units
        return self.amount(number.value, number.unit, point if has_unit else None)

    def with_companies(self, number: ReleasedNumber) -> str:
        """A released number and, in brackets, from how many companies it comes."""
        return f"{self.number(number)} ({self.from_companies(number.companies)})"

    def per(self, per: PerUnit) -> str:
        """What a middle value is stated for."""
        return self.gettext(PER_UNIT[per])

    def rule(self, rule: Rule) -> str:
        """The few words for a rule, as the annex explains it."""
        return self.words.bound_text(self.content.rules.explanations[rule.value].title)

    def group(self, group: Group) -> str:
        """The name of a part of the members."""
        names = [self.section(group.section)] if group.section else []
        names += [label(group.size, self.words.language)] if group.size else []
        if group.is_rest:
            names.append(self.gettext("alle anderen"))
        return ", ".join(names) or self.gettext("alle Mitglieder")

    def kind(self, key: str) -> str:
        """The name of a kind of measure; that of the others for an empty key."""
        title = self.content.kinds.get(key)
        return self.words.bound_text(title) if title else self.gettext("Andere Arten")

    def section(self, key: str) -> str:
        """The name of a section of sectors; that of the others for an empty key."""
        title = self.content.sections.get(key)
        return self.words.bound_text(title) if title else self.gettext("Andere und ohne Angabe")

    def shown(
        self, statistic: Statistic, figures: Iterable[str] | None = None, group: Group = ALL_MEMBERS
    ) -> list[ReleasedNumber]:
        """The released numbers that may be shown, of all figures or of these, in the order of the release."""
        wanted = None if figures is None else set(figures)
        return [
            number
            for number in (self.released.numbers if self.released else ())
            if number.statistic is statistic
            and number.group == group
            and number.is_shown
            and (wanted is None or number.figure in wanted)
        ]

    def is_withheld(self, number: ReleasedNumber) -> bool:
        """Whether a rule hides the number; not where no member reports the figure."""
        return not number.is_shown and self.released is not None and self.released.is_reported(number.figure)

    def total(self, key: str) -> ReleasedNumber | None:
        """The released sum of a figure over all members that allow it; None where it is not shown."""
        return next(iter(self.shown(Statistic.SUM, (key,))), None)

    def day(self) -> str:
        """The day of the report in words."""
        return format_long_date(self.content.made_on, self.words.language)

    def table(
        self, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Iterable[int]
    ) -> PrintedTable:
        """A table whose first column names its rows; `numbers`: the columns with numbers.

        One of few rows with numbers stays on one page.
        """
        aligned = frozenset(numbers)
        table = lay_out_table(
            caption, row_cells(heads, aligned), tuple(row_cells(row, aligned) for row in rows)
        )
        is_short = bool(aligned) and len(rows) <= MOST_ROWS_TOGETHER
        return replace(table, is_small=table.is_small or is_short)


def in_larger_unit(value: Decimal, unit: str, known: Container[str]) -> tuple[Decimal, str]:
    """The value in a larger unit where that is easier to read, of those that are `known`; else as it is."""
    for small, limit, large, how_many in _LARGER:
        if unit == small and abs(value) >= limit and large in known:
            return _plain(value / how_many), large
    return value, unit


def _plain(value: Decimal) -> Decimal:
    """The value without an exponent and without zeros behind the decimal point."""
    return Decimal(f"{value.normalize():f}")
