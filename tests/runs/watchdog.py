"""No test runs for ever: one that takes too long ends its process, which says where it stood.

With `-n` the test counts as failed and another process goes on with the rest.
"""

import faulthandler
import gc
import os
import threading
import traceback
from collections.abc import Iterator

import pytest
from greenlet import greenlet

TIMEOUT_SECONDS = 300
_TERMINAL = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_TERMINAL] = os.dup(2)  # nothing is captured yet


def pytest_unconfigure(config: pytest.Config) -> None:
    os.close(config.stash[_TERMINAL])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    timer = threading.Timer(TIMEOUT_SECONDS, _end_process, [item.nodeid, item.config.stash[_TERMINAL]])
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()


def _end_process(name: str, terminal: int) -> None:
    with os.fdopen(terminal, "w") as out:
        print(f"\n{name} has taken {TIMEOUT_SECONDS} seconds. It stands here:", file=out, flush=True)
        faulthandler.dump_traceback(out)
        # A test that waits for the browser is no thread: what it does lies in a greenlet of its own.
        for candidate in gc.get_objects():
            if isinstance(candidate, greenlet) and candidate.gr_frame:
                print("\nA greenlet:", file=out)
                traceback.print_stack(candidate.gr_frame, file=out)
    os._exit(1)
