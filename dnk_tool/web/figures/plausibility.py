"""The page of all odd figures in a declaration, with the company's explanations.

The page is one form: each of its buttons saves all explanations. Warnings never block anything.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.editing.outcomes import Conflict
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.domain.text import normalised
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.figures.plausibility import (
    MAX_EXPLANATION_LENGTH,
    save_explanations,
)
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.figures.warnings import WarningView, warning_views
from dnk_tool.web.http.access import current_actor, current_declaration, current_subject, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db

blueprint = Blueprint(
    "plausibility", __name__, url_prefix="/erklaerungen/<int:declaration_id>/plausibilitaet"
)

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


@blueprint.get("")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int) -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@permit(Permission.DECLARATION_EDIT)
def save(declaration_id: int) -> ResponseReturnValue:
    """Save all changed explanations. Returns 409 for those that a colleague changed meanwhile."""
    typed = {explanation.id: explanation for explanation in _read_explanations(request.form)}
    errors = {f"{key}-text": explanation.error for key, explanation in typed.items() if explanation.error}
    if errors:
        return _page(typed, errors), 422
    meant = [explanation for explanation in typed.values() if explanation.is_changed]
    try:
        conflicts = save_explanations(
            db(),
            current_declaration(),
            [explanation.sentence for explanation in meant],
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except LookupError:
        abort(404)  # the 404 page shows the typed text
    if conflicts:
        db().commit()  # saves the rest; conflicting explanations are kept
        refs = {conflict.ref for conflict in conflicts}
        again = {key: explanation for key, explanation in typed.items() if explanation.sentence.ref in refs}
        return _page(again, conflicts=conflicts), 409
    flash(_("Gespeichert."), "success")
    pressed = next((explanation.id for explanation in meant if explanation.is_pressed), None)
    return redirect(url_for("plausibility.show", declaration_id=declaration_id, _anchor=pressed), 303)


def _read_explanations(form: Mapping[str, str]) -> Iterator[ExplanationInput]:
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
            seen=_number(form.get(f"{key}-version", "")),
        )
        yield ExplanationInput(key, sentence, form.get(f"{key}-was", ""), form.get("action") == key)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _page(
    typed: Mapping[str, ExplanationInput] | None = None,
    errors: Mapping[str, str] | None = None,
    conflicts: Sequence[Conflict[ExplanationEdit]] = (),
) -> str:
    declaration, sent = current_declaration(), typed or {}
    content = declarations.read_content(db(), declaration)
    shown = warning_views(db(), declaration, content, current_language())
    is_open = editable_content(db(), declaration).is_open if _can_edit() else None
    authors = {warning.finding.changed_by for warning in shown if warning.finding.text} | {
        conflict.by for conflict in conflicts
    }
    conflict_by_warning = {(conflict.mine.rule, conflict.mine.subject): conflict for conflict in conflicts}
    return render_template(
        "figures/plausibility.html",
        declaration=declaration,
        shown=shown,
        open_count=sum(warning.is_open for warning in shown),
        writable={warning.id for warning in shown if is_open and is_open(warning.datapoint)},
        fields={
            warning.id: _explanation_fields(warning, sent.get(warning.id), is_clash=bool(conflicts))
            for warning in shown
        },
        # Text about a warning that no longer exists stays on the page.
        gone=[
            explanation
            for key, explanation in sent.items()
            if explanation.sentence.text and key not in {warning.id for warning in shown}
        ],
        conflicts=conflict_by_warning,
        names=accounts.names_of(db(), {author for author in authors if author is not None}),
        errors=errors or {},
    )


def _can_edit() -> bool:
    return can(Permission.DECLARATION_EDIT, current_actor(), current_subject())


def _explanation_fields(
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
