"""The mails of a cluster: invitations to companies and to staff, and news of a company's consent."""

from typing import cast

from flask import url_for

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.language import Language, day, local_day
from dnk_tool.services.cluster_invitations import Sent
from dnk_tool.store import accounts, clusters
from dnk_tool.store.accounts import Account
from dnk_tool.store.clusters import Cluster, Consent
from dnk_tool.store.invitations import InvitationKind
from dnk_tool.store.models import Organisation
from dnk_tool.web import mails
from dnk_tool.web.transactions import db

PAGES = {InvitationKind.STAFF: "invitations.show", InvitationKind.COMPANY: "company_invitation.show"}


def send_invitation(sent: Sent, cluster: Cluster, *, sender: str | None = None) -> None:
    """Queue the mail with the link, to a company or to staff; `sender` is looked up if not given."""
    invitation, token = sent
    language = cast(Language, invitation.language)
    recipient = Account(email=invitation.email, name=invitation.name, language=language)
    written = mails.write(
        f"{invitation.kind.value}_invitation",
        recipient,
        cluster=cluster,
        invitation=invitation,
        role=ClusterRole(invitation.role) if invitation.role else None,
        sender=accounts.name_of(db(), invitation.created_by) if sender is None else sender,
        valid_until=day(local_day(invitation.expires_at), language),
        link=mails.public_address() + url_for(PAGES[invitation.kind], token=token),
    )
    mails.put(written, recipient=invitation.email, language=language)


def tell_managers(template: str, consent: Consent, organisation: Organisation, **values: object) -> None:
    """Queue the news of a consent for everybody who leads the cluster."""
    staff = clusters.staff(db(), consent.cluster_id)
    mails.tell(
        template,
        [account for account, role in staff if role is ClusterRole.MANAGER],
        cluster=clusters.by_id(db(), consent.cluster_id),
        company=organisation.name,
        aggregates_from=consent.aggregates_from,
        link=mails.public_address() + url_for("cluster_members.show", cluster_id=consent.cluster_id),
        **values,
    )
