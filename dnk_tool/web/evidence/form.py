"""Form fields for the details of evidence."""

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, ValidationError

from dnk_tool.domain.evidence import LONGEST_TITLE, visible_text
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.web.text.form_fields import DayField


class EvidenceForm(FlaskForm):
    """The details of one or more files, all optional."""

    title = StringField()
    valid_until = DayField()
    is_listed = BooleanField()
    is_for_review = BooleanField()

    def validate_title(self, field: StringField) -> None:
        if len(field.data or "") > LONGEST_TITLE:
            raise ValidationError(_("Die Bezeichnung darf höchstens 200 Zeichen haben."))

    def evidence_details(self) -> EvidenceDetails:
        """The details as entered."""
        return EvidenceDetails(
            visible_text(self.title.data or ""),
            self.valid_until.data,
            bool(self.is_listed.data),
            bool(self.is_for_review.data),
        )
