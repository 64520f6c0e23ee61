"""The waste codes of a notice: typed, or found by words in the list of waste."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from dnk_tool.catalogue.waste_codes import load_waste_codes
from dnk_tool.domain.exchange.residues import MAX_OFFERED_CODES, MAX_SEARCHED_CODES, NoticeKind
from dnk_tool.domain.word_search import MOST_FOUND
from dnk_tool.language import local_day
from dnk_tool.web.exchange.residues.cards import code_name
from dnk_tool.web.figures.calculators.waste_code_field import code_index
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.options import Option

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
