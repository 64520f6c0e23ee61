"""Everything that a cluster's reviewers decided and wrote, for its managers to take along."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.review import READABLE_AUDIENCES, Audience, ReviewSide, Verdict
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.review import RemarkRow, VerdictRow


@dataclass(frozen=True, slots=True)
class WrittenReview:
    """A verdict (`text` is empty) or a remark on a section of a version; `name`: of who gave it."""

    company: str
    year: int
    version: int
    section: str
    verdict: Verdict | None
    audience: Audience | None
    side: ReviewSide | None
    text: str
    at: datetime
    name: str


def of_cluster(
    session: Session, cluster_id: int, *, except_companies: Collection[int]
) -> Iterator[WrittenReview]:
    """Yield verdicts and published remarks on what members submitted to the cluster, by company, year, time.

    `except_companies`: those whose review is closed to the reader.
    """
    members = select(Consent.organisation_id).where(
        Consent.cluster_id == cluster_id, Consent.withdrawn_at.is_(None)
    )
    is_shown = Organisation.id.in_(members), Organisation.id.not_in(except_companies)
    # A verdict names no cluster: it is this one's if the version was submitted here.
    verdicts = session.execute(
        select(Organisation.name, Declaration.reporting_year, VerdictRow, Account.name)
        .join(Declaration, Declaration.id == VerdictRow.declaration_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .join(
            Snapshot,
            (Snapshot.declaration_id == VerdictRow.declaration_id) & (Snapshot.version == VerdictRow.version),
        )
        .outerjoin(Account, Account.id == VerdictRow.given_by)
        .where(Snapshot.cluster_id == cluster_id, *is_shown)
    )
    written = [
        WrittenReview(
            company, year, row.version, row.section, row.verdict, None, None, "", row.given_at, name or ""
        )
        for company, year, row, name in verdicts
    ]
    remarks = session.execute(
        select(Organisation.name, Declaration.reporting_year, RemarkRow, Account.name)
        .join(Declaration, Declaration.id == RemarkRow.declaration_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .outerjoin(Account, Account.id == RemarkRow.author_id)
        .where(
            RemarkRow.cluster_id == cluster_id,
            RemarkRow.published_at.is_not(None),
            RemarkRow.audience.in_(READABLE_AUDIENCES[ReviewSide.REVIEWERS]),
            *is_shown,
        )
    )
    for company, year, row, name in remarks:
        by = (name or "") if row.side is ReviewSide.REVIEWERS else ""
        written.append(
            WrittenReview(
                company,
                year,
                row.version,
                row.section,
                None,
                row.audience,
                row.side,
                row.text,
                row.published_at or row.written_at,
                by,
            )
        )
    yield from sorted(written, key=lambda it: (it.company, it.year, it.at))
