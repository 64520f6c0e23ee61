"""The policy: every permission with every kind of actor."""

import itertools
from dataclasses import replace

import pytest

from dnk_tool.domain.permissions import (
    POLICY,
    SHELL,
    Actor,
    ClusterRole,
    NotPermitted,
    Permission,
    Role,
    Subject,
    can,
    require,
)

OURS = Subject(
    organisation_id=1,
    cluster_id=3,
    declaration_id=5,
    section="15",
    requirements=frozenset({"15.1"}),
    consents=frozenset({3}),
    reviewing=3,
    signatory=8,
)
THEIRS = replace(
    OURS, organisation_id=2, declaration_id=6, cluster_id=4, reviewing=4, consents=frozenset({4})
)

ACTORS = {
    "nobody": Actor(),
    "stranger": Actor(user_id=7),
    **{role.value: Actor(user_id=7, roles={1: role}) for role in Role if role is not Role.CONTRIBUTOR},
    "contributor": Actor(user_id=7, roles={1: Role.CONTRIBUTOR}, sections={1: frozenset({"15"})}),
    "contributor elsewhere": Actor(user_id=7, roles={1: Role.CONTRIBUTOR}, sections={1: frozenset({"4"})}),
    "asked": Actor(user_id=7, asked={5: frozenset({"15.1", "15.2"})}),
    "asked elsewhere": Actor(user_id=7, asked={5: frozenset({"15.2"})}),
    "signatory": Actor(user_id=8),
    "manager": Actor(user_id=7, clusters={3: ClusterRole.MANAGER}),
    "reviewer": Actor(user_id=7, clusters={3: ClusterRole.REVIEWER}),
    "kept out": Actor(user_id=7, clusters={3: ClusterRole.REVIEWER}, conflicts={3: frozenset({1})}),
    "kept out elsewhere": Actor(
        user_id=7, clusters={3: ClusterRole.REVIEWER}, conflicts={3: frozenset({2}), 4: frozenset({1})}
    ),
    "operator": Actor(user_id=7, is_operator=True),
    "shell": SHELL,
}
EVERYBODY = set(ACTORS)
ALL_BUT_NOBODY = EVERYBODY - {"nobody"}
MEMBERS, WRITERS = {"owner", "editor", "viewer", "shell"}, {"owner", "editor", "shell"}
CONTRIBUTORS = {"contributor", "contributor elsewhere"}
GRANTED: dict[Permission, set[str]] = {
    Permission.PUBLIC: EVERYBODY,
    Permission.SIGN_IN: EVERYBODY,
    Permission.BY_LINK: EVERYBODY,
    Permission.ACCOUNT: ALL_BUT_NOBODY - {"shell"},
    Permission.SET_UP: EVERYBODY,
    Permission.INSTALLATION_RUN: {"operator", "shell"},
    Permission.ORGANISATION_CREATE: ALL_BUT_NOBODY,
    Permission.ORGANISATION_VIEW: MEMBERS,
    Permission.ORGANISATION_EDIT: WRITERS,
    Permission.ORGANISATION_OWN: {"owner", "shell"},
    Permission.ORGANISATION_CLOSE: {"owner"},
    Permission.DECLARATION_ENTER: MEMBERS | CONTRIBUTORS,
    Permission.DECLARATION_VIEW: MEMBERS,
    Permission.DECLARATION_EDIT: WRITERS,
    Permission.SECTION_VIEW: MEMBERS | {"contributor"},
    Permission.SECTION_EDIT: WRITERS | {"contributor", "asked"},
    Permission.REMARK: {"owner", "editor", "viewer", "contributor"},
    Permission.CONTRIBUTION_ASK: {"owner", "editor"},
    Permission.DECLARATION_FINISH: WRITERS,
    Permission.DECLARATION_SIGN: {"signatory"},
    Permission.DECLARATION_PUBLISH: {"owner", "shell"},
    Permission.CLUSTER_VIEW: {"manager", "reviewer", "kept out", "kept out elsewhere"},
    Permission.CLUSTER_LEAD: {"manager", "shell"},
    Permission.REVIEW: {"manager", "reviewer", "kept out elsewhere"},
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


@pytest.mark.parametrize("role", ClusterRole)
@pytest.mark.parametrize(
    "subject",
    [
        THEIRS,
        replace(OURS, consents=frozenset()),
        replace(OURS, consents=frozenset({4})),
        replace(OURS, reviewing=None),
        replace(OURS, reviewing=4),
        replace(OURS, cluster_id=None),
    ],
)
def test_a_review_needs_a_submission_to_this_cluster_and_standing_consent(
    role: ClusterRole, subject: Subject
) -> None:
    assert can(Permission.REVIEW, Actor(user_id=7, clusters={3: role}), OURS)
    assert not can(Permission.REVIEW, Actor(user_id=7, clusters={3: role}), subject)


@pytest.mark.parametrize(("place", "role"), list(itertools.product(ClusterRole, Role)))
def test_nobody_reviews_their_own_company(place: ClusterRole, role: Role) -> None:
    both = Actor(user_id=7, roles={1: role}, clusters={3: place, 4: place})
    assert not can(Permission.REVIEW, both, OURS)
    assert can(Permission.REVIEW, both, THEIRS), "another company's is theirs to judge"
    assert can(Permission.CLUSTER_VIEW, both, OURS)


@pytest.mark.parametrize("permission", [Permission.SECTION_EDIT])
def test_a_link_for_some_requirements_opens_no_other_and_no_whole_page(permission: Permission) -> None:
    asked = ACTORS["asked"]
    assert can(permission, asked, OURS)
    assert not can(permission, asked, replace(OURS, requirements=frozenset()))
    assert not can(permission, asked, replace(OURS, requirements=frozenset({"15.1", "16.1"})))
    assert not can(permission, asked, replace(OURS, declaration_id=6))
