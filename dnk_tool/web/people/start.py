"""The start page: an introduction for visitors, companies and clusters for signed-in people."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import load_catalogue, selection_for
from dnk_tool.domain.colours import AREA_COLOURS
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Permission, Role, Subject, can, companies_kept_from
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.services.accounts import second_factor
from dnk_tool.services.exports.sample import sample_document, sample_pdf_request
from dnk_tool.services.operation import legal_texts
from dnk_tool.services.operation.legal_text_parts import split_text
from dnk_tool.services.operation.legal_texts import LegalText
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
from dnk_tool.web.people.sample import sample_pages
from dnk_tool.web.publication import any_published

blueprint = Blueprint("start", __name__)


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
    """The start page of visitors; minutes are those of the set with the least work."""
    language, catalogue = current_language(), load_catalogue(CURRENT_EDITION)
    efforts = {each: effort_of(selection_for(CURRENT_EDITION, each.key)) for each in catalogue.indicator_sets}
    fastest, least = min(efforts.items(), key=lambda entry: entry[1].minutes)
    access = legal_texts.shown_text(current_settings().instance, LegalText.ACCESS, language)
    return render_template(
        "people/start/welcome.html",
        sample=sample_pages(language),
        palette=DEFAULT_BRANDING.palette,
        areas=AREA_COLOURS,
        effort=least,
        effort_set=fastest.abbreviation,
        steps=welcome_steps(least),
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
