"""What `make` installs packages with is pinned as all packages are."""

from tests import lock


def test_uv_is_the_one_that_the_tests_pin() -> None:
    pinned = lock.pinned("uv", (lock.FOLDER / "test.txt").read_text("utf-8"))
    assert (lock.FOLDER / "uv.txt").read_text("utf-8") == pinned
    assert "--hash=sha256:" in pinned
