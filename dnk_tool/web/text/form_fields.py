"""Form fields for text, exact numbers, whole numbers, years and days."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms import Field, FieldList, Form, FormField, ValidationError
from wtforms.widgets import TextArea, TextInput

from dnk_tool.domain import numbers
from dnk_tool.domain.answers.values import FIRST_YEAR, LAST_YEAR, MAX_ROWS
from dnk_tool.domain.text import MAX_LENGTH, normalised
from dnk_tool.domain.uploads import single_line
from dnk_tool.language import Language, format_number, is_language, known_language
from dnk_tool.report.text.marked_text import oversized_table
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.languages import current_language

NUMBER_LANGUAGE = "number-language"


def number_language() -> Language:
    """The language in which the posted page was rendered, for reading its numbers."""
    sent = request.form.get(NUMBER_LANGUAGE)
    if is_language(sent):
        return known_language(sent)
    return current_language()


class ProseField(Field):
    """Multi-line text of at most `longest` characters, normalised independently of the browser."""

    widget = TextArea()

    def __init__(self, *given: Any, longest: int = MAX_LENGTH, **named: Any) -> None:
        super().__init__(*given, **named)
        self.longest = longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = normalised(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > self.longest:
            most = format_number(Decimal(self.longest), current_language())
            raise ValidationError(
                _("Dieser Text ist zu lang. Bitte kürzen Sie ihn auf höchstens %(most)s Zeichen.", most=most)
            )

    def _value(self) -> str:
        return self.data or ""


class MarkedProseField(ProseField):
    """Multi-line text that may be marked up; a table in it has at most 6 columns and 30 rows."""

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if form["markup"].data == "1" and (size := oversized_table(self.data or "")):
            raise ValidationError(
                _(
                    "Diese Tabelle ist zu groß: Sie hat %(columns)s Spalten und %(rows)s Zeilen ohne die "
                    "erste, möglich sind 6 und 30. Bitte teilen Sie sie. Ihr Text steht noch hier.",
                    columns=size[0],
                    rows=size[1],
                )
            )


class LineField(ProseField):
    """One line of text, of at most `longest` characters."""

    widget = TextInput()

    def __init__(self, *given: Any, longest: int = 500, **named: Any) -> None:
        super().__init__(*given, longest=longest, **named)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = single_line(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > self.longest:
            raise ValidationError(
                _("Bitte kürzen Sie diese Angabe auf höchstens %(most)s Zeichen.", most=self.longest)
            )


class RowsField(FieldList):
    """Rows of fields. Too many rows cause a message; none is dropped."""

    def __init__(self, row: type[Form], most: int = MAX_ROWS, **given: Any) -> None:
        super().__init__(FormField(row), **given)
        self.most = most
        self.too_many = ""

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        is_valid = super().validate(form, extra_validators)
        if len(self.entries) > self.most:
            self.too_many = _("Das sind zu viele Zeilen. Möglich sind %(most)s.", most=self.most)
        return is_valid and not self.too_many

    def text_rows(self) -> list[dict[str, str]]:
        """Each row as texts by short field name."""
        return [{cell.short_name: _cell_text(cell) for cell in entry.form} for entry in self.entries]

    def show_empty_row(self) -> None:
        """Append an empty row unless the maximum is reached."""
        if len(self.entries) < self.most:
            self.append_entry()


def _cell_text(cell: Field) -> str:
    # Select fields have no `_value`.
    return str(cell._value() if hasattr(cell, "_value") else cell.data or "")


class TypedField(Field):
    """A field that parses its text; text that cannot be parsed stays, with a message."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = self.read(text) if text else None

    def read(self, text: str) -> Any:
        """Parse the text. Raises ValueError with the message to show."""
        raise NotImplementedError

    def display_text(self) -> str:
        """The value as shown in the field."""
        return str(self.data)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.display_text()


class NumberField(TypedField):
    """An exact number: "1.234,5" in German is Decimal("1234.5")."""

    def read(self, text: str) -> Decimal:
        """Parse in the language of the posted page. Raises ValueError with the message to show."""
        try:
            return numbers.parse(text, number_language())
        except numbers.NumberTooLong:
            raise ValueError(_("Diese Zahl hat zu viele Stellen.")) from None
        except numbers.NotANumber:
            raise ValueError(_("Geben Sie hier nur eine Zahl ein, zum Beispiel 1.250,5")) from None

    def display_text(self) -> str:
        return format_number(Decimal(str(self.data)), current_language())


class WholeNumberField(NumberField):
    """A whole number from 0 to `largest`."""

    largest = 10_000_000

    def read(self, text: str) -> Any:
        """Parse a whole number from 0 to `largest`. Raises ValueError with the message to show."""
        value = super().read(text)
        if value != value.to_integral_value() or not 0 <= value <= self.largest:
            raise ValueError(_("Geben Sie eine ganze Zahl ein, zum Beispiel 24"))
        return int(value)

    def display_text(self) -> str:
        return format_number(Decimal(str(self.data)), current_language())


class YearField(TypedField):
    """A year from FIRST_YEAR to LAST_YEAR, in four digits."""

    def read(self, text: str) -> int:
        return read_year(text)


def read_year(text: str) -> int:
    """The year of four digits. Raises ValueError with the message to show."""
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise ValueError(_("Geben Sie ein Jahr mit vier Ziffern ein, zum Beispiel 2025"))
    if not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise ValueError(
            _("Möglich sind die Jahre %(first)s bis %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)
        )
    return int(text)


# Others are slips of the keyboard, and dates reckoned from them may not exist.
YEARS_OF_DAYS = range(1900, 2200)


class DayField(TypedField):
    """A date from the browser's date field (ISO) or typed: 31.12.2026, 31.12.26, 31/12/2026."""

    def read(self, text: str) -> date:
        for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%d/%m/%y"):
            try:
                day = datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
            if day.year not in YEARS_OF_DAYS:
                raise ValueError(_("Prüfen Sie das Jahr in diesem Datum."))
            return day
        raise ValueError(_("Geben Sie ein Datum ein, zum Beispiel 31.12.2026"))

    def display_text(self) -> str:
        day = self.data
        if not isinstance(day, date):
            return ""
        return day.strftime("%d.%m.%Y" if current_language() == "de" else "%d/%m/%Y")


def field_name(ref: str) -> str:
    """The form name of a ref; the prefix avoids clashes with attributes of the form."""
    return f"ref-{ref}"


def seen_version(part: Form) -> int:
    """The version that the posted page had shown; 0 if invalid, as if never seen."""
    return whole_number(part["version"].data) or 0
