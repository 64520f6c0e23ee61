"""The end of a round: changes requested or version approved, with a mail to the company.

The form that closes a round with a request for changes.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
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
from dnk_tool.domain.review import Audience, ReviewStatus
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
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.services.review.round_closing import MAX_LETTER_LENGTH, RoundClosing
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.review import decisions
from dnk_tool.store.review.remarks import Remark, RemarkThread
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.access import (
    current_account,
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
from dnk_tool.web.review.round.preview import SectionPreview, drafts_in, section_previews, sent_remarks
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
    return _change_request_page(_new_form())


@blueprint.post("/<int:declaration_id>/aenderungen-anfordern")
@permit(Permission.REVIEW)
@creates
def request_changes(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    work, declaration = current_work(), current_declaration()
    form, threads = ClosingForm(), reviewer_threads()
    if declaration.state is State.SUBMITTED and not form.validate():
        return _change_request_page(form, is_refused=True), 422
    try:
        sections = review_verdicts.request_changes(work, declaration, form.closing)
    except TransitionNotAllowed:
        return _redirect_not_in_review()
    except (NothingToChange, RemarkMissing):
        return _change_request_page(form, is_refused=True), 422
    except DraftsChanged:
        return _change_request_page(form, has_changed=True), 409
    mails.notify_accounts(
        "review/changes_requested",
        mail_recipients(work.now),
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
    return _approval_page(asks_again="offen" in request.args)


@blueprint.post("/<int:declaration_id>/freigeben")
@permit(Permission.REVIEW)
@creates
def approve(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    work, declaration = current_work(), current_declaration()
    try:
        still_open = save_sent_checklist()
        if still_open and "despite" not in request.form:
            review_verdicts.require_approvable(db(), declaration, actor=work.actor)
            return redirect(_url("review.ask_approval", offen="1"), 303)
        shown = request.form.get("drafts")
        approval = review_verdicts.approve(work, declaration, shown=shown)
    except (TransitionNotAllowed, NotInReview):
        return _redirect_not_in_review()
    except VersionSuperseded as error:
        flash(refusal_text(error), "warning")
        return redirect(_url("review.ask_approval"), 303)
    except (SectionsNotAccepted, OpenRemarks):
        return _approval_page(is_refused=True), 422
    except DraftsChanged:
        return _approval_page(has_changed=True), 409
    mails.notify_accounts(
        "review/approved", mail_recipients(work.now), version=approval.version, **mail_values()
    )
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


@dataclass(frozen=True)
class RoundEnd:
    """A round about to be closed: the sections not in order, the open threads, and what would go out."""

    review_round: ReviewRound
    remarks: Sequence[RemarkThread]

    @cached_property
    def wanted(self) -> tuple[Section, ...]:
        """The sections that need a change."""
        return self.review_round.with_status(ReviewStatus.CHANGE_NEEDED)

    @cached_property
    def pending(self) -> tuple[Section, ...]:
        """The sections without a verdict."""
        return self.review_round.with_status(ReviewStatus.PENDING)

    @cached_property
    def threads(self) -> list[RemarkThread]:
        """The open threads that the company must still deal with."""
        return review_verdicts.open_remarks(self.remarks)

    @cached_property
    def questions(self) -> list[RemarkThread]:
        """The open threads that the reviewers must still answer."""
        return review_verdicts.open_questions(self.remarks)

    @property
    def answered(self) -> list[RemarkThread]:
        return [thread for thread in self.threads if thread.is_answered]

    @property
    def inside(self) -> int:
        """How many open threads only the reviewers read."""
        return sum(one.is_open and one.audience is Audience.REVIEWERS for one in self.remarks)

    @cached_property
    def drafts(self) -> list[Remark]:
        return drafts_in(self.remarks)

    @property
    def fingerprint(self) -> str:
        """Of the drafts, so that none goes out that the page did not show."""
        return round_closing.fingerprint(self.drafts)

    @cached_property
    def previews(self) -> list[SectionPreview]:
        return section_previews(self.review_round, self.remarks)

    @property
    def writers(self) -> set[int]:
        """Who wrote what the page shows."""
        shown = [remark for thread in (*self.threads, *self.questions) for remark in thread.remarks]
        return {remark.by for remark in (*shown, *self.drafts) if remark.by is not None}

    def short_name(self, section: Section) -> str:
        return section_heading(section, current_language())


def _change_request_page(form: ClosingForm, *, is_refused: bool = False, has_changed: bool = False) -> str:
    review_round = round_or_404()
    end = RoundEnd(review_round, reviewer_threads())
    form.drafts.data = end.fingerprint
    known = review_verdicts.sections_awaiting_company(end.threads)
    return render_template(
        "review/request_changes.html",
        cluster=current_cluster(),
        declaration=current_declaration(),
        round=review_round,
        document=review_round.document,
        is_open=current_declaration().state is State.SUBMITTED,
        is_refused=is_refused,
        has_changed=has_changed,
        form=form,
        errors=field_errors(form),
        end=end,
        names=accounts.names_of(db(), end.writers),
        problems=_change_request_problems(end.wanted, end.pending, known),
        address=section_url,
    )


def _approval_page(*, is_refused: bool = False, has_changed: bool = False, asks_again: bool = False) -> str:
    review_round = round_or_404()
    end, checklist = RoundEnd(review_round, reviewer_threads()), checklist_entries(review_round)
    is_open = current_declaration().state is State.SUBMITTED
    blocking = not is_open or end.wanted or end.pending or end.threads
    given = decisions.approvals(db(), current_declaration().id, current_cluster().id)
    return render_template(
        "review/approve.html",
        cluster=current_cluster(),
        declaration=current_declaration(),
        round=review_round,
        document=review_round.document,
        is_open=is_open,
        is_refused=is_refused,
        has_changed=has_changed,
        end=end,
        names=accounts.names_of(db(), end.writers),
        question=open_points_question(checklist) if asks_again and not blocking else (),
        withdrawal=decisions.withdrawn_last(given, review_round.version),
        checklist=checklist,
        remarks=remark_counts_of(end.threads),
        address=section_url,
    )


def _redirect_not_in_review() -> ResponseReturnValue:
    flash(_("Diese Erklärung ist gerade nicht zur Prüfung eingereicht."), "warning")
    return redirect(overview_url(), 303)


def _url(endpoint: str, **query: Any) -> str:
    cluster_id, declaration_id = current_cluster().id, current_declaration().id
    return url_for(endpoint, cluster_id=cluster_id, declaration_id=declaration_id, **query)
