"""The check page: which version a code or a file belongs to, and whether its data and pages are unchanged."""

from pathlib import Path

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.declarations.document import fingerprint
from dnk_tool.domain.declarations.version_code import (
    names_version,
    parse_typed_code,
    short_fingerprint,
)
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import format_long_date, local_day
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.assurance import assurance_facts
from dnk_tool.services.publication import printed_pages, verification
from dnk_tool.services.publication.changed_data import ChangedData, find_changed_data
from dnk_tool.services.publication.printed_pages import PagesResult, PagesVerdict
from dnk_tool.services.publication.seal_keys import public_keys
from dnk_tool.services.publication.seals import SealVerdict
from dnk_tool.services.publication.verification import (
    PublicFacts,
    VerificationLookup,
    VerificationResult,
)
from dnk_tool.services.uploads.declarations import MAX_FILE_BYTES, DeclarationFileFault, UnreadableDeclaration
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.request_limits import accepts_upload
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.publication.file_differences import changed_parts, difference_texts
from dnk_tool.web.uploads import record_refused_file, scan_fault_text, uploaded_bytes

blueprint = Blueprint("origin", __name__)

GROUP_DIGITS = 8  # the fingerprint is grouped as the shortened one of the PDF's imprint
SEAL_TYPE = "application/json"
MAX_REQUEST_BYTES = MAX_FILE_BYTES + 100_000  # the file and the form's overhead
MAX_DRAINED_BYTES = 60_000_000  # read and discarded of a larger file
NOINDEX_HEADERS = {"X-Robots-Tag": "noindex"}


@blueprint.get("/pruefen")
@permit(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    """Ask for a code or a file; with a code, redirect to its version."""
    typed = request.args.get("code", "").strip()
    if "code" not in request.args:
        return _page()
    name = parse_typed_code(typed)
    if name:
        return redirect(url_for("origin.show", code=name), 303)
    error = _(
        "Geben Sie die Prüfadresse, ihren Code mit zwölf Zeichen oder die Prüfsumme so ein, wie sie auf der "
        "letzten Seite des PDF steht."
    )
    return _page(typed=typed, code_error=error, status=422)


@blueprint.get("/p/<code>")
@permit(Permission.PUBLIC)
def show(code: str) -> ResponseReturnValue:
    """Show the public facts of a version; an unpublished one looks like an unknown one."""
    name = parse_typed_code(code)
    if not name:
        abort(404)
    lookup = verification.look_up_version(db(), name, _instance())
    is_known = bool(lookup.verified_versions) or lookup.is_ambiguous
    return _page(name=name, lookup=lookup, status=200 if is_known else 404)


def _too_large_text() -> tuple[str, str]:
    return _("Diese Datei ist zu groß"), _("Gehen Sie zurück, und wählen Sie das PDF der Erklärung selbst.")


@blueprint.post("/pruefen")
@permit(Permission.PUBLIC)
@accepts_upload(MAX_REQUEST_BYTES, too_large=_too_large_text, max_drained_bytes=MAX_DRAINED_BYTES)
def check() -> ResponseReturnValue:
    """Compare a file's data and pages with the frozen versions. Stores nothing."""
    name = parse_typed_code(request.form.get("code", ""))
    content = uploaded_bytes()
    end_transaction()
    try:
        data = verification.data_of(content)
        return _answer_page(name, content, data)
    except UnreadableDeclaration as unreadable:
        if unreadable.fault is DeclarationFileFault.NO_ATTACHMENT:
            # An excerpt holds no data; if it is an original, it is known as a file.
            sha256 = printed_pages.fingerprint_of_file(db(), content)
            if sha256:
                answer, lookup = verification.verify_fingerprint(db(), sha256, _instance())
                return _page(
                    name=name,
                    lookup=lookup,
                    answer=answer,
                    is_other=_is_other(name, sha256),
                    is_excerpt=True,
                    pages=PagesVerdict(PagesResult.SAME),
                )
        record_refused_file(unreadable.fault)
        status = 503 if unreadable.fault is DeclarationFileFault.BUSY else 422
        return _page(name=name, file_error=file_fault_text(unreadable.fault), status=status)


def _answer_page(name: str, content: bytes, data: bytes) -> ResponseReturnValue:
    """What the file is whose data are these. Raises UnreadableDeclaration if its pages must wait too long."""
    sha256 = fingerprint(data)
    answer, lookup = verification.verify_fingerprint(db(), sha256, _instance())
    if answer is VerificationResult.UNKNOWN:
        changed = find_changed_data(db(), data, name)
        return _page(name=name, lookup=lookup, answer=answer, sha256=sha256, changed=changed)
    pages = printed_pages.quick_verdict(db(), sha256, content)
    if pages is None:
        end_transaction()
        digests = verification.page_digests_of(content)
        pages = printed_pages.verdict(db(), sha256, digests)
    is_other = _is_other(name, sha256)
    return _page(name=name, lookup=lookup, answer=answer, sha256=sha256, is_other=is_other, pages=pages)


def _is_other(name: str, sha256: str) -> bool:
    """Whether the visitor comes from the check address of another version than the file's."""
    return bool(name) and not names_version(name, sha256)


@blueprint.get("/p/<code>.sig")
@permit(Permission.PUBLIC)
def seal(code: str) -> ResponseReturnValue:
    seal = verification.public_seal(db(), parse_typed_code(code)) or abort(404)
    return attachment(seal.encode(), SEAL_TYPE, f"Siegel-{parse_typed_code(code)[:14]}.sig")


@blueprint.get("/.well-known/dnk-seal.pem")
@permit(Permission.PUBLIC)
def keys() -> ResponseReturnValue:
    """All trusted public keys of seals as PEM, latest first."""
    trusted_keys = public_keys(_instance()).values()
    if not trusted_keys:
        abort(404)
    return Response("\n".join(key.to_pem() for key in trusted_keys), mimetype="text/plain")


def _page(
    *,
    name: str = "",
    lookup: VerificationLookup | None = None,
    answer: VerificationResult | None = None,
    sha256: str = "",
    is_other: bool = False,
    is_excerpt: bool = False,
    pages: PagesVerdict | None = None,
    changed: ChangedData | None = None,
    typed: str = "",
    code_error: str = "",
    file_error: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    errors = [
        {"text": text, "href": href} for text, href in ((code_error, "#code"), (file_error, "#file")) if text
    ]
    page = render_template(
        "publication/verification.html",
        name=name,
        found=[
            (verified_version, _rows(verified_version.facts) if verified_version.facts else [])
            for verified_version in lookup.verified_versions
        ]
        if lookup
        else [],
        is_ambiguous=bool(lookup and lookup.is_ambiguous),
        is_asked=lookup is not None,
        answer=answer,
        fingerprint=_grouped(sha256),
        is_other=is_other,
        is_excerpt=is_excerpt,
        pages=pages,
        differences=difference_texts(pages) if pages else [],
        changed=changed,
        changed_parts=changed_parts(changed, current_language()) if changed else [],
        typed=typed,
        code_error=code_error,
        file_error=file_error,
        errors=errors,
        largest=MAX_FILE_BYTES // 1_000_000,
        most_bytes=MAX_FILE_BYTES,
    )
    return page, status, NOINDEX_HEADERS


def _rows(facts: PublicFacts) -> list[dict[str, str]]:
    """The public facts of a version, as rows."""
    language, issue = current_language(), facts.issue
    version = _(
        "%(version)s vom %(day)s", version=issue.version, day=format_long_date(issue.issued_on, language)
    )
    said = [
        (_("Unternehmen"), facts.company),
        (_("Berichtsjahr"), str(facts.year)),
        (_("Version"), version),
        (_("Veröffentlicht"), format_long_date(local_day(facts.published_at), language)),
        *assurance_facts(TextFormatter(language, on_paper=False), issue),
        (_("Freigabe"), _withdrawal_text(facts)),
        (_("Siegel"), _seal_text(facts)),
        (_("Prüfsumme (SHA-256)"), _grouped(issue.fingerprint)),
        (_("Prüfsumme, wie sie im PDF steht"), short_fingerprint(issue.fingerprint)),
    ]
    return [{"key": label, "value": value} for label, value in said if value]


def _withdrawal_text(facts: PublicFacts) -> str:
    if facts.withdrawal is None:
        return ""
    language = current_language()
    return str(
        _(
            "vom %(given)s, zurückgezogen am %(day)s",
            given=format_long_date(local_day(facts.withdrawal.approved_at), language),
            day=format_long_date(local_day(facts.withdrawal.withdrawn_at), language),
        )
    )


def _seal_text(facts: PublicFacts) -> str:
    if facts.seal is None:
        return ""
    if facts.verdict is SealVerdict.VALID:
        on = format_long_date(facts.seal.sealed_on, current_language())
        return str(_("mit Siegel von %(name)s vom %(day)s", name=facts.seal.by, day=on))
    if facts.verdict is SealVerdict.UNKNOWN_KEY:
        return str(_("mit einem Schlüssel, der nicht mehr gilt"))
    return str(_("ungültig"))


def _grouped(sha256: str) -> str:
    return " ".join(sha256[start : start + GROUP_DIGITS] for start in range(0, len(sha256), GROUP_DIGITS))


def file_fault_text(fault: DeclarationFileFault) -> str:
    """Why a file cannot be checked, and what helps."""
    words: dict[DeclarationFileFault, str] = {
        DeclarationFileFault.EMPTY: _("Wählen Sie eine Datei aus, in der etwas steht."),
        DeclarationFileFault.TOO_LARGE: _(
            "Diese Datei ist zu groß. Möglich sind %(most)s MB.", most=MAX_FILE_BYTES // 1_000_000
        ),
        DeclarationFileFault.OTHER_KIND: _(
            "Das ist weder ein PDF noch eine Datei mit den Daten einer Erklärung (JSON). Word-, Excel- und "
            "HTML-Dateien lassen sich nicht prüfen, denn jeder kann sie ändern. Lassen Sie sich das PDF "
            "geben."
        ),
        DeclarationFileFault.LOCKED: _(
            "Dieses PDF ist mit einem Passwort geschützt. Lassen Sie sich das Original geben."
        ),
        DeclarationFileFault.NO_ATTACHMENT: _(
            "In diesem PDF stecken keine Daten. Vielleicht ist es ein Auszug oder ein anderes Dokument, oder "
            "es wurde gescannt, neu gedruckt oder verkleinert. Lassen Sie sich das Original geben, oder "
            "vergleichen Sie die Prüfsumme auf der letzten Seite."
        ),
        DeclarationFileFault.NOT_OURS: _(
            "In diesem PDF stecken andere Dateien, aber keine DNK-Erklärung. Wählen Sie das PDF der "
            "Erklärung."
        ),
        DeclarationFileFault.DAMAGED: _(
            "Diese Datei ist beschädigt. Lassen Sie sich das Original noch einmal geben."
        ),
        DeclarationFileFault.NEWER: _(
            "Diese Datei wurde mit einer neueren Version des Programms gemacht. Prüfen Sie sie dort, wo sie "
            "herkommt: Die Adresse steht auf der letzten Seite des PDF."
        ),
        DeclarationFileFault.INVALID: _(
            "Die Daten in dieser Datei sind keine gültige Erklärung. Unverändert können sie nicht sein."
        ),
        DeclarationFileFault.BUSY: _(
            "Gerade werden andere Dateien geprüft. Versuchen Sie es in einer halben Minute noch einmal."
        ),
    }
    return str(words.get(fault) or scan_fault_text(fault))


def _instance() -> Path:
    return current_settings().instance
