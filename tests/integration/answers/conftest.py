"""Where the own company answers."""

from collections.abc import Callable

import pytest

from tests.support.app import World
from tests.support.browsers import own_page


@pytest.fixture
def page(world: World) -> Callable[[str], str]:
    return lambda ref: own_page(world, ref)
