"""The version of the program: another one as soon as anything differs that makes the pages."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dnk_tool.paths import PACKAGE
from dnk_tool.report import build_id
from dnk_tool.report.build_id import LIBRARIES
from dnk_tool.report.build_id import build_id as compute_build_id
from dnk_tool.report.process.engine_choice import choose_engine


def test_all_that_makes_pages_counts() -> None:
    names = {str(file.relative_to(root)) for root, file in build_id._sources()}
    assert {
        "report/declaration.html",
        "report/declaration.css",
        "report/view/compose.py",
        "domain/declarations/redaction.py",
        "catalogue/standard/model.py",
        "locale/en/LC_MESSAGES/messages.mo",
        "language.py",
        "labels.py",
        "units.yaml",
    } <= names
    assert not [name for name in names if name.endswith((".pyc", ".po"))]


def test_every_module_that_printing_imports_counts() -> None:
    code = "import sys, dnk_tool.report.formats, dnk_tool.report.process.worker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {module for module in done.stdout.split() if module.startswith("dnk_tool.")}
    counted = {
        ".".join(("dnk_tool", *file.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
        for root, file in build_id._sources()
        if file.suffix == ".py"
    }
    assert ours
    assert ours <= counted


def test_another_label_is_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of states and qualities stand outside of `report`, and on every printed page."""
    before = build_id._build_id.__wrapped__("fast")
    package = tmp_path / "dnk_tool"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("node_modules", "static", "web"))
    monkeypatch.setattr(build_id, "PACKAGE", package)
    assert build_id._build_id.__wrapped__("fast") == before
    labels = package / "labels.py"
    text = labels.read_text("utf-8")
    labels.write_text(text.replace('N_("liegt nicht vor")', 'N_("fehlt")'), "utf-8")
    assert labels.read_text("utf-8") != text
    assert build_id._build_id.__wrapped__("fast") != before


def test_it_is_worked_out_once_and_the_same_each_time() -> None:
    build_id._build_id.cache_clear()
    assert compute_build_id() == compute_build_id() == build_id._build_id.__wrapped__("fast")
    assert build_id._build_id.cache_info().misses == 1


def test_another_engine_is_another_program() -> None:
    before = compute_build_id()
    choose_engine("plain")
    try:
        assert compute_build_id() != before
    finally:
        choose_engine("fast")
    assert compute_build_id() == before


@pytest.mark.parametrize("library", LIBRARIES)
def test_another_library_is_another_program(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_id, "_sources", lambda: ())
    before = build_id._build_id.__wrapped__("fast")
    known = build_id.version
    monkeypatch.setattr(build_id, "version", lambda name: known(name) + ("x" if name == library else ""))
    assert build_id._build_id.__wrapped__("fast") != before


def test_another_text_is_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "part.html"
    monkeypatch.setattr(build_id, "_sources", lambda: ((tmp_path, file),))
    file.write_text("Seite")
    before = build_id._build_id.__wrapped__("fast")
    file.write_text("Blatt")
    assert build_id._build_id.__wrapped__("fast") != before
