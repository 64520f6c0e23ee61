"""Files of a declaration, as it is now and of each frozen version."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.report.formats import PDF, ExportFormat, render_file
from dnk_tool.report.view.branding import Branding
from dnk_tool.report.view.chapters import is_section
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.model import Issue
from dnk_tool.services.declarations import branding
from dnk_tool.services.declarations.documents import current_file
from dnk_tool.services.exports import rendering
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.versions import FINAL, Version, versions
from dnk_tool.store.publication import proofs
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.web.exports.download_links import VARIANTS, CompanyFiles
from dnk_tool.web.exports.responses import (
    JSON,
    attachment,
    draft_pdf_response,
    file_name,
    frozen_pdf_response,
    queued_pdf_response,
    rendered_file_response,
    warm_version,
    with_verification_url,
)
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.transactions import db

CURRENT_DRAFT = "entwurf"  # the query parameter `stand` of the current state

blueprint = Blueprint("files", __name__, url_prefix="/erklaerungen/<int:declaration_id>")


@blueprint.get("/dateien")
@permit(Permission.DECLARATION_VIEW)
def index(declaration_id: int) -> ResponseReturnValue:
    """List the files of one version, by default the newest final one, with links to the other versions."""
    declaration, declaration_versions = current_declaration(), versions(db(), declaration_id)
    if declaration_versions:
        warm_version(declaration_versions[0])
    shown, language = _requested_version(declaration_versions), _requested_language() or declaration.language
    other = next(code for code in LANGUAGES if code != language)
    number = shown.number if shown else None
    files = CompanyFiles(declaration_id, number, _other_language(declaration, language))
    return render_template(
        "exports/files.html",
        declaration=declaration,
        versions=declaration_versions,
        shown=shown,
        language=language,
        pdf=files.url(PDF),
        variants=files.pdf_rows(),
        formats=files.format_rows(is_sealed=number in proofs.sealed_versions(db(), declaration_id)),
        stands={
            available_copy: _copy_url(declaration, available_copy, language)
            for available_copy in _available_copies(declaration_versions)
        },
        other_language=_copy_url(
            declaration, shown.number if shown else CURRENT_DRAFT, other, _anchor="sprache"
        ),
    )


def _available_copies(declaration_versions: Sequence[Version]) -> list[int | str]:
    """The current draft, and the number of each version."""
    return [CURRENT_DRAFT, *(version.number for version in declaration_versions)]


def _copy_url(declaration: Declaration, stand: int | str, language: str, **more: Any) -> str:
    """The address of this page for another version or language."""
    wanted = _other_language(declaration, language)
    return url_for(".index", declaration_id=declaration.id, stand=stand, sprache=wanted, **more)


def _other_language(declaration: Declaration, language: str) -> str | None:
    """The language for the address; None if it is the declaration's."""
    return None if language == declaration.language else language


def _requested_version(declaration_versions: Sequence[Version]) -> Version | None:
    """The version in the address; None for the current draft. Aborts with 404 for an unknown one."""
    wanted = request.args.get("stand", "")
    if wanted == CURRENT_DRAFT:
        return None
    if wanted:
        return next(
            (version for version in declaration_versions if str(version.number) == wanted), None
        ) or abort(404)
    return next((version for version in declaration_versions if version.outcome in FINAL), None)


@blueprint.get("/entwurf.pdf")
@permit(Permission.DECLARATION_VIEW)
def draft_pdf(declaration_id: int) -> ResponseReturnValue:
    declaration, edition = current_declaration(), _requested_edition()
    name = _file_name(declaration, _file_label(_("Entwurf"), edition) + ".pdf")
    return draft_pdf_response(declaration, edition, name, back=_overview_url(declaration_id))


@blueprint.get("/kriterien/<section_ref>/vorschau.pdf")
@permit(Permission.SECTION_VIEW)
def section_pdf(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    """Print one section as it is now. Open to those who may read only this section."""
    declaration = current_declaration()
    if not is_section(section_ref, declarations.selection_of(declaration)):
        abort(404)
    edition = ExportOptions(Variant.SECTION, section_ref)
    name = _file_name(declaration, f"{_('Auszug')}-{section_ref}.pdf")
    back = url_for("criterion.preview", declaration_id=declaration_id, section_ref=section_ref)
    return queued_pdf_response(
        lambda: rendering.draft_pdf_request(db(), declaration, now=datetime.now(UTC), edition=edition),
        name,
        back=back,
    )


@blueprint.get("/intern.<export_format(company, variant=internal, own_routes=True):export_format>")
@permit(Permission.DECLARATION_VIEW)
def inside(declaration_id: int, export_format: ExportFormat) -> ResponseReturnValue:
    """The internal version: with self-assessment, measures, sources and gaps, for the company alone."""
    declaration = current_declaration()
    edition = ExportOptions(Variant.INTERNAL, language=_requested_language())
    label = _file_label("", edition)
    if export_format is PDF:
        name = _file_name(declaration, f"{label}.pdf")
        return draft_pdf_response(declaration, edition, name, back=_files_url(declaration_id))
    document, issue = rendering.internal_document(db(), declaration, now=datetime.now(UTC))
    look, _version = branding.company_branding(db(), declaration.organisation_id)
    return _file_response(document, issue, look, export_format, label, edition)


@blueprint.get("/entwurf.<export_format(company):export_format>")
@permit(Permission.DECLARATION_VIEW)
def draft_file(declaration_id: int, export_format: ExportFormat) -> ResponseReturnValue:
    """The current draft in another format than PDF."""
    declaration, edition = current_declaration(), _requested_edition()
    document, issue = rendering.draft_document(db(), declaration, now=datetime.now(UTC))
    look, _version = branding.company_branding(db(), declaration.organisation_id)
    label = _file_label(_("Entwurf"), edition)
    return _file_response(document, issue, look, export_format, label, edition)


@blueprint.get("/versionen/<int:version>.<export_format(company):export_format>")
@permit(Permission.DECLARATION_VIEW)
def version_file(declaration_id: int, version: int, export_format: ExportFormat) -> ResponseReturnValue:
    snapshot, edition = _snapshot_or_404(declaration_id, version), _requested_edition()
    document, issue = (
        read_document(snapshot.content),
        with_verification_url(rendering.issue_of_version(db(), snapshot)),
    )
    look, label = branding.version_branding(db(), snapshot), _file_label(f"V{version}", edition)
    return _file_response(document, issue, look, export_format, label, edition)


@blueprint.get("/versionen/<int:version>.pdf")
@permit(Permission.DECLARATION_VIEW)
def version_pdf(declaration_id: int, version: int) -> ResponseReturnValue:
    snapshot, edition = _snapshot_or_404(declaration_id, version), _requested_edition()
    name = _file_name(current_declaration(), _file_label(f"V{version}", edition) + ".pdf")
    issue = rendering.issue_of_version(db(), snapshot)
    back = url_for("version_page.show", declaration_id=declaration_id, number=version)
    return frozen_pdf_response(snapshot, issue, name, back=back, edition=edition)


@blueprint.get("/versionen/<int:version>.json")
@permit(Permission.DECLARATION_VIEW)
def version_json(declaration_id: int, version: int) -> ResponseReturnValue:
    """The version's canonical JSON, unredacted, for the company."""
    snapshot = _snapshot_or_404(declaration_id, version)
    return _download(snapshot.content, current_declaration(), f"V{version}.json")


@blueprint.get("/versionen/<int:version>.sig")
@permit(Permission.DECLARATION_VIEW)
def version_seal(declaration_id: int, version: int) -> ResponseReturnValue:
    """The operator's seal on the version's data."""
    seal = proofs.seal_of(db(), declaration_id, version) or abort(404)
    return _download(seal.encode(), current_declaration(), f"V{version}.sig")


@blueprint.get("/erklaerung.json")
@permit(Permission.DECLARATION_VIEW)
def current_json(declaration_id: int) -> ResponseReturnValue:
    """The finished version's JSON, or the current content while it is being edited; unredacted."""
    declaration = current_declaration()
    return _download(current_file(db(), declaration), declaration, "Stand.json")


def _requested_edition() -> ExportOptions:
    """Variant and language in the address; aborts with 404 for an unknown variant."""
    variant = VARIANTS.get(request.args.get("fassung", "")) or abort(404)
    return ExportOptions(variant, language=_requested_language())


def _requested_language() -> Language | None:
    """The language of headings in the address; None for the declaration's."""
    wanted = request.args.get("sprache", "")
    return next((language for language in LANGUAGES if language == wanted), None) if wanted else None


def _file_label(copy: str, edition: ExportOptions) -> str:
    """The part of the file name that says version, variant and language."""
    variant = {Variant.SHORT: _("Kurzfassung"), Variant.INTERNAL: _("Intern")}.get(edition.variant, "")
    return "-".join(part for part in (copy, variant, edition.language or "") if part)


def _file_response(
    document: Document,
    issue: Issue,
    look: Branding,
    export_format: ExportFormat,
    label: str,
    edition: ExportOptions,
) -> ResponseReturnValue:
    declaration = current_declaration()
    return rendered_file_response(
        lambda: render_file(document, issue, export_format, edition=edition, look=look),
        _file_name(declaration, f"{label}.{export_format.extension}"),
        back=_files_url(declaration.id),
        media_type=export_format.media_type,
    )


def _files_url(declaration_id: int) -> str:
    return url_for(".index", declaration_id=declaration_id)


def _overview_url(declaration_id: int) -> str:
    return url_for("overview.show", declaration_id=declaration_id)


def _snapshot_or_404(declaration_id: int, version: int) -> Snapshot:
    return declarations.snapshot(db(), declaration_id, version) or abort(404)


def _download(content: bytes, declaration: Declaration, label: str) -> Response:
    return attachment(content, JSON, _file_name(declaration, label))


def _file_name(declaration: Declaration, label: str) -> str:
    return file_name(declaration.organisation.name, declaration.reporting_year, label)
