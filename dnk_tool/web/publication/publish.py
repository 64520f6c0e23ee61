"""The owner's page to publish a version and to withdraw it."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_PUBLIC_LIST
from dnk_tool.domain.declarations.states import TransitionNotAllowed
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.publication.quotations import allow_quotation
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import sign_offs, versions
from dnk_tool.store.tables.publication import Publication
from dnk_tool.web.http.access import current_actor, current_declaration, permit
from dnk_tool.web.http.headers import is_indexing_allowed
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.publication import any_published

blueprint = Blueprint(
    "publication", __name__, url_prefix="/erklaerungen/<int:declaration_id>/veroeffentlichung"
)

YES, NO = "yes", "no"


@blueprint.get("")
@permit(Permission.DECLARATION_PUBLISH)
def show(declaration_id: int) -> ResponseReturnValue:
    publication = sign_offs.publication(db(), declaration_id)
    newest = publishing_steps.publishable_version(versions.versions(db(), declaration_id))
    return render_template(
        "publication/publish.html",
        declaration=current_declaration(),
        publication=publication,
        version=newest if newest and not (publication and publication.version == newest.number) else None,
        lists=[
            (cluster.name, consent.edition in EDITIONS_WITH_PUBLIC_LIST)
            for cluster, consent in clusters.of_organisation(db(), current_declaration().organisation_id)
            if cluster.has_public_list
        ],
        may_be_indexed=is_indexing_allowed(),
        quotable=YES if _is_quotable(publication) else NO,
        address=mails.public_base_url() + url_for("public.show", slug=publication.slug)
        if publication
        else "",
    )


@blueprint.post("")
@permit(Permission.DECLARATION_PUBLISH)
@creates
def publish(declaration_id: int) -> ResponseReturnValue:
    try:
        publishing_steps.publish(db(), current_declaration(), actor=current_actor(), now=datetime.now(UTC))
    except TransitionNotAllowed:
        flash(_("Veröffentlichen können Sie, was abgeschlossen oder freigegeben ist."), "error")
        return _redirect_to_publication(declaration_id)
    any_published.expire_published_flag()
    _save_quotable()
    flash(_("Die Erklärung ist veröffentlicht. Jeder kann sie jetzt lesen."), "success")
    return _redirect_to_publication(declaration_id)


@blueprint.post("/beispiel")
@permit(Permission.DECLARATION_PUBLISH)
def change_quotable(declaration_id: int) -> ResponseReturnValue:
    """Save whether other companies may read sections of the publication as examples."""
    _save_quotable()
    flash(_("Gespeichert."), "success")
    return _redirect_to_publication(declaration_id)


@blueprint.get("/zuruecknehmen")
@permit(Permission.DECLARATION_PUBLISH)
def ask_to_withdraw(declaration_id: int) -> ResponseReturnValue:
    publication = sign_offs.publication(db(), declaration_id)
    if publication is None:
        return _redirect_to_publication(declaration_id)
    return render_template(
        "publication/unpublish.html", declaration=current_declaration(), version=publication.version
    )


@blueprint.post("/zuruecknehmen")
@permit(Permission.DECLARATION_PUBLISH)
def withdraw(declaration_id: int) -> ResponseReturnValue:
    publishing_steps.unpublish(db(), current_declaration(), actor=current_actor(), now=datetime.now(UTC))
    any_published.expire_published_flag()
    flash(_("Die Veröffentlichung ist zurückgenommen. Unter der Adresse steht nichts mehr."), "success")
    return _redirect_to_publication(declaration_id)


def _is_quotable(publication: Publication | None) -> bool:
    """The publication's answer; of what is still to be published, whether search engines may show it."""
    if publication is not None:
        return publication.is_quotable
    return current_declaration().organisation.is_findable and is_indexing_allowed()


def _save_quotable() -> None:
    """Save the posted answer; without one, as of a new version, the former stays."""
    answer = request.form.get("quotable", "")
    if answer in (YES, NO):
        allow_quotation(
            db(),
            current_declaration(),
            is_allowed=answer == YES,
            actor=current_actor(),
            now=datetime.now(UTC),
        )


def _redirect_to_publication(declaration_id: int) -> ResponseReturnValue:
    return redirect(url_for("publication.show", declaration_id=declaration_id), 303)
