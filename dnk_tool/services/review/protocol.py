"""Collects the protocol of a review: rounds that have ended, and what company and reviewers both know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.language import Language, local_day
from dnk_tool.report.files.questionnaire.outline import point_title, section_title
from dnk_tool.report.files.review_protocol import (
    ProtocolApproval,
    ProtocolRemark,
    ProtocolRound,
    ProtocolThread,
    ProtocolVerdict,
    RecordedStep,
    ReviewProtocol,
)
from dnk_tool.services.review.round import snapshot_document
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import checklist, decisions, remarks, rounds, verdicts
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration, Event, Snapshot
from dnk_tool.store.tables.review import Approval, ReviewRoundRow


@dataclass(frozen=True)
class _Names:
    """The names of the accounts that the protocol mentions, by account id."""

    by_id: Mapping[int, str]

    def step(self, at: datetime, account_id: int | None) -> RecordedStep:
        return RecordedStep(at, self.by_id.get(account_id or 0, ""))


def protocol_of(session: Session, declaration: Declaration, *, now: datetime) -> ReviewProtocol | None:
    """The protocol in the declaration's language; None while no round of its cluster has ended.

    It holds nothing that only the review team may know: no results of the present round, no drafts, no
    remarks of the team. So it may be given to the company.
    """
    cluster = clusters.by_id(session, declaration.cluster_id or 0)
    if cluster is None:
        return None
    returned = decisions.requests_for_changes(session, declaration.id)
    given = decisions.approvals(session, declaration.id, cluster.id)
    decided = set(returned) | {approval.version for approval in given}
    snapshots = [
        snapshot
        for snapshot in reversed(declarations.submitted_snapshots(session, declaration.id, cluster.id))
        if snapshot.version in decided
    ]
    if not snapshots:
        return None
    # Results of a version whose approval was withdrawn change again, and are not the company's yet.
    present = declaration.version if declaration.state is State.SUBMITTED else None
    versions = {snapshot.version for snapshot in snapshots} - {present}
    document = snapshot_document(snapshots[-1])
    language, sections = document.language, document.selection.section_by_ref
    order = {ref: number for number, ref in enumerate(sections)}
    judgements = sorted(
        (it for it in verdicts.judgements(session, declaration.id) if it.version in versions),
        key=lambda it: (order.get(it.section, len(order)), it.section, it.version),
    )
    threads = sorted(
        shared_threads(session, declaration, cluster.id),
        key=lambda it: (order.get(it.section, len(order)), it.section, it.id),
    )
    closings = {row.version: row for row in rounds.rounds(session, declaration.id)}
    names = _Names(
        accounts.names_of(
            session,
            {person for person in _people(returned, given, threads) if person is not None}
            | {it.by for it in judgements if it.by is not None},
        )
    )
    return ReviewProtocol(
        company=document.organisation.name,
        year=document.reporting_year,
        cluster=cluster.name,
        language=language,
        made_on=local_day(now),
        rounds=[
            _round(snapshot, returned.get(snapshot.version), closings.get(snapshot.version), given, names)
            for snapshot in snapshots
        ],
        verdicts=[
            ProtocolVerdict(
                _title(sections, it.section, language), it.version, it.verdict, names.step(it.at, it.by)
            )
            for it in judgements
        ],
        threads=[
            ProtocolThread(
                section=_title(sections, thread.section, language),
                point=_point(sections, thread, language),
                remarks=[
                    ProtocolRemark(
                        cluster.name if remark.side is ReviewSide.REVIEWERS else document.organisation.name,
                        names.step(remark.at, remark.by),
                        remark.text,
                    )
                    for remark in thread.remarks
                ],
                closed=thread.resolved_at,
                is_withdrawn=thread.is_withdrawn,
            )
            for thread in threads
        ],
        ticks={
            point: RecordedStep(tick.at, tick.by)
            for point, tick in checklist.ticks(session, declaration.id, snapshots[-1].version).items()
        }
        if snapshots[-1].version in versions
        else None,
    )


def shared_threads(session: Session, declaration: Declaration, cluster_id: int) -> list[RemarkThread]:
    """The threads between the company and this cluster, without those that only one side may read."""
    return [
        thread
        for thread in remarks.threads(session, declaration.id, ReviewSide.COMPANY)
        if thread.audience is Audience.SHARED and thread.cluster_id == cluster_id
    ]


def _people(
    returned: Mapping[int, Event], given: Iterable[Approval], threads: Iterable[RemarkThread]
) -> Iterable[int | None]:
    yield from (event.actor_id for event in returned.values())
    for approval in given:
        yield approval.approved_by
        yield approval.withdrawn_by
    yield from (remark.by for thread in threads for remark in thread.remarks)


def _round(
    snapshot: Snapshot,
    returned: Event | None,
    closing: ReviewRoundRow | None,
    given: Iterable[Approval],
    names: _Names,
) -> ProtocolRound:
    return ProtocolRound(
        version=snapshot.version,
        submitted_at=snapshot.submitted_at or snapshot.finished_at,
        fingerprint=snapshot.sha256,
        returned=names.step(returned.happened_at, returned.actor_id) if returned else None,
        letter=closing.letter if closing else "",
        until=closing.answer_until if closing else None,
        approvals=[
            ProtocolApproval(
                given=names.step(approval.approved_at, approval.approved_by),
                withdrawn=names.step(approval.withdrawn_at, approval.withdrawn_by)
                if approval.withdrawn_at
                else None,
                reason=approval.reason,
            )
            for approval in given
            if approval.version == snapshot.version
        ],
    )


def _title(sections: Mapping[str, Section], ref: str, language: Language) -> str:
    return section_title(sections[ref], language) if ref in sections else ref


def _point(sections: Mapping[str, Section], thread: RemarkThread, language: Language) -> str:
    """The title of the requirement that a thread is about; empty if it is about the whole section."""
    section = sections.get(thread.section)
    points = {point.ref: point for point in section.all_requirements} if section else {}
    return point_title(points[thread.ref], language) if thread.ref in points else thread.ref
