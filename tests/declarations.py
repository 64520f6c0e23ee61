"""Reads what WeasyPrint declares in C, for `report/engine/speedups/imports`.

`python -m tests.declarations` after a new version of WeasyPrint.
"""

import ast
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import cffi
from weasyprint.text import ffi

from dnk_tool.report.assets import CFFI_DECLARATIONS


def read_cffi_declarations() -> dict[str, Any]:
    """What is declared, as cffi writes it for a module, and the digest of what it was read from."""
    tree = ast.parse(Path(ffi.__file__).read_bytes())
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call)]
    (source,) = [ast.literal_eval(one.args[0]) for one in calls if ast.unparse(one.func) == "ffi.cdef"]
    reader = cffi.FFI()
    reader.cdef(source)
    reader.set_source("weasyprint", None)
    with tempfile.NamedTemporaryFile(suffix=".py") as file:
        reader.emit_python_code(file.name)
        written = ast.parse(Path(file.name).read_bytes())
    (made,) = [one for one in ast.walk(written) if isinstance(one, ast.Call)]
    types = {str(one.arg): _plain(ast.literal_eval(one.value)) for one in made.keywords}
    return {"source": hashlib.sha256(source.encode()).hexdigest(), "types": types}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


if __name__ == "__main__":
    CFFI_DECLARATIONS.write_text(json.dumps(read_cffi_declarations(), separators=(",", ":")) + "\n", "ascii")
