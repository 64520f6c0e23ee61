"""What proves where a version comes from, and an index to find a version by what it says."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "proof",
        sa.Column("snapshot_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["snapshot.id"],
            name=op.f("fk_proof_snapshot_id_snapshot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_proof")),
    )
    op.create_index("ix_snapshot_sha256", "snapshot", ["sha256"], unique=False)
    op.execute(
        "INSERT INTO proof (snapshot_id, published_at, seal)"
        " SELECT snapshot.id, publication.published_at, '' FROM snapshot JOIN publication"
        " ON publication.declaration_id = snapshot.declaration_id AND publication.version = snapshot.version"
    )
