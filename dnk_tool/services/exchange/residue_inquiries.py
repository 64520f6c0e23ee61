"""Asks about a residue, agrees, declines, introduces two members; nobody is named before both agreed."""

from datetime import timedelta

from sqlalchemy.orm import Session

from dnk_tool.catalogue.residue_pairs import load_residue_pairs
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.exchange.residues import MAX_INQUIRIES_A_DAY, MAX_OPEN_INQUIRIES, matches
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.exchange.residue_members import (
    ResidueGone,
    lock_member,
    lock_on_board,
    lock_visible,
    record,
)
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.exchange import residue_inquiries as inquiries
from dnk_tool.store.exchange import residues
from dnk_tool.store.exchange.residue_inquiries import Inquiry
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.residues import ResidueInquiryRow


class AskedBefore(Exception):
    """The company asked about this notice before, or was introduced to it."""


class TooManyInquiries(Exception):
    """The company has MAX_OPEN_INQUIRIES that wait, or asked MAX_INQUIRIES_A_DAY times within a day."""


class NoMatch(Exception):
    """The two notices do not go together, or are of one company."""


def ask(work: Work, organisation_id: int, cluster_id: int, notice_id: int, message: str) -> int:
    """Ask about another member's notice; returns the id of the company that is asked, for its mail alone.

    To ask is to agree that the other side sees name and contact if it agrees, too. Raises NotPermitted,
    Archived, ResidueGone, ResiduesNotAllowed, NeighboursNotAllowed, AskedBefore and TooManyInquiries.
    """
    consent = lock_member(work.session, organisation_id, cluster_id, actor=work.actor)
    row, asked_member = lock_visible(work.session, consent, notice_id)
    if inquiries.find_between(work.session, notice_id, consent.id):
        raise AskedBefore
    kind = EventKind.RESIDUE_ASKED
    today = history.count_events_since(work.session, kind, organisation_id, work.now - timedelta(days=1))
    if today >= MAX_INQUIRIES_A_DAY or inquiries.count_open(work.session, consent.id) >= MAX_OPEN_INQUIRIES:
        raise TooManyInquiries
    asked = ResidueInquiryRow(notice_id=notice_id, consent_id=consent.id, message=message, asked_at=work.now)
    asked.asker_agreed_at, asked.asker_agreed_by = work.now, work.actor.user_id
    work.session.add(asked)
    record(work, kind, row.title, organisation_id=organisation_id)
    work.session.flush()
    return asked_member.organisation_id


def agree(work: Work, organisation_id: int, cluster_id: int, inquiry_id: int) -> Inquiry:
    """Let the other side see name and contact as soon as it agrees, too; returns what is agreed by then.

    Raises NotPermitted, Archived, ResidueGone and ResiduesNotAllowed.
    """
    inquiry = _answerable(work.session, organisation_id, cluster_id, inquiry_id, work.actor)
    if inquiry.own_agreed_at is not None:
        return inquiry
    if inquiry.is_asking:
        inquiry.row.asker_agreed_at, inquiry.row.asker_agreed_by = work.now, work.actor.user_id
    else:
        inquiry.row.owner_agreed_at, inquiry.row.owner_agreed_by = work.now, work.actor.user_id
    kind, title = EventKind.RESIDUE_CONTACT, inquiry.notice.title
    record(work, kind, title, organisation_id=organisation_id)
    work.session.flush()
    return inquiry


def decline(work: Work, organisation_id: int, cluster_id: int, inquiry_id: int) -> None:
    """Say no, without a reason and without a name; it cannot be asked again. Raises as `agree`."""
    inquiry = _answerable(work.session, organisation_id, cluster_id, inquiry_id, work.actor)
    if not inquiry.is_agreed:
        inquiry.row.declined_at = work.now


def take_back(
    session: Session, organisation_id: int, cluster_id: int, inquiry_id: int, *, actor: Actor
) -> None:
    """Delete an inquiry that the company asked, also one that was answered. Raises as `agree`."""
    consent = lock_member(session, organisation_id, cluster_id, actor=actor)
    inquiry = inquiries.find(session, consent, inquiry_id)
    if inquiry is None or not inquiry.is_asking or inquiry.row.declined_at is not None:
        raise ResidueGone(inquiry_id)
    session.delete(inquiry.row)
    session.flush()


def introduce(work: Work, cluster: Cluster, offer_id: int, search_id: int) -> tuple[int, int]:
    """Ask both companies of a match to get in touch; returns their ids, for the mails alone.

    One of the two may be of a neighbouring cluster. Raises NotPermitted, Archived, ResidueGone, NoMatch and
    AskedBefore.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    offer, search = lock_on_board(work.session, cluster.id, offer_id, search_id)
    if offer is None or search is None:
        raise ResidueGone(offer_id)
    posted = residues.posted_notices(work.session, cluster.id, with_neighbours=True)
    pair = [each for each in posted if each.id in (offer_id, search_id)]
    found = matches(pair, load_residue_pairs())
    if [(each.offer.id, each.search.id) for each in found] != [(offer_id, search_id)]:
        raise NoMatch
    if inquiries.find_between(work.session, offer_id, search[1].id) or inquiries.find_between(
        work.session, search_id, offer[1].id
    ):
        raise AskedBefore
    work.session.add(
        ResidueInquiryRow(
            notice_id=offer_id, own_notice_id=search_id, consent_id=search[1].id, asked_at=work.now
        )
    )
    # What a neighbour shows leaves no trace in this cluster's log.
    title = next(row.title for row, consent in (offer, search) if consent.cluster_id == cluster.id)
    record(work, EventKind.RESIDUE_ASKED, title, cluster_id=cluster.id)
    work.session.flush()
    return offer[1].organisation_id, search[1].organisation_id


def _answerable(
    session: Session, organisation_id: int, cluster_id: int, inquiry_id: int, actor: Actor
) -> Inquiry:
    """An inquiry of a member that was not declined, locked."""
    consent = lock_member(session, organisation_id, cluster_id, actor=actor)
    inquiry = inquiries.find(session, consent, inquiry_id)
    if inquiry is None or inquiry.row.declined_at is not None:
        raise ResidueGone(inquiry_id)
    return inquiry
