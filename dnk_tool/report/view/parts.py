"""The pieces that a printed declaration is put together from, each ready for the page."""

from dataclasses import dataclass

from markupsafe import Markup

from dnk_tool.report.text.prose import Prose


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A label with what is said about it; nothing in `prose` means that it is still open."""

    label: str
    prose: Prose


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table that the company filled, or a head; `is_ours`: no words of the company."""

    text: str
    is_number: bool
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table with its caption; every row has one cell for each head; all widths are in per cent.

    `fit` is the class of its setting; a small table stays on one page.
    """

    caption: str
    heads: tuple[TableCell, ...]
    width: int
    widths: tuple[float, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    fit: str
    is_small: bool


@dataclass(frozen=True, slots=True)
class FigureCell:
    """The figure of one year; the unit is empty where it is the one of the row."""

    value: str
    unit: str
    quality: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of an indicator: figures side by side, or words across all columns."""

    letter: str
    label: str
    unit: str
    figures: tuple[FigureCell, ...]
    change: tuple[str, ...]
    notes: tuple[str, ...]
    prose: Prose
    is_open: bool


@dataclass(frozen=True, slots=True)
class FieldTable:
    """The fields of an indicator under the years they speak of, the reporting year first.

    `change` heads the column of changes and is empty where there is none; `width` counts the columns
    beside the label, `widths` are all columns in per cent, `fit` is the class of the setting.
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


@dataclass(frozen=True, slots=True)
class ChartView:
    """A drawing under its title; it says itself what it shows. `notes` name what is missing in it."""

    title: str
    svg: Markup
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequirementView:
    """An aspect or indicator as printed: in words, tables and figures, explained, or still open."""

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


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure with the year before; `is_long` asks for smaller type."""

    label: str
    value: str
    unit: str
    is_long: bool
    before: str
    quality: str
    detail: str


@dataclass(frozen=True, slots=True)
class KeyGoal:
    """A goal with its year and how far it is; `anchor` leads to the criterion."""

    goal: str
    due: str
    status: str
    criterion: str
    anchor: str


@dataclass(frozen=True, slots=True)
class GlanceView:
    """The first page to look at. `without` names key figures that have no value, and why.

    Its goals stand elsewhere where neither goals nor a note are given.
    """

    facts: tuple[LabelledText, ...]
    figures: tuple[KeyFigure, ...]
    missing_figures: tuple[str, ...]
    goals: tuple[KeyGoal, ...]
    goals_note: str
    coverage: ChartView

    def __bool__(self) -> bool:
        return bool(self.coverage.svg)


NO_GLANCE = GlanceView((), (), (), (), "", ChartView("", Markup("")))


@dataclass(frozen=True, slots=True)
class DigestGroup:
    """Drawings and tables under a heading of their own, or tables under their captions alone.

    `key` is the area whose colour they have.
    """

    title: str = ""
    charts: tuple[ChartView, ...] = ()
    tables: tuple[PrintedTable, ...] = ()
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class DigestSection:
    """A section that says shortly what stands elsewhere in full, or what is for the company alone."""

    anchor: str
    title: str
    lead: str
    groups: tuple[DigestGroup, ...]
