"""The form of a notice: what is offered or searched, with its waste codes found by words."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.domain.exchange.examples import MAX_ALT_LENGTH
from dnk_tool.domain.exchange.residues import (
    MAX_AREAS,
    NoticeKind,
    ResidueNotice,
    TextFault,
    text_faults,
    typed_areas,
)
from dnk_tool.domain.numbers import plain
from dnk_tool.language import format_number
from dnk_tool.web.exchange.examples.form import PICTURE
from dnk_tool.web.exchange.residues.code_choice import code_errors, typed_codes
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_errors import FieldError, field_errors
from dnk_tool.web.text.form_fields import DayField, LineField, NumberField, ProseField

MAX_TITLE, MAX_FORM, MAX_SENTENCE, MAX_MESSAGE = 120, 200, 400, 1_000
MAX_TONNES = Decimal(1_000_000)


class AnonymousText:
    """Checks that a text that others read without a name tells no name, no contact and no price."""

    def __call__(self, form: Any, field: Any) -> None:
        for fault in text_faults(field.data or "", current_organisation().name):
            raise ValidationError(fault_text(fault))


class TonnesField(NumberField):
    """Tonnes in a year, more than none."""

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and not 0 < self.data <= MAX_TONNES:
            most = format_number(MAX_TONNES, current_language())
            raise ValidationError(_("Geben Sie Tonnen ein, mehr als 0 und höchstens %(most)s.", most=most))


class NoticeForm(FlaskForm):
    """A notice of one kind; the kind does not change any more."""

    title = LineField(longest=MAX_TITLE, validators=[AnonymousText()])
    codes = LineField(longest=200)
    code_choice = LineField(longest=20)
    tonnes = TonnesField()
    form = LineField(longest=MAX_FORM, validators=[AnonymousText()])
    available_from = DayField()
    areas = LineField(longest=60)
    sentence = ProseField(longest=MAX_SENTENCE, validators=[AnonymousText()])
    picture_alt = LineField(longest=MAX_ALT_LENGTH, validators=[AnonymousText()])
    version = HiddenField(default="0")

    kind: NoticeKind = NoticeKind.OFFER
    picture: bytes | None = None  # a new photo, empty for none any more
    picture_error = ""  # why the chosen file is not taken
    has_picture = False  # whether the stored notice has one

    @property
    def keeps_picture(self) -> bool:
        """Whether the notice has a photo once it is saved."""
        return self.has_picture if self.picture is None else bool(self.picture)

    @property
    def faults(self) -> list[FieldError]:
        """The messages of all fields, with that of the photo."""
        photo = [FieldError(PICTURE, self.picture_error)] if self.picture_error else []
        return [*field_errors(self), *photo]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the notice can be saved with its photo."""
        return super().validate(extra_validators) and not self.picture_error

    def validate_picture_alt(self, field: LineField) -> None:
        if self.keeps_picture and not field.data:
            raise ValidationError(_("Sagen Sie in wenigen Worten, was das Foto zeigt."))

    def validate_title(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(_("Sagen Sie in wenigen Worten, worum es geht."))

    def validate_codes(self, field: LineField) -> None:
        for message in code_errors(field.data or "", self.kind):
            raise ValidationError(message)

    def validate_tonnes(self, field: TonnesField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie an, wie viele Tonnen im Jahr es ungefähr sind."))

    def validate_areas(self, field: LineField) -> None:
        if typed_areas(field.data or "") is None:
            raise ValidationError(
                _(
                    "Geben Sie nur die ersten beiden Ziffern der Postleitzahl ein, zum Beispiel 32, "
                    "höchstens %(most)s davon.",
                    most=MAX_AREAS,
                )
            )


def fault_text(fault: TextFault) -> str:
    """What to do about a text that would tell too much."""
    texts = {
        TextFault.COMPANY_NAME: _(
            "Hier steht der Name Ihres Unternehmens. Andere lesen den Text, bevor Sie Ihren Namen "
            "freigeben: Bitte lassen Sie ihn weg."
        ),
        TextFault.CONTACT: _(
            "Hier steht eine Adresse oder Telefonnummer. Den Kontakt tauscht das Programm aus, wenn beide "
            "zustimmen: Bitte lassen Sie ihn weg."
        ),
        TextFault.PRICE: _(
            "Hier steht ein Preis. Auf dieser Liste nennt niemand Preise; darüber sprechen Sie, wenn Sie in "
            "Kontakt sind."
        ),
    }
    return str(texts[fault])


def exact(field: TonnesField) -> Decimal:
    """The number of a valid field, without an exponent."""
    return Decimal(plain(field.data or Decimal(0)))


def form_data(notice: ResidueNotice, version: int) -> dict[str, Any]:
    """The fields that show a notice."""
    return {
        "title": notice.title,
        "codes": ", ".join(notice.codes),
        "tonnes": notice.tonnes,
        "form": notice.form,
        "available_from": notice.available_from,
        "areas": ", ".join(notice.areas),
        "sentence": notice.sentence,
        "picture_alt": notice.picture_alt,
        "version": str(version),
    }


def typed_notice(form: NoticeForm) -> ResidueNotice:
    """The notice that a valid form states; words for a photo are kept until there is one, and go with it."""
    return ResidueNotice(
        kind=form.kind,
        title=form.title.data,
        codes=tuple(typed_codes(form.codes.data or "")[0]),
        tonnes=exact(form.tonnes),
        form=form.form.data or "",
        available_from=form.available_from.data,
        areas=typed_areas(form.areas.data or "") or (),
        sentence=form.sentence.data or "",
        picture_alt=(form.picture_alt.data or "") if form.picture != b"" else "",
    )


def changed_texts(form: NoticeForm, theirs: ResidueNotice) -> Sequence[str]:
    """What stands otherwise in a notice that somebody else changed meanwhile, as texts of its fields."""
    other = NoticeForm(formdata=None, data=form_data(theirs, 0))
    names = ("title", "codes", "tonnes", "form", "available_from", "areas", "sentence", "picture_alt")
    return [
        other[name]._value() or str(_("(leer)"))
        for name in names
        if form[name]._value().strip() != other[name]._value()
    ]
