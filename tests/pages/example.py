"""`python -m tests.pages.example` makes docs/example anew: a finished declaration, its data and pictures."""

import io
import subprocess
from datetime import date
from pathlib import Path

from PIL import Image

from dnk_tool.cli.demo.examples import finished_document
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.report.renderer import render_pdf
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import Issue
from tests.pages.pictures import save

FOLDER = Path(__file__).parents[2] / "docs" / "example"
DATA = "declaration.json"
EDITIONS = {
    "declaration.pdf": FULL_EXPORT,
    "short-form-en.pdf": ExportOptions(Variant.SHORT, language="en"),
}
DAY = date(2026, 11, 27)
# Cover, key figures, first page of a chapter, figures of the climate.
PICTURES = (1, 4, 6, 22)
LARGEST = {".pdf": 400_000, ".png": 150_000, ".json": 120_000}  # bytes


def main() -> None:
    """Write the files. The README beside them is written by hand."""
    (FOLDER / DATA).write_bytes(data())
    for name in EDITIONS:
        (FOLDER / name).write_bytes(printed(name))
    for number in PICTURES:
        save(page_picture(FOLDER / "declaration.pdf", number), f"page-{number}", folder=FOLDER)


def data() -> bytes:
    """The declaration in the open format, as the program writes it now."""
    return canonical_json(finished_document())


def printed(name: str) -> bytes:
    """One of its PDFs, as the program prints it now."""
    issue = Issue(1, DAY, is_draft=False, fingerprint=fingerprint(data()))
    return render_pdf(finished_document(), issue, edition=EDITIONS[name])


def page_picture(pdf: Path, number: int) -> Image.Image:
    """A page at 100 dots per inch."""
    command = ["pdftoppm", "-png", "-r", "100", "-f", str(number), "-l", str(number), str(pdf)]
    return Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))


if __name__ == "__main__":
    main()
