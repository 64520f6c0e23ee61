"""The form of a cohort: its frame and up to six milestones."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, HiddenField, SelectField, ValidationError

from dnk_tool.catalogue import Catalogue
from dnk_tool.domain.clusters.cohorts import (
    MAX_MILESTONES,
    MilestonePlan,
    course_end,
    course_plan,
    sections_from_text,
    sections_text,
)
from dnk_tool.language import Language, format_long_date
from dnk_tool.services.clusters.cohorts import CohortData, MilestoneData, stored_cohort
from dnk_tool.store.tables.clusters import Cohort, Milestone
from dnk_tool.web.clusters.cockpit.overview import newest_catalogue
from dnk_tool.web.clusters.forms import ShortProseField
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.text.form_fields import DayField, LineField, RowsField, YearField

MAX_NAME, MAX_TITLE, MAX_PLACE, MAX_NOTE = 100, 200, 500, 1_000
FIRST_MEETING, OTHER_MEETINGS = _l("Auftakt"), _l("Workshop")


def criteria_refs() -> tuple[str, ...]:
    """The criteria that a milestone may name, in their order."""
    return tuple(criterion.ref for criterion in newest_catalogue().criteria)


def known_criteria(_form: Form, field: LineField) -> None:
    """A validator of a line that names criteria, such as "1–4, 7"."""
    try:
        sections_from_text(field.data or "", criteria_refs())
    except ValueError as error:
        raise ValidationError(
            _("„%(words)s“ ist kein Kriterium. Schreiben Sie zum Beispiel 1–4 oder 5, 7.", words=str(error))
        ) from None


class MilestoneRow(Form):
    """A milestone; an empty row is none."""

    key = HiddenField(default="")
    title = LineField(longest=MAX_TITLE)
    day = DayField()
    sections = LineField(longest=100, validators=[known_criteria])
    place = LineField(longest=MAX_PLACE)
    note = ShortProseField(longest=MAX_NOTE)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is entered, so that the row falls away."""
        words = (self.title.data, self.sections.data, self.place.data, self.note.data)
        return not any(words) and not self.day._value()

    def is_beyond(self, plan: Sequence[MilestonePlan]) -> bool:
        """Whether more is entered than the template enters: a saved milestone, or words of a person's own."""
        own = self.key.data or self.place.data or self.note.data
        return bool(own) or self.title.data not in {one.title for one in plan}

    def validate_title(self, field: LineField) -> None:
        if not field.data and not self.is_empty:
            raise ValidationError(_("Geben Sie dem Termin einen Namen, zum Beispiel „Workshop 1“."))

    def validate_day(self, field: DayField) -> None:
        if field.data is None and not field.errors and not self.is_empty:
            raise ValidationError(_("Geben Sie den Tag ein, zum Beispiel 14.10.2026."))

    @property
    def milestone_id(self) -> int | None:
        """The id of the saved milestone that the row shows; None for a new one."""
        return whole_number(self.key.data)

    @property
    def milestone(self) -> MilestoneData:
        """What is entered; only of a valid row that is not empty."""
        day = self.day.data
        if day is None:
            raise ValueError("a valid row has its day")
        return MilestoneData(
            day,
            self.title.data or "",
            self.place.data or "",
            self.note.data or "",
            sections_from_text(self.sections.data or "", criteria_refs()),
            self.milestone_id,
        )


class CohortForm(FlaskForm):
    """A cohort. `needs_name`: False for the one of all members; `before`: its final day until now."""

    name = LineField(longest=MAX_NAME)
    reporting_year = YearField()
    starts = DayField()
    due = DayField()
    indicator_set = SelectField(default="")
    milestones = RowsField(MilestoneRow, most=MAX_MILESTONES)
    confirmed = BooleanField()
    takes_members = BooleanField()
    version = HiddenField(default="0")

    question = ""

    def prepare(self, catalogue: Catalogue, language: Language) -> None:
        """Offer the indicator sets of the edition."""
        sets = [(one.key, one.title.to(language)) for one in catalogue.indicator_sets]
        self.indicator_set.choices = [("", _("keine Empfehlung")), *sets]

    def validate_reporting_year(self, field: YearField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie das Berichtsjahr ein, zum Beispiel 2025."))

    def validate_due(self, field: DayField) -> None:
        if field.data and self.starts.data and field.data < self.starts.data:
            raise ValidationError(_("Dieser Tag liegt vor dem ersten Tag der Kohorte."))

    def rows(self) -> list[MilestoneRow]:
        """The rows with something in them."""
        return [entry.form for entry in self.milestones.entries if not entry.form.is_empty]

    @property
    def cohort(self) -> CohortData:
        """What is entered; only of a valid form."""
        return CohortData(
            reporting_year=int(self.reporting_year.data or 0),
            name=self.name.data or "",
            starts=self.starts.data,
            due=self.due.data,
            indicator_set=self.indicator_set.data or None,
            milestones=[row.milestone for row in self.rows()],
            emptied=[
                key
                for entry in self.milestones.entries
                if entry.form.is_empty and (key := entry.form.milestone_id) is not None
            ],
        )

    def ask_about(self, before: date | None, *, today: date, language: Language) -> bool:
        """Ask once about a final day that is over or taken away. Returns whether an answer is missing."""
        due = self.due.data
        if self.confirmed.data or due == before:
            return False
        if due is None:
            self.question = _(
                "Ohne Frist wird niemand mehr erinnert, und niemand ist überfällig. Bisher galt der %(day)s.",
                day=format_long_date(before, language) if before else "",
            )
        elif due < today:
            self.question = _(
                "Der %(day)s ist schon vorbei. Wer dann nicht eingereicht hat, ist sofort überfällig.",
                day=format_long_date(due, language),
            )
        return bool(self.question)

    def fill_from_template(self) -> bool:
        """Date the milestones of "5 meetings, 15 weeks" from the first day.

        False without that day, and where something is entered that the template would overwrite.
        """
        starts = self.starts.data
        if not starts:
            missing = _("Geben Sie den ersten Tag ein. Von ihm aus rechnet die Vorlage.")
            self.starts.errors = [*self.starts.process_errors] or [missing]
            return False
        plan = course_plan(starts, str(FIRST_MEETING), str(OTHER_MEETINGS))
        if any(row.is_beyond(plan) for row in self.rows()):
            self.starts.errors = [
                _(
                    "Die Vorlage würde Termine überschreiben, die schon dastehen. Leeren Sie "
                    "deren Felder zuerst."
                )
            ]
            return False
        self.set_rows(
            {"title": one.title, "day": one.day, "sections": sections_text(one.sections, criteria_refs())}
            for one in plan
        )
        if self.due.data is None:
            self.due.raw_data, self.due.data = None, course_end(starts)
        return True

    def set_rows(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Put these rows in place of those that are there."""
        while self.milestones.entries:
            self.milestones.pop_entry()
        for row in rows:
            self.milestones.append_entry(row)


def cohort_values(cohort: Cohort, milestones: Sequence[Milestone]) -> dict[str, object]:
    """The fields of a cohort as it is."""
    return {
        "name": cohort.name,
        "reporting_year": cohort.reporting_year,
        "starts": cohort.starts,
        "due": cohort.due,
        "indicator_set": cohort.indicator_set or "",
        "version": str(stored_cohort(cohort, milestones).version),
        "milestones": [
            {
                "key": str(one.id),
                "title": one.title,
                "day": one.day,
                "sections": sections_text(one.sections, criteria_refs()),
                "place": one.place,
                "note": one.note,
            }
            for one in milestones
        ],
    }
