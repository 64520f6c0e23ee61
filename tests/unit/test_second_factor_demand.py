"""Of whom the operator demands a second factor, by every role that somebody can have."""

from typing import Any

import pytest

from dnk_tool import config
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
def test_of_one_role_and_no_other(tmp_path: Any, demanded: str) -> None:
    settings = config.load_settings(instance=tmp_path, second_factor_for=[demanded])
    assert [name for name, actor in ACTORS.items() if is_second_factor_required(actor, settings)] == [
        demanded
    ]


def test_of_somebody_with_several_roles(tmp_path: Any) -> None:
    settings = config.load_settings(instance=tmp_path, second_factor_for=["owner", "manager"])
    actor = Actor(1, {1: Role.VIEWER, 2: Role.OWNER})
    assert is_second_factor_required(actor, settings)
    assert not is_second_factor_required(Actor(1, {1: Role.VIEWER, 2: Role.EDITOR}), settings)


def test_of_nobody_by_default(tmp_path: Any) -> None:
    settings = config.load_settings(instance=tmp_path)
    assert not any(is_second_factor_required(actor, settings) for actor in (*ACTORS.values(), Actor()))
