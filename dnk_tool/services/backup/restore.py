"""Puts a backup back into an installation: checked first, migrated, and quiet until it is resumed."""

import hashlib
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from dnk_tool import config
from dnk_tool.config import Settings
from dnk_tool.paths import replace_private_file
from dnk_tool.services.backup.disk_space import private_folder, require_space, work_home
from dnk_tool.services.backup.verify import CheckedBackup, check_backup, evidence_of
from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.privacy import erasure_files
from dnk_tool.services.privacy.erasure_files import Reapplied
from dnk_tool.store import installation_state, schema
from dnk_tool.store.accounts import sign_ins
from dnk_tool.store.backup import database_copy, instance_files
from dnk_tool.store.database import make_engine, session_factory, write_session
from dnk_tool.store.evidence.blob_store import BlobKey, BlobMissing, BlobStore, parse_blob_path
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from dnk_tool.store.privacy import erasure_log
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Organisation


class NotEmpty(Exception):
    """The installation holds something already; a restore must be told to replace it."""


class ForeignLog(Exception):
    """The given log of erasures belongs to another installation than the backup."""


@dataclass(frozen=True)
class RestoreReport:
    """What a restore did.

    `former`: where the database of before lies now; `erased`: what was erased and deleted again;
    `erasures_known_until`: None where the log of the original was there; `aside`: files that were written
    under another name, because what they say would not fit here; `kept`: copies of files of before that have
    another content now, in the folder `kept_in`; `has_other_key`: whether a setting gives another secret key
    than the backup's.
    """

    backup: CheckedBackup
    former: Path | None
    erased: Reapplied
    erasures_known_until: datetime | None
    aside: tuple[Path, ...]
    kept: tuple[Path, ...]
    has_other_key: bool
    kept_in: Path

    @property
    def has_replaced_seal(self) -> bool:
        """Whether another private key of the seal was here before."""
        return self.kept_in / instance_files.SEAL_KEY in self.kept


def restore(
    file: Path,
    settings: Settings,
    *,
    now: datetime,
    is_replacing: bool = False,
    identity: Path | None = None,
    erasures: Path | None = None,
) -> RestoreReport:
    """Put the backup in the place of what the settings name. No other process may work on it.

    `erasures`: a log of erasures that is newer than the backup; without one, that which lies beside the file.
    Until everything was read and found to be as it says, nothing of the installation is touched. Raises
    NotEmpty, DatabaseInUse, ForeignLog, StorageFull and StorageDown, and what `check_backup` raises.
    """
    engine = make_engine(settings.database)
    database = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
    home = database.parent if database else work_home(settings.instance)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = settings.instance / f"before-{now:%Y%m%dT%H%M%SZ}"
    try:
        is_quiet = _refuse_unready(engine, is_replacing=is_replacing)
        with private_folder(home) as folder:
            backup = check_backup(file, folder, identity=identity)
            require_space(home, backup.database.stat().st_size + backup.header.evidence_bytes)
            newer = _newer_log(file, backup, erasures)
            log_text, known_until = _erasures(settings.instance, backup, newer, is_quiet=is_quiet)
            _prepare(backup, now=now, known_until=known_until)
            _put_evidence(file, settings, identity, backup.contents)
            # Reading took a while, in which somebody may have started the server.
            engine.dispose()
            database_copy.refuse_in_use(engine)
            aside, kept = _put_files(settings, backup, log_text, before)
            former = database_copy.put_in_place(backup.database, engine, aside=f".{before.name}")
        # What was printed before belongs to the former database and is not recorded in this one.
        shutil.rmtree(settings.instance / pdf_cache.FOLDER, ignore_errors=True)
        erased = erasure_files.reapply_erasures(session_factory(engine), settings.instance)
    finally:
        engine.dispose()
    key = backup.files.get(instance_files.KEY_FILE, b"").decode()
    has_other_key = config.known_secret_key(settings) != key
    return RestoreReport(backup, former, erased, known_until, aside, kept, has_other_key, before)


def _refuse_unready(engine: Engine, *, is_replacing: bool) -> bool:
    """Raise NotEmpty or DatabaseInUse. Returns whether this is a restored copy that is still quiet."""
    database_copy.refuse_in_use(engine)
    if not database_copy.holds_any(engine, (Account, Organisation)):
        return False
    if not is_replacing:
        raise NotEmpty
    try:
        with session_factory(engine)() as session:
            return installation_state.quiet_since(session) is not None
    except DatabaseError:
        return False  # damaged, or of an earlier version, which knew no copies
    finally:
        engine.dispose()


def _prepare(backup: CheckedBackup, *, now: datetime, known_until: datetime | None) -> None:
    """Bring the copied database to the newest schema, and make it quiet, before anybody can open it.

    Sign-ins end: one that was ended after the backup must not be valid again.
    """
    engine = make_engine(f"sqlite:///{backup.database}")
    try:
        schema.upgrade(engine)
        with write_session(session_factory(engine)) as session, session.begin():
            began = backup.header.moment.isoformat()
            installation_state.write(session, installation_state.QUIET, began, now=now)
            # Between the backup and now, PDFs were made that the backup knows nothing of.
            since = now.isoformat()
            installation_state.write(session, installation_state.PRINTS_RECORDED_SINCE, since, now=now)
            if known_until:
                value = known_until.isoformat()
                installation_state.write(session, installation_state.ERASURES_KNOWN_UNTIL, value, now=now)
            sign_ins.remove_all(session)
    finally:
        engine.dispose()
    database_copy.make_single_file(backup.database)


def _newer_log(file: Path, backup: CheckedBackup, given: Path | None) -> str:
    """The text of the given log, else of one beside the backup that is of the same installation.

    Raises ForeignLog for a given one of another installation, whose numbers are other people's. A backup from
    before installations had names takes whichever log is given.
    """
    log_text = (
        given.read_text("utf-8") if given else erasure_log.logs_in(file.parent, backup.header.installation)
    )
    installations = erasure_log.logged_installations(log_text)
    if backup.header.installation in installations:
        return log_text
    if given and not (installations and backup.header.installation):
        return log_text
    if given:
        raise ForeignLog
    return ""


def _erasures(
    instance: Path, backup: CheckedBackup, newer: str, *, is_quiet: bool
) -> tuple[str, datetime | None]:
    """The text of the log that the restored installation begins with, and until when erasures are known.

    A log that lies in the instance and names the backup's installation is the original's own, which outlived
    the database: it knows all of them (None), unless this was a copy itself. So is one that lies there when
    the backup is from before installations had names. Any other log may be old.
    """
    texts = [backup.files.get(erasure_log.ERASURE_LOG, b"").decode("utf-8", "replace")]
    installation, own = backup.header.installation, erasure_log.read_log(instance)
    is_own = installation in erasure_log.logged_installations(own) if installation else bool(own)
    texts += [own] if is_own else []
    texts.append(newer)
    lines = dict.fromkeys(line for text in texts for line in text.splitlines())
    log_text = "".join(f"{line}\n" for line in lines)
    began, gap = backup.header.moment, erasure_log.last_gap(own) if is_own else None
    if is_own and (gap is None or (began > gap and not is_quiet)):
        return log_text, None
    moments = [gap] if gap else [moment for moment, _account in erasure_log.erasures_in(log_text)]
    known_until = max([began, *moments])
    return log_text + erasure_log.gap_line(known_until), known_until


def _put_evidence(file: Path, settings: Settings, identity: Path | None, count: int) -> None:
    blobs = open_blob_store(settings)
    with evidence_of(file, identity, count) as contents:
        for path, content in contents:
            key = parse_blob_path(path)
            if key and not _is_sound(blobs, key):
                blobs.put(key, content)


def _is_sound(blobs: BlobStore, key: BlobKey) -> bool:
    """Whether the store holds the content unchanged; a damaged one is what a restore may be for."""
    try:
        return hashlib.sha256(b"".join(blobs.open(key))).hexdigest() == key.sha256
    except BlobMissing:
        return False


def _put_files(
    settings: Settings, backup: CheckedBackup, log_text: str, before: Path
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Put the instance's files back. Returns those that were written under another name, and kept copies.

    Settings are, where there are others already or they name places of the original, which a copy must not
    work on. What is replaced is first copied to the folder `before`. The mark of a demo goes where the backup
    has none.
    """
    instance, aside, fresh = settings.instance, [], {}
    for path, content in backup.files.items():
        present = instance / path
        is_different = present.exists() and present.read_bytes() != content
        if path == instance_files.ENVIRONMENT_FILE or (
            path == instance_files.SETTINGS_FILE
            and (is_different or instance_files.names_other_places(content, settings.model_dump()))
        ):
            aside.append(instance / f"restored-{path}")
            replace_private_file(aside[-1], content)
        else:
            fresh[path] = content
    fresh[erasure_log.ERASURE_LOG] = log_text.encode()
    kept = instance_files.keep_replaced(instance, fresh, before)
    for path, content in fresh.items():
        instance_files.put_back(instance, path, content)
    if instance_files.DEMO_MARK not in fresh:
        (instance / instance_files.DEMO_MARK).unlink(missing_ok=True)
    return tuple(aside), kept
