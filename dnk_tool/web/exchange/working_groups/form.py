"""The form of a working group, and what was typed as a domain value."""

from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, ValidationError

from dnk_tool.domain.clusters.cohorts import sections_from_text, sections_text
from dnk_tool.domain.exchange.examples import plain_text
from dnk_tool.domain.exchange.working_groups import (
    LONGEST_GROUP_NAME,
    LONGEST_LABEL,
    LONGEST_LINK,
    LONGEST_PLACE,
    LONGEST_PURPOSE,
    MOST_DATES,
    MOST_LINKS,
    GroupDate,
    GroupLink,
    WorkingGroupContent,
    is_web_address,
)
from dnk_tool.web.clusters.cohorts.form import criteria_refs, known_criteria
from dnk_tool.web.text.form_fields import DayField, LineField, ProseField, RowsField

EMPTY_DATES, EMPTY_LINKS = 3, 2  # rows that stand below those which are filled in


class DateRow(Form):
    """When the group meets; an empty row is none."""

    day = DayField()
    time = LineField(longest=20)
    place = LineField(longest=LONGEST_PLACE)

    def validate_day(self, field: DayField) -> None:
        if field.data is None and not field.errors and (self.time.data or self.place.data):
            raise ValidationError(_("Geben Sie den Tag ein, zum Beispiel 14.10.2026."))


class LinkRow(Form):
    """Where the group keeps something; an empty row is none."""

    label = LineField(longest=LONGEST_LABEL)
    address = LineField(longest=LONGEST_LINK)

    def validate_address(self, field: LineField) -> None:
        if (field.data or self.label.data) and not is_web_address(plain_text(field.data or "")):
            raise ValidationError(_("Geben Sie eine Adresse ein, die mit https:// beginnt."))


class WorkingGroupForm(FlaskForm):
    """A working group."""

    name = LineField(longest=LONGEST_GROUP_NAME)
    purpose = ProseField(longest=LONGEST_PURPOSE)
    criteria = LineField(longest=100, validators=[known_criteria])
    dates = RowsField(DateRow, most=MOST_DATES)
    links = RowsField(LinkRow, most=MOST_LINKS)
    version = HiddenField(default="0")

    def validate_name(self, field: LineField) -> None:
        if not plain_text(field.data or ""):
            raise ValidationError(_("Geben Sie der Arbeitsgruppe einen Namen."))

    def show_empty_rows(self) -> None:
        """Append rows for what comes next, up to the most that a group may have."""
        for _row in range(EMPTY_DATES):
            self.dates.show_empty_row()
        for _row in range(EMPTY_LINKS):
            self.links.show_empty_row()

    @property
    def content(self) -> WorkingGroupContent:
        """What is entered; only of a form whose fields are valid."""
        dates = (entry.form for entry in self.dates.entries)
        links = (entry.form for entry in self.links.entries)
        return WorkingGroupContent(
            plain_text(self.name.data or ""),
            plain_text(self.purpose.data or ""),
            tuple(
                GroupDate(row.day.data, plain_text(row.time.data or ""), plain_text(row.place.data or ""))
                for row in dates
                if row.day.data
            ),
            tuple(_link(row) for row in links if row.address.data),
            sections_from_text(self.criteria.data or "", criteria_refs()),
        )


def _link(row: Any) -> GroupLink:
    """A row with an address, which stands for the label where there is none."""
    address = plain_text(row.address.data)
    return GroupLink(plain_text(row.label.data or "") or address, address)


def group_values(content: WorkingGroupContent, version: int) -> dict[str, Any]:
    """The fields of a group as it is."""
    return {
        "name": content.name,
        "purpose": content.purpose,
        "criteria": sections_text(content.criteria, criteria_refs()),
        "dates": [{"day": one.day, "time": one.time, "place": one.place} for one in content.dates],
        "links": [{"label": one.label, "address": one.address} for one in content.links],
        "version": str(version),
    }
