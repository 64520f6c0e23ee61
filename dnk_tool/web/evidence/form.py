"""Form fields for the details of evidence."""

from flask_wtf import FlaskForm
from wtforms import BooleanField

from dnk_tool.domain.evidence import LONGEST_TITLE, visible_text
from dnk_tool.services.evidence.files import EvidenceDetails
from dnk_tool.web.text.form_fields import DayField, LineField


class EvidenceForm(FlaskForm):
    """The details of one or more files, all optional."""

    title = LineField(longest=LONGEST_TITLE)
    valid_until = DayField()
    is_listed = BooleanField()
    is_for_review = BooleanField()

    def evidence_details(self) -> EvidenceDetails:
        """The details as entered."""
        return EvidenceDetails(
            visible_text(self.title.data or ""),
            self.valid_until.data,
            bool(self.is_listed.data),
            bool(self.is_for_review.data),
        )
