"""The log of erased accounts beside the database; after a restored backup they are erased again by it."""

import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

log = logging.getLogger(__name__)

ERASURE_LOG = "erasures.log"


def log_erasure(instance: Path, account_id: int, now: datetime) -> None:
    """Append the time and the account's id, nothing else, and sync the file against a power cut."""
    descriptor = os.open(instance / ERASURE_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{now.isoformat()} {account_id}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def erasure_log_size(instance: Path) -> int:
    """The size of the log in bytes, 0 if there is none; it grows with each erasure."""
    try:
        return (instance / ERASURE_LOG).stat().st_size
    except FileNotFoundError:
        return 0


def logged_erasures(instance: Path) -> Iterator[tuple[datetime, int]]:
    """Yield time and account id of each erasure; lines that a power cut left incomplete are skipped."""
    file = instance / ERASURE_LOG
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        moment, _, number = line.partition(" ")
        try:
            erasure = datetime.fromisoformat(moment), int(number)
        except ValueError:
            # A power cut may leave half a line; the others still count.
            log.warning("a line of %s cannot be read", ERASURE_LOG)
            continue
        if erasure[0].tzinfo is not None:
            yield erasure
