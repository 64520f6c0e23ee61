"""The practice firm of a cluster: a company for workshops that never counts."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "practice_firm",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}.id"],
                name=f"fk_practice_firm_{table}_id_{table}",
                ondelete="CASCADE",
            )
            for table in ("cluster", "organisation")
        ),
        sa.PrimaryKeyConstraint("cluster_id", name="pk_practice_firm"),
        sa.UniqueConstraint("organisation_id", name="uq_practice_firm_organisation_id"),
    )
