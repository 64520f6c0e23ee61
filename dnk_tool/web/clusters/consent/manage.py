"""The clusters of a company: what each sees, from which year figures count, and the withdrawal.

Rows of a summary list about one consent: since when, what the cluster sees, what can be changed.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.clusters.consent_editions import (
    EDITIONS_WITH_CHOICES,
    EDITIONS_WITH_PUBLIC_LIST,
    ConsentChoice,
)
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.language import format_long_date
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters.consent import NotClusterMember
from dnk_tool.services.clusters.consent_renewal import is_to_be_answered
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import attendance, choices, member_files
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Event
from dnk_tool.web.activity.fields import consent_answers_text, consent_wording_label, membership_ending
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.clusters.consent import wording as consent_wording
from dnk_tool.web.clusters.consent.form import FiguresConsentForm, consent_form_data
from dnk_tool.web.clusters.consent.wording import CHOICES, FIGURES, LATER_CHOICES
from dnk_tool.web.http.access import (
    current_account,
    current_actor,
    current_organisation,
    current_subject,
    current_work,
    permit,
)
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors

blueprint = Blueprint("consents", __name__, url_prefix="/unternehmen/<int:organisation_id>/cluster")


Row = dict[str, Any]


def consent_rows(
    cluster: Cluster,
    consent: Consent,
    *,
    allowed: Collection[ConsentChoice],
    wording: str,
    years: Sequence[int],
    granted_by: str,
) -> list[Row]:
    """The consent as rows of a summary list.

    `allowed`: what it allows on top of the membership;
    `wording`: label of the wording agreed to; `years`: reporting years submitted to the cluster;
    `granted_by`: who agreed, "" if unknown.
    """
    day = format_long_date(consent.granted_at, current_language())
    rows = [
        {"key": _("Mitglied seit"), "value": f"{day}, {granted_by}" if granted_by else day},
        {
            "key": _("Sieht immer"),
            "value": _(
                "Stand und Fortschritt Ihrer Erklärungen und wer bei Ihnen leitet oder bearbeitet, "
                "keine Antworten"
            ),
        },
        {"key": _("Sieht Antworten"), "value": _submitted_text(years)},
        _aggregates_row(consent),
        *_choice_rows(consent, allowed),
    ]
    if cluster.has_public_list:
        rows.append(_public_list_row(consent))
    if wording:
        rows.append({"key": _("Eingewilligt in"), "value": wording})
    if cluster.contact:
        rows.append({"key": _("Fragen beantwortet"), "value": cluster.contact})
    return rows


def _submitted_text(years: Sequence[int]) -> str:
    if not years:
        return str(_("derzeit keine; erst wenn Sie eine Erklärung einreichen"))
    return str(_("der Versionen, die Sie für %(years)s eingereicht haben", years=", ".join(map(str, years))))


def _aggregates_row(consent: Consent) -> Row:
    year = consent.aggregates_from
    has_comparison = consent.edition in EDITIONS_WITH_CHOICES
    return {
        "key": FIGURES.title if has_comparison else _("Kennzahlen in Summen"),
        "value": _("ab dem Berichtsjahr %(year)s", year=year) if year else _("nie"),
        "actions": [{"href": _address("consents.edit", consent)}] if _may_change() else [],
    }


def _choice_rows(consent: Consent, allowed: Collection[ConsentChoice]) -> list[Row]:
    if consent.edition not in EDITIONS_WITH_CHOICES:
        return []
    later = LATER_CHOICES if ConsentChoice.RESIDUES in allowed else {}
    return [
        {
            "key": words.title,
            "value": _("erlaubt") if choice in allowed else _("nicht erlaubt"),
            "actions": [{"href": _address("consents.edit_choice", consent, choice=choice.value)}]
            if _may_change()
            else [],
        }
        for choice, words in (CHOICES | later).items()
    ]


def _public_list_row(consent: Consent) -> Row:
    is_listed = consent.edition in EDITIONS_WITH_PUBLIC_LIST
    listed = _("nennt Ihr Unternehmen mit dem, was Sie veröffentlichen")
    not_listed = _(
        "nennt Ihr Unternehmen nicht: Davon stand nichts in der Einwilligung, mit der Sie beigetreten sind"
    )
    agree = {"href": _address("consents.ask_to_renew", consent), "text": _("Zustimmen")}
    return {
        "key": _("Öffentliche Liste"),
        "value": listed if is_listed else not_listed,
        "actions": [agree] if _may_change() and not is_listed else [],
    }


def _may_change() -> bool:
    return can(Permission.ORGANISATION_OWN, current_actor(), current_subject())


def _address(endpoint: str, consent: Consent, **more: Any) -> str:
    return url_for(endpoint, organisation_id=consent.organisation_id, consent_id=consent.id, **more)


@blueprint.get("")
@permit(Permission.ORGANISATION_VIEW)
def show(organisation_id: int) -> ResponseReturnValue:
    standing = clusters.of_organisation(db(), organisation_id)
    history = cluster_lists.consent_history(db(), organisation_id)
    company_declarations = declarations.of_organisations(db(), [organisation_id])
    people = {event.actor_id for event, _name in history} | {
        consent.granted_by for _cluster, consent in standing
    }
    notes = member_files.notes_by_consent(db(), organisation_id)
    people |= {note.author_id for known in notes.values() for note in known}
    names = accounts.names_of(db(), {person for person in people if person is not None})
    attended = attendance.attended(db(), [consent.id for _cluster, consent in standing])
    allowed = choices.choices_by_consent(db(), [consent.id for _cluster, consent in standing])
    return render_template(
        "clusters/consent/list.html",
        organisation=current_organisation(),
        standing=[
            {
                "cluster": cluster,
                "consent": consent,
                "is_to_be_answered": is_to_be_answered(consent),
                "notes": notes.get(consent.id, []),
                "attended": attended.get(consent.id, []),
                "rows": consent_rows(
                    cluster,
                    consent,
                    allowed=allowed.get(consent.id, frozenset()),
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
        answers=_answers,
        names=names,
    )


def _answers(event: Event) -> Iterator[str]:
    """What a consent's event says beside its kind, in words."""
    if event.kind is EventKind.CONSENT_WITHDRAWN:
        yield membership_ending(event.detail)
    elif "aggregates_from" in event.detail:
        said = event.detail["aggregates_from"]
        year = said[1] if isinstance(said, list) else said
        yield _("Kennzahlen in Summen: ab %(year)s.", year=year) if year else _("Kennzahlen in Summen: nie.")
    if "choices" in event.detail:
        yield consent_answers_text(event.detail)
    if "wording" in event.detail:
        yield consent_wording_label(event.detail)


def _wording(history: Sequence[tuple[Event, str]], cluster: Cluster) -> str:
    """Label of the wording last agreed to, on joining or on a renewal."""
    events = (event for event, _name in history if event.cluster_id == cluster.id)
    return consent_wording_label(next((event.detail for event in events if "wording" in event.detail), {}))


@blueprint.get("/<int:consent_id>")
@permit(Permission.ORGANISATION_OWN)
def edit(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    cluster, consent = consent_or_404(consent_id)
    return _page(
        cluster, consent, FiguresConsentForm(formdata=None, data=consent_form_data(consent.aggregates_from))
    )


@blueprint.post("/<int:consent_id>")
@permit(Permission.ORGANISATION_OWN)
def change(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    cluster, consent = consent_or_404(consent_id)
    form = FiguresConsentForm(formdata=request.form)
    form.validate()
    if not form.check_figures():
        return _page(cluster, consent, form), 422
    actor, now = current_actor(), datetime.now(UTC)
    try:
        cluster_consent.change_aggregates(Work(db(), actor, now), consent, form.aggregates_from)
    except NotClusterMember:
        abort(404)
    flash(_("Gespeichert."), "success")
    return redirect_to_consents(organisation_id)


@blueprint.get("/<int:consent_id>/widerruf")
@permit(Permission.ORGANISATION_OWN)
def leave(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    """Explain what a withdrawal does before it is confirmed."""
    cluster, consent = consent_or_404(consent_id)
    in_review = cluster_consent.declarations_in_review(db(), organisation_id, cluster.id)
    return render_template(
        "clusters/consent/withdraw.html",
        organisation=current_organisation(),
        cluster=cluster,
        consent=consent,
        notes=len(member_files.notes_of(db(), consent.id)),
        in_review=sorted(declaration.reporting_year for declaration in in_review),
    )


@blueprint.post("/<int:consent_id>/widerruf")
@permit(Permission.ORGANISATION_OWN)
def withdraw(organisation_id: int, consent_id: int) -> ResponseReturnValue:
    cluster, consent = consent_or_404(consent_id)
    try:
        recalled = cluster_consent.withdraw_consent(current_work(), consent)
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
    return redirect_to_consents(organisation_id)


def consent_or_404(consent_id: int) -> tuple[Cluster, Consent]:
    """A current consent of this company; aborts with 404 for any other."""
    for cluster, consent in clusters.of_organisation(db(), current_organisation().id):
        if consent.id == consent_id:
            return cluster, consent
    abort(404)


def redirect_to_consents(organisation_id: int) -> ResponseReturnValue:
    """Redirect to the company's clusters."""
    return redirect(url_for("consents.show", organisation_id=organisation_id), 303)


def _page(cluster: Cluster, consent: Consent, form: FiguresConsentForm) -> str:
    return render_template(
        "clusters/consent/edit.html",
        words=consent_wording.FIGURES,
        has_comparison=consent.edition in EDITIONS_WITH_CHOICES,
        organisation=current_organisation(),
        cluster=cluster,
        consent=consent,
        form=form,
        errors=form_errors(form),
    )
