"""`python -m tests.pages.example` makes docs/example anew: a finished declaration, its data and pictures.

Before, it writes the demo's file of that declaration as a new demo publishes it, with what its bills give.
"""

import hashlib
import io
import json
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from sqlalchemy.orm import Session

from dnk_tool.cli.demo import FILES, FINISHED_FILE, command
from dnk_tool.cli.demo.content import cluster_content
from dnk_tool.cli.demo.examples import finished_document, load_document
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import declaration_job, render_pdf
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import Issue
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine, session_factory, write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from tests import prints
from tests.pages.pictures import save_picture

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
LARGEST = {".pdf": 450_000, ".png": 150_000, ".json": 140_000}  # bytes


def main() -> None:
    """Write the files. The README beside them is written by hand."""
    (FILES / FINISHED_FILE).write_bytes(sample())
    load_document.cache_clear()
    (FOLDER / DATA).write_bytes(data())
    for name in EDITIONS:
        (FOLDER / name).write_bytes(printed_edition(name))
    RECORD.write_text(json.dumps({name: _marks(name) for name in EDITIONS}, indent=1) + "\n", "utf-8")
    for number in PICTURES:
        save_picture(page_picture(FOLDER / "declaration.pdf", number), f"page-{number}", folder=FOLDER)


def sample() -> bytes:
    """The demo's declaration without its foreword, as a new demo publishes it."""
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/dnk.sqlite3")
        schema.upgrade(engine)
        with write_session(session_factory(engine)) as session:
            blobs = FileBlobStore(Path(folder) / "evidence")
            command.seed(session, blobs, password_hash="unused", now=datetime.now(UTC))
            document = read_document(published_json(session))
        engine.dispose()
    answers = {ref: each for ref, each in document.answers.items() if ref not in cluster_content().foreword}
    return canonical_json(replace(document, answers=answers))


def published_json(session: Session) -> bytes:
    """The first version of the declaration in a demo."""
    name = load_document(FINISHED_FILE).organisation.name
    [company] = declarations.organisations_named(session, name)
    [declaration] = declarations.of_organisations(session, [company.id])
    version = declarations.snapshot(session, declaration.id, 1)
    assert version is not None
    return version.content


def data() -> bytes:
    """The declaration in the open format, as the program writes it now."""
    return canonical_json(finished_document())


def printed_edition(name: str) -> bytes:
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
