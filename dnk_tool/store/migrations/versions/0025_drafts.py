"""What the program proposed for an answer, until somebody changed or confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0022"


def upgrade() -> None:
    with op.batch_alter_table("answer") as batch_op:
        batch_op.add_column(sa.Column("drafts", sa.JSON(), nullable=True))
