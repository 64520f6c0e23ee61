"""Responses with files: names, headers, rendering on request, and failures."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from flask import Response, current_app, g, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.report.formats import PDF
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions
from dnk_tool.report.view.model import Issue
from dnk_tool.services.exports import opened_drafts, pdf_cache, rendering
from dnk_tool.services.exports.print_records import recorder
from dnk_tool.services.exports.render_queue import RenderJob, RenderLimitReached, RenderStage
from dnk_tool.services.exports.rendering import PdfRequest, QueuedPdf
from dnk_tool.services.publication import verification
from dnk_tool.store.declarations.versions import Version
from dnk_tool.store.privacy.erasure_log import erasure_log_size
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.web.exports import pending_pdfs
from dnk_tool.web.http.headers import request_id, set_download_name
from dnk_tool.web.http.interrupted_forms import is_fetch_request
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import after_commit, db, session_factory

log = logging.getLogger(__name__)

JSON = "application/json"
RELOAD_SECONDS = 2  # how often the waiting page reloads without a script


def file_name(company: str, year: int, label: str) -> str:
    """Build a file name from company, year and label. The label includes the extension."""
    plain = re.sub(r"[\W_]+", "-", company)[:60].strip("-")
    return f"DNK-Erklaerung-{year}-{plain}-{label}"


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A response that the browser saves as a file."""
    response = Response(content, mimetype=media_type)
    set_download_name(response, name)
    return response


def frozen_pdf_response(
    snapshot: Snapshot, issue: Issue, name: str, *, back: str, edition: ExportOptions = FULL_EXPORT
) -> Response:
    """The PDF of a frozen version, as `queued_pdf_response`."""
    return queued_pdf_response(lambda: pdf_of_frozen_version(snapshot, issue, edition), name, back=back)


def pdf_of_frozen_version(
    snapshot: Snapshot, issue: Issue, edition: ExportOptions = FULL_EXPORT
) -> PdfRequest:
    """The request for a frozen version's PDF, with this installation's check page."""
    return rendering.version_pdf_request(db(), snapshot, with_verification_url(issue), edition)


def with_verification_url(issue: Issue) -> Issue:
    """The issue with the address of its check page in this installation."""
    return verification.with_verification_url(issue, verification.check_page_origin(current_settings()))


def rendered_file_response(
    render: Callable[[], bytes], name: str, *, back: str, media_type: str
) -> ResponseReturnValue:
    """Render the file and return it, or an error page. Holds no database connection meanwhile."""
    _release_database()
    try:
        content = render()
    except RenderFailed as error:
        # The log omits the address, which may hold a secret link.
        log.error("a file cannot be made (request %s): %s", request_id(), error)
        return _failure_page(back, error)
    return attachment(content, media_type, name)


def draft_pdf_response(declaration: Declaration, edition: ExportOptions, name: str, *, back: str) -> Response:
    """The PDF of the draft as it is now, as `queued_pdf_response`; notes that it was opened."""

    def wanted() -> PdfRequest:
        it = rendering.current_pdf_request(db(), declaration, edition, now=datetime.now(UTC))
        if not is_fetch_request():
            _note_opening(declaration.id, it)
        return it

    return queued_pdf_response(wanted, name, back=back)


def _note_opening(declaration_id: int, it: PdfRequest) -> None:
    counts, folder = pending_pdfs.shared_render_queue().drafts, pending_pdfs.pdf_cache_folder()
    counts.opened += 1
    counts.ready += pdf_cache.has(folder, it.name)
    if current_settings().pdf_ahead_seconds:
        opened_drafts.note(folder, declaration_id, it.edition, now=datetime.now(UTC))


def queued_pdf_response(
    wanted: Callable[[], QueuedPdf], name: str, *, back: str, is_always_current: bool = False
) -> Response:
    """Return the PDF if it is cached or soon ready; else queue it and show a page with its progress.

    Asking again at the same address returns the file once it is ready. The page's script gets the progress as
    JSON and queues nothing. `wanted` reads the content to print; it is not called to report progress. `back`:
    where to go if rendering fails. `is_always_current`: a file that was ordered before its content changed is
    not returned, as somebody may have withdrawn what stands in it.
    """
    own = None if is_always_current and not is_fetch_request() else pending_pdfs.requested_pdf()
    if own is not None and _is_cached_or_queued(own.file):
        _release_database()
        return _status_response(own.file, name, back) or _waiting_page(own.file, name, back, None)
    it = wanted()
    _release_database()
    if is_fetch_request():
        return _status_response(it.name, name, back) or jsonify(state="gone")
    try:
        _enqueue(it)
    except RenderLimitReached as refusal:
        page = render_template("exports/queue_full.html", back=back, are_own=refusal.reason == "own")
        return make_response(page, 503, {"Retry-After": "30"})
    return _status_response(it.name, name, back) or _waiting_page(it.name, name, back, None)


def warm_version(version: Version) -> None:
    """Queue the version's PDF after the commit, so that it is ready when asked for.

    Does nothing without background workers or with a full queue.
    """
    if "dnk_background" in current_app.extensions:
        wanted = pdf_of_frozen_version(version.snapshot, rendering.issue_of_frozen(version))
        after_commit(partial(_enqueue_if_possible, wanted))


def _enqueue_if_possible(it: QueuedPdf) -> None:
    try:
        _enqueue(it)
    except RenderLimitReached as refusal:
        log.info("a PDF is not made ahead: %s", refusal)


def _enqueue(it: QueuedPdf) -> None:
    """Queue the PDF unless it is cached. Raises RenderLimitReached."""
    if not pdf_cache.has(pending_pdfs.pdf_cache_folder(), it.name):
        instance = pending_pdfs.instance_folder()
        make = partial(
            rendering.render_to_cache,
            it,
            instance,
            erasures_before=erasure_log_size(instance),
            record=recorder(session_factory()),
        )
        pending_pdfs.shared_render_queue().queue.enqueue(it.name, make, owner=pending_pdfs.order_owner())


def _is_cached_or_queued(file: str) -> bool:
    return (
        pdf_cache.has(pending_pdfs.pdf_cache_folder(), file)
        or pending_pdfs.shared_render_queue().queue.find(file) is not None
    )


def _status_response(file: str, name: str, back: str) -> Response | None:
    """The response for a file that is cached, in progress or failed; None for any other."""
    shared = pending_pdfs.shared_render_queue()
    order = shared.queue.find(file)
    if is_fetch_request():
        return _status_json(file, order)
    if order is not None:
        shared.queue.wait(order, shared.patience_seconds)
    content = pdf_cache.read(pending_pdfs.pdf_cache_folder(), file)
    if content is not None:
        pending_pdfs.mark_fetched(file)
        return attachment(content, PDF.media_type, name)
    if (
        order is None or order.stage is RenderStage.READY
    ):  # ready but not cached: an account was erased meanwhile
        return None
    return (
        _report_failure_once(order, back)
        if order.stage is RenderStage.FAILED
        else _waiting_page(file, name, back, order)
    )


def _status_json(file: str, order: RenderJob | None) -> Response | None:
    if pdf_cache.has(pending_pdfs.pdf_cache_folder(), file):
        return jsonify(state=RenderStage.READY)
    if order is None:
        return None
    done, steps, text = _progress(order)
    return jsonify(state=order.stage, done=done, steps=steps, text=text)


def _progress(order: RenderJob | None) -> tuple[int, int, str]:
    """Steps done, number of steps, and the progress in words; the file is written after the last step."""
    ahead = pending_pdfs.shared_render_queue().queue.ahead_of(order) if order else 0
    if ahead:
        said = ngettext(
            "Vorher ist noch %(num)d anderes PDF an der Reihe.",
            "Vorher sind noch %(num)d andere PDFs an der Reihe.",
            ahead,
        )
        return 0, 1, said
    if order is None or order.stage is RenderStage.WAITING:
        return 0, 1, _("Gleich geht es los.")
    done, steps = order.progress
    if not steps:
        return 0, 1, _("Die Seiten werden zusammengestellt.")
    if done >= steps:
        return done, steps, _("Gleich fertig: Die Datei wird geschrieben.")
    return done, steps, _("%(percent)s\u00a0%% fertig", percent=100 * done // steps)


def _waiting_page(file: str, name: str, back: str, order: RenderJob | None) -> Response:
    """Show the progress. Signed-in people may leave the page and are told when the file is ready."""
    entry = pending_pdfs.remember_pdf(file, name)
    g.print_here = entry.id if entry else ""
    done, steps, text = _progress(order)
    page = render_template(
        "exports/rendering.html",
        name=name,
        here=entry.href if entry else pending_pdfs.address_without_order(),
        back=back,
        done=done,
        steps=steps,
        text=text,
        may_leave=entry is not None,
        reload_seconds=RELOAD_SECONDS,
    )
    return make_response(page, 202, {"Retry-After": str(RELOAD_SECONDS)})


def _report_failure_once(order: RenderJob, back: str) -> Response:
    order.failure_shown_to.add(pending_pdfs.order_owner())
    return _failure_page(back, order.failure)


def _failure_page(back: str, error: RenderFailed | None) -> Response:
    """Ask to try again later, or name the parts to shorten if the content is too large for a file."""
    longest = [part.display_name(current_language()) for part in error.longest] if error else []
    page = render_template("exports/render_failed.html", back=back, longest=longest)
    return make_response(page, 422 if longest else 503)


def _release_database() -> None:
    db().expunge_all()
    db().rollback()
