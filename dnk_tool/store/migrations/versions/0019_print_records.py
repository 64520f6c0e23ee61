"""The PDFs of frozen versions that were made here, by their digests, and since when they are recorded."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "print_record",
        sa.Column("snapshot_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("method", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["snapshot.id"],
            name=op.f("fk_print_record_snapshot_id_snapshot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "file_sha256", "method", name=op.f("pk_print_record")),
    )
    op.create_index(op.f("ix_print_record_file_sha256"), "print_record", ["file_sha256"])
    # Of versions frozen before this moment there may be PDFs that nobody recorded.
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM snapshot")):
        now = datetime.now(UTC)
        state = sa.table(
            "installation_state",
            sa.column("name", sa.String),
            sa.column("value", sa.String),
            sa.column("changed_at", sa.DateTime(timezone=True)),
        )
        op.bulk_insert(
            state, [{"name": "prints-recorded-since", "value": now.isoformat(), "changed_at": now}]
        )
