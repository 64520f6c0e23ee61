"""Files that the company has opened for the review, beside what they belong to in the submitted version."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue import Requirement
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.evidence.listing import for_review
from dnk_tool.services.review.round import Round
from dnk_tool.web.http.access import current_cluster, current_declaration, permit
from dnk_tool.web.http.stored_files import handed_out
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint, this_round

WHOLE = ""  # under which the files stand that belong to the declaration as a whole

# Title and address of each file, by the ref or datapoint that it belongs to.
Files = dict[str, list[tuple[str, str]]]


@blueprint.get("/<int:declaration_id>/belege/<sha256>")
@permit(Permission.REVIEW)
def open_file(cluster_id: int, declaration_id: int, sha256: str) -> ResponseReturnValue:
    declaration = current_declaration()
    shown = for_review(db(), declaration, this_round().document)
    found = next((one.file for one in shown if one.file.sha256 == sha256), None) or abort(404)
    return handed_out(found, declaration.organisation_id)


def files_by_ref(found: Round) -> Files:
    """What may be opened of the round's version; one more statement, or two."""
    by_ref: Files = {}
    for one in for_review(db(), current_declaration(), found.document):
        href = url_for(
            "review.open_file",
            cluster_id=current_cluster().id,
            declaration_id=current_declaration().id,
            sha256=one.file.sha256,
        )
        for ref in one.listed.belongs_to or (WHOLE,):
            by_ref.setdefault(ref, []).append((one.listed.title or one.listed.name or one.file.label, href))
    return by_ref


def files_beside(files: Files, requirement: Requirement) -> list[tuple[str, str]]:
    """The files that belong to a requirement or to one of its items, but for those of its figures."""
    refs = [requirement.ref, *(item.ref for item in requirement.items if item.ref != requirement.ref)]
    return list(dict.fromkeys(one for ref in refs for one in files.get(ref, ())))
