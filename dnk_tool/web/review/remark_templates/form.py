"""The form of a reusable remark."""

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, ValidationError

from dnk_tool.catalogue import Section, editions, load_catalogue
from dnk_tool.services.review.remark_rows import MAX_REMARK_LENGTH
from dnk_tool.services.review.remark_templates import RemarkTemplate
from dnk_tool.web.text.form_fields import LineField, ProseField


def all_sections() -> tuple[Section, ...]:
    """The sections that a reusable remark may fit: those of the newest edition."""
    return load_catalogue(editions()[-1]).sections


def known_section(ref: str | None) -> str:
    """The ref if there is such a section, else "", which means all."""
    return ref if ref and ref in {section.ref for section in all_sections()} else ""


class RemarkField(ProseField):
    """The text of a remark."""

    def pre_validate(self, form: FlaskForm) -> None:
        if len(self.data or "") > MAX_REMARK_LENGTH:
            raise ValidationError(_("Bitte kürzen Sie diesen Text auf höchstens 5.000 Zeichen."))


class RemarkTemplateForm(FlaskForm):
    """A reusable remark: title, text in German, English or both, and the section that it fits, if any."""

    title = LineField(longest=200)
    section = StringField(default="")
    text_de = RemarkField()
    text_en = RemarkField()
    version = HiddenField(default="0")

    def validate_title(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(_("Geben Sie einen Titel ein, an dem Sie den Text erkennen."))

    def validate_text_de(self, field: RemarkField) -> None:
        if not field.data and not self.text_en.data:
            raise ValidationError(_("Geben Sie den Text ein, auf Deutsch oder auf Englisch."))

    def remark_template(self) -> RemarkTemplate:
        """The reusable remark as entered."""
        return RemarkTemplate(
            self.title.data,
            self.text_de.data or "",
            self.text_en.data or "",
            known_section(self.section.data),
        )
