"""The home page of a company: its declarations, next steps, and links."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import RESTORABLE, Permission, Role
from dnk_tool.services.clusters.consent_renewal import is_to_be_answered
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.web.declarations.cohort_card import company_cards
from dnk_tool.web.http.access import current_actor, current_organisation, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.company_pages import company_page_links
from dnk_tool.web.people import dashboard
from dnk_tool.web.people.affiliations import can_open

blueprint = Blueprint("company", __name__)


@blueprint.get("/unternehmen/<int:organisation_id>")
@permit(Permission.DECLARATION_ENTER)
def show(organisation_id: int) -> ResponseReturnValue:
    works = dashboard.dashboard_items(current_actor(), [organisation_id])
    unanswered = _unanswered_consents(organisation_id)
    return render_template(
        "people/company.html",
        organisation=current_organisation(),
        role=current_actor().roles[organisation_id],
        works=works,
        first=None if current_organisation().archived_at else dashboard.most_urgent_item(works),
        cards=[]
        if current_organisation().archived_at or current_actor().roles[organisation_id] is Role.CONTRIBUTOR
        else company_cards([organisation_id], [work.declaration for work in works]).get(organisation_id, []),
        next_year=dashboard.declaration_to_continue(current_actor(), works, organisation_id),
        ways=_company_links(organisation_id, unanswered),
        unanswered=unanswered,
    )


def _company_links(organisation_id: int, unanswered: list[tuple[Cluster, Consent]]) -> list[dict[str, str]]:
    """Links to the company's pages that the person may open, each with a hint."""
    pages = [
        ("profile.edit", _("Profil des Unternehmens"), _("Name, Branche, Standorte")),
        ("look.show", _("Erscheinungsbild"), _("Farbe und Logo Ihrer Erklärung")),
        ("people.show", _("Personen"), _("Wer hier mitarbeitet und was diese Personen dürfen")),
        ("consents.show", _("Cluster"), _clusters_hint(unanswered)),
        ("sign_off_rule.show", _("Bestätigung"), _("Ob eine Person jede Version bestätigt, ehe sie gilt")),
        ("findable.show", _("Suchmaschinen"), _("Ob sie zeigen dürfen, was Sie veröffentlichen")),
        (
            "declaration_deletion.index",
            _("Gelöschte Erklärungen"),
            _("%(days)s Tage lang wiederherzustellen", days=RESTORABLE.days),
        ),
        ("trail.show", _("Protokoll"), _("Wer wann was geändert hat")),
        (
            "company_export.show",
            _("Alles mitnehmen"),
            _("Alles von hier in einer Datei, und Erklärungen löschen"),
        ),
    ]
    over_years = [
        {"href": link["href"], "title": link["label"], "hint": link["hint"]} for link in company_page_links()
    ]
    return over_years + [
        {"href": url_for(endpoint, organisation_id=organisation_id), "title": title, "hint": hint}
        for endpoint, title, hint in pages
        if can_open(endpoint)
    ]


def _unanswered_consents(organisation_id: int) -> list[tuple[Cluster, Consent]]:
    """The clusters whose newest consent an owner has not answered; nothing for others."""
    if not can_open("consents.edit"):
        return []
    return [
        (cluster, consent)
        for cluster, consent in clusters.of_organisation(db(), organisation_id)
        if is_to_be_answered(consent) and cluster.archived_at is None
    ]


def _clusters_hint(unanswered: list[tuple[Cluster, Consent]]) -> str:
    """Hint of the link to clusters: a pending request for an answer, if there is one, else what is there."""
    for cluster, consent in unanswered:
        if consent.asked_at is not None:
            return str(_("%(cluster)s bittet um Ihre Antwort zur Einwilligung", cluster=cluster.name))
    return str(_("Wer von außen etwas sieht, und Ihre Einwilligung dazu"))
