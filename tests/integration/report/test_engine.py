"""What the child does with a WeasyPrint that nobody has read, and which engine it is told to be."""

import io
import logging
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import get_args

import pikepdf
import pytest

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.report.engine import Engine
from dnk_tool.report.process.client import RenderFailed, RenderWorker
from dnk_tool.report.process.engine_choice import choose_engine, chosen_engine
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import build_job, page_issue
from tests.integration.report.test_render_worker import HEAD, encoded_job

CHANGED = """
from dataclasses import replace
from importlib import import_module
for name in {names!r}:
    module = import_module("dnk_tool.report.engine." + name)
    module.PATCHES = tuple(replace(patch, sha256="0" * 64) for patch in module.PATCHES)
from dnk_tool.report.process import worker
worker.main()
"""
# By what is left out where their sources are others; tags are repaired by both or not at all.
REPAIRS = {
    "tags": ("tagging", "text_layer"),
    "the order of painting": ("painting_order",),
    "texts in charts": ("chart_text",),
    "the ends of streams": ("archive",),
}
PAGE = """<html lang="de"><head><title>Test</title><link rel="stylesheet" href="asset:declaration.css"></head>
<h1 id="x">Überschrift</h1><p style="width: 20mm">Mitarbeiterinnen und <a href="#x">Link</a>
<ul><li>Punkt</ul><table><thead><tr><th>a<tbody><tr><th>b<td>c</table>
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>x</title><text y="9">Text</text></svg>"""


def child(*names: str, engine: Engine) -> RenderWorker:
    """A child that finds other sources than those that modules of the engine were written for."""
    return RenderWorker(engine, ("-c", CHANGED.format(names=names)))


def printed_with_changes(job: bytes, *changed: str, engine: Engine) -> pikepdf.Pdf:
    """What such a child prints."""
    worker = child(*changed, engine=engine)
    try:
        return pikepdf.open(io.BytesIO(worker.run_job(job, 60)))
    finally:
        worker.kill()


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
    worker = child(module, engine=engine)
    with pytest.raises(RenderFailed) as caught:
        worker.run_job(encoded_job(HEAD + "<p>Geheim"), 60)
    assert caught.value.reason == "crash"
    assert "EngineChanged" in caught.value.detail
    (line,) = caplog.messages
    assert line.startswith("No PDF: ")
    assert "is not the source that our repairs were written for" in line
    assert not worker.is_alive


def test_progress_that_does_not_fit_is_left_out_with_one_line(caplog: pytest.LogCaptureFixture) -> None:
    worker, steps = child("progress", engine="plain"), list[tuple[int, int]]()
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
def test_a_print_without_any_repair_is_marked_and_claims_nothing(caplog: pytest.LogCaptureFixture) -> None:
    choose_engine("unchecked")
    page = page_issue(PAGE, date(2026, 3, 2))
    job = build_job(PAGE, page, RenderLimits(), ())
    with caplog.at_level(logging.WARNING):
        pdf = printed_with_changes(job, *chain.from_iterable(REPAIRS.values()), engine="unchecked")
    assert [line.partition(" is left out")[0] for line in caplog.messages] == [
        f"Repair of {what}" for what in REPAIRS
    ]
    assert str(pdf.docinfo["/Title"]) == "Test (nicht barrierefrei geprüft)"
    assert b"pdfuaid" not in pdf.Root.Metadata.read_bytes()
    assert b"sha256:" in pdf.Root.Metadata.read_bytes()


@pytest.mark.nightly
@pytest.mark.parametrize("what", REPAIRS)
def test_each_repair_can_be_left_out_alone(what: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        pdf = printed_with_changes(encoded_job(PAGE), *REPAIRS[what], engine="unchecked")
    assert [line.partition(" is left out")[0] for line in caplog.messages] == [f"Repair of {what}"]
    assert len(pdf.pages) == 1


@pytest.mark.usefixtures("engine_as_before")
@pytest.mark.parametrize("engine", get_args(Engine))
def test_the_setting_decides_what_the_child_is_told(engine: Engine, tmp_path: Path) -> None:
    create_app(config.load_settings(instance=tmp_path, secret_key="only for tests " * 4, pdf_engine=engine))
    worker = RenderWorker()
    worker.kill()
    assert worker.engine == engine


def test_no_other_engine_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_PDF_ENGINE", "faster")
    with pytest.raises(config.ConfigurationError, match="DNK_PDF_ENGINE"):
        config.load_settings()
