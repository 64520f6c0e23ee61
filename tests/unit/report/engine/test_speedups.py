"""Speed-ups fit the installed libraries. Skipped where the program has none."""

import pytest

from dnk_tool.report.engine.patches import Patch

registry = pytest.importorskip("dnk_tool.report.engine.speedups.registry")


@pytest.mark.parametrize(
    "patch",
    [patch for patches in registry.SPEEDUPS.values() for patch in patches],
    ids=lambda patch: patch.target,
)
def test_the_installed_libraries_are_those_that_were_read(patch: Patch) -> None:
    assert patch.found_sha256() == patch.sha256
    assert patch.is_current()


def test_each_function_is_replaced_by_one_speed_up() -> None:
    targets = [patch.target for patches in registry.SPEEDUPS.values() for patch in patches]
    assert len(targets) == len({*targets})
