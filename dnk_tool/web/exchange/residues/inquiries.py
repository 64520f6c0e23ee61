"""A member asks about a residue, the other one agrees or declines; names are told after that."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dnk_tool.domain.exchange.residues import MAX_INQUIRIES_A_DAY, MAX_OPEN_INQUIRIES, MAX_OPEN_REPORTS
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.exchange import residue_inquiries as verbs
from dnk_tool.services.exchange.residue_inquiries import AskedBefore, TooManyInquiries
from dnk_tool.services.exchange.residue_members import NeighboursNotAllowed, ResidueGone, ResiduesNotAllowed
from dnk_tool.services.exchange.residues import TooManyReports
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import residue_inquiries, residues
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.exchange.residues import ResidueNoticeRow
from dnk_tool.web.exchange.residues import mails
from dnk_tool.web.exchange.residues.cards import NoticeCard, notice_card
from dnk_tool.web.exchange.residues.notice_form import MAX_MESSAGE, AnonymousText
from dnk_tool.web.exchange.residues.places import ResiduePlace, place_or_404
from dnk_tool.web.http.access import (
    current_account,
    current_actor,
    current_organisation,
    current_work,
    permit,
)
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import ProseField


@dataclass(frozen=True)
class BoardNotice:
    """Another member's notice with its membership; `neighbour`: the cluster it is from, unless the own."""

    row: ResidueNoticeRow
    consent: Consent
    neighbour: str

    def card(self, place: ResiduePlace) -> NoticeCard:
        """The notice in words, with its photo."""
        has_picture = bool(residues.pictured(db(), [self.row.id]))
        return notice_card(
            residues.notice_of(self.row),
            self.row.id,
            today=local_day(datetime.now(UTC)),
            neighbour=self.neighbour,
            picture=place.address("residue_pictures.of_member", notice_id=self.row.id) if has_picture else "",
        )


blueprint = Blueprint(
    "residue_inquiries", __name__, url_prefix="/unternehmen/<int:organisation_id>/reststoffe"
)


class InquiryForm(FlaskForm):
    """The message with which a member asks."""

    message = ProseField(longest=MAX_MESSAGE, validators=[AnonymousText()])

    def validate_message(self, field: ProseField) -> None:
        if not field.data:
            raise ValidationError(_("Schreiben Sie in einem Satz, worum es Ihnen geht."))


@blueprint.get("/anfragen")
@permit(Permission.ORGANISATION_VIEW)
def show(organisation_id: int) -> ResponseReturnValue:
    place = place_or_404()
    inquiries = residue_inquiries.of_member(db(), place.consent)
    agreed = [each for each in inquiries if each.is_agreed]
    return render_template(
        "exchange/residues/inquiries.html",
        organisation=current_organisation(),
        place=place,
        inquiries=inquiries,
        contacts=residue_inquiries.contacts(db(), agreed, today=local_day(datetime.now(UTC))),
    )


@blueprint.get("/<int:notice_id>/anfragen")
@permit(Permission.ORGANISATION_EDIT)
def new(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    place = place_or_404()
    return _ask_page(place, posted_or_404(place, notice_id), InquiryForm(formdata=None))


@blueprint.post("/<int:notice_id>/anfragen")
@permit(Permission.ORGANISATION_EDIT)
@creates
def ask(organisation_id: int, notice_id: int) -> ResponseReturnValue:
    place, form = place_or_404(), InquiryForm()
    about = posted_or_404(place, notice_id)
    if not form.validate():
        return _ask_page(place, about, form), 422
    try:
        verbs.ask(current_work(), organisation_id, place.cluster.id, notice_id, form.message.data)
    except (AskedBefore, TooManyInquiries, ResiduesNotAllowed, NeighboursNotAllowed, ResidueGone) as error:
        db().rollback()
        form.message.errors = [refusal(error)]
        return _ask_page(place, about, form), 422
    mails.send_inquiry(about.consent, place.cluster, about.row.title, form.message.data)
    flash(_("Ihre Anfrage ist unterwegs, ohne Ihren Namen. Die Antwort steht auf dieser Seite."), "success")
    return redirect(place.address(".show"), 303)


@blueprint.post("/anfragen/<int:inquiry_id>/zustimmen")
@permit(Permission.ORGANISATION_EDIT)
def agree(organisation_id: int, inquiry_id: int) -> ResponseReturnValue:
    def answer(place: ResiduePlace, now: datetime) -> None:
        actor, cluster = current_actor(), place.cluster
        inquiry = verbs.agree(Work(db(), actor, now), organisation_id, cluster.id, inquiry_id)
        if not inquiry.is_agreed:
            flash(
                _("Sie haben zugestimmt. Namen sehen beide, sobald auch die andere Seite zustimmt."),
                "success",
            )
            return
        _tell_both(inquiry)
        flash(_("Beide haben zugestimmt. Hier stehen jetzt Name und Kontakt."), "success")

    return _answered(inquiry_id, answer)


@blueprint.post("/anfragen/<int:inquiry_id>/ablehnen")
@permit(Permission.ORGANISATION_EDIT)
def decline(organisation_id: int, inquiry_id: int) -> ResponseReturnValue:
    def answer(place: ResiduePlace, now: datetime) -> None:
        verbs.decline(Work(db(), current_actor(), now), organisation_id, place.cluster.id, inquiry_id)
        flash(_("Abgelehnt. Die andere Seite erfährt Ihren Namen nicht."), "success")

    return _answered(inquiry_id, answer)


@blueprint.post("/anfragen/<int:inquiry_id>/zuruecknehmen")
@permit(Permission.ORGANISATION_EDIT)
def take_back(organisation_id: int, inquiry_id: int) -> ResponseReturnValue:
    def answer(place: ResiduePlace, now: datetime) -> None:
        verbs.take_back(db(), organisation_id, place.cluster.id, inquiry_id, actor=current_actor())
        flash(_("Zurückgenommen. Die Anfrage ist gelöscht."), "success")

    return _answered(inquiry_id, answer)


def posted_or_404(place: ResiduePlace, notice_id: int) -> BoardNotice:
    """A notice of another company that the member sees now, in its cluster or in a neighbouring one."""
    found = residues.find_posted(db(), place.cluster.id, notice_id, with_neighbours=True)
    if found is None or found[1].organisation_id == place.consent.organisation_id:
        abort(404)
    row, consent = found
    other = clusters.by_id(db(), consent.cluster_id) if consent.cluster_id != place.cluster.id else None
    return BoardNotice(row, consent, other.name if other else "")


def refusal(error: Exception) -> str:
    """Why something about another's notice is not possible, and what to do."""
    texts = {
        AskedBefore: _(
            "Zu diesem Eintrag haben Sie schon angefragt. Den Stand sehen Sie unter "
            "„Anfragen zu Reststoffen“."
        ),
        TooManyInquiries: _(
            "Im Moment geht keine Anfrage mehr: Möglich sind %(day)s am Tag und %(open)s, die auf Antwort "
            "warten. Nehmen Sie eine zurück, oder warten Sie bis morgen.",
            day=MAX_INQUIRIES_A_DAY,
            open=MAX_OPEN_INQUIRIES,
        ),
        TooManyReports: _(
            "Sie haben schon %(most)s Einträge gemeldet, über die noch niemand entschieden hat. Bitte warten "
            "Sie, bis die Leitung sie angesehen hat.",
            most=MAX_OPEN_REPORTS,
        ),
        ResiduesNotAllowed: _(
            "Anfragen kann, wer selbst Reststoffe zeigen darf. Diese Erlaubnis gibt die Leitung Ihres "
            "Unternehmens auf der Seite „Cluster“."
        ),
        NeighboursNotAllowed: _(
            "Der Eintrag ist aus einem Nachbarnetzwerk. Sie können dort anfragen, wenn die Nachbarn auch "
            "Ihre Einträge sehen dürfen. Diese Erlaubnis gibt die Leitung Ihres Unternehmens auf der Seite "
            "„Cluster“."
        ),
        ResidueGone: _("Diesen Eintrag gibt es nicht mehr. Ihr Text steht noch hier."),
    }
    return str(texts[type(error)])


def _ask_page(place: ResiduePlace, about: BoardNotice, form: InquiryForm) -> str:
    return render_template(
        "exchange/residues/ask.html",
        organisation=current_organisation(),
        place=place,
        card=about.card(place),
        form=form,
        errors=field_errors(form),
        account=current_account(),
    )


def _answered(inquiry_id: int, answer: Callable[[ResiduePlace, datetime], None]) -> ResponseReturnValue:
    """Do something with an inquiry, 404 if the company has none such; say so where it was declined."""
    place = place_or_404()
    if residue_inquiries.find(db(), place.consent, inquiry_id) is None:
        abort(404)
    try:
        answer(place, datetime.now(UTC))
    except ResidueGone:
        db().rollback()
        flash(_("Diese Anfrage gibt es nicht mehr."), "warning")
    except ResiduesNotAllowed:
        db().rollback()
        flash(refusal(ResiduesNotAllowed()), "warning")
    return redirect(place.address("residue_inquiries.show"), 303)


def _tell_both(inquiry: residue_inquiries.Inquiry) -> None:
    """Write to both sides whom they can write to now; who writes for both is told once."""
    today, told = local_day(datetime.now(UTC)), set[int]()
    for side, consent in residue_inquiries.both_sides(db(), inquiry):
        contact = residue_inquiries.contacts(db(), [side], today=today)[side.row.id]
        told |= mails.send_contact(side, consent, contact, but_for=told)
