"""Deletes a company: its owners at any time, the operator once it has no declarations and could be exported.

What companies write is not for the operator: declarations are deleted, and the export is taken, by owners.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.services.declarations.deletion import STATES_WITH_OTHERS
from dnk_tool.services.people.typed_names import require_typed_name
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.operation import company_closing
from dnk_tool.store.operation.company_closing import CompanyBelongings
from dnk_tool.store.privacy import deletion
from dnk_tool.store.privacy.deletion import DatabaseDeletion
from dnk_tool.store.publication import publications
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation

TIME_TO_EXPORT = timedelta(days=14)
PAUSE_BETWEEN_REQUESTS = timedelta(days=1)


class DeclarationsLeft(Exception):
    """The company has declarations, which only its owners can delete."""


class DeclarationsInUse(Exception):
    """A declaration is public or with a signatory or a cluster; owners withdraw it first."""


class ExportPending(Exception):
    """The owners have not taken everything along yet, nor had the time to."""


class NobodyToAsk(Exception):
    """The company has no owner who can sign in."""


class AskedJustNow(Exception):
    """The owners were asked within the last day."""


@dataclass(frozen=True)
class CompanyConsequences:
    """What goes with a company, and what stands in the way. `export_until`: until when owners have time."""

    belongings: CompanyBelongings
    declarations: Sequence[tuple[int, State]]
    has_owner: bool
    is_exported: bool
    export_until: datetime | None
    may_delete: bool


def consequences(session: Session, organisation: Organisation, *, now: datetime) -> CompanyConsequences:
    """What the deletion takes away, in numbers, and whether it is possible now."""
    left = company_closing.declarations_left(session, organisation.id)
    has_owner = bool(memberships.active_owners(session, organisation.id))
    changed_at = company_closing.changed_at(session, organisation.id) or organisation.created_at
    exported_at, asked_at = organisation.exported_at, organisation.asked_to_close_at
    is_exported = exported_at is not None and exported_at >= changed_at
    until = asked_at + TIME_TO_EXPORT if asked_at else None
    is_over = until is not None and until <= now
    return CompanyConsequences(
        company_closing.belongings(session, organisation.id),
        left,
        has_owner,
        is_exported,
        until,
        may_delete=not left and (is_exported or is_over or not has_owner),
    )


def ask_owners_to_close(work: Work, organisation: Organisation) -> None:
    """Note that the owners are asked to take everything along and to delete their declarations.

    Raises NotPermitted, NobodyToAsk and AskedJustNow.
    """
    require(Permission.INSTALLATION_RUN, work.actor)
    declarations.lock_organisation(work.session, organisation.id, even_archived=True)
    if not memberships.active_owners(work.session, organisation.id):
        raise NobodyToAsk
    asked_at = organisation.asked_to_close_at
    if asked_at is not None and asked_at > work.now - PAUSE_BETWEEN_REQUESTS:
        raise AskedJustNow
    organisation.asked_to_close_at = work.now


def delete_company(work: Work, organisation: Organisation, *, typed_name: str) -> DatabaseDeletion:
    """Delete the company for good. The caller commits, then calls `deletion_files.finish_deletion`.

    A change that has begun ends first, and counts: raises NotPermitted, OtherName, DeclarationsLeft and
    ExportPending, each before anything is changed.
    """
    require(Permission.INSTALLATION_RUN, work.actor)
    declarations.lock_organisation(work.session, organisation.id, even_archived=True)
    require_typed_name(typed_name, organisation.name)
    known = consequences(work.session, organisation, now=work.now)
    if known.declarations:
        raise DeclarationsLeft
    if not known.may_delete:
        raise ExportPending
    return deletion.delete_company(work.session, organisation.id, now=work.now)


@dataclass(frozen=True)
class OwnersConsequences:
    """What goes with a company that its owner deletes, and what has to be taken back before.

    `published`: declarations that everybody can read; `with_others`: those with a signatory or a cluster.
    """

    belongings: CompanyBelongings
    declarations: Sequence[Declaration]
    published: Sequence[Declaration]
    with_others: Sequence[Declaration]

    @property
    def may_delete(self) -> bool:
        """Whether the company can be deleted now."""
        return not (self.published or self.with_others)


def owners_consequences(session: Session, organisation: Organisation) -> OwnersConsequences:
    """What the deletion by an owner takes away, and what stands in the way."""
    left = declarations.of_organisations(session, [organisation.id])
    open_ones = [] if organisation.archived_at is not None else left
    published = publications.published_among(session, [row.id for row in open_ones])
    return OwnersConsequences(
        company_closing.belongings(session, organisation.id),
        left,
        [row for row in open_ones if row.id in published],
        [row for row in open_ones if row.state in STATES_WITH_OTHERS],
    )


def delete_own_company(work: Work, organisation: Organisation, *, typed_name: str) -> DatabaseDeletion:
    """Delete the company for good with all that it wrote, as an owner, also in an archive.

    The caller commits, then calls `deletion_files.finish_deletion`. Raises NotPermitted, OtherName and
    DeclarationsInUse, each before anything is changed.
    """
    require(Permission.ORGANISATION_CLOSE, work.actor, Subject(organisation.id))
    declarations.lock_organisation(work.session, organisation.id, even_archived=True)
    require_typed_name(typed_name, organisation.name)
    if not owners_consequences(work.session, organisation).may_delete:
        raise DeclarationsInUse
    return deletion.delete_company(work.session, organisation.id, now=work.now)
