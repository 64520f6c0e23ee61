"""The page on which files are added to an answer, a figure, a line, or the declaration as a whole."""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.declarations.states import EDITABLE
from dnk_tool.domain.evidence import (
    LONGEST_NAME,
    MOST_AT_ONCE,
    WHOLE,
    Refusal,
    Refused,
    Target,
    last_part,
    visible,
)
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence.access import check
from dnk_tool.services.evidence.contents import keep
from dnk_tool.services.evidence.files import Added, QuotaExceeded
from dnk_tool.services.uploads.inspection import Inspected, inspected
from dnk_tool.store.evidence.blob_store import StorageDown, StorageFull
from dnk_tool.web.accounts.security import form_errors
from dnk_tool.web.evidence import rows, targets
from dnk_tool.web.evidence.form import AboutForm
from dnk_tool.web.evidence.labels import ACCEPT, kinds_hint, refusal_text, size_text
from dnk_tool.web.evidence.panel import may_add
from dnk_tool.web.evidence.routes import (
    blueprint,
    forget_contents,
    largest_file,
    largest_upload,
    quota,
)
from dnk_tool.web.http.access import current_actor, current_declaration, permit
from dnk_tool.web.http.stored_files import blobs
from dnk_tool.web.http.transactions import db, let_go

FILES = "files"  # name and id of the field


@dataclass
class Sent:
    """The files that a form sent: those that may be kept, and what is wrong with the others."""

    files: list[Inspected] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@blueprint.get("/neu")
@permit(Permission.DECLARATION_ENTER)
def add(declaration_id: int) -> ResponseReturnValue:
    return _page(targets.from_query(), AboutForm(formdata=None))


@blueprint.post("/neu")
@permit(Permission.DECLARATION_ENTER)
def upload(declaration_id: int) -> ResponseReturnValue:
    """Keep all of the files or none; whatever was typed stays on the page."""
    asked, form = targets.from_query(), AboutForm()
    target = asked or targets.from_field()
    is_readable = form.validate()
    if target is None:
        text = _("Wählen Sie, wozu die Dateien gehören.")
        return _page(None, form, target_error=text), 422
    check(db(), current_declaration(), target, current_actor())
    let_go()  # nobody waits while files are looked into
    sent = _sent_files()
    if sent.errors or not is_readable:
        return _page(asked, form, sent.errors), 422
    try:
        added = _kept(target, sent.files, form)
    except QuotaExceeded as error:
        return _page(asked, form, [_no_room(error)]), 422
    except StorageFull:
        text = _(
            "Der Speicher dieser Installation ist voll. Nichts wurde gespeichert. Bitte sagen Sie es der "
            "Person, die sie betreibt, und versuchen Sie es später noch einmal."
        )
        return _page(asked, form, [text]), 507
    except StorageDown:
        text = _(
            "Der Speicher für Belege antwortet gerade nicht. Nichts wurde gespeichert. Versuchen Sie es in "
            "einigen Minuten noch einmal."
        )
        return _page(asked, form, [text]), 503
    flash(_done(added), "success")
    return redirect(_after(asked), 303)


@blueprint.post("/zuordnen")
@permit(Permission.DECLARATION_ENTER)
def use_again(declaration_id: int) -> ResponseReturnValue:
    """Let files that are there already belong to one more thing."""
    target = targets.from_query() or WHOLE
    chosen = [
        int(one) for one in request.form.getlist("file") if one.isascii() and one.isdigit() and len(one) < 10
    ]
    try:
        number = evidence_files.use_again(
            db(), current_declaration(), target, chosen, actor=current_actor(), now=datetime.now(UTC)
        )
    except LookupError:
        number = 0
    if number:
        flash(ngettext("%(num)d Beleg ist zugeordnet.", "%(num)d Belege sind zugeordnet.", number), "success")
    else:
        flash(_("Wählen Sie mindestens einen Beleg aus."), "warning")
    return redirect(rows.add_href(target), 303)


def may_add_something() -> bool:
    """Whether the person may add files to anything here, as long as a part of it is open."""
    names = targets.names_for(())
    return current_declaration().state in EDITABLE and any(True for _group in targets.choices(names))


def _sent_files() -> Sent:
    """Look into each file that was sent. What is in the form at all was chosen by name."""
    found, chosen = Sent(), [one for one in request.files.getlist(FILES) if one.filename]
    if not chosen:
        found.errors.append(_("Wählen Sie mindestens eine Datei aus."))
    if len(chosen) > MOST_AT_ONCE:
        found.errors.append(_("Wählen Sie höchstens %(count)s Dateien auf einmal aus.", count=MOST_AT_ONCE))
        return found
    for one in chosen:
        name = one.filename or ""
        with closing(one):
            try:
                found.files.append(inspected(name, one.read(), largest=largest_file()))
            except Refused as refused:
                shown = visible(last_part(name))[-LONGEST_NAME:]
                found.errors.append(f"„{shown}“: {refusal_text(name, refused.why)}")
                if refused.why is Refusal.BUSY:
                    break  # the others would only queue behind it
    return found


def _kept(target: Target, files: list[Inspected], form: AboutForm) -> Added:
    """Contents first, then rows: a kill in between leaves contents that nobody misses."""
    declaration, is_kept = current_declaration(), False
    owner = declaration.organisation_id  # to ask for it after the rollback would begin a transaction
    try:
        keep(blobs(), owner, files)
        added = evidence_files.add(
            db(),
            blobs(),
            declaration,
            target,
            files,
            form.about(),
            quota=quota(),
            actor=current_actor(),
            now=datetime.now(UTC),
        )
        is_kept = True
        return added
    finally:
        if not is_kept:
            db().rollback()
            forget_contents(owner, frozenset(one.sha256 for one in files))


def _page(
    target: Target | None,
    form: AboutForm,
    file_errors: list[str] | None = None,
    *,
    target_error: str = "",
) -> str:
    """The page for one thing, or with all of them to choose from. Errors of files stand at their field."""
    files = rows.visible()
    names = targets.names_for([*(t for one in files for t in one.targets), *([target] if target else [])])
    about = targets.around(target) if target else frozenset()
    here = [one for one in files if about & {*one.targets}]
    others = [one for one in files if target and target not in one.targets]
    is_open = may_add(target) if target else may_add_something()
    errors = [{"text": text, "href": f"#{FILES}"} for text in file_errors or ()]
    errors += [{"text": target_error, "href": "#target"}] if target_error else []
    values: dict[str, Any] = {
        "target": target,
        "title": names.title(target) if target else "",
        "back": names.href(target)
        if target
        else url_for("evidence.index", declaration_id=names.declaration.id),
        "action": rows.add_href(target) if target else "",
        "query": targets.query_of(target) if target else {},
        "groups": [] if target else list(targets.choices(names)),
        "chosen": request.form.get("target", targets.WHOLE_KEY),
    }
    return render_template(
        "evidence/add.html",
        declaration=current_declaration(),
        rows=rows.rows(here, names),
        with_belongs=len(about) > 1,
        others=rows.rows(others, names) if is_open else [],
        room=rows.room(),
        may_add=is_open,
        form=form,
        file_errors=file_errors or [],
        target_error=target_error,
        accept=ACCEPT,
        kinds_hint=kinds_hint(),
        limits={"file": largest_file(), "all": largest_upload()},
        errors=[*errors, *form_errors(form)],
        **values,
    )


def _no_room(error: QuotaExceeded) -> str:
    return str(
        _(
            "Dafür reicht der Platz nicht: Sie brauchen %(needed)s, frei sind %(free)s. Entfernen Sie "
            "Belege, die Sie nicht mehr brauchen, oder laden Sie kleinere Dateien hoch.",
            needed=size_text(error.needed),
            free=size_text(error.free) if error.free else "0 kB",
        )
    )


def _done(added: Added) -> str:
    parts = []
    if added.fresh:
        number = len(added.fresh)
        parts.append(ngettext("%(num)d Beleg ist gespeichert.", "%(num)d Belege sind gespeichert.", number))
    if added.known:
        number = len(added.known)
        parts.append(
            ngettext(
                "%(num)d Datei war schon da und gehört jetzt auch hierher.",
                "%(num)d Dateien waren schon da und gehören jetzt auch hierher.",
                number,
            )
        )
    return " ".join(map(str, parts))


def _after(asked: Target | None) -> str:
    if asked is not None:
        return rows.add_href(asked)
    return url_for("evidence.index", declaration_id=current_declaration().id)
