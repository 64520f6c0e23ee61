"""Reads and writes a company's explanations of odd figures, and keeps each as a revision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select as sql
from sqlalchemy.orm import Session

from dnk_tool.domain.figures.plausibility.warning import NO_EXPLANATION, ExplanationEdit
from dnk_tool.store.answers.versioned_rows import Values, VersionedRows
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ExplainedWarning, ExplanationRevision


def of_year(session: Session, organisation_id: int, year: int) -> dict[tuple[str, str], ExplainedWarning]:
    """The explained warnings of one year by (rule, subject), as rows to change."""
    rows = session.scalars(
        sql(ExplainedWarning).where(
            ExplainedWarning.organisation_id == organisation_id, ExplainedWarning.year == year
        )
    )
    return {(row.rule, row.subject): row for row in rows}


def revisions(session: Session, warning_id: int) -> Sequence[ExplanationRevision]:
    """All explanations that a warning ever had, latest first, also those kept aside in a conflict."""
    return session.scalars(
        sql(ExplanationRevision)
        .where(ExplanationRevision.warning_id == warning_id)
        .order_by(ExplanationRevision.id.desc())
    ).all()


class ExplanationRows(VersionedRows[ExplanationEdit, ExplainedWarning]):
    """The explanations of odd figures in the declaration's year, by the warning's ref."""

    table = ExplainedWarning

    def __init__(self, session: Session, declaration: Declaration, *, by: int | None, now: datetime) -> None:
        self.organisation_id, self.year = declaration.organisation_id, declaration.reporting_year
        rows = of_year(session, self.organisation_id, self.year).values()
        super().__init__(session, {self.content_of(row).ref: row for row in rows}, by=by, now=now)

    def encode(self, content: ExplanationEdit) -> dict[str, Any]:
        """Encode text, `is_printed` and fingerprint; the warning itself is known from the row."""
        return {"text": content.text, "is_printed": content.is_printed, "fingerprint": content.fingerprint}

    def content_of(self, row: ExplainedWarning | Values | None) -> ExplanationEdit:
        """The explanation as an edit that saw the row's version; NO_EXPLANATION without a row."""
        if row is None:
            return NO_EXPLANATION
        return ExplanationEdit(
            row.rule, row.subject, row.fingerprint, row.text, row.is_printed, seen=row.version
        )

    def new_row(self, ref: str) -> ExplainedWarning:
        """A row of the company and year; `fill` sets its rule and subject."""
        return ExplainedWarning(organisation_id=self.organisation_id, year=self.year, version=0)

    def fill(self, row: ExplainedWarning, content: ExplanationEdit, encoded: dict[str, Any]) -> None:
        """Set the warning, the explanation and the fingerprint of the values that it explains."""
        row.rule, row.subject = content.rule, content.subject
        row.text, row.is_printed = content.text, content.is_printed
        row.fingerprint = content.fingerprint

    def revisions(self, row: ExplainedWarning | Values) -> Sequence[ExplanationRevision]:
        """All explanations of the warning, latest first, also those kept aside."""
        return revisions(self.session, row.id)

    def new_revision(self, row: ExplainedWarning | Values, **content: Any) -> ExplanationRevision:
        """A revision of the warning. Flushes before, because a new row has no id yet."""
        self.session.flush()
        return ExplanationRevision(warning_id=row.id, **content)
