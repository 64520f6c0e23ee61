"""Photos taken at bills that are entered already: kept with everything else that the page's form holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from dnk_tool.domain.evidence import EvidenceTarget
from dnk_tool.services.evidence.access import require_evidence_editable
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.services.figures.calculator_lines import lines_of
from dnk_tool.web.evidence.labels import added_text
from dnk_tool.web.evidence.uploads import (
    STORAGE_ERRORS,
    UploadedFiles,
    inspect_uploads,
    storage_error_text,
    store_files,
)
from dnk_tool.web.figures.bills.form import BillFields
from dnk_tool.web.http.access import current_actor, current_declaration
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import FieldError

BUTTON = "photo:"  # the beginning of the value of a photo's button, before the id of its line


@dataclass
class LinePhotos:
    """The photos of one form by the id of their line, each with the label of its bill."""

    labels: dict[int, str]
    sent: dict[int, FileStorage]
    inspected: dict[int, UploadedFiles] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    is_stored: bool = False

    def inspect(self) -> None:
        """Inspect the files; the request must hold no transaction."""
        self.inspected = {line: inspect_uploads([photo]) for line, photo in self.sent.items()}

    def store(self) -> None:
        """Attach each photo to its line and commit it; where that fails, note a message at its field."""
        for line, uploaded in self.inspected.items():
            text = uploaded.errors[0] if uploaded.errors else ""
            if not text:
                try:
                    title = _("%(bill)s (Foto)", bill=self.labels[line])
                    added = store_files(
                        EvidenceTarget(line=line), uploaded.files, EvidenceDetails(title=title)
                    )
                    db().commit()
                    self.is_stored = True
                    flash(added_text(added), "success")
                except STORAGE_ERRORS as error:
                    text = storage_error_text(error)[0]
            if text:
                self.errors.append(FieldError(photo_field(line), f"{self.labels[line]}: {text}"))


def photo_field(line: int) -> str:
    """Name and id of the field for a photo of a line."""
    return f"photo-{line}-file"


def posted_photos(bills: Sequence[BillFields]) -> LinePhotos:
    """The photos that the request sends for lines of these bills. Raises Locked for a line that is closed."""
    taken = {name: file for name, file in request.files.items() if file.filename}
    labels = _labels(bills) if taken else {}
    sent = {line: taken[photo_field(line)] for line in labels if photo_field(line) in taken}
    for line in sent:
        require_evidence_editable(db(), current_declaration(), EvidenceTarget(line=line), current_actor())
    return LinePhotos(labels, sent)


def pressed_line() -> str:
    """The id of the line whose photo button was pressed; "" for any other button."""
    action = request.form.get("action", "")
    return action.removeprefix(BUTTON) if action.startswith(BUTTON) else ""


def _labels(bills: Sequence[BillFields]) -> dict[int, str]:
    by_kind = {bill.kind: bill.label for bill in bills}
    lines = (stored.line for stored in lines_of(db(), current_declaration()))
    return {
        line.id: by_kind[line.calculator, line.activity]
        for line in lines
        if (line.calculator, line.activity) in by_kind
    }
