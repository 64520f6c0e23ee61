"""What the child does with a WeasyPrint that nobody has read, and which engine it is told to be."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.report.engine import Engine
from dnk_tool.report.process.client import RenderFailed, RenderWorker
from dnk_tool.report.process.engine_choice import choose_engine, chosen_engine
from tests.integration.report.test_render_worker import HEAD, encoded_job

CHANGED = """
from dataclasses import replace
from dnk_tool.report.engine import {module}
{module}.PATCHES = tuple(replace(patch, sha256="0" * 64) for patch in {module}.PATCHES)
from dnk_tool.report.process import worker
worker.main()
"""


def child(module: str, engine: Engine) -> RenderWorker:
    """A child that finds other sources than those that a module of the engine was written for."""
    return RenderWorker(engine, ("-c", CHANGED.format(module=module)))


@pytest.fixture
def engine_as_before() -> Iterator[None]:
    before = chosen_engine()
    yield
    choose_engine(before)


@pytest.mark.parametrize("engine", ["plain", "fast"])
@pytest.mark.parametrize("module", ["tagging", "archive"])
def test_a_repair_that_does_not_fit_makes_no_file(
    module: str, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    worker = child(module, engine)
    with pytest.raises(RenderFailed) as caught:
        worker.run_job(encoded_job(HEAD + "<p>Geheim"), 60)
    assert caught.value.reason == "crash"
    assert "EngineChanged" in caught.value.detail
    (line,) = caplog.messages
    assert line.startswith("No PDF: ")
    assert "is not the source that our repairs were written for" in line
    assert not worker.is_alive


def test_progress_that_does_not_fit_is_left_out_with_one_line(caplog: pytest.LogCaptureFixture) -> None:
    worker, steps = child("progress", "plain"), list[tuple[int, int]]()
    try:
        with caplog.at_level(logging.WARNING):
            for _ in range(2):
                assert worker.run_job(encoded_job(HEAD + "<p>Text"), 60, lambda *step: steps.append(step))
    finally:
        worker.kill()
    assert not steps
    (line,) = caplog.messages
    assert line.startswith("Progress is left out: weasyprint.layout.page:remake_page, ")


@pytest.mark.usefixtures("engine_as_before")
@pytest.mark.parametrize("engine", ["plain", "fast"])
def test_the_setting_decides_what_the_child_is_told(engine: Engine, tmp_path: Path) -> None:
    create_app(config.load_settings(instance=tmp_path, secret_key="only for tests " * 4, pdf_engine=engine))
    worker = RenderWorker()
    worker.kill()
    assert worker.engine == engine


def test_no_other_engine_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_PDF_ENGINE", "faster")
    with pytest.raises(config.ConfigurationError, match="DNK_PDF_ENGINE"):
        config.load_settings()
