"""Recipients of a message to the members that a filter finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.store.clusters import cockpit
from dnk_tool.store.clusters.cockpit import MemberFilter, MemberSummary
from dnk_tool.store.mail import cluster_messages
from dnk_tool.store.mail.cluster_messages import MessageRecipient
from dnk_tool.web.clusters.cockpit.member_list_query import MemberListQuery
from dnk_tool.web.clusters.messages.form import RecipientKey
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class RecipientSelection:
    """The members that the filter finds, all members by id, and all people who can receive a message."""

    filtered_members: Sequence[MemberSummary]
    by_id: Mapping[int, MemberSummary]
    reachable: Mapping[RecipientKey, MessageRecipient]

    @cached_property
    def recipients(self) -> list[MessageRecipient]:
        """The recipients among the members that the filter finds."""
        organisation_ids = {filtered_member.organisation_id for filtered_member in self.filtered_members}
        return [
            recipient
            for recipient in self.reachable.values()
            if recipient.organisation_id in organisation_ids
        ]

    def still_reachable(self, keys: Sequence[RecipientKey]) -> list[MessageRecipient]:
        """The previewed recipients who can still receive the message."""
        return [self.reachable[key] for key in keys if key in self.reachable]


def recipient_selection(shown: MemberListQuery) -> RecipientSelection:
    """Read the selection, in at most three queries however many members there are."""
    everybody = cockpit.list_all(db(), shown.view, MemberFilter())
    filtered_members = cockpit.list_all(db(), shown.view, shown.wanted) if shown.is_narrowed else everybody
    today = shown.view.now.astimezone(LOCAL_TIME_ZONE).date()
    by_id = {member.organisation_id: member for member in everybody}
    reachable = cluster_messages.recipients(db(), shown.view.cluster_id, by_id, today=today)
    return RecipientSelection(filtered_members, by_id, {recipient.key: recipient for recipient in reachable})
