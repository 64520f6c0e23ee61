"""The end of a round: changes requested or version approved, with a mail to the company.

The form that closes a round with a request for changes.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import State, TransitionNotAllowed
from dnk_tool.domain.mail import address_in
from dnk_tool.domain.permissions import Permission, Role
from dnk_tool.domain.review import Audience, ReviewSide, ReviewStatus
from dnk_tool.language import local_day
from dnk_tool.services.review import round_closing
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.review.errors import (
    DraftsChanged,
    NothingToChange,
    NotInReview,
    OpenRemarks,
    RemarkMissing,
    SectionsNotAccepted,
    VersionSuperseded,
)
from dnk_tool.services.review.round_closing import MAX_LETTER_LENGTH, RoundClosing
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.review import decisions
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.access import (
    current_account,
    current_actor,
    current_cluster,
    current_declaration,
    current_work,
    permit,
)
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.review.checklist import (
    checklist_entries,
    open_points_question,
    refusal_text,
    save_sent_checklist,
)
from dnk_tool.web.review.current_round import (
    blueprint,
    overview_url,
    remark_counts_of,
    reviewer_threads,
    round_or_404,
    section_heading,
    section_url,
)
from dnk_tool.web.review.round.preview import drafts_in, section_previews, sent_remarks
from dnk_tool.web.review.section_review_form import read_replies
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import DayField, ProseField

LONGEST_TIME = timedelta(days=366)
FIRST_REMINDER = timedelta(days=7)


class ClosingForm(FlaskForm):
    """Letter and day; `drafts`: the fingerprint of the drafts that the page showed."""

    letter = ProseField(longest=MAX_LETTER_LENGTH)
    answer_until = DayField()
    drafts = HiddenField(default="")

    def validate_answer_until(self, field: DayField) -> None:
        """Require a day from tomorrow on, within a year."""
        today = local_day(datetime.now(UTC))
        if field.errors:
            return
        if field.data is None:
            raise ValidationError(_("Geben Sie ein Datum ein, zum Beispiel 31.12.2026"))
        if field.data <= today:
            raise ValidationError(_("Dieser Tag ist schon da oder vorbei. Nennen Sie einen ab morgen."))
        if field.data > today + LONGEST_TIME:
            raise ValidationError(_("Dieser Tag liegt mehr als ein Jahr entfernt. Prüfen Sie das Jahr."))

    @property
    def is_hurried(self) -> bool:
        """Whether the day comes before the first reminder could be sent."""
        day = self.answer_until.data
        return (
            day is not None
            and not self.answer_until.errors
            and day <= local_day(datetime.now(UTC)) + FIRST_REMINDER
        )

    @property
    def closing(self) -> RoundClosing:
        """What is entered; only of a valid form."""
        return RoundClosing(self.letter.data or "", self.answer_until.data, self.drafts.data or "")


@blueprint.get("/<int:declaration_id>/aenderungen-anfordern")
@permit(Permission.REVIEW)
def ask_changes(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    return _page("review/request_changes.html", form=_new_form())


@blueprint.post("/<int:declaration_id>/aenderungen-anfordern")
@permit(Permission.REVIEW)
@creates
def request_changes(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    declaration, now = current_declaration(), datetime.now(UTC)
    form, threads = ClosingForm(), reviewer_threads()
    if declaration.state is State.SUBMITTED and not form.validate():
        return _page("review/request_changes.html", form=form, is_refused=True), 422
    try:
        sections = review_verdicts.request_changes(
            Work(db(), current_actor(), now), declaration, form.closing
        )
    except TransitionNotAllowed:
        return _redirect_not_in_review()
    except (NothingToChange, RemarkMissing):
        return _page("review/request_changes.html", form=form, is_refused=True), 422
    except DraftsChanged:
        return _page("review/request_changes.html", form=form, has_changed=True), 409
    mails.notify_accounts(
        "review/changes_requested",
        mail_recipients(now),
        sent=sent_remarks(round_or_404(), sections, threads),
        letter=form.letter.data,
        until=form.answer_until.data,
        **mail_values(),
    )
    flash(
        ngettext(
            "Die Erklärung liegt wieder beim Unternehmen. Dort ist %(num)d Teil offen, der Rest gesperrt.",
            "Die Erklärung liegt wieder beim Unternehmen. Dort sind %(num)d Teile offen, der Rest gesperrt.",
            len(sections),
        ),
        "success",
    )
    return redirect(overview_url(), 303)


@blueprint.get("/<int:declaration_id>/freigeben")
@permit(Permission.REVIEW)
def ask_approval(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    return _page("review/approve.html", asks_again="offen" in request.args)


@blueprint.post("/<int:declaration_id>/freigeben")
@permit(Permission.REVIEW)
@creates
def approve(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    declaration, now = current_declaration(), datetime.now(UTC)
    try:
        still_open = save_sent_checklist()
        if still_open and "despite" not in request.form:
            review_verdicts.require_approvable(db(), declaration, actor=current_actor())
            return redirect(_url("review.ask_approval", offen="1"), 303)
        shown = request.form.get("drafts")
        approval = review_verdicts.approve(Work(db(), current_actor(), now), declaration, shown=shown)
    except (TransitionNotAllowed, NotInReview):
        return _redirect_not_in_review()
    except VersionSuperseded as error:
        flash(refusal_text(error), "warning")
        return redirect(_url("review.ask_approval"), 303)
    except (SectionsNotAccepted, OpenRemarks):
        return _page("review/approve.html", is_refused=True), 422
    except DraftsChanged:
        return _page("review/approve.html", has_changed=True), 409
    mails.notify_accounts("review/approved", mail_recipients(now), version=approval.version, **mail_values())
    flash(_("Die Erklärung ist freigegeben. Das Unternehmen erhält eine Nachricht."), "success")
    return redirect(overview_url(), 303)


@blueprint.post("/<int:declaration_id>/anmerkungen-erledigen")
@permit(Permission.REVIEW)
@creates
def resolve(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    read = {key: reply.read for key, reply in read_replies(request.form)}
    count = review_verdicts.resolve_answered(current_work(), current_declaration(), read)
    text = ngettext("%(num)d Anmerkung ist erledigt.", "%(num)d Anmerkungen sind erledigt.", count)
    flash(text, "success")
    return redirect(_url("review.ask_approval"), 303)


def mail_recipients(now: datetime) -> Iterable[Account]:
    """The company's owners and editors."""
    company, roles = current_declaration().organisation_id, (Role.OWNER, Role.EDITOR)
    return accounts.people_with_roles(db(), company, roles, today=local_day(now))


def mail_values() -> dict[str, Any]:
    """Values of both mails: whom answers reach, cluster, company, year and link."""
    declaration = current_declaration()
    return {
        "reply_to": address_in(current_cluster().contact) or current_account().email,
        "cluster": current_cluster().name,
        "company": declaration.organisation.name,
        "year": declaration.reporting_year,
        "link": mails.public_base_url() + url_for("overview.show", declaration_id=declaration.id),
    }


def _change_request_problems(
    wanted: Sequence[Section], pending: Sequence[Section], known: Collection[str]
) -> list[dict[str, str]]:
    """What is missing before changes can be requested.

    `known`: sections with a remark that the company must answer.
    """
    if not wanted:
        text = _(
            "Bisher braucht kein Teil eine Änderung. Wählen Sie das zuerst bei dem Teil, den Sie meinen."
        )
        return [{"text": text, "href": section_url(pending[0].ref) if pending else overview_url()}]
    return [
        {
            "text": _(
                "%(title)s: Es fehlt eine Anmerkung, auf die das Unternehmen noch antworten muss.",
                title=section_heading(section, current_language()),
            ),
            "href": section_url(section.ref),
        }
        for section in wanted
        if section.ref not in known
    ]


def _new_form() -> ClosingForm:
    """The form with the day that the service proposes."""
    today = local_day(datetime.now(UTC))
    proposed = round_closing.default_answer_until(db(), current_declaration(), today)
    return ClosingForm(formdata=None, answer_until=proposed)


def _page(
    template: str,
    *,
    form: ClosingForm | None = None,
    is_refused: bool = False,
    has_changed: bool = False,
    asks_again: bool = False,
) -> str:
    review_round, threads, language = round_or_404(), reviewer_threads(), current_language()
    still_open, questions = review_verdicts.open_remarks(threads), review_verdicts.open_questions(threads)
    drafts = drafts_in(threads)
    writers = {remark.by for thread in (*still_open, *questions) for remark in thread.remarks}
    writers |= {draft.by for draft in drafts}
    shown = round_closing.fingerprint(drafts)
    if form:
        form.drafts.data = shown
    known = review_verdicts.sections_awaiting_company(still_open)
    wanted = review_round.with_status(ReviewStatus.CHANGE_NEEDED)
    pending = review_round.with_status(ReviewStatus.PENDING)
    is_open = current_declaration().state is State.SUBMITTED
    blocking = not is_open or wanted or pending or still_open
    checklist = checklist_entries(review_round)
    given = decisions.approvals(db(), current_declaration().id, current_cluster().id)
    return render_template(
        template,
        cluster=current_cluster(),
        declaration=current_declaration(),
        round=review_round,
        document=review_round.document,
        is_open=is_open,
        is_refused=is_refused,
        has_changed=has_changed,
        form=form,
        errors=field_errors(form) if form else (),
        drafts=drafts,
        shown=shown,
        previews=section_previews(review_round, threads),
        question=open_points_question(checklist) if asks_again and not blocking else (),
        withdrawal=decisions.withdrawn_last(given, review_round.version),
        checklist=checklist,
        wanted=wanted,
        pending=pending,
        problems=_change_request_problems(wanted, pending, known),
        threads=still_open,
        remarks=remark_counts_of(still_open),
        questions=questions,
        inside=sum(thread.is_open and thread.audience is Audience.REVIEWERS for thread in threads),
        answered=[thread for thread in still_open if thread.is_answered],
        names=accounts.names_of(db(), {writer for writer in writers if writer is not None}),
        section_by_ref=review_round.document.selection.section_by_ref,
        short_name=lambda section: section_heading(section, language),
        address=section_url,
        ours=ReviewSide.REVIEWERS,
    )


def _redirect_not_in_review() -> ResponseReturnValue:
    flash(_("Diese Erklärung ist gerade nicht zur Prüfung eingereicht."), "warning")
    return redirect(overview_url(), 303)


def _url(endpoint: str, **query: Any) -> str:
    cluster_id, declaration_id = current_cluster().id, current_declaration().id
    return url_for(endpoint, cluster_id=cluster_id, declaration_id=declaration_id, **query)
