"""Checks the rows of a list of companies that a cluster wants to invite."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.company_list import (
    CompanyListPreview,
    InvitationKey,
    KnownCompanies,
    invitation_key,
    preview_company_list,
)
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.language import Language
from dnk_tool.services.accounts.lifecycle import normalised_address
from dnk_tool.store.clusters import lists as cluster_lists


def known_companies(session: Session, cluster_id: int, *, now: datetime) -> KnownCompanies:
    """The companies that need no invitation: members, and those with an unexpired open invitation."""
    kinds = (InvitationKind.COMPANY,)
    on_their_way = cluster_lists.open_invitations(session, cluster_id, kinds)
    return KnownCompanies(
        companies=frozenset(map(str.casefold, cluster_lists.member_names(session, cluster_id))),
        joined=_by_firm(cluster_lists.invitations_of_members(session, cluster_id)),
        invited=_by_firm(
            (invitation.email, invitation.company)
            for invitation in on_their_way
            if invitation.expires_at > now
        ),
    )


def _by_firm(invitations: Iterable[tuple[str, str]]) -> dict[InvitationKey, str]:
    return {invitation_key(email, company): company for email, company in invitations}


def check_company_list(
    lines: list[SpreadsheetRow], whom: KnownCompanies, *, language: Language
) -> CompanyListPreview:
    """Sort the rows into good and faulty ones; `language` applies to rows that name none."""
    return preview_company_list(lines, whom, read_address=normalised_address, language=language)
