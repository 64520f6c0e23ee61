"""What a criterion's page shows of the year before: take-over suggestions, goals and changes of figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dnk_tool.catalogue import Indicator, Section
from dnk_tool.catalogue.drafts.sentences import load_sentences
from dnk_tool.domain.answers.answer import NO_FIGURE, Sheet
from dnk_tool.domain.answers.draft import has_unchecked_example
from dnk_tool.domain.answers.goals import earlier_section_goals
from dnk_tool.domain.answers.take_over import EarlierAnswers, narrative_refs, section_offers, unconfirmed_refs
from dnk_tool.domain.figures.year_change import year_change
from dnk_tool.language import Language
from dnk_tool.store.answers import earlier_year
from dnk_tool.store.answers import goals as stored_goals
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.goal_fields import GoalForm, GoalPage, goal_pages
from dnk_tool.web.figures.warnings import section_datapoints
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import year_change_text
from dnk_tool.web.text.answers import answer_text


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """How much a figure changed, in words; `is_jump`: the page asks for a reason."""

    text: str
    is_jump: bool


@dataclass(frozen=True)
class LastYear:
    """Last year's content beside the fields of a section.

    `offers`: texts of `year` that can be taken over, by ref. `taken`: source year of each answer that was
    taken over and is not confirmed, by ref; `drafted`: those that are drafts, and `examples` among them.
    `goals` by aspect, `changes` by datapoint. `may_take`: whether the page has the buttons for it.
    """

    year: int | None = None
    offers: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)
    goals: Mapping[str, GoalPage] = field(default_factory=dict)
    changes: Mapping[str, ChangeLine] = field(default_factory=dict)
    may_take: bool = True
    drafted: frozenset[str] = frozenset()
    examples: frozenset[str] = frozenset()

    @property
    def taken_over(self) -> dict[str, int]:
        """The source year of each unconfirmed answer that is no draft, by ref."""
        return {ref: year for ref, year in self.taken.items() if ref not in self.drafted}

    @property
    def taken_year(self) -> int | None:
        """The latest of these years; None without any."""
        return max(self.taken_over.values(), default=None)


def content_with_last_year(declaration: Declaration, section: Section) -> DeclarationContent:
    """Read the declaration's content together with last year's answers to the section.

    Figures of years before are read only where a page asks for figures or their method, or offers sentences
    with figures.
    """
    asked = section.all_requirements
    refs = [ref for requirement in asked for ref in narrative_refs(requirement)]
    needs_figures = section_datapoints(section) or any(
        isinstance(one, Indicator) or one.ref in load_sentences().by_aspect for one in asked
    )
    since = 0 if needs_figures else declaration.reporting_year
    return earlier_year.read_content_with_earlier(db(), declaration, refs, since=since)


def last_year(
    declaration: Declaration,
    section: Section,
    content: DeclarationContent,
    *,
    goal_forms: Mapping[str, GoalForm] | None = None,
) -> LastYear:
    """Collect last year's content for a section; at most one query.

    `goal_forms`: the goal forms if they were sent.
    """
    sheet, language, earlier = content.sheet, current_language(), content.earlier
    return LastYear(
        year=earlier.year if earlier else None,
        offers=_offers(sheet, earlier, section),
        taken={ref: sheet.taken[ref] for ref in unconfirmed_refs(sheet, section)},
        goals=_goals(declaration, section, earlier, goal_forms) if earlier else {},
        changes=_changes(declaration.reporting_year, section, content, language),
        drafted=frozenset(sheet.drafts),
    )


def last_year_for_contributor(
    declaration: Declaration, section: Section, content: DeclarationContent
) -> LastYear:
    """Last year's answers to what is asked, read-only, for the holder of a secret link."""
    earlier = earlier_year.earlier_answers(db(), declaration, content.sheet.selection)
    return LastYear(
        year=earlier.year if earlier else None,
        offers=_offers(content.sheet, earlier, section),
        taken={ref: content.sheet.taken[ref] for ref in unconfirmed_refs(content.sheet, section)},
        may_take=False,
        drafted=frozenset(content.sheet.drafts),
        examples=frozenset(
            ref for ref, drafts in content.sheet.drafts.items() if has_unchecked_example(drafts)
        ),
    )


def _offers(sheet: Sheet, earlier: EarlierAnswers | None, section: Section) -> dict[str, str]:
    offers = section_offers(sheet, earlier, section) if earlier else {}
    items, language = sheet.selection.items, current_language()
    return {ref: answer_text(items.get(ref), answer, language) for ref, answer in offers.items()}


def _goals(
    declaration: Declaration, section: Section, earlier: EarlierAnswers, sent: Mapping[str, GoalForm] | None
) -> dict[str, GoalPage]:
    asked = list(earlier_section_goals(section, earlier))
    if not asked:
        return {}
    stored = stored_goals.goal_reviews(db(), declaration.id, [goal.aspect.ref for goal in asked])
    return goal_pages(asked, stored, declaration, sent=sent)


def _changes(
    year: int, section: Section, content: DeclarationContent, language: Language
) -> dict[str, ChangeLine]:
    """Change of each figure since the year before, by datapoint, where both years have a value."""
    changes: dict[str, ChangeLine] = {}
    for requirement in section.all_requirements:
        for item in requirement.items:
            before = content.figures.get((year - 1, item.datapoint.key)) if item.datapoint else None
            if item.datapoint and before:
                now = content.sheet.figures.get(item.datapoint.key, NO_FIGURE)
                change = year_change(item.datapoint, now, before)
                if change:
                    text = year_change_text(change, year - 1, language)
                    changes[item.datapoint.key] = ChangeLine(text, change.is_jump)
    return changes
