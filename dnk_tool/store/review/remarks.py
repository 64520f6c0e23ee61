"""Reads threads of remarks. No other module does, so the rule of who may read them is here alone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session

from dnk_tool.domain.review import READABLE_AUDIENCES, Audience, ReviewSide
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import RemarkRow


@dataclass(frozen=True)
class Remark:
    """One remark. `by` is the author's account; None once it was erased.

    `at`: when it was published, or when a draft was last saved. `number`: how often a draft was saved, its
    version for locking. `is_autosaved`: a draft that its author is still typing, or left unsaved.
    """

    id: int
    side: ReviewSide
    text: str
    at: datetime
    by: int | None
    version: int
    is_draft: bool = False
    number: int = 1
    is_autosaved: bool = False


@dataclass(frozen=True)
class RemarkThread:
    """A remark with its answers, oldest first, drafts last.

    `cluster_id` is the cluster whose reviewers take part.
    """

    id: int
    section: str
    ref: str
    version: int
    audience: Audience
    remarks: tuple[Remark, ...]
    resolved_at: datetime | None
    resolved_by: int | None
    cluster_id: int | None = None

    @property
    def first(self) -> Remark:
        """Returns the remark that began the thread; all others are answers to it."""
        return self.remarks[0]

    @property
    def is_draft(self) -> bool:
        """Tells whether the company cannot read the thread yet."""
        return self.first.is_draft

    @property
    def is_to_company(self) -> bool:
        """Whether reviewers began it for the company."""
        return self.audience is Audience.SHARED and self.first.side is ReviewSide.REVIEWERS

    @property
    def drafts_to_company(self) -> tuple[Remark, ...]:
        """Its drafts that the company is to read when the round ends."""
        is_shared = self.audience is Audience.SHARED
        return tuple(remark for remark in self.remarks if is_shared and remark.is_draft)

    @property
    def length(self) -> int:
        """The number of its remarks to read before it is closed, without those that somebody is typing."""
        return sum(not remark.is_autosaved for remark in self.remarks)

    @property
    def is_open(self) -> bool:
        """Tells whether nobody has resolved or withdrawn it (`resolved_at`), or a later draft reopens it."""
        return self.is_open_with(draft for draft in self.remarks if not draft.is_autosaved)

    def is_open_with(self, drafts: Iterable[Remark]) -> bool:
        """Whether it is open, or one of these drafts reopens it when it is published."""
        resolved_at = self.resolved_at
        return resolved_at is None or any(one.is_draft and one.at > resolved_at for one in drafts)

    @property
    def is_answered(self) -> bool:
        """Whether the last remark comes from another side than the first."""
        return self.remarks[-1].side is not self.first.side

    @property
    def has_answer(self) -> bool:
        """Whether it may be resolved: a shared thread needs an answer of the other side, else any answer."""
        answers = self.remarks[1:]
        if self.audience is Audience.SHARED:
            return any(answer.side is not self.first.side for answer in answers)
        return bool(answers)

    @property
    def is_withdrawn(self) -> bool:
        """Whether the thread was closed without an answer, which counts as withdrawn and not as resolved."""
        return not self.is_open and not self.has_answer


def threads(
    session: Session,
    declaration_id: int,
    side: ReviewSide,
    *,
    cluster_id: int | None = None,
    sections: Collection[str] | None = None,
) -> list[RemarkThread]:
    """The threads that one side may read, oldest first, in one statement.

    Reviewers pass their `cluster_id` and get only threads with that cluster, and drafts besides. `sections`
    limits the threads, such as to those of a contributor; None: all.
    """
    wanted = {"declaration": declaration_id, "cluster": cluster_id}
    readable = session.scalars(_readable(side), wanted).all()
    # In the statement, a list of all sections would take longer than a few rows.
    rows = [row for row in readable if sections is None or row.section in sections]
    answers: dict[int, list[RemarkRow]] = {row.id: [row] for row in rows if row.thread_id is None}
    for row in rows:
        if row.thread_id in answers:
            answers[row.thread_id].append(row)
    return [_thread(answer) for answer in answers.values()]


def open_counts(
    session: Session, declaration_ids: Collection[int], side: ReviewSide, *, cluster_id: int | None = None
) -> dict[int, dict[str, int]]:
    """The number of open threads that the side may read, drafts aside, by declaration and section."""
    rows = session.execute(
        select(RemarkRow.declaration_id, RemarkRow.section, func.count())
        .where(RemarkRow.declaration_id.in_(declaration_ids), _is_open_for(side, cluster_id))
        .group_by(RemarkRow.declaration_id, RemarkRow.section)
    )
    counts: dict[int, dict[str, int]] = {}
    for declaration_id, section, count in rows:
        counts.setdefault(declaration_id, {})[section] = count
    return counts


def open_totals(side: ReviewSide, *, cluster_id: int | None = None) -> Select[int, int]:
    """Select `declaration_id` and the `count` of its open threads that the side may read, drafts aside."""
    return (
        select(RemarkRow.declaration_id, func.count().label("count"))
        .where(_is_open_for(side, cluster_id))
        .group_by(RemarkRow.declaration_id)
    )


def has_open_in(section: str, side: ReviewSide, *, cluster_id: int) -> ColumnElement[bool]:
    """Whether the declaration of the row has such an open thread in this section, drafts aside."""
    return (
        exists()
        .where(
            RemarkRow.declaration_id == Declaration.id,
            RemarkRow.section == section,
            _is_open_for(side, cluster_id),
        )
        .correlate(Declaration)
    )


def drafts(session: Session, declaration_id: int, cluster_id: int | None) -> Sequence[RemarkRow]:
    """The drafts of a cluster's reviewers to the company, reread as rows to change, in order of writing."""
    is_to_company = RemarkRow.audience == Audience.SHARED
    return session.scalars(
        select(RemarkRow).where(*_is_draft(declaration_id, cluster_id), is_to_company).order_by(RemarkRow.id),
        execution_options={"populate_existing": True},
    ).all()


def remark_row(
    session: Session, declaration_id: int, cluster_id: int | None, remark_id: int
) -> RemarkRow | None:
    """A remark of a cluster's reviewers, reread as a row to change; None if it is another's, or gone."""
    return session.scalar(
        select(RemarkRow).where(
            RemarkRow.id == remark_id,
            RemarkRow.declaration_id == declaration_id,
            RemarkRow.cluster_id == cluster_id,
            RemarkRow.side == ReviewSide.REVIEWERS,
        ),
        execution_options={"populate_existing": True},
    )


def autosaved_draft(
    session: Session,
    declaration_id: int,
    cluster_id: int | None,
    section: str,
    *,
    ref: str,
    thread_id: int | None,
    author_id: int | None,
) -> RemarkRow | None:
    """What the author is typing about this, or in answer to this thread; None without such a draft."""
    return session.scalar(
        select(RemarkRow).where(
            *_is_draft(declaration_id, cluster_id),
            RemarkRow.is_autosaved,
            RemarkRow.section == section,
            RemarkRow.ref == ref,
            RemarkRow.thread_id == thread_id if thread_id else RemarkRow.thread_id.is_(None),
            RemarkRow.author_id == author_id,
        ),
        execution_options={"populate_existing": True},
    )


def counts_for_reviewers(
    session: Session, declaration_ids: Collection[int], cluster_id: int
) -> dict[int, tuple[int, int]]:
    """By declaration, in one statement: open threads as in `open_counts`, and drafts to the company."""
    is_draft = and_(
        RemarkRow.cluster_id == cluster_id,
        RemarkRow.published_at.is_(None),
        RemarkRow.audience == Audience.SHARED,
    )
    rows = session.execute(
        select(
            RemarkRow.declaration_id,
            func.sum(case((_is_open_for(ReviewSide.REVIEWERS, cluster_id), 1), else_=0)),
            func.sum(case((is_draft, 1), else_=0)),
        )
        .where(RemarkRow.declaration_id.in_(declaration_ids))
        .group_by(RemarkRow.declaration_id)
    )
    return {declaration_id: (still_open, drafts) for declaration_id, still_open, drafts in rows}


def has_answers(session: Session, thread_id: int) -> bool:
    """Whether any remark answers this one, draft or not."""
    return session.scalar(select(exists().where(RemarkRow.thread_id == thread_id))) is True


def _is_draft(declaration_id: int, cluster_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return (
        RemarkRow.declaration_id == declaration_id,
        RemarkRow.cluster_id == cluster_id,
        RemarkRow.published_at.is_(None),
    )


def _is_open_for(side: ReviewSide, cluster_id: int | None) -> ColumnElement[bool]:
    """Whether the row is the first of an open thread that the side may read, and no draft."""
    is_open = and_(RemarkRow.thread_id.is_(None), RemarkRow.resolved_at.is_(None))
    return and_(is_open, RemarkRow.published_at.is_not(None), _is_readable_by(side, cluster_id))


def _is_readable_by(side: ReviewSide, cluster_id: int | BindParameter[int] | None) -> ColumnElement[bool]:
    """The condition for what a side may read; an answer has the audience of its thread."""
    is_theirs = (
        RemarkRow.cluster_id == cluster_id
        if side is ReviewSide.REVIEWERS
        else RemarkRow.published_at.is_not(None)
    )
    return and_(
        or_(*(RemarkRow.audience == audience for audience in sorted(READABLE_AUDIENCES[side]))), is_theirs
    )


@cache
def _readable(side: ReviewSide) -> Select[RemarkRow]:
    """Select what a side may read, oldest first, drafts last. Run at nearly each request, so built once."""
    query = select(RemarkRow).where(
        RemarkRow.declaration_id == bindparam("declaration"), _is_readable_by(side, bindparam("cluster"))
    )
    return query.order_by(RemarkRow.published_at.is_(None), RemarkRow.published_at, RemarkRow.id)


def _thread(rows: Sequence[RemarkRow]) -> RemarkThread:
    first = rows[0]
    return RemarkThread(
        id=first.id,
        section=first.section,
        ref=first.ref,
        version=first.version,
        audience=first.audience,
        remarks=tuple(
            Remark(
                row.id,
                row.side,
                row.text,
                row.published_at or row.written_at,
                row.author_id,
                row.version,
                row.published_at is None,
                row.number,
                row.is_autosaved,
            )
            for row in rows
        ),
        resolved_at=first.resolved_at,
        resolved_by=first.resolved_by,
        cluster_id=first.cluster_id,
    )
