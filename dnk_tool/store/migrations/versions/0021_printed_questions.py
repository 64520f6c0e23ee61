"""Whether a finished version prints what each criterion asks: a choice that each version keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    for table in ("look", "version_look"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(
                sa.Column("has_questions", sa.Boolean(), nullable=False, server_default=sa.false())
            )
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("has_questions", server_default=None)
