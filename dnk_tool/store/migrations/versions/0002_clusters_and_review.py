"""Clusters, invitations, review and publication."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


ROLES = ("owner", "editor", "contributor", "viewer")
STATES = ("draft", "signing", "submitted", "changes-requested", "approved", "finished", "reopened")
EVENTS = (
    "created",
    "imported",
    "settings-changed",
    "section-saved",
    "answer-restored",
    "assessment-saved",
    "sign-off-asked",
    "sign-off-declined",
    "submitted",
    "finished",
    "recalled",
    "changes-requested",
    "approved",
    "reopened",
    "published",
    "unpublished",
    "verdict-given",
    "remark-written",
    "remark-resolved",
    "contribution-asked",
    "contribution-answered",
    "contribution-revoked",
    "profile-changed",
    "sign-off-rule-changed",
    "member-invited",
    "member-joined",
    "member-changed",
    "member-removed",
    "invitation-revoked",
    "consent-granted",
    "consent-changed",
    "consent-withdrawn",
    "cluster-created",
    "cluster-changed",
    "company-invited",
    "deadline-set",
    "message-sent",
)

# The database's own wall around the trail: what an event says never changes. Only who did it, and in which
# cluster, is forgotten where the person or the cluster is gone.
APPEND_ONLY_COLUMNS = "id, organisation_id, declaration_id, kind, detail, happened_at, by_account"
RENAMED = " OR ".join(
    f"(NEW.{name} IS NOT NULL AND NEW.{name} IS DISTINCT FROM OLD.{name})"
    for name in ("actor_id", "cluster_id")
)
REFUSE = {
    "sqlite": "BEGIN SELECT RAISE(ABORT, 'events are only added'); END",
    "postgresql": "EXECUTE FUNCTION event_append_only()",
}


def _append_only(dialect: str) -> Iterator[str]:
    if dialect == "postgresql":
        yield (
            "CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'events are only added'; END $$"
        )
    yield (
        f"CREATE TRIGGER event_append_only BEFORE UPDATE OF {APPEND_ONLY_COLUMNS} ON event "
        f"FOR EACH ROW {REFUSE[dialect]}"
    )
    yield (
        "CREATE TRIGGER event_only_forgets BEFORE UPDATE OF actor_id, cluster_id ON event "
        f"FOR EACH ROW WHEN ({RENAMED}) {REFUSE[dialect]}"
    )


def upgrade() -> None:
    _create_tables()
    _change_tables()
    # Companies keep finishing as they did; a sign-off is asked of new ones.
    for table, column in (
        ("account", "wants_reminders"),
        ("declaration", "criteria_done"),
        ("event", "by_account"),
        ("mail", "reply_to"),
        ("membership", "sections"),
        ("organisation", "requires_sign_off"),
    ):
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, server_default=None)
    op.execute(
        "UPDATE event SET organisation_id ="
        " (SELECT organisation_id FROM declaration WHERE declaration.id = event.declaration_id)"
    )
    op.execute("UPDATE event SET by_account = (actor_id IS NOT NULL)")
    # Nobody knows when they signed in last: whoever is here now counts as just seen.
    op.execute("UPDATE account SET last_sign_in_at = CURRENT_TIMESTAMP")
    for statement in _append_only(op.get_bind().dialect.name):
        op.execute(statement)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _create_tables() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_cluster_has_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    op.create_table(
        "cluster_staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "manager",
                "reviewer",
                name="clusterrole",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["cluster.id"],
            name=op.f("fk_cluster_staff_cluster_id_cluster"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name=op.f("fk_cluster_staff_user_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_staff")),
        sa.UniqueConstraint("user_id", "cluster_id", name=op.f("uq_cluster_staff_user_id")),
    )
    with op.batch_alter_table("cluster_staff") as batch_op:
        batch_op.create_index(batch_op.f("ix_cluster_staff_cluster_id"), ["cluster_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("aggregates_from", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_consent_cluster_id_cluster"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["account.id"], name=op.f("fk_consent_granted_by_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_consent_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["account.id"],
            name=op.f("fk_consent_withdrawn_by_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent") as batch_op:
        batch_op.create_index("ix_consent_cluster_id", ["cluster_id"], unique=False)
        batch_op.create_index(
            "uq_consent_standing",
            ["organisation_id", "cluster_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "deadline",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("reporting_year", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_deadline_cluster_id_cluster"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cluster_id", "reporting_year", name=op.f("pk_deadline")),
    )
    op.create_table(
        "stock_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text_de", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["cluster.id"],
            name=op.f("fk_stock_remark_cluster_id_cluster"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_remark")),
    )
    with op.batch_alter_table("stock_remark") as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_remark_cluster_id"), ["cluster_id"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("cluster_name", sa.String(length=500), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_approval_approved_by_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_approval_cluster_id_cluster"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name=op.f("fk_approval_declaration_id_declaration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("declaration_id", "version", name="uq_approval_version"),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "member",
                "staff",
                "company",
                "contribution",
                "sign-off",
                name="invitationkind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("declaration_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column("company", sa.String(length=500), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times_sent", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('de', 'en')", name=op.f("ck_invitation_language_known")),
        sa.CheckConstraint(
            "accepted_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invitation_ended_once")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitation_email_in_small_letters")),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_invitation_token_hash_whole")),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["account.id"],
            name=op.f("fk_invitation_accepted_by_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_invitation_cluster_id_cluster"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_invitation_created_by_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name=op.f("fk_invitation_declaration_id_declaration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_invitation_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.create_index("ix_invitation_cluster_id", ["cluster_id"], unique=False)
        batch_op.create_index("ix_invitation_declaration_id", ["declaration_id"], unique=False)
        batch_op.create_index("ix_invitation_email", ["email"], unique=False)
        batch_op.create_index("ix_invitation_organisation_id", ["organisation_id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name=op.f("fk_publication_declaration_id_declaration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["account.id"],
            name=op.f("fk_publication_published_by_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"],
            ["account.id"],
            name=op.f("fk_publication_revoked_by_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("slug", name=op.f("uq_publication_slug")),
    )
    with op.batch_alter_table("publication") as batch_op:
        batch_op.create_index(
            "uq_publication_standing",
            ["declaration_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "company",
                "shared",
                "reviewers",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "side",
            sa.Enum(
                "company", "reviewers", name="side", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_remark_has_text")),
        sa.CheckConstraint(
            "resolved_at IS NULL OR thread_id IS NULL", name=op.f("ck_remark_threads_are_resolved")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_remark_author_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_remark_cluster_id_cluster"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name=op.f("fk_remark_declaration_id_declaration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["account.id"], name=op.f("fk_remark_resolved_by_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["remark.id"], name=op.f("fk_remark_thread_id_remark"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    with op.batch_alter_table("remark") as batch_op:
        batch_op.create_index("ix_remark_cluster_id", ["cluster_id"], unique=False)
        batch_op.create_index("ix_remark_declaration_id", ["declaration_id", "section"], unique=False)
        batch_op.create_index(batch_op.f("ix_remark_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("reporting_year", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_reminder_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_reminder_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "account_id",
            "organisation_id",
            "reporting_year",
            "due",
            "days_before",
            name=op.f("pk_reminder"),
        ),
    )
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=True),
        sa.Column("submits_to", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "confirmed",
                "declined",
                "withdrawn",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decision <> 'declined' OR reason <> ''", name=op.f("ck_sign_off_declined_with_reason")
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_sign_off_decided_once")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_sign_off_asked_by_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name=op.f("fk_sign_off_declaration_id_declaration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signatory_id"],
            ["account.id"],
            name=op.f("fk_sign_off_signatory_id_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["submits_to"],
            ["cluster.id"],
            name=op.f("fk_sign_off_submits_to_cluster"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
        sa.UniqueConstraint("declaration_id", "version", name="uq_sign_off_version"),
    )
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted",
                "change-needed",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_verdict_number_from_one")),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name=op.f("fk_verdict_declaration_id_declaration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["account.id"], name=op.f("fk_verdict_given_by_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("declaration_id", "section", "version", name="uq_verdict_section"),
    )


def _change_tables() -> None:
    with op.batch_alter_table("account") as batch_op:
        batch_op.add_column(
            sa.Column("wants_reminders", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("declaration") as batch_op:
        batch_op.drop_constraint("state", type_="check")
        batch_op.create_check_constraint("state", f"state IN ({_listed(STATES)})")
        batch_op.add_column(sa.Column("cluster_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "resumes",
                sa.Enum(
                    "draft",
                    "signing",
                    "submitted",
                    "changes-requested",
                    "approved",
                    "finished",
                    "reopened",
                    name="resumes",
                    native_enum=False,
                    create_constraint=True,
                    length=30,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("signatory_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("progress", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("criteria_done", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_declaration_cluster_id"), ["cluster_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_declaration_signatory_id_account"),
            "account",
            ["signatory_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_declaration_cluster_id_cluster"),
            "cluster",
            ["cluster_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint("eventkind", type_="check")
        batch_op.create_check_constraint("eventkind", f"kind IN ({_listed(EVENTS)})")
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cluster_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("by_account", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.alter_column("declaration_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index("ix_event_cluster_id", ["cluster_id", "happened_at"], unique=False)
        batch_op.create_index("ix_event_organisation_id", ["organisation_id", "happened_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_event_organisation_id_organisation"),
            "organisation",
            ["organisation_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_event_cluster_id_cluster"), "cluster", ["cluster_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("mail") as batch_op:
        batch_op.add_column(sa.Column("reply_to", sa.String(length=320), nullable=False, server_default=""))

    with op.batch_alter_table("membership") as batch_op:
        batch_op.drop_constraint("role", type_="check")
        batch_op.create_check_constraint("role", f"role IN ({_listed(ROLES)})")
        batch_op.add_column(sa.Column("sections", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("until", sa.Date(), nullable=True))

    with op.batch_alter_table("organisation") as batch_op:
        batch_op.add_column(
            sa.Column("requires_sign_off", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("snapshot") as batch_op:
        batch_op.add_column(sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cluster_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_snapshot_cluster_id_cluster"),
            "cluster",
            ["cluster_id"],
            ["id"],
            ondelete="SET NULL",
        )
