"""The types of an edition's presentation in print: key figures, charts, and the terms of the glossary."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.catalogue.values import NO_TEXT, Text


class ChartKind(StrEnum):
    """The charts that a print can draw; an indicator names those that are printed before it.

    `PARTS` and `SHARES` draw any figures, `WASTE_BY_ROUTE` any table with amounts and a column `route`; the
    others are drawn from datapoints of their own.
    """

    PARTS = "parts"
    SHARES = "shares"
    WASTE_BY_ROUTE = "waste-by-route"
    EMISSIONS_BY_SCOPE = "emissions-by-scope"
    AGE_GROUPS = "age-groups"


@dataclass(frozen=True, slots=True)
class ChartPart:
    """One figure of a chart, by its datapoint's key.

    With `is_split` it has a bar for each row of `table` (the ref of an item), or for each kind of line, if
    calculated lines make up the whole figure. `label` is the text of these bars, with `{name}` for their
    name.
    """

    datapoint: str
    is_split: bool = False
    table: str = ""
    label: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class IndicatorChart:
    """A chart that an indicator asks for; what its kind does not need is empty.

    `datapoint` has the unit in which small parts are added up, `table` is the ref of an item.
    """

    kind: ChartKind
    title: Text
    datapoint: str
    table: str
    parts: tuple[ChartPart, ...]


@dataclass(frozen=True, slots=True)
class KeyFigureOption:
    """A figure for the first page, by its datapoint's key; `detail` stands below it where it is given."""

    figure: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigureChoice:
    """Alternatives, of which the first that has a value is shown."""

    options: tuple[KeyFigureOption, ...]


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The key figures of the first page.

    `core` ones are named even without a value, `further` ones fill the space that is left. `trend` ones are
    shown side by side where a company published several years.
    """

    core: tuple[KeyFigureChoice, ...] = ()
    further: tuple[KeyFigureChoice, ...] = ()
    trend: tuple[KeyFigureChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term with its meaning, in our own words; `pattern` finds it in German and English texts."""

    name: Text
    meaning: Text
    pattern: str


@dataclass(frozen=True, slots=True)
class Presentation:
    """The key figures by indicator set, the charts by the indicator's ref, and all terms of an edition."""

    key_figures: Mapping[str, KeyFigures]
    charts: Mapping[str, tuple[IndicatorChart, ...]]
    glossary: tuple[GlossaryTerm, ...]
