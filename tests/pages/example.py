"""`python -m tests.pages.example` makes docs/example anew: a finished declaration, its data and pictures."""

import hashlib
import io
import json
import subprocess
from datetime import date
from pathlib import Path

from PIL import Image

from dnk_tool.cli.demo.examples import finished_document
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import declaration_job, render_pdf
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import Issue
from tests import prints
from tests.pages.pictures import save

FOLDER = Path(__file__).parents[2] / "docs" / "example"
# Of each PDF its SHA-256, and the mark of all that decided what came of it.
RECORD = prints.FOLDER / "example.json"
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
    RECORD.write_text(json.dumps({name: _marks(name) for name in EDITIONS}, indent=1) + "\n", "utf-8")
    for number in PICTURES:
        save(page_picture(FOLDER / "declaration.pdf", number), f"page-{number}", folder=FOLDER)


def data() -> bytes:
    """The declaration in the open format, as the program writes it now."""
    return canonical_json(finished_document())


def printed(name: str) -> bytes:
    """One of its PDFs, as the program prints it now."""
    return render_pdf(finished_document(), _issue(), edition=EDITIONS[name])


def is_unchanged(name: str) -> bool:
    """Whether the file is the one that was printed, from the same page by the same programs."""
    return bool(json.loads(RECORD.read_text("utf-8")).get(name) == _marks(name))


def _marks(name: str) -> dict[str, str]:
    job = declaration_job(finished_document(), _issue(), EDITIONS[name], DEFAULT_BRANDING, RenderLimits())
    file = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    return {"sha256": file, "inputs": prints.inputs_of(job)}


def _issue() -> Issue:
    return Issue(1, DAY, is_draft=False, fingerprint=fingerprint(data()))


def page_picture(pdf: Path, number: int) -> Image.Image:
    """A page at 100 dots per inch."""
    command = ["pdftoppm", "-png", "-r", "100", "-f", str(number), "-l", str(number), str(pdf)]
    return Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))


if __name__ == "__main__":
    main()
