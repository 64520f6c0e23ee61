"""The overview's summary of the year before: take-over suggestions and goals to review."""

from dataclasses import dataclass

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.answers.goals import earlier_section_goals
from dnk_tool.domain.answers.take_over import declaration_offers
from dnk_tool.store.answers import goals as stored_goals
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True, slots=True)
class LastYearSummary:
    """The year before: number of suggestions `offered`, of `goals`, and of goals `reviewed`."""

    year: int
    offered: int
    goals: int
    reviewed: int


def last_year_summary(declaration: Declaration, content: DeclarationContent) -> LastYearSummary | None:
    """Summarise the year before, in at most one query; None without earlier answers."""
    sheet, earlier = content.sheet, content.earlier
    if earlier is None:
        return None
    asked = {
        goal.aspect.ref
        for section in sheet.selection.sections
        for goal in earlier_section_goals(section, earlier)
    }
    stored = stored_goals.goal_reviews(db(), declaration.id, asked) if asked else {}
    return LastYearSummary(
        year=earlier.year,
        offered=len(declaration_offers(sheet, earlier)),
        goals=len(asked),
        reviewed=sum(
            stored_review.for_year(earlier.year).review.outcome is not None
            for stored_review in stored.values()
        ),
    )


def flash_taken_over(count: int) -> None:
    """Flash how many answers were taken over; zero if the fields held answers already."""
    if count:
        text = ngettext(
            "%(num)d Angabe ist übernommen. Bitte prüfen Sie, ob sie noch stimmt.",
            "%(num)d Angaben sind übernommen. Bitte prüfen Sie, ob sie noch stimmen.",
            count,
        )
        flash(text, "success")
    else:
        flash(_("Hier steht schon etwas. Es wurde nichts überschrieben."), "info")
