"""The clusters of a company: what each sees, from which year figures count, and the withdrawal."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters.consent import ConsentWording, NotClusterMember
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Event
from dnk_tool.web.activity.fields import consent_wording_label
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.consent import wording as consent_wording
from dnk_tool.web.clusters.consent.consent_rows import consent_rows
from dnk_tool.web.clusters.consent.form import FiguresConsentForm, consent_form_data
from dnk_tool.web.http.access import current_account, current_actor, current_organisation, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors

blueprint = Blueprint("consents", __name__, url_prefix="/unternehmen/<int:organisation_id>/cluster")


@blueprint.get("")
@permit(Permission.ORGANISATION_VIEW)
def show(organisation_id: int) -> ResponseReturnValue:
    standing = clusters.of_organisation(db(), organisation_id)
    history = cluster_lists.consent_history(db(), organisation_id)
    company_declarations = declarations.of_organisations(db(), [organisation_id])
    people = {event.actor_id for event, _name in history} | {
        consent.granted_by for _cluster, consent in standing
    }
    names = accounts.names_of(db(), {person for person in people if person is not None})
    return render_template(
        "clusters/consent/list.html",
        organisation=current_organisation(),
        standing=[
            {
                "cluster": cluster,
                "consent": consent,
                "rows": consent_rows(
                    cluster,
                    consent,
                    wording=_wording(history, cluster),
                    years=sorted(
                        declaration.reporting_year
                        for declaration in company_declarations
                        if declaration.cluster_id == cluster.id
                    ),
                    granted_by=names.get(consent.granted_by or 0, ""),
                ),
            }
            for cluster, consent in standing
        ],
        history=history,
        consent_words=consent_wording,
        wording=consent_wording_label,
        names=names,
    )


def _wording(history: Sequence[tuple[Event, str]], cluster: Cluster) -> str:
    """Label of the wording last agreed to, on joining or on a renewal."""
    events = (event for event, _name in history if event.cluster_id == cluster.id)
    return consent_wording_label(next((event.detail for event in events if "wording" in event.detail), {}))


@blueprint.get("/<int:consent_id>")
@permit(Permission.ORGANISATION_OWN)
def edit(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    cluster, consent = _consent_or_404(consent_id)
    return _page(
        cluster, consent, FiguresConsentForm(formdata=None, data=consent_form_data(consent.aggregates_from))
    )


@blueprint.post("/<int:consent_id>")
@permit(Permission.ORGANISATION_OWN)
def change(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    cluster, consent = _consent_or_404(consent_id)
    form = FiguresConsentForm(formdata=request.form)
    form.validate()
    if not form.check_figures():
        return _page(cluster, consent, form), 422
    actor, now = current_actor(), datetime.now(UTC)
    try:
        cluster_consent.change_aggregates(db(), consent, form.aggregates_from, actor=actor, now=now)
    except NotClusterMember:
        abort(404)
    flash(_("Gespeichert."), "success")
    return _redirect_to_consents(organisation_id)


@blueprint.get("/<int:consent_id>/zustimmung")
@permit(Permission.ORGANISATION_OWN)
def ask_to_renew(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    """Show today's wording for agreement if the consent has an earlier edition."""
    cluster, consent = _consent_or_404(consent_id)
    if consent.edition == consent_wording.EDITION:
        return _redirect_to_consents(organisation_id)
    return render_template(
        "clusters/consent/renew.html",
        organisation=current_organisation(),
        cluster=cluster,
        consent=consent,
        consent_words=consent_wording,
    )


@blueprint.post("/<int:consent_id>/zustimmung")
@permit(Permission.ORGANISATION_OWN)
@creates
def renew(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    """Record agreement to the wording shown; shows the page again if the edition has changed since."""
    _cluster, consent = _consent_or_404(consent_id)
    if request.form.get("edition") != consent_wording.EDITION:
        return redirect(request.path, 303)
    wording = ConsentWording(consent_wording.EDITION, current_language())
    try:
        cluster_consent.renew_consent(db(), consent, wording, actor=current_actor(), now=datetime.now(UTC))
    except NotClusterMember:
        abort(404)
    flash(_("Danke, Ihre Zustimmung ist festgehalten."), "success")
    return _redirect_to_consents(organisation_id)


@blueprint.get("/<int:consent_id>/widerruf")
@permit(Permission.ORGANISATION_OWN)
def leave(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    """Explain what a withdrawal does before it is confirmed."""
    cluster, consent = _consent_or_404(consent_id)
    in_review = cluster_consent.declarations_in_review(db(), organisation_id, cluster.id)
    return render_template(
        "clusters/consent/withdraw.html",
        organisation=current_organisation(),
        cluster=cluster,
        consent=consent,
        in_review=sorted(declaration.reporting_year for declaration in in_review),
    )


@blueprint.post("/<int:consent_id>/widerruf")
@permit(Permission.ORGANISATION_OWN)
def withdraw(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    cluster, consent = _consent_or_404(consent_id)
    actor, now = current_actor(), datetime.now(UTC)
    try:
        recalled = cluster_consent.withdraw_consent(db(), consent, actor=actor, now=now)
    except NotClusterMember:
        abort(404)
    years = sorted(declaration.reporting_year for declaration in recalled)
    cluster_mails.notify_managers(
        "clusters/consent_withdrawn", consent, current_organisation(), by=current_account(), recalled=years
    )
    text = _(
        "Die Einwilligung ist widerrufen. Das Cluster „%(cluster)s“ sieht nur noch, was Sie veröffentlicht "
        "haben.",
        cluster=cluster.name,
    )
    flash(text, "success")
    return _redirect_to_consents(organisation_id)


def _consent_or_404(consent_id: int) -> tuple[Cluster, Consent]:
    """A current consent of this company; aborts with 404 for any other."""
    for cluster, consent in clusters.of_organisation(db(), current_organisation().id):
        if consent.id == consent_id:
            return cluster, consent
    abort(404)


def _redirect_to_consents(organisation_id: int) -> ResponseReturnValue:
    return redirect(url_for("consents.show", organisation_id=organisation_id), 303)


def _page(cluster: Cluster, consent: Consent, form: FiguresConsentForm) -> str:
    return render_template(
        "clusters/consent/edit.html",
        organisation=current_organisation(),
        cluster=cluster,
        consent=consent,
        form=form,
        errors=form_errors(form),
    )
