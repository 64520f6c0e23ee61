"""The form of a notice: what is offered or searched, with its waste codes found by words.

The waste codes of a notice: typed, or found by words in the list of waste.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from dnk_tool.catalogue.waste_codes import load_waste_codes
from dnk_tool.domain.exchange.examples import MAX_ALT_LENGTH
from dnk_tool.domain.exchange.residues import (
    MAX_AREAS,
    MAX_OFFERED_CODES,
    MAX_SEARCHED_CODES,
    NoticeKind,
    ResidueNotice,
    TextFault,
    text_faults,
    typed_areas,
)
from dnk_tool.domain.numbers import plain
from dnk_tool.domain.word_search import MOST_FOUND
from dnk_tool.language import format_number, local_day
from dnk_tool.web.exchange.examples.form import PICTURE
from dnk_tool.web.exchange.residues.cards import code_name
from dnk_tool.web.figures.calculators.waste_code_field import code_index
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.form_errors import FieldError, field_errors
from dnk_tool.web.text.form_fields import DayField, LineField, NumberField, ProseField
from dnk_tool.web.text.options import Option

MAX_TITLE, MAX_FORM, MAX_SENTENCE, MAX_MESSAGE = 120, 200, 400, 1_000
MAX_TONNES = Decimal(1_000_000)


FIND_CODE = "find-code"


def typed_codes(text: str) -> tuple[list[str], list[str]]:
    """The codes in a text as the list writes them, and what else stands there: ("12 01 03"), ("Karton")."""
    codes, words = [], []
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        digits = re.sub(r"[\s*.]", "", part)
        if re.fullmatch(r"[0-9]{6}", digits):
            codes.append(f"{digits[:2]} {digits[2:4]} {digits[4:]}")
        else:
            words.append(part)
    return list(dict.fromkeys(codes)), words


def take_chosen_code(form: Any) -> bool:
    """Put a chosen code in the place of the words that found it; whether only the search was pressed."""
    codes, words = typed_codes(form.codes.data or "")
    chosen, _others = typed_codes(form.code_choice.data or "")
    if chosen:
        form.codes.data = ", ".join(dict.fromkeys([*codes, *chosen]))
    elif codes and not words:
        form.codes.data = ", ".join(codes)
    form.codes.raw_data = [form.codes.data]
    is_searched = request.form.get("action") == FIND_CODE
    if is_searched and not chosen and not found_codes(form.codes.data or ""):
        form.codes.errors = (
            [_nothing_found()] if words else [_("Schreiben Sie ein Wort, zum Beispiel Karton.")]
        )
    return is_searched


def found_codes(text: str) -> list[Option]:
    """The codes of harmless waste that fit the words in a text, to choose one from."""
    codes, words = typed_codes(text)
    if not words:
        return []
    found = code_index().find(" ".join(words), most=len(load_waste_codes().by_key))
    keys = [key for key in found if _is_harmless(key) and key not in codes][:MOST_FOUND]
    options = [{"value": key, "label": f"{key} {code_name(key)}", "hint": _heading(key)} for key in keys]
    return [*options, {"value": "", "label": _("Keiner davon")}] if options else []


def code_errors(text: str, kind: NoticeKind) -> Iterator[str]:
    """What is wrong with the codes of a notice, in words."""
    codes, words = typed_codes(text)
    most = MAX_OFFERED_CODES if kind is NoticeKind.OFFER else MAX_SEARCHED_CODES
    if words:
        yield _("Wählen Sie unten den passenden Schlüssel.") if found_codes(text) else _nothing_found()
    if not codes:
        yield _("Geben Sie den Abfallschlüssel an, oder suchen Sie ihn mit einem Wort.")
    for code in codes:
        if not load_waste_codes().by_key.get(code):
            yield _(
                "Den Schlüssel %(code)s gibt es im Abfallverzeichnis nicht. Prüfen Sie die sechs Ziffern.",
                code=code,
            )
        elif not _is_harmless(code):
            yield _(
                "%(code)s ist gefährlicher Abfall oder gilt nicht mehr. Gefährliche Abfälle gehören zu einem "
                "zugelassenen Entsorger und stehen nicht auf dieser Liste.",
                code=code,
            )
    if len(codes) > most:
        yield (
            _("Nennen Sie einen Schlüssel je Angebot. Für einen zweiten Stoff legen Sie ein eigenes an.")
            if kind is NoticeKind.OFFER
            else _("Nennen Sie höchstens %(most)s Schlüssel.", most=most)
        )


def code_names(text: str) -> str:
    """What the list calls the codes in a text, to be shown below the field."""
    named = [f"{code} {name}" for code in typed_codes(text)[0] if (name := code_name(code))]
    return "; ".join(named)


def _is_harmless(key: str) -> bool:
    """Whether the code holds this year, and only for harmless waste."""
    held = load_waste_codes().of_year(key, local_day(datetime.now(UTC)).year)
    return bool(held) and not any(code.is_hazardous for code in held)


def _heading(key: str) -> str:
    return load_waste_codes().headings[key[:5]].to(current_language())


def _nothing_found() -> str:
    return str(_("Dazu haben wir keinen Schlüssel gefunden. Versuchen Sie ein anderes Wort."))


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
