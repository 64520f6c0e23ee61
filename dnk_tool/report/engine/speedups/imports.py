"""Imports WeasyPrint without what a declaration never uses. Whoever needs the engine imports this first.

- Its declarations of C were read when this version was made (`tests/declarations.py`). The engine itself also
  asks for each library by names that are none, and for each of them starts a compiler to look further.
- What divides fonts in Python, or fixes variable ones, is loaded when it is needed: HarfBuzz does the first,
  and none of our fonts is a variable one.
- Nothing is fetched, so no certificates are read; the engine itself does that for each sheet of styles.
"""

import gc
import hashlib
import json
import ssl
import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

# Programs without types.
import _cffi_backend  # type: ignore[import-untyped]
import cffi  # type: ignore[import-untyped]

from dnk_tool.report.assets import CFFI_DECLARATIONS

_ENGINE = "weasyprint"
_FOR_LATER = ("fontTools.subset", "fontTools.varLib.instancer")


class _PreparsedFFI(_cffi_backend.FFI):  # type: ignore[misc]
    """What cffi makes of the declarations; they need not be read again."""

    def cdef(self, source: str) -> None:
        """Raises ImportError for a WeasyPrint that declares something else than the one that was read."""
        if hashlib.sha256(source.encode()).hexdigest() != _known()["source"]:
            raise ImportError("WeasyPrint is another one: python -m tests.declarations")


class _LazyModule(ModuleType):
    """A module that is loaded when something in it is called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*given: Any, **named: Any) -> Any:
            sys.modules.pop(self.__name__, None)
            return getattr(import_module(self.__name__), name)(*given, **named)

        return call


@cache
def _known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CFFI_DECLARATIONS.read_bytes())
    return found


def _declared() -> _PreparsedFFI:
    return _PreparsedFFI(_ENGINE, **{name: _back(value) for name, value in _known()["types"].items()})


def _back(value: Any) -> Any:
    """What JSON holds as cffi writes it."""
    if isinstance(value, str):
        return value.encode("latin-1")
    return tuple(map(_back, value)) if isinstance(value, list) else value


def trusting_nobody(*_given: Any, **_named: Any) -> ssl.SSLContext:
    """What the engine asks for to fetch over TLS: a context without certificates, which refuses every one."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _start() -> None:
    """Imports the engine, once."""
    given, was_enabled = (cffi.FFI, ssl._create_default_https_context), gc.isenabled()
    gc.disable()  # nothing of what is imported goes again
    cffi.FFI, ssl._create_default_https_context = _declared, trusting_nobody
    sys.modules.update({name: _LazyModule(name) for name in _FOR_LATER if name not in sys.modules})
    try:
        import_module(_ENGINE)
    finally:
        cffi.FFI, ssl._create_default_https_context = given
        for name in _FOR_LATER:
            if isinstance(sys.modules[name], _LazyModule):
                del sys.modules[name]
        if was_enabled:
            gc.enable()


if _ENGINE not in sys.modules:
    _start()
