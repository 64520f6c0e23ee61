"""What the overview says of the year before: how much can be taken over, how many goals wait for a word."""

from dataclasses import dataclass

from dnk_tool.domain.answers.goals import goals
from dnk_tool.domain.answers.take_over import all_offers
from dnk_tool.store.answers import goals as goal_store
from dnk_tool.store.declarations.content import Content
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True, slots=True)
class Glance:
    """The year of the declaration before, how many of its answers are on offer, and how its goals stand."""

    year: int
    offered: int
    goals: int
    reviewed: int


def year_at_a_glance(declaration: Declaration, content: Content) -> Glance | None:
    """In one statement at most; None where the declaration before says nothing, or there is none."""
    sheet, earlier = content.sheet, content.earlier
    if earlier is None:
        return None
    asked = {goal.aspect.ref for section in sheet.selection.sections for goal in goals(section, earlier)}
    stored = goal_store.reviews(db(), declaration.id, asked) if asked else {}
    return Glance(
        year=earlier.year,
        offered=len(all_offers(sheet, earlier)),
        goals=len(asked),
        reviewed=sum(one.of(earlier.year).review.outcome is not None for one in stored.values()),
    )
