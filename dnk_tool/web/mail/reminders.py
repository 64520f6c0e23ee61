"""Reminders of deadlines and of milestones, one mail each for a person, and the link that stops them."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool import language as languages
from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.reminders import PendingTask
from dnk_tool.language import known_language
from dnk_tool.services.accounts import signing
from dnk_tool.services.mail import milestone_reminders, reminders
from dnk_tool.services.mail.background_worker import PeriodicJob
from dnk_tool.services.mail.milestone_reminders import MilestoneDigest, MilestoneLine
from dnk_tool.services.mail.reminders import ReminderDigest, ReminderLine
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.languages import use_language_of
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails

log = logging.getLogger(__name__)

blueprint = Blueprint("reminders", __name__, url_prefix="/erinnerungen/abbestellen")

# No mails at night.
FROM_HOUR = 7
RUN_EVERY = timedelta(minutes=15)

# Endpoint and address parameters for each task.
TASK_PAGES = {
    PendingTask.FILL: ("overview.show", ("declaration_id",)),
    PendingTask.REVISE: ("overview.show", ("declaration_id",)),
    PendingTask.SUBMIT: ("overview.show", ("declaration_id",)),
    PendingTask.SIGN: ("sign_off.show", ("declaration_id",)),
    PendingTask.REVIEW: ("review.show", ("cluster_id", "declaration_id")),
}
PAGE_TO_BEGIN = ("settings.new", ("organisation_id",))


def chores(app: Flask) -> tuple[PeriodicJob, ...]:
    """The periodic jobs of this module."""
    return (PeriodicJob("reminders", partial(_run, app), RUN_EVERY, FROM_HOUR),)


def _run(app: Flask, now: datetime) -> None:
    send_due(app, now=now)


def send_due(app: Flask, *, now: datetime) -> int:
    """Queue the reminders that are due; return their number."""
    factory, settings = app.extensions["dnk_session_factory"], app.extensions["dnk_settings"]
    with factory() as session:
        digests: list[ReminderDigest | MilestoneDigest] = [*reminders.due_digests(session, now=now)]
        digests += milestone_reminders.due_digests(session, now=now)
    with _context(app, settings):
        return sum(_attempt(factory, digest, now=now) for digest in digests)


def _attempt(
    factory: sessionmaker[Session], digest: ReminderDigest | MilestoneDigest, *, now: datetime
) -> bool:
    """Queue one reminder; True if queued. An error is logged and does not stop the others."""
    try:
        if isinstance(digest, MilestoneDigest):
            return milestone_reminders.queue_digest(factory, digest, render_milestones(digest), now=now)
        return reminders.queue_digest(factory, digest, render_reminder(digest), now=now)
    except Exception as error:  # noqa: BLE001 -- after any failure the others are still reminded
        # Logs only the exception's type: its message may name a person or a company.
        log.error("reminder for account %s: unexpected %s", digest.account.id, type(error).__name__)
        return False


def render_reminder(digest: ReminderDigest) -> tuple[str, str]:
    """Render subject and body."""
    lines = list(_mail_lines(digest))
    return mails.render_mail("reminder", digest.account, lines=lines, stop=_stop_link(digest.account))


def render_milestones(digest: MilestoneDigest) -> tuple[str, str]:
    """Render subject and body."""
    language, base = known_language(digest.account.language), mails.public_base_url()
    lines = [
        {
            "line": line,
            "day": languages.format_long_date(line.day, language),
            "criteria": ", ".join(line.open_sections),
            "link": base + _milestone_path(line),
            "calendar": base
            + url_for(
                "firm_calendar.milestone",
                organisation_id=line.organisation_id,
                cohort_id=line.cohort_id,
                milestone_id=line.milestone_id,
            ),
        }
        for line in digest.lines
    ]
    return mails.render_mail("milestone", digest.account, lines=lines, stop=_stop_link(digest.account))


def _milestone_path(line: MilestoneLine) -> str:
    """The first open criterion of the milestone, or where a declaration is begun."""
    if line.declaration_id is None:
        return url_for("settings.new", organisation_id=line.organisation_id)
    if not line.open_sections:
        return url_for("overview.show", declaration_id=line.declaration_id)
    section = line.open_sections[0]
    return url_for("criterion.show", declaration_id=line.declaration_id, section_ref=section)


@blueprint.get("/<token>")
@permit(Permission.BY_LINK)
def show(token: str) -> ResponseReturnValue:
    return render_template("mail/stop_reminders.html", wants=_addressee(token).wants_reminders)


@blueprint.post("/<token>")
@permit(Permission.BY_LINK)
def stop(token: str) -> ResponseReturnValue:
    reminders.set_reminders(_addressee(token), wants=False)
    flash(_("Sie bekommen keine Erinnerungen mehr."), "success")
    return redirect(url_for("reminders.show", token=token), 303)


def _context(app: Flask, settings: Settings) -> Any:
    """A request context, in which `url_for` and templates work outside of a request."""
    return app.test_request_context("/", base_url=settings.address)


def _mail_lines(digest: ReminderDigest) -> Iterator[dict[str, Any]]:
    language = digest.account.language
    for line in digest.lines:
        due = languages.format_long_date(line.due, known_language(language))
        yield {"line": line, "due": due, "link": mails.public_base_url() + _task_path(line)}


def _task_path(line: ReminderLine) -> str:
    endpoint, names = TASK_PAGES[line.task] if line.declaration_id else PAGE_TO_BEGIN
    place: dict[str, Any] = {name: getattr(line, name) for name in names}
    return url_for(endpoint, **place)


def _stop_link(account: Account) -> str:
    token = _signer().dumps([account.id, account.created_at.timestamp()])
    return mails.public_base_url() + url_for("reminders.show", token=token)


def _addressee(token: str) -> Account:
    """The account of the link; switches the page to its language."""
    account = _account(token)
    use_language_of(account)
    return account


def _account(token: str) -> Account:
    """The account of the link; aborts with 404 otherwise.

    Compares the creation time, as the id may be reused after an erasure.
    """
    try:
        account_id, created_at = _signer().loads(token)
    except (BadSignature, ValueError):
        abort(404)
    account = db().get(Account, account_id)
    if account is None or account.created_at != datetime.fromtimestamp(created_at, UTC):
        abort(404)
    return account


def _signer() -> URLSafeSerializer:
    return signing.signer(current_app.config["SECRET_KEY"], "dnk-reminders", accepts_earlier=True)
