"""Good examples: what companies tell their clusters of measures that are done, with a picture."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0042"
down_revision = "0041"

TIME = sa.DateTime(timezone=True)
TEXTS = ("before", "idea", "done", "effort", "advice", "fits")
EVENTS = (
    "example-saved",
    "example-offered",
    "example-published",
    "example-returned",
    "example-withdrawn",
    "example-removed",
)
LINKS = (
    ("organisation_id", "organisation", "CASCADE"),
    ("measure_id", "company_measure", "CASCADE"),
    ("consent_id", "consent", "SET NULL"),
    ("contact_id", "account", "SET NULL"),
    ("changed_by", "account", "SET NULL"),
    ("published_by", "account", "SET NULL"),
)


def upgrade() -> None:
    op.create_table(
        "good_example",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        sa.Column("section", sa.String(10), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("picture_alt", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("effect", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("offered_at", TIME, nullable=True),
        sa.Column("published_at", TIME, nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'published')", name=op.f("ck_good_example_examplestate")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_good_example_version_from_one")),
        *(_link(*link) for link in LINKS),
        sa.PrimaryKeyConstraint("id", name="pk_good_example"),
        sa.UniqueConstraint("measure_id", name="uq_good_example_measure_id"),
        sqlite_autoincrement=True,
    )
    for column in ("organisation_id", "consent_id", "contact_id"):
        op.create_index(f"ix_good_example_{column}", "good_example", [column])
    op.create_table(
        "example_picture",
        sa.Column("example_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_example_picture_sha256_whole")),
        sa.ForeignKeyConstraint(
            ["example_id"],
            ["good_example.id"],
            name="fk_example_picture_example_id_good_example",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("example_id", name="pk_example_picture"),
    )
    allow_event_kinds(*EVENTS, after="measure-restored")


def _link(column: str, table: str, deletion: str) -> sa.ForeignKeyConstraint:
    name = f"fk_good_example_{column}_{table}"
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete=deletion)
