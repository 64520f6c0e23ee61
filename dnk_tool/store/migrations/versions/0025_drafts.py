"""What the program proposed for an answer, until somebody changed or confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"  # rebuilt there, to read like a new one
    with op.batch_alter_table("answer", recreate="always" if is_sqlite else "never") as batch_op:
        batch_op.add_column(sa.Column("drafts", sa.JSON(), nullable=True))
