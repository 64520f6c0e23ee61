"""What the start page draws of the sample declaration: key figures over the years, goals, coverage."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flask_babel import gettext as _

from dnk_tool.language import Language
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.at_a_glance import glance
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.figures.status import figure_label, value_with_unit, values_by_year
from dnk_tool.services.exports.sample import sample_document

MOST_FIGURES, MOST_GOALS = 3, 4
TALLEST = 18  # of a bar, in the units of the drawing


@dataclass(frozen=True, slots=True)
class SampleFigure:
    """A key figure with the years before; `bars`: year and height, the earliest first."""

    label: str
    value: str
    unit: str
    bars: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class SamplePages:
    """The title page and the page at a glance of the sample, as far as they are drawn."""

    company: str
    year: int
    figures: tuple[SampleFigure, ...]
    goals: tuple[tuple[str, str], ...]
    reported: int
    explained: int
    stripes: tuple[tuple[str, float], ...]

    @property
    def summary(self) -> str:
        """The drawn page in words."""
        figures = ", ".join(f"{each.label} {each.value} {each.unit}" for each in self.figures)
        return str(
            _(
                "Seite „Auf einen Blick“: %(figures)s. %(reported)d Angaben berichtet, "
                "%(explained)d begründet.",
                figures=figures,
                reported=self.reported,
                explained=self.explained,
            )
        )


@cache
def sample_pages(language: Language) -> SamplePages:
    """Read the sample once for each language."""
    document = sample_document(language)
    source = RenderContext(document, TextFormatter(language, on_paper=False))
    parts = {part.section: part for part in source.completeness}
    criteria = [(each.area, parts[each.ref]) for each in document.selection.criteria]
    return SamplePages(
        company=document.organisation.name,
        year=document.reporting_year,
        figures=tuple(_figures(source))[:MOST_FIGURES],
        goals=tuple((goal.goal, goal.due) for goal in glance(source).goals[:MOST_GOALS]),
        reported=sum(part.reported for _area, part in criteria),
        explained=sum(part.explained for _area, part in criteria),
        stripes=tuple((area, part.reported / max(1, part.asked)) for area, part in criteria),
    )


def _figures(source: RenderContext) -> Iterator[SampleFigure]:
    """The core key figures that have a value in each of the years shown."""
    chosen = source.presentation.key_figures[source.document.indicator_set]
    for key in (option.figure for choice in chosen.core for option in choice.options):
        by_year = {year: value.shown for year, value in values_by_year(key, source).items()}
        quantities = {year: shown.value for year, shown in by_year.items() if shown and shown.value > 0}
        now = by_year[source.document.reporting_year]
        if now is None or len(quantities) < len(by_year):
            continue
        point = source.document.selection.catalogue.datapoints[key]
        value, _space, unit = value_with_unit(now, point, source).partition(NO_BREAK)
        most = max(quantities.values())
        bars = tuple(
            (year, round(float(TALLEST * quantities[year] / most), 1)) for year in sorted(quantities)
        )
        yield SampleFigure(figure_label(key, source), value, unit, bars)
