"""Replaces functions of WeasyPrint and pydyf, each only while its source is the one that was read.

Every replacement in the engine is a `Patch`. It names its target, what it relies on besides, and the SHA-256
of their sources. A release that changes one of these has to be read before the patch is right again;
`source_hash` gives the new value.

Reading them as syntax takes 0.07 s, which each fresh child would spend again. So `read_sources.json` notes
in which files they were read (`python -m tests.releasing.engine_sources`): the same bytes are not read again.
"""

import ast
import hashlib
import inspect
import json
import logging
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

READ_SOURCES = Path(__file__).with_name("read_sources.json")


class EngineChanged(Exception):
    """A function that the engine must replace is not the one that the replacement was written for."""


@dataclass(frozen=True, slots=True)
class Patch:
    """The replacement of a function, method, property or class of a library.

    `replace` takes the original and returns what stands in its place. `relies_on` names further sources that
    the replacement was read against. `also_in` names the modules that took the target by its name.
    """

    target: str  # "module:qualified.name"
    sha256: str
    replace: Callable[[Any], Any]
    relies_on: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the target."""
        return self.target.rpartition(":")[2].rpartition(".")[2]

    def is_current(self) -> bool:
        """Whether the target, what it relies on, and who holds it are as they were read."""
        try:
            target = _found(self.target)
            holders = [vars(import_module(module))[self.name] for module in self.also_in]
            return all(holder is target for holder in holders) and (
                self.has_read_files() or self.found_sha256() == self.sha256
            )
        except (ImportError, KeyError, OSError, TypeError):
            return False

    def found_sha256(self) -> str:
        """The hash of the installed sources. Raises ImportError or KeyError where one is missing."""
        return source_hash(self.target, *self.relies_on)

    def has_read_files(self) -> bool:
        """Whether its sources come from the files that they were read in, to the byte. Raises as below."""
        return _read_sources().get(self.sha256) == self.found_files_sha256()

    def found_files_sha256(self) -> str:
        """The hash of the files with the sources, and of their names there; cheaper than that of the syntax.

        Raises ImportError, KeyError, OSError or TypeError where one is missing.
        """
        places = "".join(f"{target} {_place(target)}\n" for target in (self.target, *self.relies_on))
        return hashlib.sha256(places.encode()).hexdigest()

    def apply(self) -> None:
        """Puts the replacement in place, for the rest of the process."""
        self._put(self.replace(_found(self.target)))

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Puts the replacement in place for what happens inside, such as an import."""
        original = _found(self.target)
        self.apply()
        try:
            yield
        finally:
            self._put(original)

    def _put(self, member: Any) -> None:
        setattr(_holder(self.target), self.name, member)
        for module in self.also_in:
            setattr(import_module(module), self.name, member)


def changed(patches: Iterable[Patch]) -> list[str]:
    """The targets of the patches that must not be applied to the installed libraries."""
    return [patch.target for patch in patches if not patch.is_current()]


def repair(patches: Iterable[Patch]) -> None:
    """Applies patches without which a file would break a promise. Raises EngineChanged before the first."""
    patches = tuple(patches)
    if targets := changed(patches):
        names = ", ".join(targets)
        error = EngineChanged(f"No PDF: {names} is not the source that our repairs were written for")
        log.error("%s", error)
        raise error
    for patch in patches:
        patch.apply()


def apply_if_current(name: str, patches: Iterable[Patch]) -> bool:
    """Applies patches that a file can do without, all or, with one line in the log, none."""
    patches = tuple(patches)
    if targets := changed(patches):
        log.warning("%s is left out: %s is not the source that it was written for", name, ", ".join(targets))
        return False
    for patch in patches:
        patch.apply()
    return True


def source_hash(*targets: str) -> str:
    """SHA-256 of the sources of some targets as syntax: spaces, comments and docstrings do not count.

    Raises ImportError or KeyError for a target that is not there.
    """
    digest = hashlib.sha256()
    for target in targets:
        source = inspect.getsource(_function(_found(target)))
        digest.update(f"{target}\n{_syntax(ast.parse(textwrap.dedent(source)))}\n".encode())
    return digest.hexdigest()


def _place(target: str) -> str:
    """The name that a target has in its own module, and the SHA-256 of the file of that module."""
    member = inspect.unwrap(_function(_found(target)))
    return f"{member.__qualname__} {_file_sha256(inspect.getfile(member))}"


@cache
def _file_sha256(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@cache
def _read_sources() -> dict[str, str]:
    """By the hash of a patch, that of the files which its sources were read in."""
    noted: dict[str, str] = json.loads(READ_SOURCES.read_bytes()) if READ_SOURCES.exists() else {}
    return noted


def _holder(target: str) -> Any:
    """Finds the module or class that holds a target. Raises ImportError or KeyError where it is missing."""
    module, _colon, path = target.partition(":")
    holder: Any = import_module(module)
    for part in path.split(".")[:-1]:
        holder = vars(holder)[part]
    return holder


def _found(target: str) -> Any:
    """Finds a target as its holder has it, so that a property is itself and not its value."""
    return vars(_holder(target))[target.rpartition(":")[2].rpartition(".")[2]]


def _function(member: Any) -> Any:
    """Returns what has a source: the getter of a property, anything else as it is."""
    return member.fget if isinstance(member, property) else member


def _syntax(node: Any) -> str:
    """A tree as text that every version of Python writes alike, unlike `ast.dump` and `ast.unparse`."""
    if isinstance(node, list):
        return f"[{','.join(map(_syntax, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, [])}
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
        fields["body"] = node.body[1:]
    return f"{type(node).__name__}({','.join(f'{name}={_syntax(value)}' for name, value in fields.items())})"
