"""The section that a reusable remark fits, and how often it was used; no id is given twice."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    with op.batch_alter_table("stock_remark") as batch_op:
        batch_op.add_column(sa.Column("section", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("uses", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("stock_remark", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        for name in ("section", "uses"):
            batch_op.alter_column(name, server_default=None)
