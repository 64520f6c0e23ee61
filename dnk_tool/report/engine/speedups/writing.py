"""Makes the bytes of each object of a PDF once; pydyf makes them twice, those of a stream three times."""

from typing import Any

import pydyf  # type: ignore[import-untyped]  # it brings no types

from dnk_tool.report.engine.patches import Patch

_REFERENCES = "kept_references"  # the attribute of a PDF


class _SerializedObject(pydyf.Object):  # type: ignore[misc]  # pydyf brings no types
    """An object of the file with its final bytes."""

    def __init__(self, source: Any) -> None:
        super().__init__()
        self.number, self.generation, self.free = source.number, source.generation, source.free
        self._data, self._is_compressible = source.data, source.compressible

    @property
    def data(self) -> bytes:
        """The bytes that were made of the object."""
        content: bytes = self._data
        return content

    @property
    def compressible(self) -> bool:
        """Whether the object may stand in a stream of objects."""
        return bool(self._is_compressible)


def _serialized_once(write: Any) -> Any:
    """Replaces the writing of a file by one that serializes every object beforehand."""

    def write_once(self: Any, *arguments: Any, **options: Any) -> None:
        """Writes the PDF. Its objects cannot be changed afterwards."""
        self.objects = [
            element if element.free == "f" else _SerializedObject(element) for element in self.objects
        ]
        write(self, *arguments, **options)

    return write_once


def _referenced_once(references: Any) -> Any:
    """Replaces the references to pages, which each link asks for, by ones made once per number of pages."""

    def page_references(self: Any) -> tuple[bytes, ...]:
        """The references to the pages that there are so far, in their order."""
        known: tuple[bytes, ...] = self.__dict__.get(_REFERENCES, ())
        if len(known) != self.pages["Count"]:
            known = self.__dict__[_REFERENCES] = references.fget(self)
        return known

    return property(page_references)


WRITING = (
    Patch(
        "pydyf:PDF.write",
        "fea80b068f70b360fc73929463bf074c27e548d2137ee9ef5178ae769c5e48c3",
        _serialized_once,
        relies_on=("pydyf:Object.indirect", "pydyf:Object.compressible"),
    ),
    Patch(
        "pydyf:PDF.page_references",
        "dbe6eb9706b6322fcd75ccb262ca57d3dbe4a2b3783b1bc12476013c4197cbfa",
        _referenced_once,
        relies_on=("pydyf:PDF.add_page",),
    ),
)
