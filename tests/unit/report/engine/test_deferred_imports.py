"""The engine starts with what was read before, which is what it would read itself."""

import colorsys
import json
import ssl
import subprocess
import sys

from dnk_tool.report.assets import CFFI_DECLARATIONS
from dnk_tool.report.engine.speedups import imports
from tests.declarations import read_cffi_declarations

STARTED = """
import sys
from dnk_tool.report.engine.speedups import imports
import cffi, weasyprint
from weasyprint.text.ffi import ffi
print(isinstance(ffi, cffi.FFI), "fontTools.subset" in sys.modules, "pycparser" in sys.modules)
from weasyprint.pdf.fonts import subset
print(type(subset.Options(notdef_outline=True)).__module__)
"""


def test_the_declarations_are_those_of_this_engine() -> None:
    assert json.loads(CFFI_DECLARATIONS.read_bytes()) == read_cffi_declarations()


def test_what_is_not_used_is_loaded_when_it_is_called() -> None:
    done = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, check=True, text=True)
    assert done.stdout.split("\n")[:2] == ["False False False", "fontTools.subset"]


def test_what_waits_does_what_the_module_does() -> None:
    assert imports._LazyModule("colorsys").rgb_to_hsv(1, 0, 0) == colorsys.rgb_to_hsv(1, 0, 0)


def test_nobody_is_trusted_over_tls() -> None:
    context = imports.trusting_nobody()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.get_ca_certs() == []
