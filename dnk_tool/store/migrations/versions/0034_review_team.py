"""A review team: who reviews what, conflicts of interest, who is reading; news of what was assigned."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0034"
down_revision = "0033"

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
    allow_event_kinds("review-assigned", "conflict-marked", "conflict-ended", after="remark-resolved")


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


def _one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
