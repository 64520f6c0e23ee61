"""The company's explanation of a warning as posted from any page that shows the warning's field."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.domain.text import normalised
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.figures.plausibility import MAX_EXPLANATION_LENGTH
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.warnings import WarningView
from dnk_tool.web.http.access import current_actor, current_subject
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db

_FIELD = re.compile(r"(w-[0-9a-f]{12})-rule")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ExplanationInput:
    """One warning's explanation as posted. `shown_mark` identifies what the page had shown."""

    id: str
    sentence: ExplanationEdit
    shown_mark: str
    is_pressed: bool

    @property
    def is_changed(self) -> bool:
        """Whether the text or tick was changed, or confirmed by the warning's own button."""
        return (
            self.is_pressed
            or explanation_mark(self.sentence.text, self.sentence.is_printed) != self.shown_mark
        )

    @property
    def ref(self) -> str:
        return self.sentence.ref

    @property
    def error(self) -> str:
        """Why the explanation cannot be saved, or ""."""
        if len(self.sentence.text) > MAX_EXPLANATION_LENGTH:
            return str(_("Bitte kürzen Sie diesen Text auf höchstens 2.000 Zeichen."))
        if self.is_pressed and not self.sentence.text and self.shown_mark == explanation_mark("", False):
            return str(_("Schreiben Sie hier einen Satz, warum die Zahl stimmt."))
        return ""


def explanation_mark(text: str, is_printed: bool) -> str:
    """A short hash of an explanation's text and tick, to detect changes."""
    return hashlib.sha256(f"{is_printed}|{text}".encode()).hexdigest()[:16]


def read_explanations(form: Mapping[str, str]) -> Iterator[ExplanationInput]:
    """Read the explanation of each warning that the page showed."""
    for name in form:
        match = _FIELD.fullmatch(name)
        fingerprint = form.get(f"{match[1]}-values", "") if match else ""
        if match is None or not _FINGERPRINT.fullmatch(fingerprint):
            continue
        key = match[1]
        sentence = ExplanationEdit(
            rule=form[name][:60],
            subject=form.get(f"{key}-subject", "").replace("\x00", "")[:80],
            fingerprint=fingerprint,
            text=normalised(form.get(f"{key}-text", "")).strip(),
            is_printed=form.get(f"{key}-printed") == "1",
            seen=whole_number(form.get(f"{key}-version", "")) or 0,
        )
        yield ExplanationInput(key, sentence, form.get(f"{key}-was", ""), form.get("action") == key)


def explanation_fields(
    warning_view: WarningView, typed: ExplanationInput | None, *, is_clash: bool
) -> dict[str, object]:
    """The form's values for a warning: as typed, else as stored.

    After a conflict the page shows both explanations, so saving again replaces the other one.
    """
    noted, mark = (
        warning_view.finding,
        explanation_mark(warning_view.finding.text, warning_view.finding.is_printed),
    )
    if typed is None:
        return {"text": noted.text, "printed": noted.is_printed, "shown_mark": mark, "version": noted.version}
    return {
        "text": typed.sentence.text,
        "printed": typed.sentence.is_printed,
        "shown_mark": mark if is_clash else typed.shown_mark,
        "version": noted.version if is_clash else typed.sentence.seen,
    }


def explanations_of(
    declaration: Declaration,
    shown: Sequence[WarningView],
    typed: Mapping[str, ExplanationInput] | None = None,
) -> Mapping[str, Mapping[str, Any]]:
    """The values of the sentence's fields by warning, of open warnings that the person may explain."""
    if not any(view.is_open for view in shown) or not may_explain():
        return {}
    is_open, sent = editable_content(db(), declaration).is_open, typed or {}
    return {
        view.id: {
            **explanation_fields(view, sent.get(view.id), is_clash=False),
            "error": sent[view.id].error if view.id in sent else "",
        }
        for view in shown
        if view.is_open and is_open(view.datapoint)
    }


def may_explain() -> bool:
    """Whether the person may explain warnings of the declaration."""
    return can(Permission.DECLARATION_EDIT, current_actor(), current_subject())
