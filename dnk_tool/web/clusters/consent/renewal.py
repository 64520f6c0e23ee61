"""The newest edition of the consent for a company that agreed to an earlier one; single permissions."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.clusters.consent_editions import (
    EDITIONS_WITH_CHOICES,
    EDITIONS_WITH_PUBLIC_LIST,
    ConsentChoice,
)
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.clusters import consent_renewal
from dnk_tool.services.clusters.consent import ConsentWording, NotClusterMember
from dnk_tool.services.clusters.consent_renewal import ResiduesFirst
from dnk_tool.store.clusters import choices, member_files
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.web.clusters.consent import wording as consent_wording
from dnk_tool.web.clusters.consent.form import ChoiceForm, ConsentAnswersForm, consent_form_data
from dnk_tool.web.clusters.consent.manage import blueprint, consent_or_404, redirect_to_consents
from dnk_tool.web.http.access import current_actor, current_organisation, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors


@blueprint.get("/<int:consent_id>/zustimmung")
@permit(Permission.ORGANISATION_OWN)
def ask_to_renew(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    """Show today's wording for agreement if the consent has an earlier edition."""
    cluster, consent = consent_or_404(consent_id)
    if consent.edition == consent_wording.EDITION:
        return redirect_to_consents(organisation_id)
    # Sums that were agreed to before did not yet include comparisons: that is asked anew.
    year = consent.aggregates_from
    data = {"year": year} if year else consent_form_data(None)
    return _renewal_page(cluster, consent, ConsentAnswersForm(formdata=None, data=data))


@blueprint.post("/<int:consent_id>/zustimmung")
@permit(Permission.ORGANISATION_OWN)
@creates
def renew(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    """Record agreement to the wording shown; shows the page again if the edition has changed since."""
    cluster, consent = consent_or_404(consent_id)
    if request.form.get("edition") != consent_wording.EDITION:
        return redirect(request.path, 303)
    form = ConsentAnswersForm(formdata=request.form)
    form.validate()
    if not form.check_figures():
        return _renewal_page(cluster, consent, form), 422
    try:
        consent_renewal.renew_consent(
            current_work(),
            consent,
            ConsentWording(consent_wording.EDITION, current_language()),
            aggregates_from=form.aggregates_from,
            choices=form.choices,
        )
    except NotClusterMember:
        abort(404)
    flash(_("Danke, Ihre Antwort ist festgehalten. Sie können sie hier jederzeit ändern."), "success")
    return redirect_to_consents(organisation_id)


@blueprint.post("/<int:consent_id>/so-lassen")
@permit(Permission.ORGANISATION_OWN)
def leave_as_it_is(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    """Decide against the newest edition, so that nobody asks for it again."""
    _cluster, consent = consent_or_404(consent_id)
    try:
        consent_renewal.leave_as_it_is(db(), consent, consent_wording.EDITION, actor=current_actor())
    except NotClusterMember:
        abort(404)
    flash(_("Gut, es bleibt alles, wie es ist. Ihre Meinung ändern können Sie hier jederzeit."), "success")
    return redirect_to_consents(organisation_id)


@blueprint.get("/<int:consent_id>/erlaubnis/<choice>")
@permit(Permission.ORGANISATION_OWN)
def edit_choice(organisation_id: int, consent_id: int, choice: str) -> ResponseReturnValue:
    cluster, consent = consent_or_404(consent_id)
    asked = _choice_or_404(choice)
    if consent.edition not in EDITIONS_WITH_CHOICES:
        return redirect(_renewal_address(consent), 303)
    allowed = choices.choices_of(db(), consent.id)
    is_allowed = asked in allowed
    if asked is ConsentChoice.RESIDUE_NEIGHBOURS and ConsentChoice.RESIDUES not in allowed:
        return _to_residues_first(consent)
    form = ChoiceForm(formdata=None, data={"answer": "yes" if is_allowed else "no"})
    return _choice_page(cluster, consent, asked, form)


@blueprint.post("/<int:consent_id>/erlaubnis/<choice>")
@permit(Permission.ORGANISATION_OWN)
def change_choice(organisation_id: int, consent_id: int, choice: str) -> ResponseReturnValue:
    cluster, consent = consent_or_404(consent_id)
    asked = _choice_or_404(choice)
    if consent.edition not in EDITIONS_WITH_CHOICES:
        return redirect(_renewal_address(consent), 303)
    form = ChoiceForm(formdata=request.form)
    if not form.validate():
        return _choice_page(cluster, consent, asked, form), 422
    try:
        consent_renewal.change_choice(current_work(), consent, asked, is_allowed=form.answer.data == "yes")
    except NotClusterMember:
        abort(404)
    except ResiduesFirst:
        db().rollback()
        return _to_residues_first(consent)
    flash(_("Gespeichert."), "success")
    return redirect_to_consents(organisation_id)


def _to_residues_first(consent: Consent) -> ResponseReturnValue:
    """Lead to what has to be allowed before neighbours can see anything."""
    flash(_("Erlauben Sie zuerst Ihrem Cluster, Ihre Reststoffe zu zeigen."), "warning")
    residues, company = ConsentChoice.RESIDUES.value, consent.organisation_id
    return redirect(
        url_for("consents.edit_choice", organisation_id=company, consent_id=consent.id, choice=residues), 303
    )


def _choice_or_404(key: str) -> ConsentChoice:
    return next((choice for choice in ConsentChoice if choice == key), None) or abort(404)


def _renewal_address(consent: Consent) -> str:
    return url_for("consents.ask_to_renew", organisation_id=consent.organisation_id, consent_id=consent.id)


def _renewal_page(cluster: Cluster, consent: Consent, form: ConsentAnswersForm) -> str:
    return render_template(
        "clusters/consent/renew.html",
        organisation=current_organisation(),
        cluster=cluster,
        consent=consent,
        is_listed=consent.edition in EDITIONS_WITH_PUBLIC_LIST,
        consent_words=consent_wording,
        form=form,
        errors=form_errors(form),
    )


def _choice_page(cluster: Cluster, consent: Consent, choice: ConsentChoice, form: ChoiceForm) -> str:
    return render_template(
        "clusters/consent/choice.html",
        organisation=current_organisation(),
        cluster=cluster,
        consent=consent,
        words=consent_wording.choice_words(choice),
        explained=consent_wording.explained_choice(choice),
        neighbours_href=_neighbours_href(consent, choice),
        notes=len(member_files.notes_of(db(), consent.id)) if choice is ConsentChoice.SUPPORT else 0,
        form=form,
        errors=form_errors(form),
    )


def _neighbours_href(consent: Consent, choice: ConsentChoice) -> str:
    """Where neighbours are asked about, beside residues that are allowed; empty elsewhere."""
    if choice is not ConsentChoice.RESIDUES or choice not in choices.choices_of(db(), consent.id):
        return ""
    further, company = ConsentChoice.RESIDUE_NEIGHBOURS.value, consent.organisation_id
    return url_for("consents.edit_choice", organisation_id=company, consent_id=consent.id, choice=further)
