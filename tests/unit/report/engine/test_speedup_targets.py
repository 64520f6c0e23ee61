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


def test_one_that_does_not_fit_is_left_out_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Kept sections do not empty the document when nothing fills them again."""
    applied: list[str] = []
    monkeypatch.setattr(Patch, "is_current", lambda patch: not patch.target.endswith("block_level_layout"))
    monkeypatch.setattr(Patch, "apply", lambda patch: applied.append(patch.target))
    monkeypatch.setattr(registry, "_active", set())
    registry.install()
    assert registry._active == registry.SPEEDUPS.keys() - {registry.SECTIONS}
    assert not {patch.target for patch in registry.SPEEDUPS[registry.SECTIONS]} & {*applied}
    assert len(caplog.messages) == 1
    html = '<html><body><section class="criterion">Text</section></body></html>'
    with registry.faster(html) as plan, registry.faster(html) as again:
        assert plan.html == again.html == html
