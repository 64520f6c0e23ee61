"""Imports WeasyPrint without what a declaration never uses; must come before all that imports it otherwise.

- Its declarations of C stand in `declarations.json`, as cffi writes them for a module; reading them anew
  takes 0.1 s. WeasyPrint asks for each library by several names, and for each that is none cffi starts
  `ldconfig`, a compiler and a linker to look further, 54 processes together. A module asks the loader alone.
- What divides fonts in Python, or fixes variable ones, is loaded when it is called: HarfBuzz does the first,
  and none of our fonts is a variable one.

Both only with the releases that they were written for, as with every `Patch`.
"""

import gc
import hashlib
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from dnk_tool.report.engine.patches import Patch, changed
from dnk_tool.report.engine.speedups import LEFT_OUT

log = logging.getLogger(__name__)

DECLARATIONS, FONT_TOOLS = "declarations", "font-tools"
NOTED = Path(__file__).with_name("declarations.json")  # `python -m tests.releasing.engine_sources`
_ENGINE = "weasyprint"
_LATER = ("fontTools.subset", "fontTools.varLib.instancer")


def import_weasyprint() -> None:
    """Imports it, once, with the shortcuts that fit the installed release."""
    if _ENGINE in sys.modules:
        return
    was_enabled = gc.isenabled()
    gc.disable()  # nothing of what is imported goes again
    try:
        with ExitStack() as shortcuts:
            if DECLARATIONS not in LEFT_OUT and _may_declare():
                shortcuts.enter_context(DECLARED.applied())
            if FONT_TOOLS not in LEFT_OUT and _is_read(FONT_TOOLS):
                shortcuts.enter_context(_later(_LATER))
            import_module(_ENGINE)
    finally:
        if was_enabled:
            gc.enable()


def _declaring(_original: Any) -> Any:
    """Gives what stands in the place of `cffi.FFI`: the declarations that were read."""
    from _cffi_backend import FFI  # type: ignore[import-untyped]  # noqa: PLC0415 - may be of another release

    class DeclaredFFI(FFI):  # type: ignore[misc]  # a program without types
        """What cffi makes of a module with these declarations."""

        def __init__(self) -> None:
            """Made without arguments, as WeasyPrint does."""
            super().__init__(
                _ENGINE, **{name: _as_cffi_has_it(value) for name, value in _noted()["types"].items()}
            )

        def cdef(self, source: str) -> None:
            """Declares nothing: what WeasyPrint hands in is what was read."""

    return DeclaredFFI


DECLARED = Patch(
    "cffi:FFI",
    "37f54f6a6fc50a4078d040e20dfb184a488b2ce9b6ccc7b9e7335ccb8980fc45",
    _declaring,
    also_in=("cffi.api",),
)


def _may_declare() -> bool:
    """Whether cffi and WeasyPrint's declarations are those that were read, on a system with their names."""
    if not sys.platform.startswith("linux") or not _is_read(DECLARATIONS):
        return False
    if targets := changed([DECLARED]):
        log.warning(
            "Speed-up %r is left out: %s is not the source that it was written for", DECLARATIONS, *targets
        )
        return False
    return True


def _is_read(name: str) -> bool:
    """Whether the file of WeasyPrint that a shortcut is about has the bytes that were read."""
    spec = find_spec(_ENGINE)
    folders = spec.submodule_search_locations if spec else None
    noted = _noted()["files"][name]
    path = Path(next(iter(folders or [""])), noted["path"])
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == noted["sha256"]:
        return True
    log.warning("Speed-up %r is left out: %s is not the file that it was written for", name, noted["path"])
    return False


@cache
def _noted() -> dict[str, Any]:
    noted: dict[str, Any] = json.loads(NOTED.read_bytes())
    return noted


def _as_cffi_has_it(value: Any) -> Any:
    """What JSON holds: bytes as text of Latin-1, tuples as lists."""
    if isinstance(value, str):
        return value.encode("latin-1")
    return tuple(map(_as_cffi_has_it, value)) if isinstance(value, list) else value


@contextmanager
def _later(names: tuple[str, ...]) -> Iterator[None]:
    """While something is imported: modules that are loaded when something in them is called."""
    waiting = {name: _LaterModule(name) for name in names if name not in sys.modules}
    sys.modules.update(waiting)
    try:
        yield
    finally:
        for name, module in waiting.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


class _LaterModule(ModuleType):
    """Stands for a module; each name in it is a function that imports the module and calls the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*given: Any, **named: Any) -> Any:
            return getattr(import_module(self.__name__), name)(*given, **named)

        return call
