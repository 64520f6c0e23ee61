"""The pages named in the contents of a Word document are those on which LibreOffice finds its headings."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest

from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import Issue
from tests.support.documents import stored_document

MOST_OTHERS = 0.1  # of the lines, each by one page: another program breaks lines otherwise
TOC = re.compile(
    r'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC [^<]*'
    r'</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)
END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'

pytestmark = [
    pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed"),
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed"),
]


def counted_by_libreoffice(content: bytes) -> bytes:
    """The document without the field around its contents, which keeps LibreOffice from counting pages."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                xml, count = TOC.subn("", part.decode(), count=1)
                assert count == 1
                last = xml.rindex(END, 0, xml.index("</w:sdtContent>"))
                part = (xml[:last] + xml[last + len(END) :]).encode()
            target.writestr(name, part)
    return made.getvalue()


def numbers_of_contents(folder: Path, name: str, content: bytes) -> list[int]:
    (folder / f"{name}.docx").write_bytes(content)
    office = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    office += ["--outdir", str(folder), str(folder / f"{name}.docx")]
    subprocess.run(office, check=True, capture_output=True, timeout=240)
    said = subprocess.run(
        ["pdftotext", "-f", "2", "-l", "3", "-layout", str(folder / f"{name}.pdf"), "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [int(number) for number in re.findall(r"(?m)\s(\d+)$", said)]


@pytest.mark.parametrize("name", ["producer", "effas"])
def test_the_contents_name_the_pages_that_libreoffice_counts(tmp_path: Path, name: str) -> None:
    document = stored_document(name)
    view = compose(document, Issue(1, date(2026, 11, 26), False, "cd" * 32), on_paper=False)
    content = to_docx(view)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        xml = file.read("word/document.xml").decode()
    contents = xml[: xml.index("</w:sdtContent>")]
    named = [int(number) for number in re.findall(r">(\d+)</w:t></w:r><w:r><w:fldChar", contents)]
    counted = numbers_of_contents(tmp_path, name, counted_by_libreoffice(content))[: len(named)]
    assert len(named) == len(counted) > 30
    others = [one - other for one, other in zip(named, counted, strict=True) if one != other]
    assert len(others) <= MOST_OTHERS * len(named), others
    assert {abs(other) for other in others} <= {1}
