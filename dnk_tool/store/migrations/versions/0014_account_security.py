"""Salts of recovery codes; who put the offer of a second factor away; what an installation keeps.

An installation with accounts goes on demanding a second factor of nobody, unless its settings say otherwise.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("recovery_code") as batch_op:
        batch_op.add_column(sa.Column("salt", sa.String(32), nullable=False, server_default=""))
    with op.batch_alter_table("recovery_code") as batch_op:
        batch_op.alter_column("salt", server_default=None)
    with op.batch_alter_table("account") as batch_op:
        batch_op.add_column(
            sa.Column("declined_second_factor", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("account") as batch_op:
        batch_op.alter_column("declined_second_factor", server_default=None)
    installation_default = op.create_table(
        "installation_default",
        sa.Column("setting", sa.String(40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("setting", name=op.f("pk_installation_default")),
    )
    has_accounts = op.get_bind().execute(sa.text("SELECT 1 FROM account LIMIT 1")).first() is not None
    if has_accounts:
        op.bulk_insert(installation_default, [{"setting": "second_factor_for", "value": []}])
