"""A declaration's PDF carries its own data, which come back without loss, and nothing of anybody else."""

import io
import json
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner

from dnk_tool.cli.main import cli
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure
from dnk_tool.domain.declarations.annex import (
    Annex,
    AnnexLine,
    AnnexStep,
    CoveredSites,
    EnteredValue,
    FigureExplanation,
    ListedEvidence,
    UsedFactor,
)
from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.files.attachments import attachments_of
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import render_job, render_pdf
from dnk_tool.report.view.model import Issue
from dnk_tool.services.uploads import declarations as uploaded_declarations
from dnk_tool.services.uploads.declarations import (
    DeclarationFileFault,
    UnreadableDeclaration,
    declaration_data,
    read_declaration_file,
)
from tests.support.files.pdf_accessibility import accessibility_failures

DATA = sorted((Path(__file__).parents[2] / "data").glob("*.json"))
CRAFT = next(path for path in DATA if path.stem == "craft")
DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)
PAGE = "<html lang=de><title>x</title><link rel=stylesheet href='asset:declaration.css'><h1>x</h1>"


def with_annex() -> Document:
    """A declaration with something of everything that an annex can hold."""
    kilos = Quantity(Decimal("1554.192"), "kg-co2e")
    factor = UsedFactor(
        "Strommix",
        Decimal("0.344"),
        "kWh",
        "kg-co2e",
        gases="CO2",
        boundary="direct",
        source="UBA",
        edition="uba-2026",
        data_year=2025,
    )
    step = AnnexStep("ghg.scope2.location", Quantity(Decimal(4518), "kWh"), kilos, factor)
    return replace(
        read_document(CRAFT.read_bytes()),
        annex=Annex(
            (AnnexLine("energy", "electricity", "Netzstrom", "Rechnung 7", steps=(step,)),),
            evidence=(
                ListedEvidence("Stromrechnung", "rechnung.pdf", "a" * 64, ("12.1",), is_listed=True),
                ListedEvidence("", "", "b" * 64, is_for_review=True),
            ),
            explanations=(
                FigureExplanation("waste.total", "?", "Wir haben das Lager geräumt.\nZweite Zeile."),
            ),
            scope=CoveredSites(("Werk",), (), (), (), "Das Lager ist gemietet."),
        ),
    )


def carrier(document: Document) -> bytes:
    """A PDF of one page with all that a declaration's own has inside, made in a second."""
    files = attachments_of(document, issued_on=DRAFT.issued_on, language=document.language)
    return render_job(PAGE, DRAFT, RenderLimits(), files)


@pytest.fixture(scope="module")
def craft() -> bytes:
    return carrier(read_document(CRAFT.read_bytes()))


def changed_pdf(content: bytes, change: Callable[[pikepdf.Pdf], Any], **options: Any) -> bytes:
    """The PDF as another program would save it."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(target, **options)
    return target.getvalue()


def with_data(content: bytes, data: bytes) -> bytes:
    """The PDF with other data in the place of its own."""

    def write(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["erklaerung-2025.json"].obj.EF.F.write(data)

    return changed_pdf(content, write)


def refused_fault(content: bytes) -> DeclarationFileFault:
    with pytest.raises(UnreadableDeclaration) as refused:
        read_declaration_file(content)
    return refused.value.fault


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_the_data_come_back_byte_for_byte(path: Path) -> None:
    pdf = carrier(read_document(path.read_bytes()))
    assert declaration_data(pdf) == path.read_bytes()
    assert canonical_json(read_declaration_file(pdf)) == path.read_bytes()


def test_an_annex_comes_back_too() -> None:
    document = with_annex()
    assert document.annex.to_json().keys() == {"calculations", "evidence", "explanations", "scope"}
    pdf = carrier(document)
    assert read_declaration_file(pdf) == document
    assert fingerprint(declaration_data(pdf)) == fingerprint(canonical_json(document))


def test_a_draft_carries_its_data_and_figures_always_the_same_bytes(tmp_path: Path) -> None:
    document = read_document(next(path for path in DATA if path.stem == "draft").read_bytes())
    content = render_pdf(document, DRAFT)
    assert render_pdf(document, DRAFT) == content
    path = tmp_path / "draft.pdf"
    path.write_bytes(content)
    assert accessibility_failures(path) == []
    with pikepdf.open(path) as pdf:
        held = {str(attachment.UF): attachment for attachment in pdf.Root.AF}
        assert {name: str(attachment.AFRelationship) for name, attachment in held.items()} == {
            "erklaerung-2025.json": "/Source",
            "kennzahlen-2025.xlsx": "/Data",
        }
        assert all(len(str(attachment.Desc)) > 10 for attachment in held.values())
        assert held["erklaerung-2025.json"].EF.F.Subtype == "/application/json"
        book = held["kennzahlen-2025.xlsx"].EF.F.read_bytes()
    assert zipfile.ZipFile(io.BytesIO(book)).testzip() is None
    if shutil.which("pdfdetach"):
        said = subprocess.run(["pdfdetach", "-list", str(path)], capture_output=True, check=True).stdout
        assert said.decode().splitlines()[0] == "2 embedded files"


def test_the_workbook_says_what_was_said_and_no_more() -> None:
    document = read_document(CRAFT.read_bytes())
    key = (2025, "energy.electricity.consumption")
    document = replace(
        document,
        figures={**document.figures, key: replace(document.figures[key], responsible="Frau Geheim")},
    )
    files = attachments_of(document, issued_on=DRAFT.issued_on, language="de")
    assert files == attachments_of(document, issued_on=DRAFT.issued_on, language="de")
    with zipfile.ZipFile(io.BytesIO(files[1].content)) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        assert "2026-03-02T00:00:00Z" in book.read("docProps/core.xml").decode()
    assert key[1] in words
    assert "Geheim" not in words
    assert "Geheim" not in files[0].content.decode()


def test_what_was_chosen_against_stays_with_the_company() -> None:
    document = read_document(CRAFT.read_bytes())
    explained = Answer(Disclosure.EXPLAIN, text="Alter Entwurf", explanation="Nicht wesentlich.")
    told = Answer(Disclosure.COMPLY, text="Wir berichten.", explanation="Alte Begründung", reason="x")
    selection = document.selection
    water = next(
        requirement for requirement in selection.requirements.values() if requirement.ref == "GRI-SRS-303-3"
    )
    keys = {item.datapoint.key for item in water.items if item.datapoint}
    assert keys
    figures = {(2025, key): Figure(Decimal(4711), "m3") for key in keys}
    secret = ListedEvidence("Geheimer Vertrag", "vertrag.pdf", "b" * 64, is_for_review=True)
    private = ListedEvidence("Lohnliste", "lohn.pdf", "c" * 64)
    step = AnnexStep("energy.total", Quantity(Decimal(2), "kWh"), Quantity(Decimal(2), "kWh"))
    paid = EnteredValue("Rechnungsbetrag", Quantity(Decimal(8151), "EUR"))
    bill = AnnexLine("energy", "electricity", "Strom", note="Nebenabrede", entered=(paid,), steps=(step,))
    figures[2025, "energy.total"] = Figure(Decimal(2), "kWh", source="Konto 4240")
    document = replace(
        document,
        annex=Annex(calculations=(bill,), evidence=(secret, private)),
        answers={**document.answers, "1.1": explained, "1.2": told, water.ref: explained},
        figures={**document.figures, **figures},
    )
    said = canonical_json(redact_document(document)).decode()
    for kept_back in (
        "Alter Entwurf",
        "Alte Begründung",
        "4711",
        "Geheimer Vertrag",
        "vertrag.pdf",
        "Nebenabrede",
        "8151",
        "Konto 4240",
        "c" * 64,
    ):
        assert kept_back in canonical_json(document).decode()
        assert kept_back not in said
    assert "Nicht wesentlich." in said
    assert "Wir berichten." in said
    assert attachments_of(document, issued_on=DRAFT.issued_on, language="de")[0].content.decode() == said


@pytest.mark.parametrize("data", [bytes([12]), bytes([12]) * 22], ids=["return", "again"])
def test_a_stream_that_ends_in_a_carriage_return_keeps_its_length(data: bytes, tmp_path: Path) -> None:
    file = replace(attachments_of(with_annex(), issued_on=DRAFT.issued_on, language="de")[0], content=data)
    path = tmp_path / "return.pdf"
    path.write_bytes(render_job(PAGE, DRAFT, RenderLimits(), (file,)))
    assert (zlib.compress(data)[-1:] == b"\r") == (data == bytes([12]))
    with pikepdf.open(path) as pdf:
        assert pdf.attachments[file.name].get_file().read_bytes() == data
    assert not [failure for failure in accessibility_failures(path) if "LENGTH" in failure]


def test_another_program_may_save_it_anew(craft: bytes) -> None:
    def nothing(_pdf: pikepdf.Pdf) -> None:
        """Only saves."""

    packed = changed_pdf(craft, nothing, object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    assert declaration_data(packed) == CRAFT.read_bytes()
    plain = changed_pdf(
        craft, nothing, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False
    )
    assert declaration_data(plain) == CRAFT.read_bytes()
    readable = changed_pdf(craft, nothing, encryption=pikepdf.Encryption(owner="x", user=""))
    assert declaration_data(readable) == CRAFT.read_bytes()


def test_each_reason_has_its_own_word(craft: bytes) -> None:
    def empty(pdf: pikepdf.Pdf) -> None:
        del pdf.Root.Names.EmbeddedFiles

    def foreign(pdf: pikepdf.Pdf) -> None:
        empty(pdf)
        pdf.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(pdf, b"<x/>", mime_type="text/xml")

    def mistyped(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["erklaerung-2025.json"].obj.EF.F.Subtype = pikepdf.Name("/text/plain")

    def doubled(pdf: pikepdf.Pdf) -> None:
        data = pikepdf.AttachedFileSpec(
            pdf, CRAFT.read_bytes(), filename="erklaerung-2024.json", mime_type="application/json"
        )
        pdf.attachments["erklaerung-2024.json"] = data

    locked = changed_pdf(craft, empty, encryption=pikepdf.Encryption(owner="x", user="y"))
    newer = json.loads(CRAFT.read_bytes()) | {"version": 3, "whatever": [1]}
    assert refused_fault(b"") is DeclarationFileFault.EMPTY
    assert refused_fault(b"\xef\xbb\xbf \n") is DeclarationFileFault.EMPTY
    assert refused_fault(b"PK\x03\x04 a letter") is DeclarationFileFault.OTHER_KIND
    assert refused_fault(locked) is DeclarationFileFault.LOCKED
    assert refused_fault(changed_pdf(craft, empty)) is DeclarationFileFault.NO_ATTACHMENT
    assert refused_fault(changed_pdf(craft, foreign)) is DeclarationFileFault.NOT_OURS
    assert refused_fault(changed_pdf(craft, mistyped)) is DeclarationFileFault.NOT_OURS
    assert refused_fault(changed_pdf(craft, doubled)) is DeclarationFileFault.DAMAGED
    assert refused_fault(b"%PDF-1.7\nand then nothing") is DeclarationFileFault.DAMAGED
    assert refused_fault(with_data(craft, CRAFT.read_bytes()[:-9])) is DeclarationFileFault.DAMAGED
    assert refused_fault(CRAFT.read_bytes()[:-9]) is DeclarationFileFault.DAMAGED
    assert refused_fault(with_data(craft, json.dumps(newer).encode())) is DeclarationFileFault.NEWER
    assert refused_fault(json.dumps(newer).encode()) is DeclarationFileFault.NEWER
    assert refused_fault(b'{"format": "something-else", "version": 7}') is DeclarationFileFault.INVALID
    assert refused_fault(b"{" + b" " * uploaded_declarations.MAX_FILE_BYTES) is DeclarationFileFault.TOO_LARGE


def compressed(piece: bytes, times: int) -> bytes:
    """What zlib makes of a piece so many times over, for the work of one: the rest is repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 1
    for _ in range(times):
        checksum = zlib.adler32(piece, checksum)
    return b"\x78\xda" + block * times + b"\x03\x00" + checksum.to_bytes(4, "big")


def test_data_that_unpack_without_end_are_refused(craft: bytes) -> None:
    bomb = with_data(craft, b" " * 200_000_000)
    assert len(bomb) < 2_000_000
    assert refused_fault(bomb) is DeclarationFileFault.TOO_LARGE

    assert zlib.decompress(compressed(b"ab ", 5)) == b"ab " * 5

    def twice(pdf: pikepdf.Pdf) -> None:
        stream = pdf.attachments["erklaerung-2025.json"].obj.EF.F
        packed = zlib.compress(compressed(b" " * 1_000_000, 900), 9)
        stream.write(packed, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * 2))

    assert refused_fault(changed_pdf(craft, twice)) in (
        DeclarationFileFault.TOO_LARGE,
        DeclarationFileFault.DAMAGED,
    )


def test_the_command_takes_a_pdf(craft: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_INSTANCE", str(tmp_path / "instance"))
    path, exported = tmp_path / "craft.pdf", tmp_path / "again.json"
    path.write_bytes(craft)
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    run = CliRunner().invoke(cli, ["declaration", "import", str(path), "--json"])
    assert run.exit_code == 0, run.output
    number = str(json.loads(run.stdout)["declaration"])
    assert CliRunner().invoke(cli, ["declaration", "export", number, "-o", str(exported)]).exit_code == 0
    assert exported.read_bytes() == CRAFT.read_bytes()
    path.write_bytes(with_data(craft, b"{}"))
    refused = CliRunner().invoke(cli, ["declaration", "import", str(path)])
    assert refused.exit_code == 1
    assert "format: is missing" in refused.output
    path.write_bytes(b"%PDF-1.7")
    refused = CliRunner().invoke(cli, ["declaration", "import", str(path)])
    assert "is damaged or incomplete" in refused.output
