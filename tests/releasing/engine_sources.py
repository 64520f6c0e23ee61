"""Notes the sources of libraries that the PDF engine was written for, after they were read.

`python -m tests.releasing.engine_sources` after a new release of WeasyPrint, pydyf, Pyphen, cssselect2 or
cffi, when each patch fits again (`tests/unit/report/engine`).
"""

import ast
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import cffi
from weasyprint.pdf import fonts
from weasyprint.text import ffi

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
from dnk_tool.report.engine.speedups import start
from dnk_tool.report.engine.speedups.registry import SPEEDUPS


def every_patch() -> list[patches.Patch]:
    """All patches of the engine: repairs, what a file can do without, speed-ups."""
    modules = (archive, chart_text, page_ends, painting_order, progress, tagging, text_layer)
    needed = [patch for module in modules for patch in module.PATCHES]
    return [*needed, start.DECLARED, *(patch for group in SPEEDUPS.values() for patch in group)]


def read_sources() -> dict[str, str]:
    """By the hash of each patch, that of the files which its sources were read in."""
    return {patch.sha256: patch.found_files_sha256() for patch in every_patch()}


def declarations() -> dict[str, Any]:
    """What WeasyPrint declares in C, as cffi writes it for a module, and the files that were read."""
    tree = ast.parse(Path(ffi.__file__).read_bytes())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    (source,) = [ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "ffi.cdef"]
    reader = cffi.FFI()
    reader.cdef(source)
    reader.set_source("weasyprint", None)
    with tempfile.NamedTemporaryFile(suffix=".py") as file:
        reader.emit_python_code(file.name)
        written = ast.parse(Path(file.name).read_bytes())
    (made,) = [node for node in ast.walk(written) if isinstance(node, ast.Call)]
    types = {str(keyword.arg): _for_json(ast.literal_eval(keyword.value)) for keyword in made.keywords}
    files = {start.DECLARATIONS: ("text/ffi.py", ffi), start.FONT_TOOLS: ("pdf/fonts.py", fonts)}
    return {"files": {name: _file(*place) for name, place in files.items()}, "types": types}


def _file(path: str, module: Any) -> dict[str, str]:
    return {"path": path, "sha256": hashlib.sha256(Path(module.__file__).read_bytes()).hexdigest()}


def _for_json(value: Any) -> Any:
    """What JSON can hold: bytes as text of Latin-1."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return [_for_json(part) for part in value] if isinstance(value, tuple) else value


def main() -> None:
    """Write both notes, unless a patch does not fit."""
    if unfit := [patch.target for patch in every_patch() if patch.found_sha256() != patch.sha256]:
        raise SystemExit(f"Read these first: {', '.join(unfit)}")
    patches.READ_SOURCES.write_text(json.dumps(read_sources(), indent=1) + "\n", "ascii")
    start.NOTED.write_text(json.dumps(declarations(), separators=(",", ":")) + "\n", "ascii")


if __name__ == "__main__":
    main()
