"""Whether the texts of an answer are marked up: lists, bold words, subheadings, tables, links."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    with op.batch_alter_table("answer") as batch_op:
        batch_op.add_column(
            sa.Column("is_marked_up", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("answer") as batch_op:
        batch_op.alter_column("is_marked_up", server_default=None)
