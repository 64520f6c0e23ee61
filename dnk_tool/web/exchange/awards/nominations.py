"""What is nominated, for the manager: read it, take it out, and ask a member to stand."""

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exchange import nominations as verbs
from dnk_tool.services.exchange.nominations import AlreadyNominated, ExampleNotShown, NominationsClosed
from dnk_tool.store.clusters import lists
from dnk_tool.store.exchange import nominations
from dnk_tool.store.tables.exchange.awards import AwardRow
from dnk_tool.web.exchange.awards import mails
from dnk_tool.web.exchange.awards.form import ProposalForm
from dnk_tool.web.exchange.awards.pages import award_or_404, blueprint, to_award
from dnk_tool.web.exchange.awards.words import CLOSED
from dnk_tool.web.exchange.examples.example_view import example_view
from dnk_tool.web.http.access import current_actor, current_cluster, current_work, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.options import Option, pair_options


@blueprint.get("/<int:award_id>/vorschlaege/<int:nomination_id>")
@permit(Permission.CLUSTER_LEAD)
def nomination(cluster_id: int, award_id: int, nomination_id: int) -> ResponseReturnValue:
    found = award_or_404(cluster_id, award_id)
    shown = nominations.find_shown(db(), award_id, nomination_id) or abort(404)
    return render_template(
        "exchange/awards/nomination.html",
        cluster=current_cluster(),
        award=found,
        shown=shown,
        view=example_view(shown.company, shown.content, shown.number),
    )


@blueprint.post("/<int:award_id>/vorschlaege/<int:nomination_id>/entfernen")
@permit(Permission.CLUSTER_LEAD)
def remove_nomination(cluster_id: int, award_id: int, nomination_id: int) -> ResponseReturnValue:
    award_or_404(cluster_id, award_id)
    verbs.remove_nomination(db(), current_cluster(), award_id, nomination_id, actor=current_actor())
    flash(_("Der Vorschlag ist aus der Runde genommen, mit den Punkten, die er schon hatte."), "success")
    return to_award(cluster_id, award_id, anchor="vorschlaege")


@blueprint.get("/<int:award_id>/vorschlagen")
@permit(Permission.CLUSTER_LEAD)
def new_proposal(cluster_id: int, award_id: int) -> ResponseReturnValue:
    return _form_page(award_or_404(cluster_id, award_id), ProposalForm(formdata=None))


@blueprint.post("/<int:award_id>/vorschlagen")
@permit(Permission.CLUSTER_LEAD)
def propose(cluster_id: int, award_id: int) -> ResponseReturnValue:
    """Ask a member whether it wants to stand, and mail its owners. Asked twice, it says so."""
    found, form = award_or_404(cluster_id, award_id), ProposalForm()
    options = {option["value"] for option in _member_options(cluster_id)} - {""}
    if not form.validate() or form.member.data not in options:
        if form.member.data not in options:
            form.member.errors = [_("Wählen Sie ein Mitglied aus der Liste.")]
        return _form_page(found, form), 422
    consent_id, example_id = form.chosen
    try:
        company = verbs.propose(
            current_work(),
            current_cluster(),
            award_id,
            consent_id or 0,
            form.plain_title,
            example_id=example_id,
        )
    except AlreadyNominated:
        form.member.errors = [_("Dieses Mitglied steht in der Runde schon, oder es ist gefragt.")]
        return _form_page(found, form), 409
    except ExampleNotShown:
        form.member.errors = [_("Dieses Beispiel ist gerade zurückgezogen worden.")]
        return _form_page(found, form), 409
    except NominationsClosed:
        flash(CLOSED, "warning")
        return to_award(cluster_id, award_id)
    mails.ask_member(current_cluster(), found, company)
    flash(_("Das Unternehmen ist gefragt. In der Runde steht es, sobald es zustimmt."), "success")
    return to_award(cluster_id, award_id, anchor="vorschlaege")


def _form_page(found: AwardRow, form: ProposalForm) -> str:
    return render_template(
        "exchange/awards/propose.html",
        cluster=current_cluster(),
        award=found,
        form=form,
        errors=field_errors(form),
        members=_member_options(found.cluster_id),
    )


def _member_options(cluster_id: int) -> list[Option]:
    """Members with each of their published examples, then all members with words of their own."""
    members = [(consent.id, company.name) for company, consent in lists.list_members(db(), cluster_id)]
    names = dict(members)
    told = nominations.list_published_examples(db(), list(names))
    examples = [
        (f"{one.consent_id}/{one.id}", f"{one.title} ({names[one.consent_id]})")
        for one in told
        if one.consent_id in names
    ]
    own = [(str(key), _("%(company)s, mit eigenen Worten", company=name)) for key, name in members]
    return pair_options([*examples, *own], blank=_("Bitte wählen"))
