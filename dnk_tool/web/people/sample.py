"""What the start page draws of the sample declaration: key figures over the years, goals, coverage."""

from dataclasses import dataclass
from functools import cache

from flask_babel import gettext as _

from dnk_tool.language import Language
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.at_a_glance import glance
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.parts import KeyFigure
from dnk_tool.services.exports.sample import sample_document

MOST_FIGURES, MOST_GOALS = 3, 4


@dataclass(frozen=True, slots=True)
class SamplePages:
    """The title page and the page at a glance of the sample, as far as they are drawn."""

    company: str
    year: int
    figures: tuple[KeyFigure, ...]
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
    first_look = glance(source)
    parts = {part.section: part for part in source.completeness}
    criteria = [(each.area, parts[each.ref]) for each in document.selection.criteria]
    return SamplePages(
        company=document.organisation.name,
        year=document.reporting_year,
        figures=tuple(figure for figure in first_look.figures if figure.years)[:MOST_FIGURES],
        goals=tuple((goal.goal, goal.due) for goal in first_look.goals[:MOST_GOALS]),
        reported=sum(part.reported for _area, part in criteria),
        explained=sum(part.explained for _area, part in criteria),
        stripes=tuple((area, part.reported / max(1, part.asked)) for area, part in criteria),
    )
