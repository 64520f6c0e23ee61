"""The roles that people are granted, and which role counts if somebody is granted two."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from dnk_tool.domain.permissions import ClusterRole, Role

# From the weakest on. A contributor reads less than a viewer but may write.
ROLE_STRENGTH = (Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.OWNER)
CLUSTER_ROLE_STRENGTH = (ClusterRole.REVIEWER, ClusterRole.MANAGER)


class InvalidRoleGrant(ValueError):
    """The role cannot be granted: a contributor without a section, or a last day that has passed."""


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role in a company; `sections` limits a contributor, `until` is the last day of a viewer."""

    role: Role
    sections: frozenset[str] = frozenset()
    until: date | None = None


def role_grant(
    role: Role, sections: Collection[str] = (), until: date | None = None, *, today: date | None = None
) -> RoleGrant:
    """The grant, without sections or last day where the role has none.

    Raises InvalidRoleGrant for a contributor without a section, and for a last day before `today`, if that is
    given.
    """
    chosen = frozenset(sections) if role is Role.CONTRIBUTOR else frozenset()
    last = until if role is Role.VIEWER else None
    if role is Role.CONTRIBUTOR and not chosen:
        raise InvalidRoleGrant("a contributor needs a section")
    if last is not None and today is not None and last < today:
        raise InvalidRoleGrant("the last day has passed")
    return RoleGrant(role, chosen, last)


def stronger_grant(held: RoleGrant, offered: RoleGrant, *, today: date) -> RoleGrant:
    """The grant of somebody who holds one and is offered another; one that has ended does not count.

    It is the stronger role; for the same role, it has the sections and the longer time of both.
    """
    if held.until is not None and held.until < today:
        return offered
    if held.role is not offered.role:
        return max(held, offered, key=lambda grant: ROLE_STRENGTH.index(grant.role))
    lasting = [grant.until for grant in (held, offered) if grant.until is not None]
    return RoleGrant(held.role, held.sections | offered.sections, max(lasting) if len(lasting) == 2 else None)


def stronger_cluster_role(held: ClusterRole, offered: ClusterRole) -> ClusterRole:
    """The stronger of two roles that somebody is granted in a cluster."""
    return max(held, offered, key=CLUSTER_ROLE_STRENGTH.index)
