"""Evidence that the company opened for the review, by what it belongs to: as a file, and page by page."""

from typing import Any, NamedTuple

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.catalogue import Requirement
from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.evidence.listing import ReviewableEvidence, evidence_for_review
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.services.uploads.page_images import DRAWN_TYPES
from dnk_tool.web.evidence.labels import size_text
from dnk_tool.web.http.access import current_cluster, current_declaration, permit
from dnk_tool.web.http.stored_files import evidence_attachment, evidence_page
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import NOTED_FIRST, blueprint, is_noted_first, round_or_404

WHOLE_DECLARATION_KEY = ""  # the key of files that belong to the whole declaration
DRAWER = "beleg"  # the drawer's parameter and its place on the page


class FileLink(NamedTuple):
    """A file beside something: the words of its link, where that leads, and the evidence."""

    title: str
    href: str
    evidence: ReviewableEvidence


# by ref or datapoint
FileLinks = dict[str, list[FileLink]]


@blueprint.get("/<int:declaration_id>/belege/<sha256>")
@permit(Permission.REVIEW)
def open_file(cluster_id: int, declaration_id: int, sha256: str) -> ResponseReturnValue:
    return evidence_attachment(_evidence_or_404(sha256).file, current_declaration().organisation_id)


@blueprint.get("/<int:declaration_id>/belege/<sha256>/seiten/<int:number>")
@permit(Permission.REVIEW)
def page_picture(cluster_id: int, declaration_id: int, sha256: str, number: int) -> ResponseReturnValue:
    file = _evidence_or_404(sha256).file
    try:
        page = evidence_page(file, current_declaration().organisation_id, number)
    except FileRejected as refused:
        abort(503 if refused.why is FileRejectionReason.BUSY else 404)
    return Response(page.content, content_type="image/jpeg")


def _evidence_or_404(sha256: str) -> ReviewableEvidence:
    """What the round's reviewers may open; aborts with 404 for anything else."""
    shown = evidence_for_review(db(), current_declaration(), round_or_404().document)
    return next((evidence for evidence in shown if evidence.file.sha256 == sha256), None) or abort(404)


def files_by_ref(review_round: ReviewRound) -> FileLinks:
    """The files that the round's reviewers may open, in the drawer of this page; one or two queries."""
    by_ref: FileLinks = {}
    for evidence in evidence_for_review(db(), current_declaration(), review_round.document):
        for ref in evidence.listed.belongs_to or (WHOLE_DECLARATION_KEY,):
            by_ref.setdefault(ref, []).append(_file_link(evidence, ref))
    return by_ref


def _file_link(evidence: ReviewableEvidence, ref: str) -> FileLink:
    title = file_title(evidence)
    if evidence.file.kind in DRAWN_TYPES:
        return FileLink(
            title, this_page(beleg=evidence.file.sha256, zu=ref or None, _anchor=DRAWER), evidence
        )
    facts = {"title": title, "kind": evidence.file.kind.upper(), "size": size_text(evidence.file.size)}
    text = str(_("%(title)s (%(kind)s, %(size)s, wird heruntergeladen)", **facts))
    return FileLink(text, file_url("review.open_file", evidence), evidence)


def file_title(evidence: ReviewableEvidence) -> str:
    """What the submitted version calls the file."""
    return evidence.listed.title or evidence.listed.name or evidence.file.label


def file_url(endpoint: str, evidence: ReviewableEvidence, **values: Any) -> str:
    """The address of the file, or of one of its pages."""
    return url_for(
        endpoint,
        cluster_id=current_cluster().id,
        declaration_id=current_declaration().id,
        sha256=evidence.file.sha256,
        **values,
    )


def this_page(**values: Any) -> str:
    """The address of the page that is shown, in its order of parts, with other parameters."""
    order: dict[str, Any] = NOTED_FIRST if is_noted_first() else {}
    return url_for(request.endpoint or "", **(request.view_args or {}), **order, **values)


def files_of_requirement(files: FileLinks, requirement: Requirement) -> list[FileLink]:
    """The files of a requirement and its items, each once, without those of its figures."""
    refs = [requirement.ref, *(item.ref for item in requirement.items if item.ref != requirement.ref)]
    links = [link for ref in refs for link in files.get(ref, ())]
    return list({link.evidence.file.sha256: link for link in reversed(links)}.values())[::-1]
