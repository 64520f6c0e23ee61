"""The form of an example, and what was typed as a domain value."""

from contextlib import closing
from typing import Any, Protocol

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField

from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.editing import Stored
from dnk_tool.domain.evidence import FileRejected, FileRejectionReason, file_extension
from dnk_tool.domain.exchange.examples import (
    MAX_ALT_LENGTH,
    MAX_FITS_LENGTH,
    MAX_LINE_LENGTH,
    MAX_TITLE_LENGTH,
    ExampleContent,
    plain_text,
)
from dnk_tool.services.uploads import inspection
from dnk_tool.web.declarations.branding_text import VECTOR_FORMATS, logo_rejection_text
from dnk_tool.web.text.form_fields import LineField, ProseField
from dnk_tool.web.text.options import Option, choice_options
from dnk_tool.web.uploads import record_refused_file

PICTURE = "picture"  # the name of the field with a file
MAX_PICTURE_BYTES = 10_000_000
TEXTS = ("title", "before", "idea", "done", "effort", "advice", "fits", "picture_alt")


class ExampleForm(FlaskForm):
    """What a company tells of a measure; nothing is needed for a draft."""

    title = LineField(longest=MAX_TITLE_LENGTH)
    before = ProseField(longest=MAX_LINE_LENGTH)
    idea = ProseField(longest=MAX_LINE_LENGTH)
    done = ProseField(longest=MAX_LINE_LENGTH)
    effort = ProseField(longest=MAX_LINE_LENGTH)
    advice = ProseField(longest=MAX_LINE_LENGTH)
    fits = ProseField(longest=MAX_FITS_LENGTH)
    section = SelectField(validate_choice=False, default="")
    picture_alt = LineField(longest=MAX_ALT_LENGTH)
    is_public = BooleanField()
    is_contact = BooleanField()
    version = HiddenField(default="0")
    picture_error = ""  # why the chosen file is not taken

    @property
    def content(self) -> ExampleContent:
        """The texts as typed, without signs that a page must not show."""
        texts: dict[str, str] = {name: plain_text(self[name].data or "") for name in TEXTS}
        known = {section.key for section in load_sectors().current.sections}
        section = self.section.data if self.section.data in known else ""
        return ExampleContent(**texts, section=section, is_public=bool(self.is_public.data))


def form_values(stored: Stored[ExampleContent], *, is_contact: bool) -> dict[str, Any]:
    """The fields that show an example."""
    content = stored.content
    values: dict[str, Any] = {name: getattr(content, name) for name in TEXTS}
    return values | {
        "section": content.section,
        "is_public": content.is_public,
        "is_contact": is_contact,
        "version": str(stored.version),
    }


def section_options() -> list[Option]:
    """The sections of sectors."""
    return choice_options(load_sectors().current.sections, _("für jede Branche"))


class PictureForm(Protocol):
    """A form with a picture, which shows why a file is refused."""

    picture_error: str


def sent_picture(form: PictureForm) -> bytes | None:
    """The picture that was chosen, as a JPEG without metadata; empty to remove it, None to keep it.

    Shows in the form why a file is refused.
    """
    sent = request.files.get(PICTURE)
    if not sent or not sent.filename:
        return b"" if request.form.get("without-picture") else None
    with closing(sent):
        try:
            return inspection.inspect_photo(sent.filename, sent.read(), largest=MAX_PICTURE_BYTES)
        except FileRejected as refused:
            record_refused_file(refused.why)
            form.picture_error = picture_rejection_text(sent.filename, refused.why)
            return None


def picture_rejection_text(name: str, why: FileRejectionReason) -> str:
    """Why the file is refused as a picture, and what helps."""
    if why is FileRejectionReason.KIND and file_extension(name) not in VECTOR_FORMATS:
        return str(_("Wir nehmen PNG, JPG und WebP. Speichern Sie das Bild als JPG."))
    if why is not FileRejectionReason.TOO_LARGE:
        return logo_rejection_text(name, why)
    return str(
        _(
            "Die Datei ist zu groß. Möglich sind %(size)s MB; 1.200 Bildpunkte Breite genügen.",
            size=MAX_PICTURE_BYTES // 1_000_000,
        )
    )
