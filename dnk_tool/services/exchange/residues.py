"""Shows, changes and removes notices of residues, notes what was passed on, and takes notices down."""

from dataclasses import replace
from decimal import Decimal

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import ConflictError, Version, conflict, is_change
from dnk_tool.domain.exchange.residues import MAX_NOTICES, MAX_OPEN_REPORTS, ResidueNotice
from dnk_tool.domain.permissions import Actor, Permission
from dnk_tool.services.editing.locks import lock_company, lock_led_cluster
from dnk_tool.services.exchange.residue_members import ResidueGone, lock_member, lock_visible, record
from dnk_tool.services.work import Work
from dnk_tool.store.exchange import residue_inquiries, residues
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.residues import ResidueNoticeRow


class TooManyNotices(Exception):
    """The company has MAX_NOTICES notices in this cluster."""


class TooManyReports(Exception):
    """The company has reported MAX_OPEN_REPORTS notices about which no manager has decided."""


class NoticeTakenDown(Exception):
    """A manager took the notice down; it can only be removed."""


def save_notice(
    work: Work,
    organisation_id: int,
    cluster_id: int,
    notice: ResidueNotice,
    *,
    is_shown: bool,
    picture: bytes | None = None,
    notice_id: int | None = None,
    seen: Version = 0,
) -> ResidueNoticeRow:
    """Write a notice, a new one without `notice_id`. `is_shown`: to all members, else to the company alone.

    `picture`: a new photo as JPEG, empty for none, None to keep what is there.
    Raises NotPermitted, Archived, ResidueGone, ResiduesNotAllowed, TooManyNotices, NoticeTakenDown, and
    ConflictError without writing anything.
    """
    consent = lock_member(work.session, organisation_id, cluster_id, actor=work.actor)
    if notice_id is None:
        if residues.count_own(work.session, consent.id) >= MAX_NOTICES:
            raise TooManyNotices
        row = ResidueNoticeRow(consent_id=consent.id)
        residues.write(work.session, row, notice, by=work.actor.user_id, now=work.now)
    else:
        row = _own_row(work.session, organisation_id, notice_id)
        if row.taken_down_at is not None:
            raise NoticeTakenDown
        _refuse_unseen_photo(row, notice, seen, picture)
        if picture is not None or is_change(residues.stored_notice(row), seen, notice):
            residues.write(work.session, row, notice, by=work.actor.user_id, now=work.now)
    if picture is not None:
        residues.replace_picture(work.session, row.id, picture)
    _set_shown(work, row, is_shown, organisation_id)
    return row


def remove_notice(work: Work, organisation_id: int, notice_id: int) -> None:
    """Delete a notice with all inquiries about it. Raises NotPermitted and ResidueGone."""
    lock_company(work.session, organisation_id, Permission.ORGANISATION_EDIT, work.actor)
    row = _own_row(work.session, organisation_id, notice_id)
    title = row.title
    work.session.delete(row)
    work.session.flush()
    kind = EventKind.RESIDUE_REMOVED
    record(work, kind, title, organisation_id=organisation_id)


def note_passed_on(work: Work, organisation_id: int, notice_id: int, tonnes: Decimal, year: int) -> None:
    """Note that an offered residue was passed on, which takes it off the board; no figure changes.

    Raises NotPermitted and ResidueGone.
    """
    lock_company(work.session, organisation_id, Permission.ORGANISATION_EDIT, work.actor)
    row = _own_row(work.session, organisation_id, notice_id)
    row.passed_on_tonnes, row.passed_on_year = tonnes, year
    row.version, row.changed_at, row.changed_by = row.version + 1, work.now, work.actor.user_id
    residue_inquiries.delete_unanswered(work.session, notice_id)
    kind, company = EventKind.RESIDUE_PASSED_ON, organisation_id
    record(work, kind, row.title, organisation_id=company, year=year)


def report_notice(work: Work, organisation_id: int, cluster_id: int, notice_id: int, reason: str) -> bool:
    """Tell the managers of its cluster that a notice does not belong on the board; False if done before.

    Raises NotPermitted, Archived, ResidueGone, ResiduesNotAllowed, NeighboursNotAllowed and TooManyReports.
    """
    consent = lock_member(work.session, organisation_id, cluster_id, actor=work.actor)
    lock_visible(work.session, consent, notice_id)
    if residues.count_reports(work.session, consent.id) >= MAX_OPEN_REPORTS:
        raise TooManyReports
    return residues.add_report(work.session, notice_id, consent.id, reason, now=work.now)


def take_down(work: Work, cluster: Cluster, notice_id: int, reason: str) -> int:
    """Take a notice off the board for good, with a reason that its company reads; returns the company's id.

    Raises NotPermitted, Archived and ResidueGone.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    residues.lock_notice(work.session, notice_id)
    found = residues.find_posted(work.session, cluster.id, notice_id)
    if found is None:
        raise ResidueGone(notice_id)
    row, organisation_id = found[0], found[1].organisation_id
    row.taken_down_at, row.taken_down_reason = work.now, reason
    residue_inquiries.delete_unanswered(work.session, notice_id)
    residues.delete_reports(work.session, notice_id)
    kind = EventKind.RESIDUE_TAKEN_DOWN
    record(work, kind, row.title, cluster_id=cluster.id)
    # Without the manager: their export of what they did would name the company.
    nobody = replace(work.actor, user_id=None)
    record(work.by(nobody), kind, row.title, organisation_id=organisation_id)
    return organisation_id


def dismiss_reports(session: Session, cluster: Cluster, notice_id: int, *, actor: Actor) -> None:
    """Leave a reported notice on the board. Raises NotPermitted, Archived and ResidueGone."""
    lock_led_cluster(session, cluster.id, actor)
    if residues.find_posted(session, cluster.id, notice_id) is None:
        raise ResidueGone(notice_id)
    residues.delete_reports(session, notice_id)


def _refuse_unseen_photo(
    row: ResidueNoticeRow, notice: ResidueNotice, seen: Version, picture: bytes | None
) -> None:
    """A photo is a change by itself. Raises ConflictError if somebody else changed the notice meanwhile."""
    if picture is not None and row.version != seen:
        raise ConflictError(conflict(residues.stored_notice(row), notice))


def _own_row(session: Session, organisation_id: int, notice_id: int) -> ResidueNoticeRow:
    row = residues.find_own(session, organisation_id, notice_id, locked=True)
    if row is None:
        raise ResidueGone(notice_id)
    return row


def _set_shown(work: Work, row: ResidueNoticeRow, is_shown: bool, organisation_id: int) -> None:
    """Show the notice to members, or to its company alone, which ends what waits for an answer."""
    if is_shown == (row.shown_at is not None):
        return
    row.shown_at = work.now if is_shown else None
    if not is_shown:
        residue_inquiries.delete_unanswered(work.session, row.id)
        return
    kind = EventKind.RESIDUE_SHOWN
    record(work, kind, row.title, organisation_id=organisation_id)
