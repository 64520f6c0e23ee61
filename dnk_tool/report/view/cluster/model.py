"""The view of a cluster's report: chapters of groups, each with texts, charts and tables."""

from dataclasses import dataclass

from dnk_tool.report.view.parts import ChartView, LabelledText, PrintedTable


@dataclass(frozen=True, slots=True)
class ReportTile:
    """A number that stands out: its label, value and unit, and from how many companies it comes."""

    label: str
    value: str
    unit: str
    companies: str


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """A piece of a chapter: texts, then charts, then tables, then notes in small type."""

    title: str
    texts: tuple[str, ...] = ()
    charts: tuple[ChartView, ...] = ()
    tables: tuple[PrintedTable, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.texts or self.charts or self.tables)


@dataclass(frozen=True, slots=True)
class ReportChapter:
    """A chapter under its heading; `anchor` is for links, `begins_page` for one that stands alone."""

    anchor: str
    title: str
    groups: tuple[ReportGroup, ...]
    lead: str = ""
    tiles: tuple[ReportTile, ...] = ()
    begins_page: bool = False


@dataclass(frozen=True, slots=True)
class ClusterReportView:
    """The report in one language, in the order of its pages. `draft_mark` is empty for a final one."""

    language: str
    title: str
    cluster: str
    year: str
    footer: str
    edition: str
    draft_mark: str
    page_words: tuple[str, str]
    made_on: str
    facts: tuple[tuple[str, str], ...]
    first: ReportChapter
    chapters: tuple[ReportChapter, ...]
    glossary: tuple[LabelledText, ...]
    about: tuple[str, ...]

    @property
    def all_chapters(self) -> tuple[ReportChapter, ...]:
        """The first page and all that follows it."""
        return (self.first, *self.chapters)
