"""Renders take turns, hold up little else, and say what went wrong without a word of the document."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import pytest

from dnk_tool.config import Settings
from dnk_tool.report import Issue, RenderFailed, render_pdf, renderer
from dnk_tool.report.limits import Limits
from dnk_tool.report.renderer import MOST_WAITING, render_job
from tests.builders import full_document

ISSUE = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)


def reason(done: Future[bytes]) -> str:
    error = done.exception()
    assert error is None or isinstance(error, RenderFailed)
    return error.reason if error else "done"


def test_one_renders_two_wait_and_the_rest_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, running, most = threading.Event(), [0], [0]

    def run(*_given: object) -> bytes:
        running[0] += 1
        most[0] = max(most[0], running[0])
        assert go_on.wait(10)
        running[0] -= 1
        return b"%PDF-"

    monkeypatch.setattr(renderer, "_run", run)
    document = full_document()
    with ThreadPoolExecutor(10) as pool:
        asked = [pool.submit(render_pdf, document, ISSUE) for _ in range(10)]
        deadline = time.monotonic() + 5
        while sum(one.done() for one in asked) < 10 - 1 - MOST_WAITING and time.monotonic() < deadline:
            time.sleep(0.01)
        assert [reason(one) for one in asked if one.done()] == ["busy"] * (10 - 1 - MOST_WAITING)
        go_on.set()
    assert sorted(map(reason, asked)) == ["busy"] * 7 + ["done"] * 3
    assert most[0] == 1
    assert Settings().threads > 2 * (1 + MOST_WAITING), "most of the server's threads stay free"
    assert render_pdf(document, ISSUE) == b"%PDF-", "every place is free again"


def test_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(renderer, "_run", lambda *_given: b"%PDF-" if go_on.wait(10) else b"")
    monkeypatch.setattr(renderer, "PATIENCE_SECONDS", 0.2)
    document = full_document()
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(render_pdf, document, ISSUE) for _ in range(2)]
        time.sleep(1.5)
        assert [reason(one) for one in asked if one.done()] == ["busy"]
        go_on.set()
    assert sorted(map(reason, asked)) == ["busy", "done"]


def test_what_went_wrong_is_told_without_words_of_the_document() -> None:
    html = "<html lang=de><title>x</title><p>Betriebsgeheimnis<img alt=x src='https://geheim.example/'>"
    with pytest.raises(RenderFailed) as caught:
        render_job(html, ISSUE, Limits())
    assert "ForbiddenAddress" in caught.value.detail
    assert "fetcher.py:" in caught.value.detail
    assert "geheim" not in str(caught.value).lower()
