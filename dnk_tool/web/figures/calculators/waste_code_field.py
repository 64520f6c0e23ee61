"""The waste code of a line: typed, found by words, and compared with the list of the year."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import chain

from flask import request
from flask_babel import gettext as _

from dnk_tool.catalogue.values import Verification
from dnk_tool.catalogue.waste_codes import WasteCode, load_waste_codes
from dnk_tool.domain.figures.calculators import CalculatorLine, LineFault
from dnk_tool.domain.figures.calculators.line_checks import (
    is_hazardous_kind,
    normalised_waste_code,
    waste_code_faults,
)
from dnk_tool.domain.word_search import MOST_FOUND, SearchEntry, WordIndex
from dnk_tool.language import format_long_date
from dnk_tool.web.figures.calculators.form import LineForm
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.options import Option

FIND_CODE = "find-code"
CODE, CHOICE = "waste_code", "waste_code_choice"


@dataclass(frozen=True)
class WasteCodeChoice:
    """The name of the code that stands in the field, or else the codes that fit what was typed."""

    name: str = ""
    items: list[Option] = field(default_factory=list)


def searches_code(form: LineForm, year: int) -> bool:
    """Take the chosen or typed code in its usual form; whether only the search was pressed."""
    if CODE not in form:
        return False
    is_searched = request.form.get("action") == FIND_CODE
    typed = (not is_searched and form[CHOICE].data) or form[CODE].data or ""
    form[CODE].data = normalised_waste_code(typed, form.activity, year)
    if is_searched and typed and not _is_code(form[CODE].data) and not _matches(form, year):
        form[CODE].errors = [_nothing_found()]
    return is_searched


def add_code_errors(form: LineForm, line: CalculatorLine, year: int) -> None:
    """Put what is wrong with the code at its field, in words."""
    if not line.code or CODE not in form:
        return
    if not _is_code(line.code):
        found = _("Wählen Sie unten den passenden Schlüssel, oder lassen Sie das Feld leer.")
        form[CODE].errors = [found if _matches(form, year) else _nothing_found()]
        return
    for fault in waste_code_faults(line, form.activity, year):
        form[CODE].errors = [_fault_text(fault, line.code.rstrip("*"))]


def waste_code_choice(form: LineForm, year: int) -> WasteCodeChoice:
    """What stands below the field: the name of its code, or the codes to choose from."""
    text = form[CODE].data or "" if CODE in form else ""
    held = load_waste_codes().of_year(text.rstrip("*"), year)
    if held:
        return WasteCodeChoice("; ".join(code_name(code) for code in held))
    items = [_option(form, code, year) for code in _matches(form, year)] if text else []
    none = {"value": "", "label": _("Keiner davon")}
    return WasteCodeChoice(items=[*items, none] if items else [])


def _is_code(text: str) -> bool:
    return re.fullmatch(r"[0-9]{2} [0-9]{2} [0-9]{2}\*?", text) is not None


def _matches(form: LineForm, year: int) -> list[str]:
    """The codes of the year that fit what was typed, those of the line's kind first."""
    text, codes = form[CODE].data or "", load_waste_codes()
    # A code that is not in the list leads to the group in which it would stand.
    asked = text[:5] if _is_code(text) else text
    keys = [key for key in code_index().find(asked, most=len(codes.by_key)) if codes.of_year(key, year)]
    is_hazardous = is_hazardous_kind(form.activity)
    fitting = [
        key for key in keys if is_hazardous in {code.is_hazardous for code in codes.of_year(key, year)}
    ]
    return [*fitting, *(key for key in keys if key not in fitting)][:MOST_FOUND]


@cache
def code_index() -> WordIndex:
    """The list of waste codes by what people call the waste."""
    codes = load_waste_codes()
    return WordIndex(
        SearchEntry(code.key, (code.label.de, code.label.en, *_headings(code.key)), code.words)
        for code in chain.from_iterable(codes.by_key.values())
    )


def _headings(key: str) -> Iterable[str]:
    heading = load_waste_codes().headings[key[:5]]
    return heading.de, heading.en


def _option(form: LineForm, key: str, year: int) -> Option:
    held = load_waste_codes().of_year(key, year)
    hints = [load_waste_codes().headings[key[:5]].to(current_language())]
    hints += [code_name(code) for code in held[1:]]
    if is_hazardous_kind(form.activity) not in {code.is_hazardous for code in held}:
        hints.append(
            _("nicht gefährlich, passt nicht zu dieser Zeile")
            if is_hazardous_kind(form.activity)
            else _("gefährlich, passt nicht zu dieser Zeile")
        )
    return {"value": key, "label": code_name(held[0]), "hint": "; ".join(hints)}


def code_name(code: WasteCode) -> str:
    """Code and name, and from when on or until when it holds, if not always."""
    said = f"{code.marked_key} {code.label.to(current_language())}"
    notes = []
    if code.is_hazardous:
        notes.append(_("gefährlich"))
    if code.valid_from:
        notes.append(_("ab %(day)s", day=_day(code.valid_from)))
    if code.valid_until:
        notes.append(_("bis %(day)s", day=_day(code.valid_until)))
    if code.verified is not Verification.CONFIRMED:
        notes.append(_("eine Quelle"))
    return f"{said} ({', '.join(notes)})" if notes else said


def _day(day: date) -> str:
    return format_long_date(day, current_language())


def _nothing_found() -> str:
    return str(
        _(
            "Dazu haben wir keinen Schlüssel gefunden. Versuchen Sie ein anderes Wort, "
            "oder lassen Sie das Feld leer."
        )
    )


def _fault_text(fault: LineFault, key: str) -> str:
    versions = load_waste_codes().by_key.get(key, ())
    if fault.code == "later-code":
        day = min(code.valid_from for code in versions if code.valid_from)
        return str(_("Den Schlüssel %(code)s gibt es erst ab %(day)s.", code=key, day=_day(day)))
    if fault.code == "earlier-code":
        day = max(code.valid_until for code in versions if code.valid_until)
        said = str(_("Den Schlüssel %(code)s gab es nur bis %(day)s.", code=key, day=_day(day)))
        later = ", ".join(dict.fromkeys(name for code in versions for name in code.successors))
        return f"{said} {_('Seitdem gelten: %(codes)s.', codes=later)}" if later else said
    texts = {
        "hazardous-code": _(
            "%(code)s* ist gefährlicher Abfall. Tragen Sie ihn in einer Zeile unter „Gefährlicher Abfall“ "
            "ein, oder prüfen Sie den Schlüssel.",
            code=key,
        ),
        "harmless-code": _(
            "%(code)s ist kein gefährlicher Abfall. Tragen Sie ihn in einer anderen Zeile ein, oder prüfen "
            "Sie den Schlüssel.",
            code=key,
        ),
    }
    unknown = _(
        "Den Schlüssel %(code)s gibt es im Abfallverzeichnis nicht. Prüfen Sie die sechs Ziffern.", code=key
    )
    return str(texts.get(fault.code, unknown))
