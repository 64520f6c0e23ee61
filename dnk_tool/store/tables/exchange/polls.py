"""The tables of polls: the question with its counts, texts without a sender, and answers of members."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from dnk_tool.domain.exchange.polls import Attribution, PollKind, PollState
from dnk_tool.store.base import Base, UtcDateTime, enum_by_value


class PollRow(Base):
    """A question of a cluster. Anonymous answers are nothing but `answers` and `counts`, one for each choice.

    `options`: see `PollQuestion`. `before_id`: the poll that asked the same before a meeting. `version` rises
    with each change of the question; `opened_at`: when it was opened first.
    """

    __tablename__ = "poll"

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(4), unique=True)
    question: Mapped[str] = mapped_column(String(200))
    kind: Mapped[PollKind] = mapped_column(enum_by_value(PollKind))
    options: Mapped[list[str]] = mapped_column(JSON)
    attribution: Mapped[Attribution] = mapped_column(enum_by_value(Attribution))
    section: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[PollState] = mapped_column(enum_by_value(PollState), default=PollState.DRAFT)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("poll.id", ondelete="SET NULL"), unique=True)
    in_report: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[int] = mapped_column(default=0)
    counts: Mapped[list[int]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # Else SQLite gives the id of a deleted poll to the next one, which an open page would open or delete.
    __table_args__ = (
        CheckConstraint("question <> ''", name="has_question"),
        CheckConstraint("answers >= 0", name="answers_from_zero"),
        CheckConstraint("state = 'draft' OR opened_at IS NOT NULL", name="opened_unless_draft"),
        {"sqlite_autoincrement": True},
    )


class PollText(Base):
    """A text that somebody gave without a name; shown once the cluster's manager has released it.

    Its key is random and the table has no other order, so that nobody reads from it who was first.
    """

    __tablename__ = "poll_text"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    is_released: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (CheckConstraint("text <> ''", name="has_text"), {"sqlite_with_rowid": False})


class PollTicket(Base):
    """That a form with this digest is counted, so that a double click counts once; until the poll closes.

    It has no time and leads to no answer.
    """

    __tablename__ = "poll_ticket"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class PollCompanyAnswer(Base):
    """What a member answered with its name; it goes with the permission."""

    __tablename__ = "poll_company_answer"

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), primary_key=True)
    consent_id: Mapped[int] = mapped_column(
        ForeignKey("consent.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    chosen: Mapped[list[int]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(String(300), default="")
    is_released: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
