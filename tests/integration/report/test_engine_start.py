"""The start of the engine in a fresh process: nothing is started or read that a declaration does not need."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dnk_tool.report.process.client import RenderWorker, worker_environment

pytest.importorskip("dnk_tool.report.engine.speedups")

LOADED = ("pycparser", "fontTools.subset", "fontTools.varLib", "weasyprint")
START = """
import json, logging, sys
started = []
sys.addaudithook(lambda event, given: event in ("subprocess.Popen", "os.posix_spawn", "os.fork") and
                 started.append(event))
from dnk_tool.report.engine.speedups import start
said = []
handler = logging.Handler()
handler.emit = lambda record: said.append(record.getMessage())
logging.getLogger("dnk_tool").addHandler(handler)
{before}
start.import_weasyprint()
loaded = [name for name in {loaded!r} if name in sys.modules]
import cffi
from weasyprint.text import ffi
from weasyprint.pdf import fonts
import fontTools.subset
is_declared = type(ffi.ffi).__name__ == "DeclaredFFI"
options = fonts.subset.Options(retain_gids=True)
print(json.dumps({{"started": started, "loaded": loaded, "said": said, "is_declared": is_declared,
    "cffi": cffi.FFI.__name__, "is_real": isinstance(options, fontTools.subset.Options),
    "units": ffi.TO_UNITS}}))
"""
ANOTHER = "start._noted()['files'][{0!r}]['sha256'] = 'another'"


def start(tmp_path: Path, before: str = "") -> dict[str, Any]:
    """What a fresh process says that starts the engine."""
    done = subprocess.run(
        [sys.executable, "-c", START.format(before=before, loaded=LOADED)],
        env=worker_environment(str(tmp_path)),
        capture_output=True,
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the names of libraries on Linux")
def test_no_process_is_started_and_no_font_tools_are_loaded(tmp_path: Path) -> None:
    assert start(tmp_path) == {
        "started": [],
        "loaded": ["weasyprint"],
        "said": [],
        "is_declared": True,
        "cffi": "FFI",  # as it was before
        "is_real": True,  # what is called later is the module itself
        "units": 1024,
    }


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the names of libraries on Linux")
def test_with_another_release_the_engine_starts_as_it_is_and_says_so(tmp_path: Path) -> None:
    before = "\n".join(map(ANOTHER.format, ("declarations", "font-tools")))
    result = start(tmp_path, before)
    assert set(result["loaded"]) == {*LOADED}
    assert not result["is_declared"]
    assert len(result["said"]) == 2
    assert result["units"] == 1024


def test_the_child_finds_the_engine_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    from dnk_tool.report.engine import page_ends
    from dnk_tool.report.process import client

    compiled = Path(str(page_ends.__cached__))
    compiled.unlink(missing_ok=True)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    client._compile_engine.cache_clear()
    RenderWorker(program=("-c", "")).kill()
    assert compiled.is_file()
