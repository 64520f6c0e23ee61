"""Says which rows of a list of companies to be invited are good."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.company_list import Firm, Known, Sifted, firm, sift
from dnk_tool.domain.clusters.company_list_columns import Line
from dnk_tool.language import Language
from dnk_tool.services.accounts.accounts import address
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.invitations.queries import InvitationKind


def known(session: Session, cluster_id: int, *, now: datetime) -> Known:
    """Whom the cluster need not invite, because they belong to it or an invitation is on its way."""
    kinds = (InvitationKind.COMPANY,)
    on_their_way = cluster_lists.open_invitations(session, cluster_id, kinds)
    return Known(
        companies=frozenset(map(str.casefold, cluster_lists.member_names(session, cluster_id))),
        joined=_by_firm(cluster_lists.joined_invitations(session, cluster_id)),
        invited=_by_firm((one.email, one.company) for one in on_their_way if one.expires_at > now),
    )


def _by_firm(invitations: Iterable[tuple[str, str]]) -> dict[Firm, str]:
    return {firm(email, company): company for email, company in invitations}


def check(lines: list[Line], whom: Known, *, language: Language) -> Sifted:
    """The good rows and the bad ones; `language` is for rows that name none."""
    return sift(lines, whom, read_address=address, language=language)
