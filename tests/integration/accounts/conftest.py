"""Somebody with an account, and a clock that stands until it is moved."""

import time
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.support.app import database_session, make_account


@pytest.fixture
def person(app: Flask) -> str:
    """The address of Anna, who has an account."""
    with database_session(app) as session:
        make_account(session, "anna@example.org", name="Anna")
    return "anna@example.org"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(time.time(), tick=False) as clock:
        yield clock
