"""What is noted of the installed libraries holds; with others the engine reads anew, or goes without."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("dnk_tool.report.engine.speedups")

import pyphen

from dnk_tool import build_hook
from dnk_tool.report.assets import HYPHENATION
from dnk_tool.report.engine import patches
from dnk_tool.report.engine.patches import Patch, source_hash
from dnk_tool.report.engine.speedups import hyphenation
from tests.releasing import engine_sources

LIBRARY = "def base():\n    return 1\n\ndef other():\n    return 2\n"
BASE = "noted_library:base"
NOTES = "python -m tests.releasing.engine_sources"


def test_the_notes_are_those_of_the_installed_libraries() -> None:
    assert patches._read_sources() == engine_sources.read_sources(), NOTES
    assert engine_sources.start._noted() == engine_sources.declarations(), NOTES


@pytest.mark.parametrize(
    "patch", engine_sources.every_patch(), ids=lambda patch: f"{patch.target} for {patch.replace.__name__}"
)
def test_each_patch_is_found_current_without_reading_syntax(
    patch: Patch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert patch.found_sha256() == patch.sha256
    monkeypatch.setattr(patches, "source_hash", lambda *_targets: pytest.fail("syntax was read"))
    assert patch.is_current()


def base_patch() -> Patch:
    return Patch(BASE, source_hash(BASE), lambda original: original)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A library whose function `base` is noted as read."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "noted_library.py").write_text(LIBRARY, "utf-8")
    monkeypatch.delitem(sys.modules, "noted_library", raising=False)
    library = __import__("noted_library")
    patch = base_patch()
    noted = {patch.sha256: patch.found_files_sha256()}
    monkeypatch.setattr(patches, "_read_sources", lambda: noted)
    return library


def test_other_bytes_of_the_same_file_are_read_as_syntax(library: ModuleType) -> None:
    patch = base_patch()
    assert patch.has_read_files()
    path = Path(str(library.__file__))
    for source, is_current in ((f"# a comment\n{LIBRARY}", True), (LIBRARY.replace("1", "3"), False)):
        path.write_text(source, "utf-8")
        sys.modules.pop("noted_library")
        patches._file_sha256.cache_clear()
        assert not patch.has_read_files()
        assert patch.is_current() is is_current


def test_another_function_of_the_same_file_is_not_the_one_that_was_read(library: ModuleType) -> None:
    patch = base_patch()
    library.base = library.other  # type: ignore[attr-defined]
    assert not patch.has_read_files()
    assert not patch.is_current()


def test_a_replacement_for_an_import_is_taken_back(library: ModuleType) -> None:
    with Patch(BASE, "", lambda original: lambda: original() + 10).applied():
        assert library.base() == 11
    assert library.base() == 1


def test_the_build_reads_the_patterns_as_pyphen_does() -> None:
    assert hyphenation.built_patterns() == pyphen.HyphDict(HYPHENATION).patterns, (
        "python -m dnk_tool.build_hook"
    )


def test_patterns_of_another_dictionary_are_built_anew_and_never_used_for_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dictionary, built = tmp_path / "hyph.dic", tmp_path / "hyph.json"
    monkeypatch.setattr(hyphenation, "HYPHENATION", dictionary)
    monkeypatch.setattr(hyphenation, "READ_HYPHENATION", built)
    dictionary.write_text("UTF-8\n% a comment\n.ab1c\nx2y\n0z\n", "utf-8")
    assert hyphenation.built_patterns() is None
    build_hook.compile_hyphenation(dictionary, built)
    assert hyphenation.built_patterns() == {".abc": (3, (1,)), "xy": (1, (2,))}
    dictionary.write_text("UTF-8\na1b\n", "utf-8")
    assert hyphenation.built_patterns() is None
    build_hook.compile_hyphenation(dictionary, built)
    assert hyphenation.built_patterns() == {"ab": (1, (1,))} == pyphen.HyphDict(dictionary).patterns
