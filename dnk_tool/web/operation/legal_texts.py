"""The operator's pages on imprint, privacy and accessibility notices: what is missing, and an editor."""

import errno
import logging
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import LANGUAGES, Language, known_language
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.operation import legal_texts as texts_service
from dnk_tool.services.operation.legal_texts import (
    LegalText,
    StoredText,
    TextChanged,
    TextNotEditable,
    TextState,
    placeholders,
    split_text,
)
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.languages import LANGUAGE_NAMES
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.operation.overview import blueprint
from dnk_tool.web.text.filters import localised_timestamp
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import ProseField

log = logging.getLogger(__name__)

LABELS = {
    LegalText.IMPRINT: _l("Impressum"),
    LegalText.PRIVACY: _l("Datenschutz"),
    LegalText.ACCESSIBILITY: _l("Barrierefreiheit"),
    LegalText.ACCESS: _l("Wie bekomme ich einen Zugang?"),
}
PUBLIC_PAGES = {name: f"notices.{name}" for name in LegalText} | {LegalText.ACCESS: "start.show"}
IN_LANGUAGE = {"de": _l("auf Deutsch"), "en": _l("auf Englisch")}
SHOWN_PLACEHOLDERS = 5
DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})


class LegalTextForm(FlaskForm):
    """A text, and the version of the file that it was opened with."""

    text = ProseField()
    version = HiddenField()


@dataclass(frozen=True)
class EditorPage:
    """What the editor shows beside the form: an opened preview, an error, or what somebody else saved."""

    status: int = 200
    preview: str | None = None
    error: str = ""
    theirs: StoredText | None = None


@blueprint.get("/texte")
@permit(Permission.INSTALLATION_RUN)
def legal_texts() -> ResponseReturnValue:
    texts = texts_service.read_all(current_settings().instance)
    return render_template(
        "operation/legal_texts.html",
        groups=[
            {
                "name": name,
                "label": LABELS[name],
                "is_required": name in texts_service.REQUIRED,
                "public_url": url_for(PUBLIC_PAGES[name]),
                "tasks": [_task(text, texts) for text in texts if text.name is name],
            }
            for name in LegalText
        ],
        missing=[LABELS[name] for name in texts_service.missing_among(texts)],
    )


@blueprint.get("/texte/<legal_text>/<language>")
@permit(Permission.INSTALLATION_RUN)
def legal_text(legal_text: str, language: str) -> ResponseReturnValue:
    stored = _stored_or_404(legal_text, language)
    text = stored.text if stored.is_editable else ""
    form = LegalTextForm(formdata=None, data={"text": text, "version": stored.version})
    return _editor(stored, form, EditorPage())


@blueprint.post("/texte/<legal_text>/<language>")
@permit(Permission.INSTALLATION_RUN)
def save_legal_text(legal_text: str, language: str) -> ResponseReturnValue:
    """Save the text, or show the form again with a preview or with the skeleton of such a text."""
    stored, form = _stored_or_404(legal_text, language), LegalTextForm()
    form.text.data = texts_service.clean(form.text.data or "")
    action = request.form.get("action")
    if action == "skeleton":
        return _insert_skeleton(stored, form)
    if not form.validate():
        return _editor(stored, form, EditorPage(422))
    if action == "preview":
        return _editor(stored, form, EditorPage(preview=form.text.data))
    return _save(stored, form)


def _save(stored: StoredText, form: LegalTextForm) -> ResponseReturnValue:
    name, language = stored.name, stored.language
    try:
        was_changed = texts_service.save_text(
            current_settings().instance,
            name,
            language,
            form.text.data,
            version=form.version.data or "",
            actor=current_actor(),
        )
    except TextChanged as error:
        form.version.data = error.present.version
        return _editor(stored, form, EditorPage(409, theirs=error.present))
    except TextNotEditable:
        return _editor(stored, form, EditorPage(409, error=_not_editable(stored.state)))
    except OSError as error:
        log.error("a legal text cannot be saved: %s", type(error).__name__)
        return _editor(stored, form, EditorPage(503, error=_unwritable(error)))
    if was_changed:
        security_events.record(SecurityEvent.LEGAL_TEXT_CHANGED, text=name.value, language=language)
    return _after_saving(name, language, form.text.data)


def _after_saving(name: LegalText, language: Language, text: str) -> ResponseReturnValue:
    """Back to the list; or to the editor, while the text is not fit for visitors."""
    label = f"{LABELS[name]} {IN_LANGUAGE[language]}"
    if texts_service.state_of(text) is TextState.UNFINISHED:
        flash(_("Gespeichert. In dem Text stehen aber noch Platzhalter, und Besucher sehen sie."), "info")
        return redirect(url_for("operation.legal_text", legal_text=name, language=language), 303)
    if text:
        flash(_("%(label)s ist gespeichert und ab sofort zu sehen.", label=label), "success")
    else:
        flash(_("%(label)s ist jetzt leer.", label=label), "info")
    return redirect(url_for("operation.legal_texts"), 303)


def _insert_skeleton(stored: StoredText, form: LegalTextForm) -> ResponseReturnValue:
    if form.text.data:
        error = _("Das Textfeld ist nicht leer. Leeren Sie es, wenn Sie das Gerüst einfügen möchten.")
        return _editor(stored, form, EditorPage(422, error=error))
    with force_locale(stored.language):
        form.text.data = render_template(f"operation/legal_texts/{stored.name}.txt").strip()
    return _editor(stored, form, EditorPage())


def _stored_or_404(name: str, language: str) -> StoredText:
    if name not in set(LegalText) or language not in LANGUAGES:
        abort(404)
    return texts_service.read_text(current_settings().instance, LegalText(name), known_language(language))


def _editor(stored: StoredText, form: LegalTextForm, page: EditorPage) -> ResponseReturnValue:
    name, instance = stored.name, current_settings().instance
    errors = form_errors(form)
    if page.error:
        errors.append({"text": page.error, "href": "#text"})
    left = placeholders(form.text.data or "")
    rendered = render_template(
        "operation/legal_text.html",
        stored=stored,
        form=form,
        page=page,
        errors=errors,
        blocks=split_text(page.preview or ""),
        placeholders=left[:SHOWN_PLACEHOLDERS],
        more_placeholders=max(0, len(left) - SHOWN_PLACEHOLDERS),
        label=LABELS[name],
        language_name=LANGUAGE_NAMES[stored.language],
        in_language=IN_LANGUAGE[stored.language],
        is_required=name in texts_service.REQUIRED,
        public_url=url_for(PUBLIC_PAGES[name]),
        file=instance.resolve() / texts_service.file_name(name, stored.language),
        problem=_not_editable(stored.state) if not stored.is_editable else "",
    )
    return rendered, page.status


def _task(text: StoredText, texts: tuple[StoredText, ...]) -> dict[str, Any]:
    """The row of a text in the list: where it leads, and how far the text is."""
    other_is_shown = any(other.text for other in texts if other.name is text.name and other is not text)
    status, kind, hint = _status(text, other_is_shown=other_is_shown)
    return {
        "title": LANGUAGE_NAMES[text.language],
        "href": url_for("operation.legal_text", legal_text=text.name, language=text.language),
        "status": status,
        "kind": "alarm" if texts_service.is_fault(text) else kind,
        "hint": " ".join(filter(None, (hint, _changed(text)))),
    }


def _changed(text: StoredText) -> str:
    if text.changed_at is None or text.state is TextState.MISSING:
        return ""
    return str(_("Zuletzt geändert am %(moment)s.", moment=localised_timestamp(text.changed_at)))


def _status(text: StoredText, *, other_is_shown: bool) -> tuple[str, str, str]:
    """Word, kind and hint of a text's state."""
    if text.state is TextState.MISSING:
        hint = ""
        if other_is_shown and text.language == "en":
            hint = _("Solange er fehlt, steht auf der englischen Seite der deutsche Text.")
        elif other_is_shown:
            hint = _("Solange er fehlt, steht auf der deutschen Seite der englische Text.")
        is_advised = text.name not in texts_service.REQUIRED and not other_is_shown
        return _("Fehlt"), "attention" if is_advised else "open", hint
    if text.state is TextState.UNFINISHED:
        return _("Platzhalter"), "alarm", _("Es stehen noch Platzhalter im Text.")
    if text.state is TextState.COMPLETE:
        return _("Vorhanden"), "done", ""
    word = _("Zu lang") if text.state is TextState.TOO_LONG else _("Nicht lesbar")
    return word, "alarm", _not_editable(text.state)


def _unwritable(error: OSError) -> str:
    if error.errno in DISK_FULL_ERRNOS:
        return str(
            _(
                "Der Text ist noch nicht gespeichert: Die Festplatte des Servers ist voll. "
                "Ihr Text steht noch hier. Schaffen Sie dort Platz, und speichern Sie noch einmal."
            )
        )
    folder = current_settings().instance.resolve() / texts_service.FOLDER
    return str(
        _(
            "Der Text ist noch nicht gespeichert: Der Server darf seine Datei nicht schreiben. "
            "Ihr Text steht noch hier. Geben Sie dem Konto, unter dem der Server läuft, "
            "Schreibrecht im Ordner %(folder)s.",
            folder=folder,
        )
    )


def _not_editable(state: TextState) -> str:
    if state is TextState.TOO_LONG:
        return str(
            _(
                "Die Datei hat mehr als 100.000 Zeichen. Besucher sehen nur den Anfang. "
                "Kürzen Sie sie auf dem Server."
            )
        )
    return str(_("Der Server kann die Datei nicht lesen. Prüfen Sie, wem sie gehört."))
