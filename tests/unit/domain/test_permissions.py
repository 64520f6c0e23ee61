"""The policy: every permission with every kind of actor."""

import itertools

import pytest

from dnk_tool.domain.permissions import (
    POLICY,
    SHELL,
    Actor,
    NotPermitted,
    Permission,
    Role,
    Subject,
    can,
    require,
)

OURS, THEIRS = Subject(organisation_id=1), Subject(organisation_id=2)

ACTORS = {
    "nobody": Actor(),
    "stranger": Actor(user_id=7),
    **{role.value: Actor(user_id=7, roles={1: role}) for role in Role},
    "operator": Actor(user_id=7, is_operator=True),
    "shell": SHELL,
}
EVERYBODY = set(ACTORS)
ALL_BUT_NOBODY = EVERYBODY - {"nobody"}
GRANTED: dict[Permission, set[str]] = {
    Permission.PUBLIC: EVERYBODY,
    Permission.SIGN_IN: EVERYBODY,
    Permission.ACCOUNT: ALL_BUT_NOBODY - {"shell"},
    Permission.SET_UP: EVERYBODY,
    Permission.ORGANISATION_CREATE: ALL_BUT_NOBODY,
    Permission.ORGANISATION_VIEW: {"owner", "editor", "viewer", "shell"},
    Permission.ORGANISATION_EDIT: {"owner", "editor", "shell"},
    Permission.DECLARATION_VIEW: {"owner", "editor", "viewer", "shell"},
    Permission.DECLARATION_EDIT: {"owner", "editor", "shell"},
    Permission.DECLARATION_FINISH: {"owner", "editor", "shell"},
    Permission.INSTALLATION_RUN: {"operator"},
}
OWNED = [permission for permission, who in GRANTED.items() if "owner" in who and "stranger" not in who]


def test_every_permission_is_decided() -> None:
    assert set(POLICY) == set(GRANTED) == set(Permission)


@pytest.mark.parametrize(("permission", "who"), list(itertools.product(Permission, ACTORS)))
def test_every_permission_for_every_actor(permission: Permission, who: str) -> None:
    granted = who in GRANTED[permission]
    assert can(permission, ACTORS[who], OURS) is granted
    if granted:
        require(permission, ACTORS[who], OURS)
    else:
        with pytest.raises(NotPermitted):
            require(permission, ACTORS[who], OURS)


@pytest.mark.parametrize(("permission", "role"), list(itertools.product(OWNED, Role)))
def test_a_role_counts_only_in_its_company(permission: Permission, role: Role) -> None:
    actor = Actor(user_id=7, roles={1: role})
    assert not can(permission, actor, THEIRS)
    assert not can(permission, actor)


@pytest.mark.parametrize("permission", OWNED)
def test_a_role_under_no_company_opens_nothing(permission: Permission) -> None:
    assert not can(permission, Actor(user_id=7, roles={None: Role.OWNER}))  # type: ignore[dict-item]
