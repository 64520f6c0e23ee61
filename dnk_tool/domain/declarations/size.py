"""The size of a declaration and of its largest parts: no file may be too large to be read again."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from dnk_tool.catalogue.values import Text
from dnk_tool.domain.declarations.document import Document, canonical_json, document_to_json
from dnk_tool.domain.declarations.document_parser import MAX_BYTES
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.language import Language

# A part with fewer characters need not be shortened.
LARGE_PART = 40_000
_OTHER_PARTS = {
    "organisation": Text("Unternehmensprofil", "Company profile"),
    "figures": Text("Anmerkungen zu Kennzahlen", "Notes on figures"),
    "self_assessment": Text("Selbsteinschätzung", "Self-assessment"),
    "calculations": Text("Rechenwege", "Calculations"),
    "evidence": Text("Belege", "Evidence"),
    "explanations": Text("Begründungen auffälliger Zahlen", "Explanations of odd figures"),
    "goals": Text("Frühere Ziele", "Earlier goals"),
    "scope": Text("Was die Zahlen umfassen", "What the figures include"),
}


@dataclass(frozen=True, slots=True)
class PartSize:
    """A part of a declaration by its label, and the number of characters of its content in the file."""

    ref: str
    label: Text
    characters: int

    def display_name(self, language: Language) -> str:
        """The label with its number: "13 Klimarelevante Emissionen"."""
        return f"{self.ref if self.ref.isdigit() else ''} {self.label.to(language)}".strip()


@dataclass(frozen=True, slots=True)
class DeclarationSize:
    """The size of the redacted declaration in bytes, and its largest parts, the largest first."""

    size: int
    parts: tuple[PartSize, ...]

    @property
    def is_too_large(self) -> bool:
        """Whether its own file could not be read again: more than 10 MB."""
        return self.size > MAX_BYTES

    @property
    def is_large(self) -> bool:
        """Whether a part is many times longer than in other declarations."""
        return bool(self.parts)


def declaration_size(document: Document, *, most: int = 3) -> DeclarationSize:
    """The size of the declaration, and up to `most` parts that are worth shortening."""
    said = redact_document(document)
    size = len(canonical_json(said))
    return DeclarationSize(size, _largest_parts(said, most) if size > LARGE_PART else ())


def _largest_parts(document: Document, most: int) -> tuple[PartSize, ...]:
    data = document_to_json(document)
    lengths: Counter[str] = Counter()
    sections = document.selection.section_of
    for ref, answer in data["answers"].items():
        lengths[sections[ref].ref if ref in sections else ref] += _json_length(answer)
    annex = data.get("annex", {})
    for name in _OTHER_PARTS:
        lengths[name] += _json_length(data.get(name) or annex.get(name) or "")
    lengths["figures"] += _json_length(annex.get("figures", ""))
    titles = document.selection.section_by_ref
    return tuple(
        PartSize(
            "" if key in _OTHER_PARTS else key,
            _OTHER_PARTS[key] if key in _OTHER_PARTS else titles[key].title,
            much,
        )
        for key, much in lengths.most_common(most)
        if much > LARGE_PART and (key in _OTHER_PARTS or key in titles)
    )


def _json_length(data: Any) -> int:
    return len(json.dumps(data, ensure_ascii=False))
