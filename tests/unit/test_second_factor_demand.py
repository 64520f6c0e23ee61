"""Of whom a second factor is demanded, by every role that somebody can have."""

import pytest

from dnk_tool.domain.permissions import Actor, ClusterRole, Role
from dnk_tool.services.accounts.second_factor import is_second_factor_required

ACTORS: dict[str, Actor] = {
    "operator": Actor(1, is_operator=True),
    "manager": Actor(1, clusters={1: ClusterRole.MANAGER}),
    "reviewer": Actor(1, clusters={1: ClusterRole.REVIEWER}),
    "owner": Actor(1, {1: Role.OWNER}),
    "editor": Actor(1, {1: Role.EDITOR}),
    "contributor": Actor(1, {1: Role.CONTRIBUTOR}),
    "viewer": Actor(1, {1: Role.VIEWER}),
}


@pytest.mark.parametrize("demanded", ACTORS)
def test_of_one_role_and_no_other(demanded: str) -> None:
    assert [name for name, actor in ACTORS.items() if is_second_factor_required(actor, [demanded])] == [
        demanded
    ]


def test_of_somebody_with_several_roles() -> None:
    demanded = ("owner", "manager")
    actor = Actor(1, {1: Role.VIEWER, 2: Role.OWNER})
    assert is_second_factor_required(actor, demanded)
    assert not is_second_factor_required(Actor(1, {1: Role.VIEWER, 2: Role.EDITOR}), demanded)


def test_of_nobody_without_a_demand() -> None:
    assert not any(is_second_factor_required(actor, ()) for actor in (*ACTORS.values(), Actor()))
