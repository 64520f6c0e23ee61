"""The whole policy on one screen: which predicates over actor and subject grant a permission."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person is in a company. Clusters bring their own roles."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What may be permitted. Every view names one of these."""

    PUBLIC = "public"
    SIGN_IN = "sign-in"
    ACCOUNT = "account"
    SET_UP = "set-up"
    ORGANISATION_CREATE = "organisation-create"
    ORGANISATION_VIEW = "organisation-view"
    ORGANISATION_EDIT = "organisation-edit"
    DECLARATION_VIEW = "declaration-view"
    DECLARATION_EDIT = "declaration-edit"
    DECLARATION_FINISH = "declaration-finish"
    INSTALLATION_RUN = "installation-run"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person with roles by organisation, or nobody."""

    user_id: int | None = None
    roles: Mapping[int, Role] = field(default_factory=dict)
    is_operator: bool = False
    is_shell: bool = False


# Whoever may run commands on the machine may read its files anyway.
SHELL = Actor(is_shell=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is acted upon: something that an organisation owns, or nothing in particular."""

    organisation_id: int | None = None


NOTHING = Subject()

Predicate = Callable[[Actor, Subject], bool]


def anyone(actor: Actor, subject: Subject) -> bool:
    return True


def signed_in(actor: Actor, subject: Subject) -> bool:
    return actor.user_id is not None


def shell(actor: Actor, subject: Subject) -> bool:
    return actor.is_shell


def operator(actor: Actor, subject: Subject) -> bool:
    return actor.is_operator


def _has_role(*roles: Role) -> Predicate:
    def predicate(actor: Actor, subject: Subject) -> bool:
        return subject.organisation_id is not None and actor.roles.get(subject.organisation_id) in roles

    return predicate


owner = _has_role(Role.OWNER)
writer = _has_role(Role.OWNER, Role.EDITOR)
member = _has_role(Role.OWNER, Role.EDITOR, Role.VIEWER)

# A permission is granted if any of its predicates holds. The operator sees no company's answers.
POLICY: Mapping[Permission, tuple[Predicate, ...]] = {
    Permission.PUBLIC: (anyone,),
    Permission.SIGN_IN: (anyone,),
    Permission.ACCOUNT: (signed_in,),
    Permission.SET_UP: (anyone,),
    Permission.ORGANISATION_CREATE: (signed_in, shell),
    Permission.ORGANISATION_VIEW: (member, shell),
    Permission.ORGANISATION_EDIT: (writer, shell),
    Permission.DECLARATION_VIEW: (member, shell),
    Permission.DECLARATION_EDIT: (writer, shell),
    Permission.DECLARATION_FINISH: (writer, shell),
    Permission.INSTALLATION_RUN: (operator,),
}


class NotPermitted(Exception):
    """The actor may not do this; to strangers the subject does not exist."""


def can(permission: Permission, actor: Actor, subject: Subject = NOTHING) -> bool:
    """Whether the policy grants the permission."""
    return any(holds(actor, subject) for holds in POLICY[permission])


def require(permission: Permission, actor: Actor, subject: Subject = NOTHING) -> None:
    """Raises NotPermitted unless the policy grants the permission."""
    if not can(permission, actor, subject):
        raise NotPermitted(permission)
