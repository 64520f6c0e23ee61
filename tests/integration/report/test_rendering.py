"""Renders take turns, and say what went wrong without a word of the document."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from dnk_tool.report import renderer
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import render_job, render_pdf
from dnk_tool.report.view.model import Issue
from tests.support.documents import full_document

ISSUE = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)


def test_one_renders_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = [0], [0]

    def run(*_given: object) -> bytes:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.05)
        running[0] -= 1
        return b"%PDF-"

    monkeypatch.setattr(renderer, "_run", run)
    document = full_document()
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(render_pdf, document, ISSUE) for _ in range(4)]
    assert [future.result() for future in asked] == [b"%PDF-"] * 4
    assert most[0] == 1


def test_what_went_wrong_is_told_without_words_of_the_document() -> None:
    html = "<html lang=de><title>x</title><p>Betriebsgeheimnis<img alt=x src='https://geheim.example/'>"
    with pytest.raises(RenderFailed) as caught:
        render_job(html, ISSUE, RenderLimits())
    assert "ForbiddenAddress" in caught.value.detail
    assert "fetcher.py:" in caught.value.detail
    assert "geheim" not in str(caught.value).lower()
