"""Speed-ups change nothing that anybody can see: both engines print the same declaration."""

import io
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pikepdf
import pytest

from dnk_tool.report.process.client import RenderWorker
from dnk_tool.report.process.engine_choice import chosen_engine
from dnk_tool.report.process.limits import RenderLimits
from tests import prints as printing
from tests.support.listening.gate import hearing_failures
from tests.support.listening.print_contents import SEEN, mark_of

# Printed by both engines each time, so that it is seen whether what is noted of the plain one still holds.
ALWAYS = "sole"

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


@pytest.fixture(scope="module", params=printing.names())
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """A declaration of tests/data."""
    assert chosen_engine() == "fast"
    yield request.param
    printed_plainly.cache_clear()


@pytest.fixture(autouse=True)
def unless_both_were_seen(name: str, unless_seen: Callable[[bytes], None]) -> None:
    """Both engines print again what is other than when they were compared, and one declaration each time."""
    if name != ALWAYS:
        unless_seen(printing.inputs_of_plain(name).encode() + printing.job(name))


@cache
def printed_plainly(name: str) -> bytes:
    """As the plain engine prints it, one page after the other."""
    worker = RenderWorker("plain")
    try:
        return worker.run_job(printing.job(name), RenderLimits().seconds)
    finally:
        worker.kill()


def same(name: str, kind: str) -> Any:
    """What is seen of a print by both engines.

    The plain one, which takes far longer, prints only what is not noted of the same page, programs and
    libraries, or noted otherwise.
    """
    fast = SEEN[kind](printing.printed(name))
    if name == ALWAYS or printing.noted_of_plain(name).get(kind) != mark_of(fast):
        assert fast == SEEN[kind](printed_plainly(name))
    return fast


def test_the_pages_and_the_tags_are_the_same(name: str) -> None:
    assert same(name, "pages") > 10
    assert len(same(name, "tags")) > 1_000


@needs_poppler
def test_every_word_stands_in_the_same_place(name: str) -> None:
    assert len(same(name, "places")) > 2_000
    assert same(name, "words")


def test_a_listener_hears_no_fault(name: str) -> None:
    with pikepdf.open(io.BytesIO(printing.printed(name))) as pdf:
        assert list(hearing_failures(pdf)) == []
