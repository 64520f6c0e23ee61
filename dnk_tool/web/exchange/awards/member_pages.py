"""Awards for a company: the rounds of its clusters, its own nomination, its prize."""

from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.exchange.awards import AwardState, NominationContent, takes_nominations
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import nominations as verbs
from dnk_tool.services.exchange.nominations import ExampleNotShown, NominationIncomplete, NominationsClosed
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import awards, nominations
from dnk_tool.store.exchange.nominations import ShownNomination
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.awards import AwardRow
from dnk_tool.web.exchange.awards.certificates import certificate_response
from dnk_tool.web.exchange.awards.form import OWN_WORDS, NominationForm, nomination_values
from dnk_tool.web.exchange.awards.words import CLOSED
from dnk_tool.web.exchange.examples.example_view import example_view
from dnk_tool.web.http.access import current_organisation, current_work, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.measures.company_pages import company_page
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import seen_version
from dnk_tool.web.text.form_page import saving
from dnk_tool.web.text.options import pair_options

blueprint = Blueprint(
    "awards_of_company", __name__, url_prefix="/unternehmen/<int:organisation_id>/auszeichnungen"
)


@blueprint.get("")
@company_page(
    _l("Auszeichnungen"),
    _l("Was Ihr Cluster auszeichnet, und womit Sie dabei sind"),
    Permission.ORGANISATION_VIEW,
    position=60,
)
def show(organisation_id: int) -> ResponseReturnValue:
    standing = clusters.of_organisation(db(), organisation_id)
    of_rounds = {cluster.id: cluster for cluster, _consent in standing}
    rounds = verbs.open_awards(db(), list(of_rounds))
    own = {one.award_id: one for one in nominations.of_consents(db(), [each.id for _, each in standing])}
    decided = [award.id for award in rounds if award.state is AwardState.DECIDED]
    return render_template(
        "exchange/awards/company.html",
        organisation=current_organisation(),
        is_member=bool(standing),
        clusters=of_rounds,
        prizes=nominations.public_prizes(db(), decided),
        rounds=[
            (award, awards.content_of(award), own.get(award.id), _is_open(award, of_rounds[award.cluster_id]))
            for award in rounds
        ],
    )


@blueprint.get("/<int:award_id>/vorschlag")
@permit(Permission.ORGANISATION_VIEW)
def nomination(organisation_id: int, award_id: int) -> ResponseReturnValue:
    """The company's own nomination, as the jury reads it."""
    award, cluster, consent = _round_or_404(organisation_id, award_id)
    shown = _own_or_none(award, consent) or abort(404)
    return render_template(
        "exchange/awards/own.html",
        organisation=current_organisation(),
        award=award,
        cluster=cluster,
        shown=shown,
        view=example_view(shown.company, shown.content, shown.number),
        is_open=_is_open(award, cluster),
    )


@blueprint.get("/<int:award_id>/vorschlagen")
@permit(Permission.ORGANISATION_OWN)
def edit(organisation_id: int, award_id: int) -> ResponseReturnValue:
    """The form, empty, with what stands there, or with what the manager proposes."""
    award, cluster, consent = _round_or_404(organisation_id, award_id)
    if not _is_open(award, cluster):
        flash(CLOSED, "warning")
        return redirect(url_for(".show", organisation_id=organisation_id), 303)
    row = nominations.find_row(db(), award.id, consent.id)
    shown = _own_or_none(award, consent)
    if row is None:
        return _form_page(award, cluster, consent, NominationForm(formdata=None))
    example_id = shown.example_id if shown else None
    values = nomination_values(nominations.content_of(row), example_id, row.version)
    return _form_page(award, cluster, consent, NominationForm(formdata=None, data=values))


@blueprint.post("/<int:award_id>/vorschlagen")
@permit(Permission.ORGANISATION_OWN)
def nominate(organisation_id: int, award_id: int) -> ResponseReturnValue:
    """Nominate the company itself, or say yes. Pressed twice with the same words, it counts once."""
    award, cluster, consent = _round_or_404(organisation_id, award_id)
    form = NominationForm()
    page = partial(_form_page, award, cluster, consent, form)
    gone = _("Dieses Beispiel ist nicht mehr veröffentlicht. Wählen Sie ein anderes.")
    try:
        with saving(form, page, {ExampleNotShown: (form.example, gone)}):
            _nominate(organisation_id, award_id, form)
    except NominationIncomplete as incomplete:
        form.say_missing(incomplete.parts)
        return page(), 422
    except NominationsClosed:
        flash(CLOSED, "warning")
        return page(), 409
    flash(_("Sie sind dabei. Die Jury liest Ihren Vorschlag, sobald die Runde bei ihr ist."), "success")
    return redirect(url_for(".nomination", organisation_id=organisation_id, award_id=award_id), 303)


@blueprint.post("/<int:award_id>/zurueckziehen")
@permit(Permission.DECLARATION_EDIT)
def withdraw(organisation_id: int, award_id: int) -> ResponseReturnValue:
    verbs.withdraw_nomination(current_work(), organisation_id, award_id)
    flash(_("Zurückgezogen. Niemand sieht den Vorschlag mehr, auch die Jury nicht."), "success")
    return redirect(url_for(".show", organisation_id=organisation_id), 303)


@blueprint.get("/<int:award_id>/urkunde.pdf")
@permit(Permission.ORGANISATION_VIEW)
def certificate(organisation_id: int, award_id: int) -> ResponseReturnValue:
    award, cluster, consent = _round_or_404(organisation_id, award_id)
    shown = _own_or_none(award, consent) or abort(404)
    back = url_for("awards_of_company.show", organisation_id=organisation_id)
    return certificate_response(cluster, award, shown, back=back)


def _nominate(organisation_id: int, award_id: int, form: NominationForm) -> None:
    verbs.nominate(
        current_work(),
        organisation_id,
        award_id,
        form.content,
        example_id=form.example_id,
        seen=seen_version(form),
    )


def _round_or_404(organisation_id: int, award_id: int) -> tuple[AwardRow, Cluster, Consent]:
    """A round of one of the company's clusters that members know of."""
    for cluster, consent in clusters.of_organisation(db(), organisation_id):
        award = awards.find_award(db(), cluster.id, award_id)
        if award is not None and award.state is not AwardState.DRAFT:
            return award, cluster, consent
    abort(404)


def _own_or_none(award: AwardRow, consent: Consent) -> ShownNomination | None:
    own = nominations.of_consents(db(), [consent.id])
    return next((one for one in own if one.award_id == award.id), None)


def _is_open(award: AwardRow, cluster: Cluster) -> bool:
    today = local_day(datetime.now(UTC))
    return cluster.archived_at is None and takes_nominations(award.state, award.nominate_until, today)


def _form_page(
    award: AwardRow,
    cluster: Cluster,
    consent: Consent,
    form: NominationForm,
    *,
    theirs: NominationContent | None = None,
) -> str:
    told = nominations.list_published_examples(db(), [consent.id])
    return render_template(
        "exchange/awards/nominate.html",
        organisation=current_organisation(),
        award=award,
        cluster=cluster,
        form=form,
        errors=field_errors(form),
        theirs=theirs,
        examples=pair_options([(OWN_WORDS, _("keines, wir schreiben fünf Zeilen"))])
        + pair_options((str(one.id), one.title) for one in told),
    )
