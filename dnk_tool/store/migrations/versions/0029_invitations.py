"""How far invitations got, messages that clusters sent, and daily news for their managers."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

DELIVERY = ("waiting", "sent", "folder", "unclear", "refused")
REFUSAL = ("address", "domain", "full", "sender", "text", "given-up", "bounced", "other")
NEWS = ("joined", "declined", "refused")
FREQUENCY = ("now", "daily", "never")
TIME, KIND = sa.DateTime(timezone=True), sa.String(length=30)


def upgrade() -> None:
    _extend_invitations()
    _extend("account", sa.Column("cluster_news", KIND, nullable=False, server_default="daily"))
    with op.batch_alter_table("account") as batch_op:
        batch_op.create_check_constraint("newsfrequency", _one_of("cluster_news", FREQUENCY))
    _extend("cluster", sa.Column("reminds_invited", sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_messages()
    _create(
        "manager_news",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("company", sa.String(length=500), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("happened_at", TIME, nullable=False),
        sa.CheckConstraint(_one_of("kind", NEWS), name=op.f("ck_manager_news_newskind")),
        _refers("manager_news", "account_id", "account"),
        _refers("manager_news", "cluster_id", "cluster"),
        indexed=("account_id", "cluster_id"),
    )


def _extend_invitations() -> None:
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.add_column(sa.Column("mail_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("refusal", KIND, nullable=True))
        for name in ("opened_at", "declined_at", "reminded_at"):
            batch_op.add_column(sa.Column(name, TIME, nullable=True))
        # Of mails of before nobody noted for each invitation what became of them.
        batch_op.add_column(sa.Column("delivery", KIND, nullable=False, server_default="unclear"))
        batch_op.add_column(
            sa.Column("decline_reason", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("reminder_step", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(
            "fk_invitation_mail_id_mail", "mail", ["mail_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_check_constraint("invitation_delivery", _one_of("delivery", DELIVERY))
        batch_op.create_check_constraint("invitation_refusal", _one_of("refusal", REFUSAL))
    with op.batch_alter_table("invitation") as batch_op:
        for name in ("delivery", "decline_reason", "reminder_step"):
            batch_op.alter_column(name, server_default=None)
    op.create_index("ix_invitation_mail_id", "invitation", ["mail_id"])
    op.create_table(
        "earlier_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        _refers("earlier_link", "invitation_id", "invitation"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_earlier_link")),
    )
    op.create_index("ix_earlier_link_invitation_id", "earlier_link", ["invitation_id"])


def _create_messages() -> None:
    _create(
        "cluster_message",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("sent_at", TIME, nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        _refers("cluster_message", "cluster_id", "cluster"),
        _refers("cluster_message", "sent_by", "account", ondelete="SET NULL"),
        indexed=("cluster_id",),
    )
    _create(
        "message_copy",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("delivery", KIND, nullable=False),
        sa.Column("refusal", KIND, nullable=True),
        sa.CheckConstraint(_one_of("delivery", DELIVERY), name=op.f("ck_message_copy_message_copy_delivery")),
        sa.CheckConstraint(_one_of("refusal", REFUSAL), name=op.f("ck_message_copy_message_copy_refusal")),
        _refers("message_copy", "message_id", "cluster_message"),
        _refers("message_copy", "organisation_id", "organisation"),
        _refers("message_copy", "account_id", "account"),
        _refers("message_copy", "mail_id", "mail", ondelete="SET NULL"),
        indexed=("message_id", "organisation_id", "account_id", "mail_id"),
    )


def _create(table: str, *items: sa.schema.SchemaItem, indexed: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *items,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for name in indexed:
        op.create_index(f"ix_{table}_{name}", table, [name])


def _extend(table: str, column: sa.Column[object]) -> None:
    """Add a column and drop the default with which the rows of before are filled."""
    with op.batch_alter_table(table) as batch_op:
        batch_op.add_column(column)
    with op.batch_alter_table(table) as batch_op:
        batch_op.alter_column(column.name, server_default=None)


def _refers(table: str, column: str, other: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), ondelete=ondelete
    )


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
