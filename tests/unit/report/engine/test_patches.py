"""A replacement is put in place only while its target is the source that was read."""

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dnk_tool.report.engine import (
    archive,
    chart_text,
    page_ends,
    painting_order,
    patches,
    progress,
    tagging,
    text_layer,
)
from dnk_tool.report.engine.patches import EngineChanged, Patch, apply_if_current, repair, source_hash

LIBRARY = '''
def base():
    return 1

class Box:
    def width(self):
        """Tells the width."""
        return base() + 1

    @property
    def height(self):
        return 3
'''
REFORMATTED = LIBRARY.replace("Tells the width", "Says how wide it is").replace(
    "return base() + 1", "# a comment\n        return (base() +\n                1)"
)
Install = Callable[[str], ModuleType]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a version of a library, and another module that takes its function by name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    versions = iter(range(10))

    def write(source: str) -> ModuleType:
        number = next(versions)
        for name in ("library", "client"):
            sys.modules.pop(name, None)
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "library.py").write_text(source, "utf-8")
        (folder / "client.py").write_text("from library import base\n", "utf-8")
        monkeypatch.syspath_prepend(str(folder))
        return __import__("library")

    yield write
    for name in ("library", "client"):
        sys.modules.pop(name, None)


def plus_ten(original: Any) -> Any:
    return lambda *given: original(*given) + 10


def width_patch() -> Patch:
    return Patch(
        "library:Box.width",
        source_hash("library:Box.width", "library:base"),
        plus_ten,
        relies_on=("library:base",),
    )


@pytest.mark.parametrize("source", [LIBRARY, REFORMATTED])
def test_spaces_comments_and_docstrings_do_not_count(source: str, install: Install) -> None:
    install(LIBRARY)
    patch = width_patch()
    library = install(source)
    assert patch.is_current()
    repair([patch])
    assert library.Box().width() == 12


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return base() + 1", "return base() + 2"),  # the target
        ("    return 1", "    return 2"),  # what it relies on
        ("def width", "def breadth"),  # it is gone
        ("def base", "def root"),
    ],
)
def test_a_repair_whose_target_changed_refuses_to_print(
    before: str, after: str, install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    install(LIBRARY)
    patch = width_patch()
    library = install(LIBRARY.replace(before, after, 1))
    given = dict(vars(library.Box))
    with pytest.raises(EngineChanged, match=r"library:Box\.width is not the source"):
        repair([patch])
    assert dict(vars(library.Box)) == given, "nothing is replaced"
    assert len(caplog.records) == 1


def test_what_a_file_can_do_without_is_left_out_with_one_line(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    install(LIBRARY)
    given = [width_patch(), Patch("library:Box.height", source_hash("library:Box.height"), lambda _old: 4)]
    library = install(LIBRARY.replace("return 3", "return 5"))
    with caplog.at_level(logging.WARNING):
        assert not apply_if_current("Speed-up 'sizes'", given)
    assert library.Box().width() == 2, "all of it, not a part"
    assert [record.getMessage() for record in caplog.records] == [
        "Speed-up 'sizes' is left out: library:Box.height is not the source that it was written for"
    ]


def test_whoever_took_the_function_by_name_is_named_and_gets_the_new_one(install: Install) -> None:
    library = install(LIBRARY)
    client = __import__("client")
    patch = Patch("library:base", source_hash("library:base"), plus_ten, also_in=("client",))
    assert apply_if_current("all", [patch])
    assert (library.base(), client.base()) == (11, 11)
    assert not patch.is_current(), "it has been applied already"


def test_whoever_took_another_function_by_that_name_is_a_change(install: Install) -> None:
    install(LIBRARY)
    client = __import__("client")
    client.base = lambda: 7
    patch = Patch("library:base", source_hash("library:base"), plus_ten, also_in=("client",))
    assert patches.changed([patch]) == ["library:base"]


@pytest.mark.parametrize(
    "patch",
    [
        *tagging.PATCHES,
        *text_layer.PATCHES,
        *painting_order.PATCHES,
        *archive.PATCHES,
        *chart_text.PATCHES,
        *progress.PATCHES,
        *page_ends.PATCHES,
    ],
    ids=lambda patch: patch.target,
)
def test_the_installed_libraries_are_those_that_were_read(patch: Patch) -> None:
    assert patch.found_sha256() == patch.sha256
    assert patch.is_current()
