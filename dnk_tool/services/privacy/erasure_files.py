"""Deletes the files that name an erased person, and repeats erasures after a backup was restored."""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.accounts.lifecycle import ascii_address
from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.privacy import deletion_files
from dnk_tool.services.privacy.erasure import ErasedAccount, erase
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.privacy.erasure_log import (
    copy_log_to_backups,
    log_erasure,
    logged_erasures,
    merge_journals,
)
from dnk_tool.store.tables.accounts import Account

log = logging.getLogger(__name__)


def finish_erasure(
    instance: Path, erased: ErasedAccount, *, now: datetime, backups: Path | None = None
) -> None:
    """Log the erasure and delete cached PDFs and mails that name the person; to be called after the commit.

    The log, in the instance folder, lets `reapply_erasures` repeat it after a restored backup. It is copied
    to the folder of the `backups`, where there is one of its own, as it is needed where those are.
    """
    log_erasure(instance, erased.account_id, now)
    copy_log_to_backups(instance, backups)
    _delete_cached_pdfs(instance, erased)
    delete_mails(instance, erased.email, erased.name)


def delete_mails(instance: Path, email: str, name: str = "") -> None:
    """Delete the mails in the instance's outbox folder that contain the address or the full name."""
    # A single first name is not searched for: it may be another person's.
    words = {email, ascii_address(email), *([name] if " " in name else [])}
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
    for file in (instance / "outbox").glob("*.eml"):
        if pattern.search(_text(file)):
            file.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Reapplied:
    """How many accounts were erased once more, and how many companies, clusters and declarations deleted."""

    accounts: int
    deletions: int


def reapply_erasures(factory: sessionmaker[Session], instance: Path) -> Reapplied:
    """Erase the accounts again that a restored backup brought back, and delete what was deleted.

    Log and journal of the erasures are merged before. An account created after its erasure is kept:
    another person got the same id.
    """
    with write_session(factory) as session, session.begin():
        merge_journals(session, instance, now=datetime.now(UTC))
    count = 0
    for erased_at, account_id in logged_erasures(instance):
        with write_session(factory) as session, session.begin():
            account = session.get(Account, account_id)
            if account is None or account.created_at > erased_at:
                continue
            erased = erase(Work(session, SHELL, erased_at), account, even_if_needed=True)
        _delete_cached_pdfs(instance, erased)
        delete_mails(instance, erased.email, erased.name)
        log.info("account %s was erased once more", account_id)
        count += 1
    return Reapplied(count, deletion_files.reapply_deletions(factory, instance))


def _delete_cached_pdfs(instance: Path, erased: ErasedAccount) -> None:
    folder = instance / pdf_cache.FOLDER
    for sha256, version in erased.prints:
        pdf_cache.delete_version(folder, sha256, version)
    pdf_cache.delete_drafts(folder)  # nothing records whom drafts name, and they are soon rendered anew


def _text(file: Path) -> str:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    return f"{message['To']}\n{message['Subject']}\n{message.get_content()}"
