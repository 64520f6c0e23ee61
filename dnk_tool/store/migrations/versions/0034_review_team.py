"""A review team: who reviews what, conflicts of interest, who is reading; news of what was assigned."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

EVENTS = (
    "created",
    "declaration-deleted",
    "declaration-restored",
    "imported",
    "settings-changed",
    "section-saved",
    "answer-restored",
    "assessment-saved",
    "figure-saved",
    "figures-imported",
    "line-saved",
    "line-removed",
    "line-restored",
    "evidence-added",
    "evidence-changed",
    "evidence-removed",
    "warning-explained",
    "answers-taken-over",
    "goal-reviewed",
    "self-check-saved",
    "sign-off-asked",
    "sign-off-declined",
    "submitted",
    "finished",
    "recalled",
    "changes-requested",
    "approved",
    "reopened",
    "published",
    "unpublished",
    "verdict-given",
    "remark-written",
    "remark-resolved",
    "review-assigned",
    "conflict-marked",
    "conflict-ended",
    "contribution-asked",
    "contribution-answered",
    "contribution-revoked",
    "profile-changed",
    "sign-off-rule-changed",
    "member-invited",
    "member-joined",
    "member-changed",
    "member-removed",
    "invitation-revoked",
    "consent-granted",
    "consent-changed",
    "consent-withdrawn",
    "cluster-created",
    "cluster-changed",
    "company-invited",
    "deadline-set",
    "message-sent",
    "archived",
    "archive-ended",
)

NEWS = ("joined", "declined", "refused", "assigned")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create(
        "review_assignment",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", TIME, nullable=False),
        key=("declaration_id",),
        of="declaration",
    )
    op.create_index("ix_review_assignment_account_id", "review_assignment", ["account_id", "cluster_id"])
    _create(
        "review_conflict",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("marked_at", TIME, nullable=False),
        key=("account_id", "cluster_id", "organisation_id"),
        of="organisation",
    )
    op.create_index("ix_review_conflict_organisation_id", "review_conflict", ["organisation_id"])
    _create(
        "review_opening",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        key=("account_id",),
        of="declaration",
    )
    op.create_index("ix_review_opening_declaration_id", "review_opening", ["declaration_id"])
    _know_news_of_assignments()
    _know_more_events()


def _create(table: str, *columns: sa.Column[object], key: tuple[str, ...], of: str) -> None:
    """Create a table whose rows go with the person's place in the team, and with what they are about."""
    op.create_table(
        table,
        *columns,
        *(
            sa.ForeignKeyConstraint(
                [f"{other}_id"], [f"{other}.id"], name=f"fk_{table}_{other}_id_{other}", ondelete="CASCADE"
            )
            for other in ("account", of)
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cluster_id"],
            ["cluster_staff.user_id", "cluster_staff.cluster_id"],
            name=f"fk_{table}_staff",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"),
    )


def _know_news_of_assignments() -> None:
    with op.batch_alter_table("manager_news") as batch_op:
        batch_op.add_column(sa.Column("declaration_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            "fk_manager_news_declaration_id_declaration",
            "declaration",
            ["declaration_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_constraint("newskind", type_="check")
        batch_op.create_check_constraint("newskind", _one_of(NEWS))
    op.create_index("ix_manager_news_declaration_id", "manager_news", ["declaration_id"])


def _know_more_events() -> None:
    # SQLite builds the table anew and forgets its triggers, which keep what an event says.
    triggers = []
    if op.get_bind().dialect.name == "sqlite":
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'")
        triggers = list(op.get_bind().scalars(query))
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint("eventkind", type_="check")
        batch_op.create_check_constraint("eventkind", _one_of(EVENTS))
    for trigger in triggers:
        op.execute(trigger)


def _one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
