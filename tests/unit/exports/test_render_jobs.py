"""The order book: one makes, others join or wait their turn, nobody fills it, what failed rests."""

import logging
import threading
from collections.abc import Callable, Iterator

import pytest

from dnk_tool.config import Settings
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.services.exports import render_queue
from dnk_tool.services.exports.render_queue import (
    AHEAD,
    FAILED_SECONDS,
    MAX_BLOCKED_REQUESTS,
    MAX_PER_OWNER,
    MAX_WAITING,
    ProgressCallback,
    RenderDropped,
    RenderJob,
    RenderLimitReached,
    RenderQueue,
    RenderStage,
)

SOON = 120.0


class Workshop:
    """Makes what is ordered once the gate is open; notes what it made, and how much at once."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.made: list[str] = []
        self.most = 0
        self._now = 0

    def make(self, name: str) -> Callable[[ProgressCallback], None]:
        def make(progress: ProgressCallback) -> None:
            self._now += 1
            self.most = max(self.most, self._now)
            progress(3, 7)
            self.begun.set()
            assert self.gate.wait(SOON)
            self.made.append(name)
            self._now -= 1

        return make


@pytest.fixture
def shop() -> Iterator[Workshop]:
    shop = Workshop()
    yield shop
    shop.gate.set()


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def book(now: list[float], shop: Workshop) -> Iterator[RenderQueue]:
    book = RenderQueue(clock=lambda: now[0])
    yield book
    shop.gate.set()
    book.stop()


def place_order(book: RenderQueue, shop: Workshop, name: str, owner: str = "jonas") -> RenderJob:
    return book.enqueue(name, shop.make(name), owner=owner)


def begun(book: RenderQueue, shop: Workshop) -> RenderJob:
    """A first order that is being made, so that the next ones wait."""
    order = place_order(book, shop, "first", "somebody else")
    assert shop.begun.wait(SOON)
    return order


def test_two_who_want_the_same_share_it(book: RenderQueue, shop: Workshop) -> None:
    order, other = place_order(book, shop, "a"), place_order(book, shop, "a", "mehmet")
    assert order is other
    assert shop.begun.wait(SOON)
    assert place_order(book, shop, "a", "ralf") is order, "also while it is being made"
    assert (order.stage, order.progress) == (RenderStage.MAKING, (3, 7))
    shop.gate.set()
    assert book.wait(order, SOON)
    assert (order.stage, shop.made) == (RenderStage.READY, ["a"])


def test_one_is_made_at_a_time_and_afterwards_the_book_knows_nothing(
    book: RenderQueue, shop: Workshop
) -> None:
    orders = [place_order(book, shop, name, name) for name in "abcd"]
    assert shop.begun.wait(SOON)
    assert [book.ahead_of(order) for order in orders] == [0, 1, 2, 3]
    shop.gate.set()
    assert all(order.wait(SOON) for order in orders)
    assert (shop.made, shop.most) == (list("abcd"), 1)
    book.stop()
    assert [book.find(name) for name in "abcd"] == [None] * 4


def test_whoever_orders_much_does_not_hold_up_the_others(book: RenderQueue, shop: Workshop) -> None:
    begun(book, shop)
    greedy = [place_order(book, shop, f"greedy {number}") for number in range(MAX_PER_OWNER)]
    place_order(book, shop, "mehmet's", "mehmet")
    place_order(book, shop, "greedy 2", "ralf")  # who joins brings it forward in his own turn
    assert [book.ahead_of(order) for order in greedy] == [1, 4, 3]
    shop.gate.set()
    assert greedy[1].wait(SOON)
    assert shop.made == ["first", "greedy 0", "mehmet's", "greedy 2", "greedy 1"]


def test_what_nobody_asked_for_comes_last(book: RenderQueue, shop: Workshop) -> None:
    begun(book, shop)
    ahead, joined = place_order(book, shop, "ahead", AHEAD), place_order(book, shop, "joined", AHEAD)
    assert not book.someone_waits()
    place_order(book, shop, "jonas's")
    assert place_order(book, shop, "joined", "mehmet") is joined
    assert (book.someone_waits(), book.is_ahead("ahead"), book.is_ahead("joined")) == (True, True, False)
    assert not book.drop_ahead("joined"), "somebody waits for it now"
    shop.gate.set()
    assert ahead.wait(SOON)
    assert shop.made == ["first", "jonas's", "joined", "ahead"]


def test_what_was_dropped_did_not_fail(book: RenderQueue, shop: Workshop) -> None:
    def make(_progress: ProgressCallback) -> None:
        assert book.drop_ahead("a")
        place_order(book, shop, "a")  # whoever asks now begins anew
        raise RenderDropped

    shop.gate.set()
    dropped = book.enqueue("a", make, owner=AHEAD)
    assert dropped.wait(SOON)
    assert dropped.is_dropped
    if again := book.find("a"):  # it may have come to its end by now
        assert again is not dropped
        assert again.wait(SOON)
    assert shop.made == ["a"]


def test_whoever_waited_finds_nothing_open(
    book: RenderQueue, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each step of the queue: whether the job has ended while it is still on order."""
    seen: list[tuple[bool, int]] = []

    class Lock:
        held = book._lock

        def __enter__(self) -> None:
            self.held.acquire()
            seen.append((order.wait(0), len(book._orders)))

        def __exit__(self, *_error: object) -> None:
            self.held.release()

    order = begun(book, shop)
    monkeypatch.setattr(book, "_lock", Lock())
    shop.gate.set()
    assert order.wait(SOON)
    assert book.count_open() == 0
    assert (False, 1) in seen
    assert (True, 1) not in seen


def test_nobody_orders_more_than_a_few(book: RenderQueue, shop: Workshop) -> None:
    for number in range(MAX_PER_OWNER):
        place_order(book, shop, str(number))
    with pytest.raises(RenderLimitReached, match="own"):
        place_order(book, shop, "one more")
    joined = place_order(book, shop, "0")
    assert joined.key == "0", "what is ordered already costs nothing"
    place_order(book, shop, "mehmet's", "mehmet")
    shop.gate.set()
    assert all(order.wait(SOON) for name in "012" if (order := book.find(name)))


def test_the_book_has_an_end(book: RenderQueue, shop: Workshop) -> None:
    begun(book, shop)
    for number in range(MAX_WAITING):
        place_order(book, shop, str(number), str(number))
    with pytest.raises(RenderLimitReached, match="full"):
        place_order(book, shop, "one more", "somebody")
    assert place_order(book, shop, "7", "somebody").key == "7"


def failing(error: Exception) -> Callable[[ProgressCallback], None]:
    def make(_progress: ProgressCallback) -> None:
        raise error

    return make


def test_what_failed_is_not_tried_again_at_once(book: RenderQueue, shop: Workshop, now: list[float]) -> None:
    order = book.enqueue("a", failing(RenderFailed("time", "no result")), owner="jonas")
    assert order.wait(SOON)
    assert book.find("a") is order
    assert book.enqueue("a", shop.make("a"), owner="mehmet") is order
    assert order.stage is RenderStage.FAILED
    now[0] += FAILED_SECONDS
    assert book.find("a") is None
    assert shop.made == []


def test_one_that_failed_holds_up_no_other(
    book: RenderQueue, shop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.gate.set()
    with caplog.at_level(logging.ERROR):
        failed = book.enqueue("a", failing(OSError(28, "No space left on device")), owner="jonas")
        good = place_order(book, shop, "b")
        assert good.wait(SOON)
    assert (failed.stage, good.stage) == (RenderStage.FAILED, RenderStage.READY)
    # Not the text of the log: a test before may have set the format of the server's, which has no messages.
    assert any("No space left" in str(record.exc_info[1]) for record in caplog.records if record.exc_info)


def test_only_so_many_failures_are_remembered(book: RenderQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_queue, "MAX_FAILED", 2)
    for name in "abc":
        assert book.enqueue(name, failing(RenderFailed("crash")), owner=name).wait(SOON)
    assert [book.find(name) is None for name in "abc"] == [True, False, False]


def test_few_wait_within_a_request(book: RenderQueue, shop: Workshop) -> None:
    order = place_order(book, shop, "a")
    waiting = [threading.Thread(target=book.wait, args=(order, SOON)) for _ in range(MAX_BLOCKED_REQUESTS)]
    for thread in waiting:
        thread.start()
    while book._patient._value:
        threading.Event().wait(0.01)
    assert book.wait(order, SOON) is False, "at once, although it is not ready"
    assert Settings().threads > 2 * MAX_BLOCKED_REQUESTS, "most of the server's threads stay free"
    shop.gate.set()
    for thread in waiting:
        thread.join(SOON)
    assert book.wait(order, SOON) is True


def test_it_closes_with_the_order_under_way(book: RenderQueue, shop: Workshop) -> None:
    first = begun(book, shop)
    waiting = place_order(book, shop, "a")
    threading.Timer(0.1, shop.gate.set).start()
    book.stop()
    assert (first.stage, waiting.stage, shop.made) == (RenderStage.READY, RenderStage.WAITING, ["first"])
    with pytest.raises(RenderLimitReached, match="full"):
        place_order(book, shop, "b")
