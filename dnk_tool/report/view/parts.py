"""The parts of a declaration's view, each ready for any format."""

from dataclasses import dataclass

from markupsafe import Markup

from dnk_tool.report.text.prose import Prose


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A label and its text; empty `prose` means not yet answered. `anchor`: for links, empty for none."""

    label: str
    prose: Prose
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class GeneralView:
    """The general information: what the company does, facts in a few words, and what takes more of them."""

    lead: tuple[LabelledText, ...] = ()
    facts: tuple[LabelledText, ...] = ()
    texts: tuple[LabelledText, ...] = ()

    @property
    def entries(self) -> tuple[LabelledText, ...]:
        """All of it in printed order."""
        return (*self.lead, *self.facts, *self.texts)

    def __bool__(self) -> bool:
        return bool(self.entries)


NO_GENERAL = GeneralView()


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell or head of a table; `is_ours`: the tool's words and not the company's."""

    text: str
    is_number: bool
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class RowReference:
    """Where a row is printed that another table says, too: ref and anchor there, and what it is called."""

    ref: str
    anchor: str
    name: str


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table with its caption; every row has one cell per head; all widths are in per cent.

    `fit` is the CSS class of its font setting; a small table stays on one page. `below` says what has no row,
    because it is zero in all years or belongs to none of them. `elsewhere`: the places of rows that are
    printed where `references` say. `has_total`: the last row adds up those above.
    """

    caption: str
    heads: tuple[TableCell, ...]
    width: int
    widths: tuple[float, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    fit: str
    is_small: bool
    below: str = ""
    elsewhere: frozenset[int] = frozenset()
    references: tuple[RowReference, ...] = ()
    has_total: bool = False

    @property
    def printed_rows(self) -> tuple[tuple[TableCell, ...], ...]:
        """The rows without those that are printed elsewhere."""
        return tuple(row for place, row in enumerate(self.rows) if place not in self.elsewhere)


@dataclass(frozen=True, slots=True)
class FigureCell:
    """The figure of one year; `unit` is empty if it is the row's."""

    value: str
    unit: str
    quality: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of an indicator: figures by year, or text across all columns.

    `quality` is the word that holds for all years; where they differ it is empty and each figure has its own.
    `conversions` say what was entered in another unit, in the tool's words. `is_ours`: its text is the
    tool's, as that of a row which stands for several that are zero.
    """

    letter: str
    label: str
    unit: str
    figures: tuple[FigureCell, ...]
    change: tuple[str, ...]
    notes: tuple[str, ...]
    prose: Prose
    is_open: bool
    quality: str = ""
    conversions: tuple[str, ...] = ()
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class FieldTable:
    """The fields of an indicator by year, the reporting year first.

    `change` is the heading of the column of changes, empty if there is none. `width`: number of columns
    beside the label; `widths`: all columns in per cent; `fit`: the CSS class of the font setting. `free`:
    the millimetres right of the last year that stay empty, so that years stand below each other on a page.
    """

    caption: str
    years: tuple[str, ...]
    change: str
    width: int
    widths: tuple[float, ...]
    fit: str
    legend: str
    is_small: bool
    rows: tuple[FieldRow, ...]
    free: float = 0.0

    @property
    def has_letters(self) -> bool:
        """Whether any row has a letter, for which the labels are indented."""
        return any(row.letter for row in self.rows)


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart with its title; the SVG has its alternative text. `notes` name missing values."""

    title: str
    svg: Markup
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequirementView:
    """An aspect or indicator: reported in text, tables and figures, explained, or open.

    `charts` show what its figures say, or those of its block together.
    """

    anchor: str
    number: str
    title: str
    status: str
    status_label: str
    prose: Prose
    reason: str
    fields: tuple[FieldTable, ...]
    tables: tuple[PrintedTable, ...]
    open_label: str
    charts: tuple[ChartView, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyFigureYear:
    """The value of a year, and its share of the highest of all years shown."""

    year: int
    text: str
    share: float


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A key figure with the year before (`before`); `is_long`: it needs a smaller font.

    `years`: the values that can be drawn, the earliest first; empty unless every year shown has one.
    """

    label: str
    value: str
    unit: str
    is_long: bool
    before: str
    quality: str
    detail: str
    years: tuple[KeyFigureYear, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyGoal:
    """A goal with due year and status; `anchor` is the one of its criterion."""

    goal: str
    due: str
    status: str
    criterion: str
    anchor: str


@dataclass(frozen=True, slots=True)
class GlanceView:
    """The page "at a glance". `missing_figures` name key figures without a value, and why.

    Without goals and `goals_note` the goals are printed in a section of their own, and without `has_coverage`
    the coverage. `legend` explains the sign of percentage points where a key figure has it.
    """

    facts: tuple[LabelledText, ...]
    figures: tuple[KeyFigure, ...]
    missing_figures: tuple[str, ...]
    goals: tuple[KeyGoal, ...]
    goals_note: str
    coverage: ChartView
    legend: str = ""
    has_coverage: bool = True

    def __bool__(self) -> bool:
        return bool(self.coverage.svg)


NO_GLANCE = GlanceView((), (), (), (), "", ChartView("", Markup("")))


@dataclass(frozen=True, slots=True)
class ForewordView:
    """A personal word before the figures and who says it; false without a text. The picture is the look's.

    `lead`: the sentence above the page "at a glance". `entries`: all of it by label, for files without pages.
    """

    lead: str = ""
    prose: Prose = ()
    name: str = ""
    role: str = ""
    entries: tuple[LabelledText, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.prose)


NO_FOREWORD = ForewordView()


@dataclass(frozen=True, slots=True)
class DigestGroup:
    """Charts and tables under a title, or without one under their captions.

    `key` is the area whose colour they have.
    """

    title: str = ""
    charts: tuple[ChartView, ...] = ()
    tables: tuple[PrintedTable, ...] = ()
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class DigestSection:
    """A section of the short or the internal version."""

    anchor: str
    title: str
    lead: str
    groups: tuple[DigestGroup, ...]
