"""Deletes expired data, and data older than the retention periods that the operator has set."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import SHELL, restorable_since
from dnk_tool.domain.review import READING_TIME
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.declarations import deletion as declaration_deletion
from dnk_tool.services.evidence import store_check
from dnk_tool.services.exports import opened_drafts, pdf_cache
from dnk_tool.services.privacy import deletion_files, erasure_files
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.work import Work
from dnk_tool.store import activity, installation_state, rate_limits, sent_forms
from dnk_tool.store.accounts import registrations, sign_ins
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import deleted
from dnk_tool.store.evidence.blob_store import StorageDown
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from dnk_tool.store.invitations import queries as invitations
from dnk_tool.store.mail import cluster_messages, outbox, reminders
from dnk_tool.store.measures import measures
from dnk_tool.store.privacy import erasure
from dnk_tool.store.publication import proofs
from dnk_tool.store.review import openings
from dnk_tool.store.tables.accounts import Account

log = logging.getLogger(__name__)

MONTH, YEAR = timedelta(days=30.5), timedelta(days=365.25)


def remove_expired(factory: sessionmaker[Session], settings: Settings, *, now: datetime) -> None:
    """Delete expired sign-ins, rate limits, forms, registrations, reminders, openings; evict cached PDFs."""
    with write_session(factory) as session, session.begin():
        sign_ins.remove_finished(session, now=now, idle=settings.idle)
        rate_limits.remove_finished(session, now=now)
        sent_forms.remove_old(session, now=now)
        registrations.remove_old(session, now=now)
        reminders.remove_old(session, today=now.date())
        openings.remove_openings(session, before=now - READING_TIME)
    pdfs = settings.instance / pdf_cache.FOLDER
    pdf_cache.evict(pdfs, now=now)
    opened_drafts.remove_old(pdfs, now=now)


def apply_retention(factory: sessionmaker[Session], settings: Settings, *, now: datetime) -> None:
    """Delete what is older than the operator's periods, and files that nothing refers to any more.

    Periods apply to mails, ended invitations, deleted declarations and measures and, where set, the activity
    log and unused accounts. Orphaned files are evidence and cached PDFs. A restored copy that is still quiet
    deletes nothing: the former database, or the original with the same bucket, may need what the copy does
    not know.
    """
    with factory() as session:
        if installation_state.quiet_since(session):
            return
    mails_before = now - timedelta(days=settings.keep_mails_days)
    with write_session(factory) as session, session.begin():
        outbox.remove_old(session, before=mails_before)
        ended = now - timedelta(days=settings.keep_invitations_days)
        invitations.remove_ended(session, before=ended)
        measures.erase_removed(session, before=restorable_since(now))
    _remove_files(settings.instance / "outbox", before=mails_before)
    _erase_deleted_declarations(factory, settings, now=now)
    if settings.keep_trail_years:
        _trim_activity_log(factory, before=now - settings.keep_trail_years * YEAR)
    if settings.keep_unused_accounts_months:
        _erase_unused(factory, settings, now=now)
    _remove_orphaned_evidence(factory, settings, now=now)
    _remove_orphaned_pdfs(factory, settings.instance / pdf_cache.FOLDER)


def _remove_files(folder: Path, *, before: datetime) -> None:
    for file in folder.glob("*.eml"):
        if datetime.fromtimestamp(file.stat().st_mtime, UTC) < before:
            file.unlink(missing_ok=True)


def _erase_deleted_declarations(factory: sessionmaker[Session], settings: Settings, *, now: datetime) -> None:
    """Erase what was deleted so long ago that it cannot be restored any more, each in its transaction."""
    with factory() as session:
        expired = deleted.deleted_before(session, restorable_since(now))
    for organisation_id, declaration_id in expired:
        with write_session(factory) as session, session.begin():
            erased = declaration_deletion.erase_expired(session, organisation_id, declaration_id, now=now)
        if erased is not None:
            deletion_files.finish_deletion(
                factory,
                open_blob_store(settings),
                settings.instance,
                erased,
                now=now,
                backups=settings.backup_folder,
            )


def _trim_activity_log(factory: sessionmaker[Session], *, before: datetime) -> None:
    """Delete clusters' messages before this time, and events in batches, so that saves need not wait long."""
    removed = True
    while removed:
        with write_session(factory) as session, session.begin():
            removed = activity.remove_batch(session, before=before)
    with write_session(factory) as session, session.begin():
        cluster_messages.remove_old(session, before=before)


def _erase_unused(factory: sessionmaker[Session], settings: Settings, *, now: datetime) -> None:
    before = now - settings.keep_unused_accounts_months * MONTH
    today = now.astimezone(LOCAL_TIME_ZONE).date()
    with factory() as session:
        account_ids = [
            unused_account.id
            for unused_account in erasure.unused_accounts(session, before=before, today=today)
        ]
    for account_id in account_ids:
        with write_session(factory) as session, session.begin():
            # An account that was used meanwhile is kept.
            unused = {
                unused_account.id: unused_account
                for unused_account in erasure.unused_accounts(session, before=before, today=today)
            }
            account: Account | None = unused.get(account_id)
            if account is None:
                continue
            erased = account_erasure.erase(Work(session, SHELL, now), account)
        erasure_files.finish_erasure(settings.instance, erased, now=now, backups=settings.backup_folder)
        log.info("account %s was not used and is erased", account_id)


def _remove_orphaned_evidence(factory: sessionmaker[Session], settings: Settings, *, now: datetime) -> None:
    """Delete contents that no evidence refers to, left over if the server was killed during a removal."""
    try:
        gone = store_check.remove_orphans(factory, open_blob_store(settings), actor=SHELL, now=now)
    except StorageDown:
        log.warning("the store of evidence does not answer")
    else:
        if gone:
            log.info("%s contents without use are removed", gone)


def _remove_orphaned_pdfs(factory: sessionmaker[Session], folder: Path) -> None:
    """Delete cached PDFs of versions that no longer exist, for example of a company that was removed."""
    printed = pdf_cache.fingerprints(folder)
    with factory() as session:
        known = proofs.known_fingerprints(session, printed)
    for fingerprint in printed - known:
        pdf_cache.delete_version(folder, fingerprint)
