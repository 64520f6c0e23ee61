"""Questionnaires as programs save them: every field is read whole, and a hostile file is refused."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from dnk_tool.domain.declarations.questionnaire.returned import collect_fields
from dnk_tool.domain.evidence import EvidenceFileType, FileRejected, FileRejectionReason
from dnk_tool.services.uploads.questionnaires.client import (
    MAX_FILE_BYTES,
    NoQuestionnaire,
    read_questionnaire_file,
)
from dnk_tool.services.uploads.questionnaires.worker import MAX_CHARACTERS, fields_of
from tests.support.files.acting_files import refused_acting_files
from tests.support.files.evidence_files import DOCUMENT, replaced_part, word_file

DATA = Path(__file__).parents[2] / "data" / "questionnaires"
CODE = "0123abcd"
TAG = f"dnk:{CODE}:d1.1/text:3"


@pytest.fixture(scope="module")
def saved() -> bytes:
    """A questionnaire of criterion 3, filled in and saved by LibreOffice 25.2 as "Word 2007"."""
    return (DATA / "libreoffice.docx").read_bytes()


def texts_of(content: bytes) -> tuple[dict[str, str], list[str]]:
    found = fields_of(content, EvidenceFileType.DOCX)
    fields = {str(mark): str(text) for mark, text, _is_number in found["fields"]}
    return fields, [str(text) for text in found["outside"]]


def test_what_libreoffice_saved_is_read(saved: bytes) -> None:
    found = fields_of(saved, EvidenceFileType.DOCX)
    returned = collect_fields(found["fields"], found["outside"], CODE)  # type: ignore[arg-type]
    filled = {
        (ref, part): given.text
        for ref, fields in returned.fields.items()
        for part, given in fields.texts.items()
        if given.text
    }
    assert filled == {
        ("3.1", "text"): "Unser Ziel „2030“:\n\n- weniger Strom\n- mehr Holz \N{DECIDUOUS TREE}\nשלום",
        ("3.1", "kind"): "Wir berichten",
        ("3.1.goals", "1.goal"): "Strom um 10 % senken\nbis 2030",
        ("3.1.goals", "1.due"): "2030",
        ("3.2", "why"): "Kommt noch",
    }
    assert len(returned.fields["3.1.goals"].texts) == 27  # the empty ones, too
    assert set(returned.made_at.values()) == {3}


def run_of(text: str, style: str = "") -> str:
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f"<w:r>{properties}<w:t>{text}</w:t></w:r>"


def control(inside: str, more: str = "<w:text/>", tag: str = TAG) -> str:
    properties = f'<w:sdtPr><w:alias w:val="Text"/><w:tag w:val="{tag}"/>{more}</w:sdtPr>'
    return f"<w:sdt>{properties}<w:sdtContent>{inside}</w:sdtContent></w:sdt>"


def cell(inside: str) -> str:
    return f"<w:tbl><w:tr><w:tc>{inside}</w:tc></w:tr></w:tbl>"


def list_paragraph(text: str) -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr></w:pPr>{run_of(text)}</w:p>'
    )


HINT = "<w:showingPlcHdr/><w:text/>"
SHAPES = {
    "in a line": (cell(f"<w:p>{control(run_of('A') + run_of('B'))}</w:p>"), "AB"),
    "around paragraphs": (cell(control(f"<w:p>{run_of('A')}</w:p><w:p>{run_of('B')}</w:p>")), "A\nB"),
    "around a cell": (
        "<w:tbl><w:tr>" + control(f"<w:tc><w:p>{run_of('A')}</w:p></w:tc>") + "</w:tr></w:tbl>",
        "A",
    ),
    "beside it in its cell": (
        cell(f"<w:p>{control(run_of('A'))}{run_of(' und B')}</w:p><w:p>{run_of('C')}</w:p>"),
        "A und B\nC",
    ),
    "outside of tables": (f"<w:p>{run_of('Frage ')}{control(run_of('A'))}</w:p>", "A"),
    "a list of Word": (
        cell(control(f"<w:p>{run_of('Wir:')}</w:p>{list_paragraph('A')}{list_paragraph('B')}")),
        "Wir:\n- A\n- B",
    ),
    "breaks, tabs and hyphens": (
        cell(f"<w:p>{control('<w:r><w:t>A</w:t><w:br/><w:t>B</w:t><w:tab/><w:noBreakHyphen/></w:r>')}</w:p>"),
        "A\nB\t\N{NON-BREAKING HYPHEN}",
    ),
    "changes that were tracked": (
        cell(
            "<w:p>"
            + control(f"<w:ins>{run_of('neu')}</w:ins><w:del><w:r><w:delText>alt</w:delText></w:r></w:del>")
            + f"<w:moveFrom>{run_of('weg')}</w:moveFrom></w:p>"
        ),
        "neu",
    ),
    "a link": (cell(control(f"<w:p><w:hyperlink>{run_of('A')}</w:hyperlink></w:p>", "<w:richText/>")), "A"),
    "our words where to write": (cell(f"<w:p>{control(run_of('Write here', 'Quiet'), HINT)}</w:p>"), ""),
    "Word's own": (
        cell(f"<w:p>{control(run_of('Klicken oder tippen', 'Platzhaltertext'), HINT)}</w:p>"),
        "",
    ),
    "words of somebody that look like ours": (
        cell(f"<w:p>{control(run_of('Write here'))}</w:p>"),
        "Write here",
    ),
    "words in place of ours, still called a hint": (
        cell(f"<w:p>{control(run_of('Mein Text', 'Quiet'), HINT)}</w:p>"),
        "Mein Text",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_field_is_read_whole_wherever_it_stands(saved: bytes, shape: str) -> None:
    inside, text = SHAPES[shape]
    fields, outside = texts_of(word_file(saved, inside))
    assert fields == {TAG: text}
    assert outside == (["Frage "] if shape == "outside of tables" else [])


@pytest.mark.parametrize(("state", "text"), [("1", "x"), ("0", "")])
def test_boxes_are_read_by_their_state(saved: bytes, state: str, text: str) -> None:
    def box(tag: str) -> str:
        inner = f'<w14:checkbox xmlns:w14="urn:w14"><w14:checked w14:val="{state}"/></w14:checkbox>'
        return f"<w:p>{control(run_of('?'), inner, tag)}{run_of(' CO2')}</w:p>"

    others = f"dnk:{CODE}:dX/=ch4:0"
    fields, outside = texts_of(word_file(saved, cell(box(TAG) + box(others))))
    assert (fields, outside) == ({TAG: text, others: text}, [" CO2"])


def test_what_stands_in_no_field_is_told(saved: bytes) -> None:
    foreign = control(run_of("B"), tag="Kunde")
    _fields, outside = texts_of(
        word_file(saved, f"<w:p>{run_of('A')}{foreign}</w:p><w:p>{control(run_of('C'))}</w:p>")
    )
    assert outside == ["AB"]


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 60_000_000)
    return made.getvalue()


def refused(content: bytes) -> FileRejectionReason:
    with pytest.raises(FileRejected) as rejected:
        read_questionnaire_file(content, CODE)
    return rejected.value.why


def test_files_that_are_none_are_refused_before_anybody_opens_them() -> None:
    assert refused(b"") is FileRejectionReason.EMPTY
    assert refused(b"x" * (MAX_FILE_BYTES + 1)) is FileRejectionReason.TOO_LARGE
    assert refused(b"%PDF-1.7") is FileRejectionReason.KIND
    assert refused(b"PK\x03\x04torn") is FileRejectionReason.BROKEN
    assert refused(b"\xd0\xcf\x11\xe0old or locked") is FileRejectionReason.ENCRYPTED
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert refused(made.getvalue()) is FileRejectionReason.KIND


def test_a_bomb_a_doctype_and_deep_nesting_are_refused_in_the_child(saved: bytes) -> None:
    assert refused(bomb()) is FileRejectionReason.UNPACKED
    entity = b'<!DOCTYPE a [<!ENTITY a "aaaa">]><w:document xmlns:w="urn:w">&a;</w:document>'
    assert refused(replaced_part(saved, DOCUMENT, entity)) is FileRejectionReason.BROKEN
    deep = "<w:p>" + "<w:r>" * 20_000 + "</w:r>" * 20_000 + "</w:p>"
    assert refused(word_file(saved, deep)) in (FileRejectionReason.BROKEN, FileRejectionReason.TOO_MUCH)


def test_what_acts_or_calls_home_is_refused(saved: bytes) -> None:
    """The checks are those of evidence; here each office file of their tests, as a questionnaire."""
    kinds = {".docx": EvidenceFileType.DOCX, ".xlsx": EvidenceFileType.XLSX}
    tried = 0
    for name, content, _why in refused_acting_files().values():
        kind = kinds.get(Path(name).suffix)
        if kind:
            tried += 1
            with pytest.raises(FileRejected):
                fields_of(content, kind)
    assert tried > 10


def test_a_document_of_somebody_else_holds_no_questionnaire(saved: bytes) -> None:
    with pytest.raises(NoQuestionnaire) as none:
        read_questionnaire_file(word_file(saved, f"<w:p>{run_of('Brief')}</w:p>"), CODE)
    assert not none.value.is_foreign
    with pytest.raises(NoQuestionnaire) as none:
        read_questionnaire_file(saved, "ffffffff")
    assert none.value.is_foreign


def test_more_text_than_anybody_writes_is_refused(saved: bytes) -> None:
    letters = random.Random(7).choices("abcdefghijklmnopqrstuvwxyz", k=MAX_CHARACTERS // 20 - 40)

    def fields(count: int) -> bytes:
        tags = (f"dnk:{CODE}:d{number}/text:0" for number in range(count))
        return word_file(
            saved, "".join(f"<w:p>{control(run_of(''.join(letters)), tag=tag)}</w:p>" for tag in tags)
        )

    assert len(fields_of(fields(20), EvidenceFileType.DOCX)["fields"]) == 20
    with pytest.raises(FileRejected, match="unpacked"):
        fields_of(fields(21), EvidenceFileType.DOCX)
