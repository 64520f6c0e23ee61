"""All other bills and lists: the activities of every calculator, found by words."""

from dataclasses import dataclass
from functools import cache
from itertools import chain

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import Activity, Calculator
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.word_search import MAX_QUERY_LENGTH, SearchEntry, WordIndex
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.bills.page import blueprint
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.languages import current_language


@dataclass(frozen=True)
class ActivityLink:
    """An activity with the address of the form for a new line of it."""

    title: str
    hint: str
    place: str
    href: str


@blueprint.get("/andere")
@permit(Permission.DECLARATION_EDIT)
def others(declaration_id: int) -> ResponseReturnValue:
    """Show all activities by calculator, or those that fit the words."""
    words = request.args.get("suche", "").strip()[:MAX_QUERY_LENGTH]
    calculators, declaration = load_calculators(), current_declaration()
    keys = [key.split("/") for key in find_activities(words)]
    return render_template(
        "figures/bills/others.html",
        declaration=declaration,
        words=words,
        matches=[
            activity_link(calculators[calculator], activity, declaration)
            for calculator, key in keys
            if (activity := calculators[calculator].activity(key))
        ],
        fallbacks=[
            (text, activity_link(calculators[calculator], activity, declaration))
            for text, calculator, key in _fallbacks()
            if (activity := calculators[calculator].activity(key))
        ],
        groups=[
            (
                calculator,
                [activity_link(calculator, activity, declaration) for activity in calculator.activities],
            )
            for calculator in calculators.values()
        ],
    )


def activity_link(calculator: Calculator, activity: Activity, declaration: Declaration) -> ActivityLink:
    """The activity with the form for a line of it in the declaration's year."""
    language = current_language()
    return ActivityLink(
        activity.label.to(language),
        activity.hint.to(language),
        calculator.label.to(language),
        url_for(
            "calculators.new", declaration_id=declaration.id, calculator_key=calculator.key, art=activity.key
        ),
    )


def find_activities(words: str) -> list[str]:
    """The activities as "calculator/activity" that fit the words, the best first; none without a word."""
    return _index().find(words) if words else []


def _fallbacks() -> tuple[tuple[str, str, str], ...]:
    """What fits nearly everything that has no kind of its own: for what, calculator and activity."""
    return (
        (_("Ware, Material oder Dienstleistung"), "purchases", "purchase"),
        (_("Brennstoff oder Gas zum Verbrennen"), "energy", "other-fuel"),
        (_("Abfall, der verwertet wird"), "waste", "recycling-other"),
        (_("Abfall, der verbrannt wird"), "waste", "incineration"),
    )


@cache
def _index() -> WordIndex:
    """The activities by "calculator/activity"; labels and words count more than hints."""
    return WordIndex(
        SearchEntry(
            f"{calculator.key}/{activity.key}",
            (*_both(activity.hint), *_both(calculator.label)),
            (*_both(activity.label), *chain.from_iterable(map(_both, activity.words))),
        )
        for calculator in load_calculators().values()
        for activity in calculator.activities
    )


def _both(text: Text) -> tuple[str, str]:
    return text.de, text.en
