"""Panels of the comparison page: a table of years with its picture, and the sentences beside it.

The unit in which a figure's years are shown, so that numbers stay short, and how many digits they have.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from dnk_tool.catalogue import Datapoint
from dnk_tool.catalogue.aggregation_rules import AggregationRules, ReleaseFigure
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain.aggregates.comparison import ComparedYear, FigureComparison
from dnk_tool.domain.numbers import with_digits
from dnk_tool.language import format_number
from dnk_tool.web.aggregates.comparison import sentences
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.amounts import unit_text

# The picture: a column of the table is so wide, and values lie between these heights.
COLUMN, TOP, BOTTOM = 100, 25, 75


STEP = Fraction(1000)
SHORT, LONG = Decimal(1), Decimal(10_000)
# As many digits as readers take in at a glance; those of a group's number are fewer and stay.
OWN_DIGITS = 3


def short_unit(values: Iterable[Decimal], unit: str, family: UnitFamily) -> tuple[str, Fraction]:
    """A unit a thousand times larger or smaller, and by what a value in `unit` is multiplied to be in it.

    Larger where a value has five digits before the separator, smaller where all are below one; `unit` where
    the family has no such unit.
    """
    largest = max((abs(value) for value in values), default=Decimal(0))
    factor = Fraction(1)
    while largest >= LONG or 0 < largest < SHORT:
        ratio = STEP if largest >= LONG else 1 / STEP
        wanted = Fraction(family.units[unit].factor) * ratio
        following = next((key for key, one in family.units.items() if Fraction(one.factor) == wanted), None)
        if following is None:
            break
        unit, factor = following, factor / ratio
        largest = largest * ratio.denominator / ratio.numerator
    return unit, factor


def shown_value(value: Decimal, factor: Fraction) -> Decimal:
    """The own value in the unit that is shown, with three digits; a longer whole number keeps its size."""
    exact = value * factor.numerator / factor.denominator
    return with_digits(exact, OWN_DIGITS)


@dataclass(frozen=True, slots=True)
class YearCell:
    """A year's numbers in words; "" for none."""

    year: int
    own: str
    group: str


@dataclass(frozen=True, slots=True)
class TrendPicture:
    """Lines and dots over the columns of a table, each a pair of x and y; a line joins neighbouring years."""

    width: int
    own_lines: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    own_dots: tuple[tuple[int, int], ...]
    group_lines: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    group_dots: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class FigurePanel:
    """A figure as it is shown; texts are "" where there is nothing to say."""

    key: str
    title: str
    unit: str
    is_rate: bool
    per: str
    years: tuple[YearCell, ...]
    picture: TrendPicture
    position: str
    course: str
    quarter: str
    group: str
    withheld: str

    @property
    def has_group(self) -> bool:
        """Whether any year has a number of the group."""
        return any(each.group for each in self.years)


def figure_panel(
    compared: FigureComparison, rules: AggregationRules, points: Mapping[str, Datapoint]
) -> FigurePanel:
    """The panel of a figure in the page's language."""
    language, point = current_language(), points[compared.figure.parts[0]]
    unit, factor = short_unit(_values(compared), compared.unit, point.family)

    def number(value: Decimal | None) -> str:
        return "" if value is None else format_number(shown_value(value, factor), language)

    return FigurePanel(
        key=compared.figure.key.replace(".", "-"),
        title=_title(compared.figure, points),
        unit=unit_text(point, unit, language),
        is_rate=compared.figure.is_rate,
        per=compared.per.value,
        years=tuple(
            YearCell(each.year, number(each.own), number(each.group.value if each.group else None))
            for each in compared.years
        ),
        picture=_picture(compared.years),
        position=sentences.position_text(compared),
        course=sentences.course_text(compared),
        quarter=sentences.quarter_text(compared),
        group=sentences.group_text(compared),
        withheld=sentences.withheld_text(compared, rules),
    )


def names_without_own(compared: Sequence[FigureComparison], points: Mapping[str, Datapoint]) -> list[str]:
    """The names of the figures for which the company has no value of its own in any year."""
    return [_title(one.figure, points) for one in compared if not one.has_own]


def _title(figure: ReleaseFigure, points: Mapping[str, Datapoint]) -> str:
    label = figure.label if figure.label.de else points[figure.key].label
    return label.to(current_language())


def _values(compared: FigureComparison) -> list[Decimal]:
    groups = [each.group.value for each in compared.years if each.group and each.group.value is not None]
    return [*groups, *(each.own for each in compared.years if each.own is not None)]


def _picture(years: Sequence[ComparedYear]) -> TrendPicture:
    own = [each.own for each in years]
    group = [each.group.value if each.group else None for each in years]
    known = [value for value in (*own, *group) if value is not None]
    lowest, highest = min(known), max(known)

    def place(column: int, value: Decimal) -> tuple[int, int]:
        share = (value - lowest) / (highest - lowest) if highest > lowest else Decimal("0.5")
        return column * COLUMN + COLUMN // 2, round(BOTTOM - share * (BOTTOM - TOP))

    own_places = [None if value is None else place(at, value) for at, value in enumerate(own)]
    group_places = [None if value is None else place(at, value) for at, value in enumerate(group)]
    return TrendPicture(
        width=len(years) * COLUMN,
        own_lines=_lines(own_places),
        own_dots=tuple(one for one in own_places if one),
        group_lines=_lines(group_places),
        group_dots=tuple(one for one in group_places if one),
    )


def _lines(places: Sequence[tuple[int, int] | None]) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
    return tuple((before, after) for before, after in pairwise(places) if before and after)
