"""Evidence that the company opened for the review, by what it belongs to."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import Requirement
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.evidence.listing import evidence_for_review
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.web.http.access import current_cluster, current_declaration, permit
from dnk_tool.web.http.stored_files import evidence_attachment
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint, round_or_404

WHOLE_DECLARATION_KEY = ""  # the key of files that belong to the whole declaration

# (title, address) of each file, by ref or datapoint
FileLinks = dict[str, list[tuple[str, str]]]


@blueprint.get("/<int:declaration_id>/belege/<sha256>")
@permit(Permission.REVIEW)
def open_file(cluster_id: int, declaration_id: int, sha256: str) -> ResponseReturnValue:
    declaration = current_declaration()
    shown = evidence_for_review(db(), declaration, round_or_404().document)
    file = next((evidence.file for evidence in shown if evidence.file.sha256 == sha256), None) or abort(404)
    return evidence_attachment(file, declaration.organisation_id)


def files_by_ref(review_round: ReviewRound) -> FileLinks:
    """The files that the round's reviewers may open; one or two queries."""
    by_ref: FileLinks = {}
    for evidence in evidence_for_review(db(), current_declaration(), review_round.document):
        href = url_for(
            "review.open_file",
            cluster_id=current_cluster().id,
            declaration_id=current_declaration().id,
            sha256=evidence.file.sha256,
        )
        for ref in evidence.listed.belongs_to or (WHOLE_DECLARATION_KEY,):
            by_ref.setdefault(ref, []).append(
                (evidence.listed.title or evidence.listed.name or evidence.file.label, href)
            )
    return by_ref


def files_of_requirement(files: FileLinks, requirement: Requirement) -> list[tuple[str, str]]:
    """The files of a requirement and its items, without those of its figures."""
    refs = [requirement.ref, *(item.ref for item in requirement.items if item.ref != requirement.ref)]
    return list(dict.fromkeys(link for ref in refs for link in files.get(ref, ())))
