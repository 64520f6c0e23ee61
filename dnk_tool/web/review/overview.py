"""The overview of a review: status of each section, open remarks, next steps.

Files of a submitted version, for reviewers of the cluster that has it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion, Section
from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.review import ReviewStatus
from dnk_tool.report.formats import ExportAudience, ExportFormat, render_file
from dnk_tool.services.declarations import branding
from dnk_tool.services.exports import rendering
from dnk_tool.services.review.round import ReviewRound, snapshot_document
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import decisions
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.store.tables.review import Approval
from dnk_tool.web.exports.download_links import DownloadLink, format_links
from dnk_tool.web.exports.responses import (
    JSON,
    attachment,
    file_name,
    frozen_pdf_response,
    rendered_file_response,
    with_verification_url,
)
from dnk_tool.web.http.access import current_cluster, current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.annex import further_figure_rows, scope_rows
from dnk_tool.web.review.checklist import checklist_entries
from dnk_tool.web.review.current_round import (
    blueprint,
    has_new_answer,
    is_noted_first,
    overview_url,
    remark_counts_of,
    reviewer_threads,
    round_or_404,
    section_heading,
    section_url,
)
from dnk_tool.web.review.evidence import WHOLE_DECLARATION_KEY, files_by_ref
from dnk_tool.web.review.evidence_drawer import evidence_drawer
from dnk_tool.web.review.queue import waiting_time
from dnk_tool.web.review.section_order import odd_sections, order_links, section_notes, section_order
from dnk_tool.web.review.team.assignment import assignment_panel
from dnk_tool.web.review.team.present_readers import present_readers, reading_texts
from dnk_tool.web.text.labels import label_of

TAG_KINDS = {
    ReviewStatus.PENDING: "open",
    ReviewStatus.ACCEPTED: "done",
    ReviewStatus.CHANGE_NEEDED: "attention",
}


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.pdf")
@permit(Permission.REVIEW)
def version_pdf(cluster_id: int, declaration_id: int, version: int) -> ResponseReturnValue:
    snapshot = _submitted_snapshot_or_404(cluster_id, declaration_id, version)
    return frozen_pdf_response(
        snapshot,
        rendering.issue_of_version(db(), snapshot),
        _file_name(snapshot_document(snapshot), f"V{version}.pdf"),
        back=_review_url(cluster_id, declaration_id),
    )


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.<export_format(reviewers):export_format>")
@permit(Permission.REVIEW)
def version_file(
    cluster_id: int, declaration_id: int, version: int, export_format: ExportFormat
) -> ResponseReturnValue:
    """The version in another format."""
    snapshot = _submitted_snapshot_or_404(cluster_id, declaration_id, version)
    document, issue = (
        snapshot_document(snapshot),
        with_verification_url(rendering.issue_of_version(db(), snapshot)),
    )
    look = branding.version_branding(db(), snapshot)
    return rendered_file_response(
        lambda: render_file(document, issue, export_format, look=look),
        _file_name(document, f"V{version}.{export_format.extension}"),
        back=_review_url(cluster_id, declaration_id),
        media_type=export_format.media_type,
    )


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.json")
@permit(Permission.REVIEW)
def version_json(cluster_id: int, declaration_id: int, version: int) -> ResponseReturnValue:
    """The version's redacted data as JSON."""
    document = snapshot_document(_submitted_snapshot_or_404(cluster_id, declaration_id, version))
    return attachment(
        canonical_json(redact_document(document)), JSON, _file_name(document, f"V{version}.json")
    )


def version_links(cluster_id: int, declaration_id: int, version: int) -> list[DownloadLink]:
    """Links to the files of a submitted version, the data last."""
    values: dict[str, Any] = {"cluster_id": cluster_id, "declaration_id": declaration_id, "version": version}
    hint = _("der Version %(version)s", version=version)

    def address(export_format: ExportFormat) -> str:
        if export_format.has_own_routes:
            return url_for("review.version_pdf", **values)
        return url_for("review.version_file", export_format=export_format, **values)

    data = DownloadLink(url_for("review.version_json", **values), "JSON", hint)
    return [*format_links(ExportAudience.REVIEWERS, address, hint=hint), data]


def _submitted_snapshot_or_404(cluster_id: int, declaration_id: int, version: int) -> Snapshot:
    snapshots = declarations.submitted_snapshots(db(), declaration_id, cluster_id)
    return next((snapshot for snapshot in snapshots if snapshot.version == version), None) or abort(404)


def _file_name(document: Document, label: str) -> str:
    return file_name(document.organisation.name, document.reporting_year, label)


def _review_url(cluster_id: int, declaration_id: int) -> str:
    return url_for("review.show", cluster_id=cluster_id, declaration_id=declaration_id)


@dataclass(frozen=True, slots=True)
class DecidedRounds:
    """What earlier rounds led to: the approval that holds, the one withdrawn last, a protocol of it all."""

    approval: Approval | None
    approved_by: str
    withdrawal: Approval | None
    has_protocol: bool


@blueprint.get("/<int:declaration_id>/")
@permit(Permission.REVIEW)
def show(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    declaration, review_round = current_declaration(), round_or_404()
    threads = reviewer_threads()
    given = decisions.approvals(db(), declaration.id, declaration.cluster_id)
    approval = next((it for it in reversed(given) if it.withdrawn_at is None), None)
    decided = {it.version for it in given} | set(decisions.requests_for_changes(db(), declaration.id))
    files = files_by_ref(review_round)
    notes = section_notes(review_round) if is_noted_first() else {}
    pending = review_round.with_status(ReviewStatus.PENDING)
    return render_template(
        "review/overview.html",
        cluster=current_cluster(),
        declaration=declaration,
        round=review_round,
        is_open=declaration.state is State.SUBMITTED,
        is_back=declaration.state in (State.CHANGES_REQUESTED, State.SIGNING, State.REOPENED),
        waiting=waiting_time(review_round.snapshot.submitted_at),
        assignment=assignment_panel(),
        readers=reading_texts(present_readers([declaration.id]), review_round.sections),
        decided=DecidedRounds(
            approval=approval,
            approved_by=accounts.name_of(db(), approval.approved_by) if approval else "",
            withdrawal=decisions.withdrawn_last(given, review_round.version),
            has_protocol=bool(decided & set(review_round.snapshots)),
        ),
        counts={
            review_status: len(review_round.with_status(review_status)) for review_status in ReviewStatus
        },
        next=next((one for one in section_order(review_round, is_noted_first()) if one in pending), None),
        orders=order_links(lambda first: overview_url(noted_first=first)),
        address=section_url,
        checklist=checklist_entries(review_round),
        links={
            version: version_links(cluster_id, declaration.id, version) for version in review_round.snapshots
        },
        files=files.get(WHOLE_DECLARATION_KEY, ()),
        drawer=evidence_drawer(files),
        scope=scope_rows(review_round.document),
        further=further_figure_rows(review_round.document, files, current_language()),
        groups=[
            (key, title, [_task_row(review_round, section, threads, notes) for section in group])
            for key, title, group in (
                _groups_by_note(review_round, notes) if is_noted_first() else section_groups(review_round)
            )
        ],
    )


def section_groups(review_round: ReviewRound) -> Iterable[tuple[str, str, list[Section]]]:
    """Yield (area or "none", heading, sections), in the same order as the company's overview."""
    language, selection = current_language(), review_round.document.selection
    others = [section for section in review_round.sections if not isinstance(section, Criterion)]
    yield "none", _("Zum Unternehmen"), [other for other in others if other.ref == "general"]
    for area in selection.catalogue.areas:
        yield (
            area.key,
            area.title.to(language),
            [criterion for criterion in selection.criteria if criterion.number in area.criteria],
        )
    if extra := [other for other in others if other.ref != "general"]:
        yield "none", _("Zusätzlich"), extra


def _groups_by_note(
    review_round: ReviewRound, notes: Mapping[str, object]
) -> Iterable[tuple[str, str, list[Section]]]:
    """Yield odd sections, in the order of reading, then explained and short ones, then all others."""
    sections, odd = section_order(review_round, is_noted_first()), odd_sections(review_round)
    yield "none", _("Auffälliges zuerst"), [section for section in sections if section.ref in odd]
    rest = [section for section in sections if section.ref in notes.keys() - odd]
    yield "none", _("Erklärt oder sehr kurz"), rest
    yield "none", _("Alles andere"), [section for section in sections if section.ref not in notes]


def _task_row(
    review_round: ReviewRound,
    section: Section,
    threads: list[RemarkThread],
    notes: Mapping[str, Iterable[str]],
) -> dict[str, str]:
    """Task-list row of a section: status, and hints on what is noteworthy, changes and remarks."""
    here = [thread for thread in threads if thread.section == section.ref]
    standing = review_round.standings[section.ref]
    return {
        "title": section_heading(section, current_language()),
        "href": section_url(section.ref),
        "hint": " · ".join((*notes.get(section.ref, ()), *_hints(review_round, section, here))),
        "status": label_of(standing),
        "kind": TAG_KINDS[standing],
    }


def _hints(review_round: ReviewRound, section: Section, threads: list[RemarkThread]) -> Iterable[str]:
    if section.ref in review_round.changed:
        yield _("geändert seit Version %(version)s", version=review_round.before[section.ref].version)
    if answered := sum(has_new_answer(thread) for thread in threads):
        yield ngettext("%(num)d neue Antwort", "%(num)d neue Antworten", answered)
    if remarks := remark_counts_of(threads):
        yield remarks
