"""Promises over the whole application, which prints and hashes as it does in the other tests."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def as_in_a_server(warm_printer: None, fast_hashes: None) -> None:
    """Prints and passwords take as little time as they can."""
