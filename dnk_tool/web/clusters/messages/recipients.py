"""Whom a message to the members that a filter finds would reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dnk_tool.language import LOCAL_TIME
from dnk_tool.store.clusters import cockpit
from dnk_tool.store.clusters.cockpit import Member, Wanted
from dnk_tool.store.mail import cluster_messages
from dnk_tool.store.mail.cluster_messages import Recipient
from dnk_tool.web.clusters.cockpit.member_list_query import Shown
from dnk_tool.web.clusters.messages.form import Key
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True)
class Circle:
    """The members that the filter finds, all members by id, and whom of them a message can reach now."""

    found: Sequence[Member]
    by_id: Mapping[int, Member]
    reachable: Mapping[Key, Recipient]

    @cached_property
    def recipients(self) -> list[Recipient]:
        """Whom a message to those that the filter finds would reach."""
        found = {one.organisation_id for one in self.found}
        return [one for one in self.reachable.values() if one.organisation_id in found]

    def chosen(self, keys: Sequence[Key]) -> list[Recipient]:
        """Those of the previewed ones who can still be reached."""
        return [self.reachable[key] for key in keys if key in self.reachable]


def circle_of(shown: Shown) -> Circle:
    """Read in three statements at most, however many members there are."""
    everybody = cockpit.every(db(), shown.view, Wanted())
    found = cockpit.every(db(), shown.view, shown.wanted) if shown.is_narrowed else everybody
    today = shown.view.now.astimezone(LOCAL_TIME).date()
    by_id = {one.organisation_id: one for one in everybody}
    reachable = cluster_messages.recipients(db(), shown.view.cluster_id, by_id, today=today)
    return Circle(found, by_id, {one.key: one for one in reachable})
