"""The form of a reusable remark."""

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.services.review.remark_rows import MAX_REMARK_LENGTH
from dnk_tool.services.review.remark_templates import RemarkTemplate
from dnk_tool.web.text.form_fields import LineField, ProseField


class RemarkField(ProseField):
    """The text of a remark."""

    def pre_validate(self, form: FlaskForm) -> None:
        if len(self.data or "") > MAX_REMARK_LENGTH:
            raise ValidationError(_("Bitte kürzen Sie diesen Text auf höchstens 5.000 Zeichen."))


class RemarkTemplateForm(FlaskForm):
    """A reusable remark: title, German text, optional English text."""

    title = LineField(longest=200)
    text_de = RemarkField()
    text_en = RemarkField()
    version = HiddenField(default="0")

    def validate_title(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(_("Geben Sie einen Titel ein, an dem Sie den Text erkennen."))

    def validate_text_de(self, field: RemarkField) -> None:
        if not field.data:
            raise ValidationError(_("Geben Sie den deutschen Text ein."))

    def remark_template(self) -> RemarkTemplate:
        """The reusable remark as entered."""
        return RemarkTemplate(self.title.data, self.text_de.data, self.text_en.data or "")
