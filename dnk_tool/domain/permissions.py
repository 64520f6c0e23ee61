"""The access policy: which predicates over actor and subject grant a permission."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from dnk_tool.language import LOCAL_TIME_ZONE, local_day

# A deleted declaration or measure can be restored for so many days; then it is erased for good.
RESTORABLE = timedelta(days=30)


def restorable_until(deleted_at: datetime) -> date:
    """The last day on which it can be restored, in German time; the day counts to its end."""
    return local_day(deleted_at) + RESTORABLE


def restorable_since(now: datetime) -> datetime:
    """The earliest moment of a deletion whose last day is not over yet."""
    return datetime.combine(local_day(now) - RESTORABLE, time.min, LOCAL_TIME_ZONE).astimezone(UTC)


class Role(StrEnum):
    """A person's role in a company. A contributor writes some sections only; a viewer changes nothing."""

    OWNER = "owner"
    EDITOR = "editor"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"


class ClusterRole(StrEnum):
    """A person's role in a cluster. Both review; only a manager leads the cluster."""

    MANAGER = "manager"
    REVIEWER = "reviewer"


class Permission(StrEnum):
    """The permissions. Every view names one of these."""

    PUBLIC = "public"
    SIGN_IN = "sign-in"
    BY_LINK = "by-link"
    ACCOUNT = "account"
    SET_UP = "set-up"
    INSTALLATION_RUN = "installation-run"
    ORGANISATION_CREATE = "organisation-create"
    ORGANISATION_VIEW = "organisation-view"
    ORGANISATION_EDIT = "organisation-edit"
    ORGANISATION_OWN = "organisation-own"
    ORGANISATION_CLOSE = "organisation-close"
    DECLARATION_ENTER = "declaration-enter"
    DECLARATION_VIEW = "declaration-view"
    DECLARATION_EDIT = "declaration-edit"
    SECTION_VIEW = "section-view"
    SECTION_EDIT = "section-edit"
    REMARK = "remark"
    CONTRIBUTION_ASK = "contribution-ask"
    DECLARATION_FINISH = "declaration-finish"
    DECLARATION_SIGN = "declaration-sign"
    DECLARATION_PUBLISH = "declaration-publish"
    CLUSTER_VIEW = "cluster-view"
    CLUSTER_LEAD = "cluster-lead"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting person, or nobody, with the roles of today.

    `roles` by company and `clusters` by cluster; `sections` by company, of contributors; `asked` by
    declaration, the requirements that a secret link lets its holder answer. `archived_companies` and
    `archived_clusters`: those of them that can only be read. `practice_firms`: those of the companies that
    are there for workshops. `conflicts`: by cluster, the companies of a conflict of interest.
    """

    user_id: int | None = None
    roles: Mapping[int, Role] = field(default_factory=dict)
    sections: Mapping[int, frozenset[str]] = field(default_factory=dict)
    clusters: Mapping[int, ClusterRole] = field(default_factory=dict)
    asked: Mapping[int, frozenset[str]] = field(default_factory=dict)
    archived_companies: frozenset[int] = frozenset()
    archived_clusters: frozenset[int] = frozenset()
    practice_firms: frozenset[int] = frozenset()
    conflicts: Mapping[int, frozenset[int]] = field(default_factory=dict)
    is_operator: bool = False
    is_shell: bool = False


# People who can run commands on the machine can read its files anyway.
SHELL = Actor(is_shell=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an action is about: something of a company, something of a cluster, or nothing in particular.

    `consents` are the clusters that the company consents to today, `reviewing` is the cluster that has a
    submitted version of the declaration, `signatory` the person asked to confirm it.
    """

    organisation_id: int | None = None
    cluster_id: int | None = None
    declaration_id: int | None = None
    section: str | None = None
    requirements: frozenset[str] = frozenset()
    consents: frozenset[int] = frozenset()
    reviewing: int | None = None
    signatory: int | None = None


NO_SUBJECT = Subject()

Predicate = Callable[[Actor, Subject], bool]


def anyone(actor: Actor, subject: Subject) -> bool:
    """Everybody, signed in or not."""
    return True


def signed_in(actor: Actor, subject: Subject) -> bool:
    """Every person who is signed in."""
    return actor.user_id is not None


def shell(actor: Actor, subject: Subject) -> bool:
    """Somebody who runs commands on the server."""
    return actor.is_shell


def operator(actor: Actor, subject: Subject) -> bool:
    """A person who runs the installation."""
    return actor.is_operator


def _has_role(*roles: Role) -> Predicate:
    def predicate(actor: Actor, subject: Subject) -> bool:
        return subject.organisation_id is not None and actor.roles.get(subject.organisation_id) in roles

    return predicate


def _has_cluster_role(*roles: ClusterRole) -> Predicate:
    def predicate(actor: Actor, subject: Subject) -> bool:
        return subject.cluster_id is not None and actor.clusters.get(subject.cluster_id) in roles

    return predicate


owner = _has_role(Role.OWNER)
writer = _has_role(Role.OWNER, Role.EDITOR)
member = _has_role(Role.OWNER, Role.EDITOR, Role.VIEWER)
contributor = _has_role(Role.CONTRIBUTOR)
manager = _has_cluster_role(ClusterRole.MANAGER)
staff = _has_cluster_role(ClusterRole.MANAGER, ClusterRole.REVIEWER)


def section_contributor(actor: Actor, subject: Subject) -> bool:
    """A contributor, in one of the sections assigned to them."""
    known = actor.sections.get(subject.organisation_id or 0, frozenset())
    return contributor(actor, subject) and subject.section in known


def link_contributor(actor: Actor, subject: Subject) -> bool:
    """The holder of a contribution link, for the requirements that it asks for."""
    known = actor.asked.get(subject.declaration_id or 0, frozenset())
    return bool(subject.requirements) and subject.requirements <= known


def signatory(actor: Actor, subject: Subject) -> bool:
    """The person who was asked to confirm the declaration."""
    return subject.signatory is not None and actor.user_id == subject.signatory


def reviewing(actor: Actor, subject: Subject) -> bool:
    """Cluster staff without a conflict of interest, for a version that was submitted to this cluster.

    Only while the company consents.
    """
    is_here = subject.reviewing is not None and subject.cluster_id == subject.reviewing
    is_shown = is_here and subject.reviewing in subject.consents
    is_open = subject.organisation_id not in companies_kept_from(actor, subject.cluster_id or 0)
    return is_shown and is_open and staff(actor, subject)


def companies_kept_from(actor: Actor, cluster_id: int) -> frozenset[int]:
    """The companies whose review is closed to the person in a cluster: their own, and those of a conflict."""
    return frozenset(actor.roles) | actor.conflicts.get(cluster_id, frozenset())


# A permission is granted if any of its predicates holds. The operator sees no company's answers, and a
# cluster none before they are submitted to it.
POLICY: Mapping[Permission, tuple[Predicate, ...]] = {
    Permission.PUBLIC: (anyone,),
    Permission.SIGN_IN: (anyone,),
    Permission.BY_LINK: (anyone,),  # the link is the key, and is checked by the view
    Permission.ACCOUNT: (signed_in,),
    Permission.SET_UP: (anyone,),
    Permission.INSTALLATION_RUN: (operator, shell),
    Permission.ORGANISATION_CREATE: (signed_in, shell),
    Permission.ORGANISATION_VIEW: (member, shell),
    Permission.ORGANISATION_EDIT: (writer, shell),
    Permission.ORGANISATION_OWN: (owner, shell),
    Permission.ORGANISATION_CLOSE: (
        owner,
    ),  # to take everything along and delete declarations; in an archive, too
    Permission.DECLARATION_ENTER: (member, contributor, shell),
    Permission.DECLARATION_VIEW: (member, shell),
    Permission.DECLARATION_EDIT: (writer, shell),
    Permission.SECTION_VIEW: (member, section_contributor, shell),
    Permission.SECTION_EDIT: (writer, section_contributor, link_contributor, shell),
    Permission.REMARK: (member, section_contributor),
    Permission.CONTRIBUTION_ASK: (writer,),
    Permission.DECLARATION_FINISH: (writer, shell),
    Permission.DECLARATION_SIGN: (signatory,),
    Permission.DECLARATION_PUBLISH: (owner, shell),
    Permission.CLUSTER_VIEW: (staff,),
    Permission.CLUSTER_LEAD: (manager, shell),
    Permission.REVIEW: (reviewing,),
}


# What changes something of a company or of a cluster. While it is archived, nobody may.
CHANGES_OF_COMPANY = frozenset(
    {
        Permission.ORGANISATION_EDIT,
        Permission.ORGANISATION_OWN,
        Permission.DECLARATION_EDIT,
        Permission.SECTION_EDIT,
        Permission.REMARK,
        Permission.CONTRIBUTION_ASK,
        Permission.DECLARATION_FINISH,
        Permission.DECLARATION_SIGN,
        Permission.DECLARATION_PUBLISH,
        Permission.REVIEW,
    }
)
CHANGES_OF_CLUSTER = frozenset({Permission.CLUSTER_LEAD, Permission.REVIEW})

# What a practice firm is not for: it keeps its name and its one declaration, which stays in work, and asks
# nobody by mail.
NOT_FOR_PRACTICE = frozenset(
    {
        Permission.ORGANISATION_EDIT,
        Permission.ORGANISATION_OWN,
        Permission.CONTRIBUTION_ASK,
        Permission.DECLARATION_FINISH,
        Permission.DECLARATION_PUBLISH,
    }
)


class NotPermitted(Exception):
    """The actor may not do this; to strangers the subject does not exist."""


class Archived(NotPermitted):
    """The company or the cluster is archived: it can be read, and nothing in it can be changed."""


class ArchivedYear(Archived):
    """The reporting year is archived in its cluster, whose managers can take that back."""


class Deleted(NotPermitted):
    """The company, the cluster or the declaration was deleted while somebody was about to change it."""


def can(permission: Permission, actor: Actor, subject: Subject = NO_SUBJECT) -> bool:
    """Whether the policy grants the permission, and no archive withholds it."""
    return not is_archived(permission, actor, subject) and can_read(permission, actor, subject)


def can_read(permission: Permission, actor: Actor, subject: Subject = NO_SUBJECT) -> bool:
    """Whether the policy grants the permission for a look, which an archive allows."""
    is_practice = subject.organisation_id in actor.practice_firms and not actor.is_shell
    if is_practice and permission in NOT_FOR_PRACTICE:
        return False
    return any(holds(actor, subject) for holds in POLICY[permission])


def lets_in(permission: Permission, actor: Actor, subject: Subject, *, only_reads: bool) -> bool:
    """Whether the policy lets somebody in, for a change or to look at something.

    Raises Archived where only the archive stands in the way of a change.
    """
    if not can_read(permission, actor, subject):
        return False
    if not only_reads and is_archived(permission, actor, subject):
        raise Archived(permission)
    return True


def is_archived(permission: Permission, actor: Actor, subject: Subject) -> bool:
    """Whether the permission is for a change of something that is archived."""
    in_company = permission in CHANGES_OF_COMPANY and subject.organisation_id in actor.archived_companies
    return in_company or (permission in CHANGES_OF_CLUSTER and subject.cluster_id in actor.archived_clusters)


def require(permission: Permission, actor: Actor, subject: Subject = NO_SUBJECT) -> None:
    """Raises NotPermitted unless the policy grants the permission; Archived if an archive withholds it."""
    if not lets_in(permission, actor, subject, only_reads=False):
        raise NotPermitted(permission)
