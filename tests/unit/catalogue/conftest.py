"""A copy of the criteria in which a test may plant faults."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dnk_tool.paths import criteria_folder

EDITION = "dnk-2017"


class Copy:
    """A copy of `criteria/`; faults are planted by exact replacement."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(criteria_folder(), folder)

    def file(self, name: str) -> Path:
        """The file whose path below the folder begins with the name, such as dnk-2017/07."""
        paths = [
            path
            for path in self.folder.rglob("*.yaml")
            if str(path.relative_to(self.folder)).startswith(name)
        ]
        assert len(paths) == 1, f"{name} is not the beginning of one file"
        return paths[0]

    def plant(self, name: str, old: str, new: str) -> None:
        """Replace the first occurrence; a text that is not there would make the test worthless."""
        file = self.file(name)
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{file.name} does not hold {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def keep_only(self, *numbers: int) -> None:
        """Drop the other criteria, so that a test of one file is quick."""
        for path in (self.folder / EDITION).glob("[0-9][0-9]-*.yaml"):
            if int(path.name[:2]) not in numbers:
                path.unlink()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "criteria")


@pytest.fixture(scope="module")
def make_copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Copy]:
    return lambda: Copy(tmp_path_factory.mktemp("copy") / "criteria")
