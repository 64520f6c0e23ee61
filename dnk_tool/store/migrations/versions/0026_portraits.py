"""The picture beside a foreword: stored like a logo, and kept by each version."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    for table in ("look", "version_look"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("portrait_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                f"fk_{table}_portrait_id_logo", "logo", ["portrait_id"], ["id"], ondelete="SET NULL"
            )
    op.create_index("ix_version_look_portrait_id", "version_look", ["portrait_id"])
