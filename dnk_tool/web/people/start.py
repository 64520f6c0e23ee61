"""The start page: an introduction for visitors, companies and clusters for signed-in people.

What the start page draws of the sample declaration: key figures over the years, goals, coverage.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import load_catalogue, selection_for
from dnk_tool.domain.colours import AREA_COLOURS
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Permission, Role, Subject, can, companies_kept_from
from dnk_tool.language import Language
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.at_a_glance import glance
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.parts import KeyFigure
from dnk_tool.services.accounts import second_factor
from dnk_tool.services.exports.sample import sample_document, sample_pdf_request
from dnk_tool.services.operation import legal_texts
from dnk_tool.services.operation.legal_texts import LegalText, split_text
from dnk_tool.store.review import queue as review_queue
from dnk_tool.web.declarations.cohort_card import company_cards
from dnk_tool.web.declarations.first_day.effort import effort_of, welcome_steps
from dnk_tool.web.declarations.settings import CURRENT_EDITION
from dnk_tool.web.exports.responses import file_name, queued_pdf_response
from dnk_tool.web.http.access import current_account, current_actor, current_affiliations, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.people import dashboard
from dnk_tool.web.people.affiliations import home_url
from dnk_tool.web.publication import any_published

blueprint = Blueprint("start", __name__)


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


@blueprint.get("/")
@permit(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    actor, places = current_actor(), current_affiliations()
    if actor.user_id is None:
        return _welcome()
    works = dashboard.dashboard_items(actor, places.organisations)
    cards = company_cards(
        [
            key
            for key in places.organisations
            if key not in actor.archived_companies and actor.roles[key] is not Role.CONTRIBUTOR
        ],
        [work.declaration for work in works],
    )
    waiting = review_queue.waiting_counts(
        db(),
        {key: companies_kept_from(actor, key) for key in actor.clusters.keys() - actor.archived_clusters},
    )
    return render_template(
        "people/start/declarations.html",
        first=dashboard.most_urgent_item(
            work
            for work in works
            if work.declaration.organisation.archived_at is None
            and work.declaration.organisation_id not in actor.practice_firms
        ),
        offers_second_factor=not any(work.declaration.state is State.CHANGES_REQUESTED for work in works)
        and second_factor.should_offer(db(), current_account(), actor),
        organisations=[
            {
                "id": key,
                "name": name,
                "role": actor.roles[key],
                "is_archived": key in actor.archived_companies,
                "may_begin": can(Permission.ORGANISATION_EDIT, actor, Subject(key)),
                "cards": cards.get(key, []),
                "works": [work for work in works if work.declaration.organisation_id == key],
                "next_year": dashboard.declaration_to_continue(actor, works, key),
            }
            for key, name in places.organisations.items()
        ],
        clusters=[
            {
                "name": name,
                "role": actor.clusters[key],
                "href": home_url(None, key),
                "waiting": waiting.get(key, 0),
                "queue": url_for("review.queue", cluster_id=key),
                "is_archived": key in actor.archived_clusters,
            }
            for key, name in places.clusters.items()
        ],
    )


def _welcome() -> str:
    """The start page of visitors; minutes are those of the set with the most work."""
    language, catalogue = current_language(), load_catalogue(CURRENT_EDITION)
    efforts = [effort_of(selection_for(CURRENT_EDITION, each.key)) for each in catalogue.indicator_sets]
    longest = max(efforts, key=lambda effort: effort.minutes)
    access = legal_texts.shown_text(current_settings().instance, LegalText.ACCESS, language)
    return render_template(
        "people/start/welcome.html",
        sample=sample_pages(language),
        palette=DEFAULT_BRANDING.palette,
        areas=AREA_COLOURS,
        effort=longest,
        worth=catalogue.worth,
        steps=welcome_steps(longest),
        blocks=split_text(access.text),
        text_language=access.language,
        is_anything_published=any_published.is_anything_published(),
    )


@blueprint.get("/beispiel.pdf")
@permit(Permission.PUBLIC)
def sample_pdf() -> ResponseReturnValue:
    """The sample declaration as PDF."""
    language = current_language()
    document = sample_document(language)
    return queued_pdf_response(
        lambda: sample_pdf_request(language, now=datetime.now(UTC)),
        file_name(document.organisation.name, document.reporting_year, "PDF.pdf"),
        back=url_for("start.show"),
    )
