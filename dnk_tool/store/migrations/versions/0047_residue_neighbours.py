"""Photos of residues, and neighbouring clusters, whose members see each other's residues where all agree."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0047"
down_revision = "0046"

CHOICES = (
    "profile",
    "support",
    "earlier-version",
    "measures",
    "examples",
    "residues",
    "residue-neighbours",
)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_pictures()
    _create_pairs()
    known = ", ".join(f"'{choice}'" for choice in CHOICES)
    with op.batch_alter_table("consent_choice") as choice:
        choice.drop_constraint("consentchoice", type_="check")
        choice.create_check_constraint("consentchoice", f"choice IN ({known})")
    allow_event_kinds(
        "neighbour-proposed", "neighbour-accepted", "neighbour-ended", after="residue-taken-down"
    )


def _create_pictures() -> None:
    autoincrement = {"sqlite_autoincrement": True}
    with op.batch_alter_table("residue_notice", table_kwargs=autoincrement) as notice:
        notice.add_column(sa.Column("picture_alt", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("residue_notice", table_kwargs=autoincrement) as notice:
        notice.alter_column("picture_alt", server_default=None)
    op.create_table(
        "residue_picture",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_residue_picture_sha256_whole")),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["residue_notice.id"],
            name="fk_residue_picture_notice_id_residue_notice",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notice_id", name="pk_residue_picture"),
    )


def _create_pairs() -> None:
    columns = ("first_id", "second_id", "proposed_by")
    op.create_table(
        "neighbour_pair",
        *(sa.Column(column, sa.Integer(), nullable=False) for column in columns),
        sa.Column("proposed_at", TIME, nullable=False),
        sa.Column("accepted_at", TIME, nullable=True),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_neighbour_pair_lower_first")),
        sa.CheckConstraint(
            "proposed_by IN (first_id, second_id)", name=op.f("ck_neighbour_pair_proposed_by_one")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["cluster.id"], name=f"fk_neighbour_pair_{column}_cluster", ondelete="CASCADE"
            )
            for column in columns
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_neighbour_pair"),
    )
    for column in columns[1:]:
        op.create_index(f"ix_neighbour_pair_{column}", "neighbour_pair", [column])
