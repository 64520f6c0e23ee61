"""Sentences with a company's figures: proposed for a text, and looked at again when a figure has changed."""

from flask_babel import gettext as _

from dnk_tool.catalogue.drafts.sentences import load_sentences
from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.answers.draft import Draft, DraftKind, draft_of
from dnk_tool.domain.figures.figure_sentences import (
    TwoYears,
    figures_draft,
    outdated_values,
    without_explained,
)
from dnk_tool.domain.figures.scope3 import category_states
from dnk_tool.language import known_language
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.languages import current_language


def sentence_draft(declaration: Declaration, content: DeclarationContent, ref: str) -> Draft | None:
    """The sentences with the company's figures about the aspect; None if it has none of these figures."""
    if ref not in load_sentences().by_aspect:
        return None
    figures = two_years(declaration, content)
    return figures_draft(load_sentences(), ref, figures, known_language(declaration.language))


def two_years(declaration: Declaration, content: DeclarationContent) -> TwoYears:
    """The company's figures of two years as readers see them: without explained ones."""
    year = declaration.reporting_year
    now = without_explained(content.of_year(year), content.sheet)
    points, before = content.sheet.selection.catalogue.datapoints, content.of_year(year - 1)
    return TwoYears(year, points, now, before, category_states(content.sheet, now))


def outdated_aspects(declaration: Declaration, content: DeclarationContent) -> dict[str, list[str]]:
    """By aspect, what to tell about figures that its text names as they were before."""
    sheet = content.sheet
    drafts = {ref: draft_of(drafts, DraftKind.FIGURES) for ref, drafts in sheet.drafts.items()}
    if not any(drafts.values()):
        return {}
    figures = two_years(declaration, content)
    told = {
        ref: outdated_texts(draft, sheet.answer(ref).text, figures)
        for ref, draft in drafts.items()
        if draft
        and ref in sheet.selection.requirements
        and sheet.answer(ref).disclosure is not Disclosure.EXPLAIN
    }
    return {ref: texts for ref, texts in told.items() if texts}


def outdated_texts(draft: Draft, text: str, figures: TwoYears) -> list[str]:
    """What to tell about each figure that the text names as it was before."""
    language = current_language()
    return [
        str(
            _(
                "%(figure)s: Der Text nennt %(said)s, inzwischen sind es %(today)s.",
                figure=one.datapoint.label.to(language),
                said=one.said,
                today=one.today,
            )
            if one.today
            else _(
                "%(figure)s: Der Text nennt %(said)s, die Erklärung hat dazu aber keine Zahl mehr.",
                figure=one.datapoint.label.to(language),
                said=one.said,
            )
        )
        for one in outdated_values(load_sentences(), draft, text, figures)
    ]
