"""Which tests a run takes: `make test` leaves out what only the night needs, and a shard takes its part.

`DNK_TEST_FULL=1` takes everything (`make nightly`). `DNK_TEST_SHARD=2/3` takes the second of three parts;
together they are exactly the tests of one run without a shard.
"""

import os

import pytest


def is_full() -> bool:
    """Whether this is a run of everything, as every night."""
    return bool(os.environ.get("DNK_TEST_FULL"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "nightly: runs in `make nightly` alone; `make test` has a lighter one")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what this run leaves out."""
    if is_full():
        return
    left = [item for item in items if item.get_closest_marker("nightly")]
    items[:] = [item for item in items if not item.get_closest_marker("nightly")]
    config.hook.pytest_deselected(items=left)
