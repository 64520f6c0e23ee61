"""Reads a questionnaire, as a child: `python -m dnk_tool.services.uploads.questionnaires.worker`.

Reads the file from standard input. Arguments: CPU seconds, bytes of address space, "docx" or "xlsx". Writes a
line "ok" followed by the fields as JSON, {"fields": [[mark, text, is_number], ...], "outside": [text, ...]},
or a line "no" followed by the reason why the file is refused.
"""

import io
import json
import sys
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineError

from dnk_tool.domain.declarations.questionnaire.marks import PREFIX
from dnk_tool.domain.evidence import EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.domain.text import MAX_LENGTH
from dnk_tool.isolation import isolate
from dnk_tool.services.uploads.child_limits import limit_child
from dnk_tool.services.uploads.decoding.office import check_office
from dnk_tool.services.uploads.decoding.xml_parts import ParseError, parse_tree
from dnk_tool.services.uploads.excel_worker import read
from dnk_tool.services.uploads.questionnaires.word import WordFields

MAIN_PART = "word/document.xml"
MAX_FIELDS, MAX_COLUMNS, ANSWER_DISTANCE = 20_000, 8, 3
# Texts that stand in no field, among them all questions.
MAX_OUTSIDE, LONGEST_OUTSIDE = 5_000, 300
MAX_CHARACTERS = 2_000_000  # of all fields together
Field = tuple[str, str, bool]


def main() -> None:
    """Isolates and limits itself, reads the file and writes its fields."""
    isolate()
    cpu_seconds, memory = map(int, sys.argv[1:3])
    content = sys.stdin.buffer.read()
    limit_child(cpu_seconds, memory)
    try:
        output = b"ok\n" + json.dumps(fields_of(content, EvidenceFileType(sys.argv[3]))).encode()
    except FileRejected as rejected:
        output = f"no\n{rejected.why.value}".encode()
    except (ParseError, CalamineError, KeyError):
        output = f"no\n{FileRejectionReason.BROKEN.value}".encode()
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def fields_of(content: bytes, kind: EvidenceFileType) -> dict[str, list[Field] | list[str]]:
    """The fields of a file and the texts beside them. Raises FileRejected, ParseError and CalamineError."""
    check_office(content, kind)
    fields, outside = _word(content) if kind is EvidenceFileType.DOCX else _excel(content)
    if len(fields) > MAX_FIELDS or sum(len(text) for _mark, text, _is_number in fields) > MAX_CHARACTERS:
        raise FileRejected(FileRejectionReason.UNPACKED)
    return {
        "fields": [(mark, text[: MAX_LENGTH + 1], is_number) for mark, text, is_number in fields],
        "outside": [text[:LONGEST_OUTSIDE] for text in list(dict.fromkeys(outside))[:MAX_OUTSIDE]],
    }


def _word(content: bytes) -> tuple[list[Field], list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read_fields = WordFields(parse_tree(archive.read(MAIN_PART)), PREFIX)
    return [(mark, text, False) for mark, text in read_fields.fields], read_fields.outside


def _excel(content: bytes) -> tuple[list[Field], list[str]]:
    """The answer stands a fixed number of cells to the right of its mark."""
    fields, outside = list[Field](), list[str]()
    sheets = read(content, MAX_FIELDS, MAX_COLUMNS, MAX_LENGTH + 1, 1)
    for _number, cells, numeric in (row for _name, rows in sheets for row in rows):
        at = next((place for place, cell in enumerate(cells) if cell.startswith(f"{PREFIX}:")), None)
        answer = None if at is None else at + ANSWER_DISTANCE
        if at is not None and answer is not None:
            text = cells[answer] if answer < len(cells) else ""
            fields.append((cells[at], text, answer in numeric))
        outside += _others(cells, at, answer)
    return fields, outside


def _others(cells: list[str], *places: int | None) -> Iterator[str]:
    return (cell for place, cell in enumerate(cells) if cell and place not in places)


if __name__ == "__main__":
    main()
